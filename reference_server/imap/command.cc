#include "reference_server/imap/command.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "reference_server/deviations/scout.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/names.h"

namespace mailspec::reference::imap {

namespace {

constexpr int kMaxDepth = 60;  // of parentheses

// ATOM-CHAR: any CHAR except atom-specials
constexpr auto kAtomChars = [] {
  std::array<bool, 256> out{};
  for (unsigned c = 0x21; c < 0x7F; ++c) out[c] = std::string_view("(){ %*\"\\]").find(static_cast<char>(c)) == std::string_view::npos;
  return out;
}();
bool atom_char(char c) { return kAtomChars[static_cast<unsigned char>(c)]; }
bool astring_char(char c) { return atom_char(c) || c == ']'; }

// A recursive descent over one command. Where the text does not fit, `fail` is set and everything else does nothing any longer.
class Parser {
 public:
  Parser(std::string_view text, const Reading& reading) : x_text(text), x_reading(reading) {}

  Parsed parse() {
    Parsed out;
    out.refusal.tag = tag_of(x_text);
    if (out.refusal.tag.empty()) {
      out.refusal.why = "no tag";
      return out;
    }
    auto& c = out.command.emplace();
    c.tag = out.refusal.tag;
    x_at = c.tag.size();
    sp();
    c.name = word();
    if (c.name == "UID" && !x_failed) {
      c.uid = true;
      sp();
      c.name = word();
      constexpr std::array<std::string_view, 6> kUid{"FETCH", "STORE", "SEARCH", "COPY", "MOVE", "EXPUNGE"};
      if (std::ranges::find(kUid, c.name) == kUid.end()) fail("unknown command");
    }
    if (!x_failed) arguments(c);
    if (!x_failed && x_at != x_text.size() && !fault("tail-ignored-of-", c.name)) fail("too many arguments");
    if (x_failed) {
      out.command.reset();
      out.refusal.why = std::move(x_why);
      out.refusal.no = x_no;
      out.refusal.code = std::move(x_code);
    }
    return out;
  }

 private:
  // Faults are named by what they are of.
  bool fault(std::string_view name, std::string_view of = {}) const { return x_reading.faults && x_reading.faults->has(name, of); }
  bool at_end() const { return x_at >= x_text.size(); }
  char peek(std::size_t n = 0) const { return x_at + n < x_text.size() ? x_text[x_at + n] : '\0'; }
  void fail(std::string why) {
    if (!x_failed) x_why = std::move(why);
    x_failed = true;
  }
  void sp() {
    if (peek() != ' ') return fail("a space was due");
    ++x_at;
  }
  void lit(char c) {
    if (at_end() || peek() != c) return fail(std::string("'") + c + "' was due");
    ++x_at;
  }
  bool take(char c) {
    if (at_end() || peek() != c) return false;
    ++x_at;
    return true;
  }
  std::string atom() { return std::string(run_of(atom_char, "an atom was due")); }
  // One character at least that `fits`.
  template <typename Fits>
  std::string_view run_of(Fits fits, const char* due) {
    const auto rest = x_text.substr(x_at);
    const auto run = rest.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(rest, fits) - rest.begin()));
    if (run.empty()) fail(due);
    x_at += run.size();
    return run;
  }
  std::string word() { return upper(atom()); }

  std::string string(bool* binary = nullptr) {
    if (peek() == '"') return quoted();
    return literal(binary);
  }
  std::string quoted() {
    std::string out;
    ++x_at;
    while (!at_end() && peek() != '"') {
      char c = peek();
      if (c == '\\') {
        c = peek(1);
        if (c == '"' && planted("escaped-quote-ends")) break;
        if (c != '"' && c != '\\') {
          fail("a backslash quotes only itself and quotes");
          return {};
        }
        if (fault(c == '"' ? "no-escaped-quote" : "no-escaped-backslash")) {
          fail("no backslash in a quoted string");
          return {};
        }
        if (fault("escapes-kept")) out += '\\';
        ++x_at;
      } else if (c == '\r' || c == '\n' || c == '\0') {
        fail("a quoted string has no line ends");
        return {};
      }
      out += c;
      ++x_at;
    }
    lit('"');
    // RFC 3501 9: TEXT-CHAR has seven bits; RFC 9051 takes UTF-8.
    if (!(x_reading.rev2 ? is_utf8(out) : std::ranges::none_of(out, [](char c) { return (c & 0x80) != 0; })))
      fail("octets that cannot stand in a quoted string");
    return out;
  }
  std::string literal(bool* binary) {
    const bool eight = peek() == '~';
    const auto open = x_at + eight;
    const auto line = x_text.find("}\r\n", open);
    if (open >= x_text.size() || x_text[open] != '{' || line == std::string_view::npos) {
      fail("a string was due");
      return {};
    }
    auto digits = x_text.substr(open + 1, line - open - 1);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    const auto n = parse_number(digits);
    if (!n || line + 3 + *n > x_text.size() + planted("literal-one-short")) {
      fail("a literal was due");
      return {};
    }
    if (eight && !binary) {
      fail("no literal8 can stand here");
      return {};
    }
    if (binary) *binary = eight;
    const auto out = x_text.substr(line + 3, *n);
    x_at = line + 3 + *n;
    if (!eight && out.find('\0') != std::string_view::npos) fail("a literal has no NUL");
    return std::string(out);
  }
  // `what` it is an argument of.
  std::string astring(std::string_view what) {
    if (fault(peek() == '"' ? "no-quoted-" : peek() == '{' ? "no-literal-" : "no-atom-", what)) fail("not in this form");
    if (peek() == '"' || peek() == '{') return string();
    return std::string(run_of(astring_char, "an astring was due"));
  }
  std::string list_mailbox() {
    if (fault(peek() == '"' ? "no-quoted-" : peek() == '{' ? "no-literal-" : "no-atom-", "pattern")) fail("not in this form");
    if (peek() == '"' || peek() == '{') return string();
    return std::string(run_of([](char c) { return astring_char(c) || c == '%' || c == '*'; }, "a pattern was due"));
  }
  std::uint64_t number(bool nz) {
    const auto from = x_at;
    while (is_digit(peek())) ++x_at;
    const auto n = parse_number(x_text.substr(from, x_at - from));
    if (!n || *n > 9223372036854775807ull || (nz && (*n == 0 || x_text[from] == '0'))) fail("a number was due");
    return n.value_or(0);
  }
  std::uint64_t number32(bool nz) {
    const auto n = x_reading.number_wraps ? number(nz) % 4294967296ull : number(nz);
    if (n > 4294967295ull) fail("the number is too large");
    return planted("number-sign") ? static_cast<std::uint64_t>(static_cast<std::int32_t>(n)) : n;
  }
  Set set() {
    Set out;
    if (x_reading.searchres && peek() == '$') {
      ++x_at;
      out.saved = true;
      return out;
    }
    const auto one = [&]() -> std::uint64_t { return take('*') ? kStar : number32(true); };
    do {
      const auto a = one();
      out.ranges.emplace_back(a, take(':') ? one() : a);
      if (planted("set-quadratic") && std::ranges::count(out.ranges, out.ranges.back()) > 1000000) fail("the same range again");
    } while (!x_failed && take(','));
    return out;
  }
  std::string flag() {
    std::string out;
    if (take('\\')) out = "\\";
    out += atom();
    return out;
  }
  std::vector<std::string> flag_list() {
    std::vector<std::string> out;
    lit('(');
    if (take(')')) return out;
    do {
      out.push_back(flag());
    } while (!x_failed && take(' '));
    lit(')');
    return out;
  }

  // date = date-text / DQUOTE date-text DQUOTE
  std::int64_t date() {
    const bool quotes = take('"');
    const auto day_from = x_at;
    const auto d = number(false);
    if (x_at - day_from > 2) fail("a day has two digits at most");
    lit('-');
    const auto month = month_number(x_text.substr(std::min(x_at, x_text.size()), 3));
    x_at += 3;
    if (!month) fail("a month was due");
    lit('-');
    const auto year_from = x_at;
    const auto y = x_failed ? 0 : number(false);
    if (!x_failed && x_at - year_from != 4) fail("a year has four digits");
    if (quotes) lit('"');
    if (x_failed) return 0;
    const auto day = day_number(static_cast<int>(y), *month, static_cast<unsigned>(d));
    if (!day) fail("there is no such day");
    return day.value_or(0);
  }

  void arguments(Command& c) {
    const std::string_view n = c.name;
    if (n == "CAPABILITY" || n == "NOOP" || n == "LOGOUT" || n == "STARTTLS" || n == "CHECK" || n == "CLOSE") {
      if (n == "CHECK" && !x_reading.rev1) fail("unknown command");
    } else if (n == "EXPUNGE") {
      if (c.uid) {
        if (!x_reading.uidplus) return fail("unknown command");
        sp();
        c.set = set();
      }
    } else if ((n == "UNSELECT" && x_reading.unselect) || (n == "IDLE" && x_reading.idle) || (n == "NAMESPACE" && x_reading.namespaces)) {
    } else if (n == "LOGIN") {
      sp();
      c.quoted_login = peek() == '"';
      c.user = astring("user");
      sp();
      c.password = astring("password");
    } else if (n == "AUTHENTICATE") {
      sp();
      c.mechanism = word();
      if (x_reading.sasl_ir && take(' ')) {
        const auto from = x_at;
        while (!at_end() && peek() != ' ') ++x_at;
        c.initial = x_text.substr(from, x_at - from);
        if (c.initial->empty()) fail("an initial response was due");
        // RFC 4959 section 7: base64 or "=", no string. Whether it is good base64 is the exchange's to say.
        if (c.initial->find_first_of("\r\n") != std::string::npos) fail("an initial response is no literal");
      }
    } else if (n == "SELECT" || n == "EXAMINE" || n == "DELETE" || n == "SUBSCRIBE" || n == "UNSUBSCRIBE") {
      sp();
      c.mailbox = astring(c.name);
    } else if (n == "CREATE") {
      sp();
      c.mailbox = astring(c.name);
      if (x_reading.special_use && take(' ')) {
        lit('(');
        if (word() != "USE") fail("USE was due");
        sp();
        for (const auto& f : flag_list()) c.use = f;
        lit(')');
      }
    } else if (n == "RENAME") {
      sp();
      c.mailbox = astring(c.name);
      sp();
      c.target = astring("target");
    } else if (n == "STATUS") {
      sp();
      c.mailbox = astring(c.name);
      sp();
      c.items = status_items();
    } else if (n == "LIST") {
      list(c);
    } else if (n == "LSUB" && x_reading.rev1) {
      sp();
      c.mailbox = astring(c.name);
      sp();
      c.patterns.push_back(list_mailbox());
    } else if (n == "APPEND") {
      append(c);
    } else if (n == "ENABLE" && x_reading.enable) {
      do {
        sp();
        c.items.push_back(word());
      } while (!x_failed && peek() == ' ');
    } else if (n == "ID" && x_reading.id) {
      id(c);
    } else if (n == "FETCH") {
      sp();
      c.set = set();
      sp();
      fetch(c);
    } else if (n == "STORE") {
      sp();
      c.set = set();
      sp();
      if (peek() == '+' || peek() == '-') c.store = x_text[x_at++];
      const auto what = word();
      if (what == "FLAGS.SILENT") c.silent = true;
      else if (what != "FLAGS") fail("FLAGS was due");
      sp();
      if (peek() == '(') {
        c.flags = flag_list();
      } else {
        do {
          c.flags.push_back(flag());
        } while (!x_failed && take(' '));
      }
      for (const auto& f : c.flags) {
        if (iequals(f, "\\Recent")) fail("\\Recent cannot be set");
      }
    } else if (n == "COPY" || (n == "MOVE" && x_reading.move)) {
      sp();
      c.set = set();
      sp();
      c.mailbox = astring(c.name);
    } else if (n == "SEARCH") {
      search(c);
    } else {
      fail("unknown command");
    }
  }

  std::vector<std::string> status_items() {
    std::vector<std::string> out;
    lit('(');
    do {
      auto w = word();
      const bool known = w == "MESSAGES" || w == "UIDNEXT" || w == "UIDVALIDITY" || w == "UNSEEN" || (w == "RECENT" && x_reading.rev1) ||
                         (w == "DELETED" && (x_reading.rev2 || x_reading.status_size)) || (w == "SIZE" && x_reading.status_size);
      if (!known) fail("unknown status item");
      out.push_back(std::move(w));
    } while (!x_failed && take(' '));
    lit(')');
    return out;
  }

  // LIST [(selection)] reference (pattern | (patterns)) [RETURN (options)]
  void list(Command& c) {
    sp();
    if (peek() == '(' && x_reading.list_extended) {
      c.extended = true;
      ++x_at;
      if (!take(')')) {
        do {
          c.selection.push_back(word());
          const auto& s = c.selection.back();
          if (s != "SUBSCRIBED" && s != "REMOTE" && s != "RECURSIVEMATCH" && s != "SPECIAL-USE") fail("unknown selection option");
        } while (!x_failed && take(' '));
        lit(')');
      }
      const auto has = [&](std::string_view s) { return std::ranges::find(c.selection, s) != c.selection.end(); };
      // RECURSIVEMATCH wants something to match (RFC 5258 3.1)
      if (has("RECURSIVEMATCH") && !has("SUBSCRIBED") && !has("SPECIAL-USE")) fail("RECURSIVEMATCH stands not alone");
      sp();
    }
    c.mailbox = astring("reference");
    sp();
    if (peek() == '(' && x_reading.list_extended) {
      c.extended = true;
      ++x_at;
      do {
        c.patterns.push_back(list_mailbox());
      } while (!x_failed && take(' '));
      lit(')');
    } else {
      c.patterns.push_back(list_mailbox());
    }
    if (!x_reading.list_extended || !take(' ')) return;
    if (word() != "RETURN") fail("RETURN was due");
    c.extended = c.has_returns = true;
    sp();
    lit('(');
    if (take(')')) return;
    do {
      auto w = word();
      if (w == "STATUS" && x_reading.list_status) {
        sp();
        c.items = status_items();
      } else if (w != "SUBSCRIBED" && w != "CHILDREN" && w != "SPECIAL-USE") {
        fail("unknown return option");
      }
      c.returns.push_back(std::move(w));
    } while (!x_failed && take(' '));
    lit(')');
  }

  void id(Command& c) {
    sp();
    if (peek() != '(') {
      if (word() != "NIL") fail("NIL or a list was due");
      return;
    }
    ++x_at;
    if (take(')')) return c.items.push_back("()");
    int fields = 0;
    do {
      const auto key = string();
      if (key.size() > 30 || ++fields > 30) fail("ID is limited to 30 fields of 30 octets");
      sp();
      if (peek() == '"' || peek() == '{') {
        if (string().size() > 1024) fail("an ID value has 1024 octets at most");
      } else if (word() != "NIL") {
        fail("a string or NIL was due");
      }
    } while (!x_failed && take(' '));
    lit(')');
  }

  void append(Command& c) {
    sp();
    c.mailbox = astring(c.name);
    do {
      AppendItem item;
      sp();
      if (peek() == '(') {
        item.flags = flag_list();
        for (const auto& f : item.flags) {
          if (iequals(f, "\\Recent")) fail("\\Recent cannot be set");
        }
        sp();
      }
      if (peek() == '"') {
        const auto text = quoted();
        item.date = parse_date_time(text);
        if (!item.date) fail("that is no date");
        sp();
      }
      bool binary = false;
      if (peek() != '{' && !(peek() == '~' && x_reading.literal8 && x_reading.binary)) fail("a literal was due");
      if (!x_failed) item.octets = literal(&binary);
      item.binary = binary;
      c.append.push_back(std::move(item));
    } while (!x_failed && x_reading.multiappend && peek() == ' ');
  }

  Section section() {
    Section s;
    const auto from = x_at;
    lit('[');
    while (is_digit(peek())) {
      s.part.push_back(number32(true));
      if (x_failed) return s;
      if (peek() == '.' && is_digit(peek(1))) ++x_at;
      else break;
    }
    if (!s.part.empty() && peek() == '.') ++x_at;
    else if (!s.part.empty() && peek() != ']') fail("']' was due");
    if (peek() != ']' || (!s.part.empty() && x_text[x_at - 1] == '.')) {
      const auto w = word();
      if (w == "HEADER") s.text = Section::Text::header;
      else if (w == "TEXT") s.text = Section::Text::text;
      else if (w == "MIME" && !s.part.empty()) s.text = Section::Text::mime;
      else if (w == "HEADER.FIELDS" || w == "HEADER.FIELDS.NOT") {
        s.text = w == "HEADER.FIELDS" ? Section::Text::fields : Section::Text::fields_not;
        sp();
        lit('(');
        do {
          s.names.push_back(astring("field-name"));
          // RFC 5322 2.2: printable US-ASCII but the colon.
          if (std::ranges::any_of(s.names.back(), [](char c) { return c <= ' ' || c > '~' || c == ':'; })) fail("that is no field name");
        } while (!x_failed && take(' '));
        lit(')');
      } else {
        fail("unknown section");
      }
    }
    lit(']');
    if (!x_failed) s.written = upper(x_text.substr(from, x_at - from));
    if (s.text == Section::Text::fields || s.text == Section::Text::fields_not) {
      s.written = "[";
      for (const auto p : s.part) s.written += std::to_string(p) + ".";
      s.written += s.text == Section::Text::fields ? "HEADER.FIELDS (" : "HEADER.FIELDS.NOT (";
      for (std::size_t i = 0; i < s.names.size(); ++i) {
        const bool atom = !s.names[i].empty() && std::ranges::all_of(s.names[i], astring_char);
        s.written += (i ? " " : "") + (atom ? s.names[i] : "\"" + replace_all(replace_all(s.names[i], "\\", "\\\\"), "\"", "\\\"") + "\"");
      }
      s.written += ")]";
    }
    return s;
  }

  void partial(FetchAtt& a) {
    if (peek() != '<') return;
    ++x_at;
    const auto from = number(false);
    lit('.');
    const auto n = number(true);
    lit('>');
    a.partial = {from, n};
  }

  FetchAtt fetch_att() {
    FetchAtt a;
    std::string w;
    // A word up to "[", for "[" is an ATOM-CHAR.
    while (!at_end() && atom_char(peek()) && peek() != '[') w += to_upper(x_text[x_at++]);
    const bool sectioned = peek() == '[';
    if (sectioned && (w == "BODY" || w == "BODY.PEEK")) {
      a.name = "BODY[]";
      a.peek = w != "BODY";
      a.section = section();
      partial(a);
    } else if (sectioned && x_reading.binary && (w == "BINARY" || w == "BINARY.PEEK" || w == "BINARY.SIZE")) {
      a.name = w == "BINARY.SIZE" ? "BINARY.SIZE[]" : "BINARY[]";
      a.peek = w != "BINARY";
      a.section = section();
      if (a.section.text != Section::Text::none) fail("BINARY takes parts only");
      if (w != "BINARY.SIZE") partial(a);
    } else if (!sectioned && (w == "FLAGS" || w == "UID" || w == "ENVELOPE" || w == "INTERNALDATE" || w == "RFC822.SIZE" || w == "BODY" ||
                              w == "BODYSTRUCTURE" || (x_reading.rev1 && (w == "RFC822" || w == "RFC822.HEADER" || w == "RFC822.TEXT")))) {
      a.name = w;
      a.peek = w != "RFC822" && w != "RFC822.TEXT";
    } else {
      fail("unknown data item");
    }
    return a;
  }

  void fetch(Command& c) {
    const auto macro = [&](std::string_view name) {
      if (upper(x_text.substr(x_at)) != name) return false;
      x_at = x_text.size();
      std::vector<std::string> items{"FLAGS", "INTERNALDATE", "RFC822.SIZE"};
      if (name != "FAST") items.emplace_back("ENVELOPE");
      if (name == "FULL") items.emplace_back("BODY");
      for (auto& i : items) {
        FetchAtt a;
        a.name = i;
        a.peek = true;
        c.fetch.push_back(std::move(a));
      }
      return true;
    };
    if (macro("ALL") || macro("FAST") || macro("FULL")) return;
    if (!take('(')) {
      c.fetch.push_back(fetch_att());
      return;
    }
    do {
      c.fetch.push_back(fetch_att());
    } while (!x_failed && take(' '));
    lit(')');
  }

  SearchKey search_key(int depth) {
    SearchKey k;
    if (depth > kMaxDepth && !planted("search-unbounded-recursion")) {
      fail("nested too deep");
      return k;
    }
    if (peek() == '(') {
      ++x_at;
      k.name = "(";
      do {
        k.keys.push_back(search_key(depth + 1));
      } while (!x_failed && take(' '));
      lit(')');
      return k;
    }
    if (is_digit(peek()) || peek() == '*' || peek() == '$') {
      k.name = "#";
      k.set = set();
      return k;
    }
    k.name = word();
    const std::string_view n = k.name;
    if (n == "BCC" || n == "BODY" || n == "CC" || n == "FROM" || n == "SUBJECT" || n == "TEXT" || n == "TO") {
      sp();
      k.text = astring("search");
    } else if (n == "HEADER") {
      sp();
      k.field = astring("field");
      sp();
      k.text = astring("search");
    } else if (n == "BEFORE" || n == "ON" || n == "SINCE" || n == "SENTBEFORE" || n == "SENTON" || n == "SENTSINCE") {
      sp();
      k.day = date();
    } else if (n == "KEYWORD" || n == "UNKEYWORD") {
      sp();
      k.text = atom();
    } else if (n == "LARGER" || n == "SMALLER") {
      sp();
      k.number = number(false);
    } else if (n == "UID") {
      sp();
      k.set = set();
    } else if (n == "NOT") {
      sp();
      k.keys.push_back(search_key(depth + 1));
    } else if (n == "OR") {
      sp();
      k.keys.push_back(search_key(depth + 1));
      sp();
      k.keys.push_back(search_key(depth + 1));
    } else if (n == "NEW" || n == "OLD" || n == "RECENT") {
      if (!x_reading.rev1) fail("unknown search key");
    } else {
      constexpr std::array<std::string_view, 11> kPlain{"ALL",        "ANSWERED",  "DELETED", "DRAFT",     "FLAGGED", "SEEN",
                                                        "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN"};
      if (std::ranges::find(kPlain, n) == kPlain.end()) fail("unknown search key");
    }
    return k;
  }

  void search(Command& c) {
    sp();
    if (x_reading.esearch && istarts_with(x_text.substr(x_at), "RETURN (")) {
      x_at += 8;
      c.has_returns = true;
      if (!take(')')) {
        do {
          auto w = word();
          if (w != "MIN" && w != "MAX" && w != "ALL" && w != "COUNT" && !(w == "SAVE" && x_reading.searchres)) fail("unknown option of SEARCH");
          c.returns.push_back(std::move(w));
        } while (!x_failed && take(' '));
        lit(')');
      }
      sp();
    }
    if (istarts_with(x_text.substr(x_at), "CHARSET ")) {
      x_at += 8;
      c.charset = upper(astring("charset"));
      sp();
    }
    c.search.name = "(";
    do {
      c.search.keys.push_back(search_key(0));
    } while (!x_failed && take(' '));
  }

  std::string_view x_text;
  const Reading& x_reading;
  std::size_t x_at = 0;
  bool x_failed = false, x_no = false;
  std::string x_why, x_code;
};

}  // namespace

std::string tag_of(std::string_view line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto tag = line.substr(0, end);
  const bool good = !tag.empty() && std::ranges::all_of(tag, [](char c) { return astring_char(c) && c != '+'; });
  return good ? std::string(tag) : std::string();
}

std::optional<LiteralMark> literal_mark(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  LiteralMark mark;
  mark.non_synchronizing = digits.ends_with('+');
  if (mark.non_synchronizing) digits.remove_suffix(1);
  const auto n = parse_number(digits);
  if (!n) return std::nullopt;
  mark.size = *n;
  mark.binary = open > 0 && line[open - 1] == '~';
  // Not within a quoted string: a literal follows a blank, or "(" and the like.
  if (const char before = open == 0 ? ' ' : line[open - 1 - (mark.binary && open > 1)]; before != ' ' && before != '(' && before != '~') return std::nullopt;
  return mark;
}

Parsed parse_command(std::string_view octets, const Reading& reading) { return Parser(octets, reading).parse(); }

}  // namespace mailspec::reference::imap
