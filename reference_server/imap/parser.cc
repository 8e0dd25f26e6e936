#include "reference_server/imap/parser.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "reference_server/deviations/scout.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/names.h"
#include "reference_server/mime/utf8.h"

namespace mailspec::reference::imap {

namespace {
// ATOM-CHAR: any CHAR except atom-specials
constexpr auto kAtomChars = [] {
  std::array<bool, 256> out{};
  for (unsigned c = 0x21; c < 0x7F; ++c) out[c] = std::string_view("(){ %*\"\\]").find(static_cast<char>(c)) == std::string_view::npos;
  return out;
}();
}  // namespace

bool atom_char(char c) { return kAtomChars[static_cast<unsigned char>(c)]; }
bool astring_char(char c) { return atom_char(c) || c == ']'; }

bool Parser::fault(Fault fault) const { return x_reading.faults && x_reading.faults->has(fault); }
bool Parser::fault(Fault fault, std::string_view of) const { return x_reading.faults && x_reading.faults->has(fault, of); }

void Parser::fail(std::string why, Reason reason) {
  if (!x_failed) x_why = std::move(why), x_reason = reason;
  x_failed = true;
}

void Parser::sp() {
  if (peek() != ' ') return fail("a space was due");
  ++x_at;
}

void Parser::lit(char c) {
  if (at_end() || peek() != c) return fail(std::string("'") + c + "' was due");
  ++x_at;
}

bool Parser::take(char c) {
  if (at_end() || peek() != c) return false;
  ++x_at;
  return true;
}

std::string Parser::atom() { return std::string(run_of(atom_char, "an atom was due")); }
std::string Parser::word() { return upper(atom()); }

std::string Parser::string(bool* binary) {
  if (peek() == '"') return quoted();
  return literal(binary);
}

std::string Parser::quoted() {
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
      if (fault(c == '"' ? Fault::no_escaped_quote : Fault::no_escaped_backslash)) {
        fail("no backslash in a quoted string");
        return {};
      }
      if (fault(Fault::escapes_kept)) out += '\\';
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
  if (!(x_reading.rev2 ? is_utf8(out) : std::ranges::none_of(out, [](char c) { return (c & 0x80) != 0; }))) fail("octets that cannot stand in a quoted string");
  return out;
}

std::string Parser::literal(bool* binary) {
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

// The fault of a server that takes no string which begins so.
static Fault form_refused(char first) { return first == '"' ? Fault::no_quoted : first == '{' ? Fault::no_literal : Fault::no_atom; }

std::string Parser::astring(std::string_view what) {
  if (fault(form_refused(peek()), what)) fail("not in this form");
  if (peek() == '"' || peek() == '{') return string();
  return std::string(run_of(astring_char, "an astring was due"));
}

std::string Parser::list_mailbox() {
  if (fault(form_refused(peek()), "pattern")) fail("not in this form");
  if (peek() == '"' || peek() == '{') return string();
  return std::string(run_of([](char c) { return astring_char(c) || c == '%' || c == '*'; }, "a pattern was due"));
}

std::uint64_t Parser::number(bool nz) {
  const auto from = x_at;
  while (is_digit(peek())) ++x_at;
  const auto n = parse_number(x_text.substr(from, x_at - from));
  if (!n || *n > 9223372036854775807ull || (nz && (*n == 0 || x_text[from] == '0'))) fail("a number was due");
  return n.value_or(0);
}

std::uint64_t Parser::number32(bool nz) {
  const auto n = x_reading.number_wraps ? number(nz) % 4294967296ull : number(nz);
  if (n > 4294967295ull) fail("the number is too large");
  return planted("number-sign") ? static_cast<std::uint64_t>(static_cast<std::int32_t>(n)) : n;
}

Set Parser::set() {
  Set out;
  if (has(Extension::searchres) && peek() == '$') {
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

std::string Parser::flag() {
  std::string out;
  if (take('\\')) out = "\\";
  out += atom();
  return out;
}

std::vector<std::string> Parser::flag_list() {
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

std::int64_t Parser::date() {
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

bool Parser::adds(std::vector<std::string_view> ExtensionRow::* words, std::string_view word) const {
  return std::ranges::any_of(extensions(), [&](const auto& e) { return has(e.id) && std::ranges::find(e.*words, word) != (e.*words).end(); });
}

void Parser::refuse_recent(const std::vector<std::string>& flags) {
  if (std::ranges::any_of(flags, [](const auto& f) { return iequals(f, "\\Recent"); })) fail("\\Recent cannot be set");
}

std::vector<std::string> Parser::status_items() {
  std::vector<std::string> out;
  list_of([&] {
    out.push_back(word());
    const auto& w = out.back();
    const bool known =
        w == "MESSAGES" || w == "UIDNEXT" || w == "UIDVALIDITY" || w == "UNSEEN" || (w == "RECENT" && x_reading.rev1) || adds(&ExtensionRow::status_items, w);
    if (!known) fail("unknown status item");
  });
  return out;
}

}  // namespace mailspec::reference::imap
