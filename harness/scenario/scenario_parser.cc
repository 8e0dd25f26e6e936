#include <algorithm>
#include <map>
#include <optional>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"
#include "harness/scenario/scenario.h"
#include "harness/tls/hello.h"

namespace mailspec::scenario {

namespace {

const std::vector<std::string> kHeaderKeys{"title",    "state",  "connections", "endpoint", "requires", "tags",
                                           "messages", "repeat", "was",         "vary",     "revision", "inbox"};
constexpr const char* kMessages = R"(a.eml, a.eml*100, a.eml(\Seen " 7-Jul-2024 12:00:00 +0000"), big(25MB), header(10MB), nested(5000) or parts(10000))";
const std::vector<std::string> kStepWords{"check", "refused", "survives", "taken",  "permanent", "observe",    "connect", "login",  "drop", "tls",
                                          "hello", "wait",    "silence",  "forget", "deliver",   "eventually", "given",   "within", "turn"};
const std::vector<std::string> kGenerators{"base64", "apop", "sasl", "repeat", "numbered", "atom", "quoted", "astring", "ascii", "argument", "day"};
constexpr int kMaxNesting = 8;

// Advice where no name is near.
std::string or_else(const std::string& what, const std::string& advice) { return what.find("did you mean") == std::string::npos ? what + "; " + advice : what; }

struct Trouble {
  int column;
  std::string what;
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '_' || (to_upper(c) >= 'A' && to_upper(c) <= 'Z'); });
}

// ---- lines with braces

class LineParser {
 public:
  LineParser(std::string_view text, int column, bool is_template, bool imap = false) : x_text(text), x_column(column), x_template(is_template), x_imap(imap) {}

  // Throws nothing; `trouble` is set when the line is wrong.
  Line parse() {
    Line line;
    if (!x_template && !x_imap && x_text.starts_with('@')) {
      line.push_back(parse_file());
      return line;
    }
    std::string literal;
    const auto flush = [&] {
      if (!literal.empty()) line.push_back({Piece::Kind::literal, std::exchange(literal, {}), {}, {}, -1, column(), false, false});
    };
    while (x_at < x_text.size() && !trouble) {
      const char c = x_text[x_at];
      if (c == '\\' && x_at + 1 < x_text.size() && (x_text[x_at + 1] == '{' || x_text[x_at + 1] == '\\')) {
        literal += x_text[x_at + 1];
        x_at += 2;
      } else if (c == '{' && x_template && x_imap && x_at + 1 < x_text.size() && (x_text[x_at + 1] == '@' || x_text[x_at + 1] == '"')) {
        const bool binary = literal.ends_with('~');
        if (binary) literal.pop_back();
        flush();
        line.push_back(parse_data(binary));
      } else if (c == '{') {
        flush();
        line.push_back(parse_brace(0));
      } else if (!x_template && x_text.substr(x_at) == "...") {
        flush();
        line.push_back({Piece::Kind::rest, "...", {}, {}, -1, column(), false, false});
        x_at += 3;
      } else {
        literal += c;
        ++x_at;
      }
    }
    flush();
    return line;
  }

  std::optional<Trouble> trouble;

 private:
  int column() const { return x_column + static_cast<int>(x_at); }
  void fail(std::string what) { fail_at(column(), std::move(what)); }
  void fail_at(int where, std::string what) {
    if (!trouble) trouble = Trouble{where, std::move(what)};
  }

  Piece parse_file() {
    Piece piece{Piece::Kind::file, std::string(x_text.substr(1)), {}, {}, -1, column(), false, false};
    const auto slice = piece.text.find('<');
    if (slice != std::string::npos) {
      const auto inside = words(piece.text.substr(slice + 1, piece.text.size() - slice - 2));
      const auto n = inside.size() == 2 && inside[0] == "top" ? parse_number(inside[1]) : std::nullopt;
      if (!n || !piece.text.ends_with('>')) fail("a slice is written @file<top N>");
      else piece.slice = static_cast<int>(*n);
      piece.text.resize(slice);
    }
    if (piece.text.empty()) fail("'@' wants a fixture's name, as in @plain.eml");
    return piece;
  }

  // {@a.eml} {@a.eml+} {"text"} {"text"+}
  Piece parse_data(bool binary) {
    Piece piece;
    piece.kind = Piece::Kind::data;
    piece.column = column();
    piece.binary = binary;
    ++x_at;
    if (x_text[x_at] == '@') {
      ++x_at;
      while (x_at < x_text.size() && x_text[x_at] != '}' && x_text[x_at] != '+') piece.text += x_text[x_at++];
    } else {
      piece.args.push_back(parse_argument(0));
    }
    if (x_at < x_text.size() && x_text[x_at] == '+') {
      piece.non_synchronizing = true;
      ++x_at;
    }
    if (x_at >= x_text.size() || x_text[x_at] != '}') fail("'}' expected at the end of a literal, as in {@a.eml} or {\"text\"+}");
    ++x_at;
    return piece;
  }

  Piece parse_brace(int depth) {
    const int from = column();
    if (depth > kMaxNesting) {
      fail("braces are nested too deep");
      return {};
    }
    ++x_at;  // {
    std::string inside;
    Piece piece;
    piece.column = from;
    // The word up to a blank, '=', or '}'.
    while (x_at < x_text.size() && x_text[x_at] != '}' && x_text[x_at] != ' ' && x_text[x_at] != '=') inside += x_text[x_at++];
    if (x_at >= x_text.size()) {
      fail_at(from, "'{' without '}' (write \\{ for a brace that is sent as it is)");
      return piece;
    }
    piece.text = inside;
    if (inside == "_") {
      piece.kind = Piece::Kind::any;
    } else if (!is_name(inside)) {
      fail_at(from, "'" + inside + "' is no name: letters, digits and '_'");
    } else if (x_text[x_at] == '=') {
      if (x_template) fail("a name can only be bound in an S line");
      const auto end = x_text.find('}', x_at);
      const auto choice = x_text.substr(x_at + 1, end == std::string_view::npos ? end : end - x_at - 1);
      // {x=...} binds the rest of the line, which may be empty.
      piece.kind = choice.empty() || choice == "..." ? Piece::Kind::bind : Piece::Kind::one_of;
      if (!choice.empty()) piece.choices = split(choice, '|');
      x_at = end == std::string_view::npos ? x_text.size() : end;
    } else if (x_text[x_at] == ' ') {
      piece.kind = Piece::Kind::generator;
      if (!x_template) fail("generators stand in C lines only");
      if (std::ranges::find(kGenerators, inside) == kGenerators.end()) fail_at(from, unknown("generator", inside, kGenerators));
      while (x_at < x_text.size() && x_text[x_at] == ' ' && !trouble) {
        ++x_at;
        piece.args.push_back(parse_argument(depth));
      }
    } else {
      piece.kind = Piece::Kind::use;
    }
    if (x_at >= x_text.size() || x_text[x_at] != '}') fail("'}' expected");
    ++x_at;
    return piece;
  }

  // A quoted string with escapes, a brace, or a bare word.
  Line parse_argument(int depth) {
    Line line;
    if (x_at < x_text.size() && x_text[x_at] == '"') {
      ++x_at;
      std::string octets;
      while (x_at < x_text.size() && x_text[x_at] != '"') {
        if (x_text[x_at] == '{') {
          line.push_back({Piece::Kind::literal, std::exchange(octets, {}), {}, {}, -1, column(), false, false});
          line.push_back(parse_brace(depth + 1));
          if (trouble) return line;
          continue;
        }
        octets += parse_escape();
        if (trouble) return line;
      }
      if (x_at >= x_text.size()) fail("'\"' without its end");
      ++x_at;
      line.push_back({Piece::Kind::literal, octets, {}, {}, -1, column(), false, false});
      return line;
    }
    if (x_at < x_text.size() && x_text[x_at] == '{') {
      line.push_back(parse_brace(depth + 1));
      return line;
    }
    std::string word;
    while (x_at < x_text.size() && x_text[x_at] != ' ' && x_text[x_at] != '}') word += x_text[x_at++];
    line.push_back({Piece::Kind::literal, word, {}, {}, -1, column(), false, false});
    return line;
  }

 public:
  std::string parse_escape() {
    const char c = x_text[x_at++];
    if (c != '\\' || x_at >= x_text.size()) return std::string(1, c);
    const char e = x_text[x_at++];
    switch (e) {
      case 'r': return "\r";
      case 'n': return "\n";
      case 't': return "\t";
      case '0': return std::string(1, '\0');
      case '\\':
      case '"':
      case '{': return std::string(1, e);
      case 'x': {
        unsigned value = 0;
        for (int i = 0; i < 2; ++i, ++x_at) {
          const char h = x_at < x_text.size() ? to_upper(x_text[x_at]) : '?';
          if (is_digit(h)) value = value * 16 + static_cast<unsigned>(h - '0');
          else if (h >= 'A' && h <= 'F') value = value * 16 + static_cast<unsigned>(h - 'A' + 10);
          else {
            fail("\\x wants two hexadecimal digits");
            return {};
          }
        }
        return std::string(1, static_cast<char>(value));
      }
      default: fail(std::string("unknown escape \\") + e + "; known are \\r \\n \\t \\0 \\\\ \\\" \\{ \\xHH"); return {};
    }
  }

  // A string in quotes, alone.
  Line parse_quoted() { return parse_argument(0); }

  // C~ lines: escapes and braces, nothing else is special.
  Line parse_raw() {
    Line line;
    std::string literal;
    while (x_at < x_text.size() && !trouble) {
      if (x_text[x_at] == '{' && x_at + 1 < x_text.size() && !is_digit(x_text[x_at + 1])) {
        if (!literal.empty()) line.push_back({Piece::Kind::literal, std::exchange(literal, {}), {}, {}, -1, column(), false, false});
        line.push_back(parse_brace(0));
      } else {
        literal += parse_escape();
      }
    }
    if (!literal.empty()) line.push_back({Piece::Kind::literal, literal, {}, {}, -1, column(), false, false});
    return line;
  }

 private:
  std::string_view x_text;
  int x_column;
  bool x_template;
  bool x_imap;
  std::size_t x_at = 0;
};

// ---- files

struct Source {
  std::string text;
  int line;
};

class FileParser {
 public:
  FileParser(std::string_view path, std::string_view text) : x_path(path), x_both(path.ends_with(".both")), x_imap(path.ends_with(".imap") || x_both) {
    if (x_imap) {
      x_case.state = x_both ? "none" : "authenticated";
      x_case.endpoint = "imap";
    }
    int number = 0;
    for (auto& raw : split(text, '\n')) {
      ++number;
      if (raw.ends_with('\r')) raw.pop_back();
      x_lines.push_back({std::move(raw), number});
    }
  }

  Result<std::vector<Case>> parse() {
    std::size_t at = 0;
    if (auto s = parse_header(at); !s) return s.error();
    std::vector<Case> cases;
    if (x_rows.empty()) x_rows.emplace_back();
    for (const auto& row : x_rows) {
      Case c = x_case;
      if (!row.empty()) c.row = row[0];
      for (auto& feature : c.requires_) feature = of_row(feature, row);
      for (const auto& source : x_body_of(at)) {
        if (auto s = parse_step(c, of_row(source.text, row), source.line); !s) return s.error();
      }
      if (std::ranges::none_of(c.steps, [](const Step& s) { return s.kind == Step::Kind::stake; })) {
        return error(x_lines.size() ? x_lines.back().line : 1, 1, "no '@requirement' line: nothing would be judged");
      }
      if (!x_imap) {
        cases.push_back(std::move(c));
        continue;
      }
      for (const int revision : x_revisions) {
        c.revision = revision;
        cases.push_back(c);
      }
    }
    return cases;
  }

 private:
  // The text with the row's cells in place of the columns' names.
  std::string of_row(std::string text, const std::vector<std::string>& row) const {
    for (std::size_t i = 0; i < row.size(); ++i) text = replace_all(text, "{" + x_columns[i] + "}", row[i]);
    return text;
  }

  Error error(int line, int column, const std::string& what) const {
    return {Error::Kind::config, x_path + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what};
  }

  // The lines after the header, continuations joined.
  std::vector<Source> x_body_of(std::size_t at) const {
    std::vector<Source> out;
    for (; at < x_lines.size(); ++at) {
      const auto& [text, line] = x_lines[at];
      if (text.starts_with('#') || trim(text).empty()) continue;
      if (text.starts_with(' ') && !out.empty()) out.back().text += std::string(trim(text));
      else out.push_back({text, line});
    }
    return out;
  }

  Status parse_header(std::size_t& at) {
    for (; at < x_lines.size() && !trim(x_lines[at].text).empty(); ++at) {
      const auto& [text, line] = x_lines[at];
      if (text.starts_with('#')) continue;
      const auto colon = text.find(':');
      const std::string key(trim(std::string_view(text).substr(0, colon)));
      if (colon == std::string::npos) return error(line, 1, "a header line is 'key: value'; an empty line ends the header");
      if (std::ranges::find(kHeaderKeys, key) == kHeaderKeys.end())
        return error(line, 1, or_else(unknown("header key", key, kHeaderKeys), "an empty line ends the header"));
      std::string value(trim(std::string_view(text).substr(colon + 1)));
      std::vector<Source> more;
      while (at + 1 < x_lines.size() && x_lines[at + 1].text.starts_with(' ') && !trim(x_lines[at + 1].text).empty()) {
        more.push_back(x_lines[++at]);
        if (key != "vary") value += " " + std::string(trim(more.back().text));
      }
      if (auto s = set_header(key, value, more, line); !s) return s;
    }
    if (x_case.title.empty()) return error(1, 1, "the header has no title:");
    if (x_both && (!x_case.speaks(Protocol::pop3) || !x_case.speaks(Protocol::imap)))
      return error(1, 1, "a scenario for both names the protocol of each connection, as in 'connections: imap pop3'");
    return ok();
  }

  Status set_header(const std::string& key, const std::string& value, const std::vector<Source>& more, int line) {
    auto& c = x_case;
    c.path = x_path;
    if (key == "title") {
      c.title = value;
    } else if (key == "state") {
      const auto states = x_both   ? std::vector<std::string>{"none"}
                          : x_imap ? std::vector<std::string>{"none", "not-authenticated", "authenticated", "selected"}
                                   : std::vector<std::string>{"none", "authorization", "transaction"};
      if (std::ranges::find(states, value) == states.end())
        return error(line, 1, or_else(unknown("state", value, states), "here it is one of " + join(states, ", ")));
      c.state = value;
    } else if (key == "endpoint") {
      const auto endpoints = x_imap ? std::vector<std::string>{"imap", "imaps"} : std::vector<std::string>{"pop3", "pop3s"};
      if (std::ranges::find(endpoints, value) == endpoints.end()) return error(line, 1, unknown("endpoint", value, endpoints));
      c.endpoint = value;
    } else if (key == "connections" && x_both) {
      for (const auto& w : words(value)) {
        if (w != "pop3" && w != "imap") return error(line, 1, "connections: names the protocol of each, as in 'connections: imap pop3'");
        c.protocols.push_back(w == "imap" ? Protocol::imap : Protocol::pop3);
      }
      c.connections = static_cast<int>(c.protocols.size());
    } else if (key == "connections" || key == "repeat") {
      const auto n = parse_number(value);
      if (!n || *n < 1 || *n > 100) return error(line, 1, key + ": wants a number from 1 to 100");
      (key == "repeat" ? c.repeat : c.connections) = static_cast<int>(*n);
    } else if (key == "revision") {
      x_revisions.clear();
      for (const auto& w : words(value)) {
        if (!x_imap || (w != "1" && w != "2")) return error(line, 1, "revision: is 1, 2 or both, in .imap files");
        x_revisions.push_back(w[0] - '0');
      }
      if (x_revisions.empty()) return error(line, 1, "revision: is 1, 2 or both, in .imap files");
    } else if (key == "requires") {
      c.requires_ = words(value);
    } else if (key == "inbox") {
      if (!x_imap || x_both || value != "empty") return error(line, 1, "write 'inbox: empty', in IMAP scenarios");
      c.empty_inbox = true;
    } else if (key == "tags") {
      c.tags = words(value);
    } else if (key == "was") {
      c.was = words(value);
    } else if (key == "messages") {
      for (const auto& word : message_words(value)) {
        auto spec = parse_message(word);
        if (!spec) return error(line, 1, "'" + word + "' is no message: write " + kMessages);
        c.messages.push_back(*spec);
      }
    } else if (key == "vary") {
      for (auto& name : split(value, '|')) x_columns.emplace_back(trim(name));
      for (const auto& source : more) {
        if (trim(source.text).starts_with('#')) continue;
        std::vector<std::string> row;
        for (auto& cell : split(source.text, '|')) row.emplace_back(trim(cell));
        if (row.size() != x_columns.size()) {
          return error(source.line, 1, "the row has " + std::to_string(row.size()) + " cells, the table " + std::to_string(x_columns.size()) + " columns");
        }
        if (std::ranges::any_of(x_rows, [&](const auto& r) { return r[0] == row[0]; })) {
          return error(source.line, 1, "two rows begin with '" + row[0] + "': the first column names the row");
        }
        x_rows.push_back(std::move(row));
      }
      if (x_rows.empty()) return error(line, 1, "vary: wants rows below it, each indented");
    }
    return ok();
  }

  // As words(), but what stands in parentheses holds together.
  static std::vector<std::string> message_words(const std::string& value) {
    std::vector<std::string> out(1);
    int depth = 0;
    for (const char c : value) {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (c == ' ' && depth == 0) out.emplace_back();
      else out.back() += c;
    }
    std::erase(out, "");
    return out;
  }

  static std::optional<MessageSpec> parse_message(std::string word) {
    // a.eml(\Seen $Junk "10-Jul-2024 12:00:00 +0000"); a date is RFC 9051's date-time, so a day of one digit has a space before it.
    static constexpr std::string_view kDateTime = "10-Jul-2024 12:00:00 +0000";
    if (const auto open = word.find(".eml("); open != std::string::npos && word.ends_with(')')) {
      auto inside = word.substr(open + 5, word.size() - open - 6);
      auto spec = parse_message(word.substr(0, open + 4));
      if (!spec) return std::nullopt;
      if (const auto quote = inside.find('"'); quote != std::string::npos) {
        spec->date = inside.substr(quote + 1, inside.rfind('"') - quote - 1);
        if (spec->date.size() != kDateTime.size()) return std::nullopt;
        inside.resize(quote);
      }
      spec->flags = trim(inside);
      return spec;
    }
    for (const std::string made : {"big", "header", "nested", "parts"}) {
      if (!word.starts_with(made + "(")) continue;
      const bool in_megabytes = made == "big" || made == "header";
      const std::string_view end = in_megabytes ? "MB)" : ")";
      if (!word.ends_with(end)) return std::nullopt;
      const auto n = parse_number(std::string_view(word).substr(made.size() + 1, word.size() - made.size() - 1 - end.size()));
      if (!n || *n == 0 || *n > (in_megabytes ? 1024 : 100000)) return std::nullopt;
      return MessageSpec{"", 1, in_megabytes ? *n * 1000 * 1000 : *n, made, {}, {}};
    }
    const auto star = word.find('*');
    const auto count = star == std::string::npos ? std::optional<std::uint64_t>(1) : parse_number(word.substr(star + 1));
    if (!count || *count > 1000000 || !word.substr(0, star).ends_with(".eml")) return std::nullopt;
    return MessageSpec{word.substr(0, star), *count, 0, {}, {}, {}};
  }

  Status take(LineParser& parser, Line line, Step& step, int number) {
    if (parser.trouble) return error(number, parser.trouble->column, parser.trouble->what);
    step.pieces = std::move(line);
    return ok();
  }

  // "C2~: rest" -> kind, connection and where the rest begins; nothing if the line has another form.
  struct Mark {
    char who;
    int connection;
    char flavour;  // 0, '~', '!' or '?'
    std::size_t rest;
  };
  static std::optional<Mark> parse_mark(std::string_view text) {
    if (text.empty() || (text[0] != 'C' && text[0] != 'S')) return std::nullopt;
    Mark mark{text[0], 1, 0, 1};
    if (mark.rest < text.size() && is_digit(text[mark.rest])) mark.connection = text[mark.rest++] - '0';
    if (mark.rest < text.size() && std::string_view("~!?>").find(text[mark.rest]) != std::string_view::npos) mark.flavour = text[mark.rest++];
    if (mark.rest >= text.size() || text[mark.rest] != ':') return std::nullopt;
    ++mark.rest;
    return mark;
  }

  Status parse_step(Case& c, const std::string& text, int number) {
    Step step;
    step.line = number;
    step.text = text;
    if (text.starts_with('@')) {
      step.kind = Step::Kind::stake;
      for (auto& word : words(text)) step.ids.push_back(word.starts_with('@') ? word.substr(1) : word);
      if (step.ids.size() == 1 && step.ids[0] == "-") step.ids.clear();
      c.steps.push_back(std::move(step));
      return ok();
    }
    if (const auto mark = parse_mark(text)) {
      step.connection = mark->connection;
      if (step.connection < 1 || step.connection > 9) return error(number, 2, "connections are numbered 1 to 9");
      auto from = mark->rest;
      while (from < text.size() && text[from] == ' ') ++from;
      const auto rest = std::string_view(text).substr(from);
      const int column = static_cast<int>(from) + 1;
      if (x_both && step.connection > c.connections) return error(number, 2, "connections: names " + std::to_string(c.connections));
      const bool imap = imap_on(step.connection);
      LineParser parser(rest, column, mark->who == 'C', imap);
      if (mark->who == 'C' && mark->flavour != '!' && mark->flavour != '>') {
        step.kind = mark->flavour == '~' ? Step::Kind::send_raw : mark->flavour == '?' ? Step::Kind::attempt : Step::Kind::send;
        auto line = mark->flavour == '~' ? parser.parse_raw() : parser.parse();
        if (auto s = take(parser, std::move(line), step, number); !s) return s;
      } else if (mark->who == 'S' && (mark->flavour == 0 || mark->flavour == '!' || (imap && mark->flavour != '~'))) {
        step.kind = mark->flavour == '!'   ? Step::Kind::expect_not
                    : mark->flavour == '?' ? Step::Kind::expect_maybe
                    : mark->flavour == '>' ? Step::Kind::expect_after
                                           : Step::Kind::expect;
        auto line = parser.parse();
        if (auto s = take(parser, std::move(line), step, number); !s) return s;
        if (step.pieces.empty()) return error(number, column, "an S line wants a pattern");
      } else {
        return error(number, 1, imap ? "unknown mark; known are C: C~: C?: S: S?: S!: S>:" : "unknown mark; known for POP3 are C: C~: C?: S: S!:");
      }
      c.steps.push_back(std::move(step));
      return ok();
    }
    step.words = words(text);
    const auto word = step.words[0];
    step.words.erase(step.words.begin());
    if (std::ranges::find(kStepWords, word) == kStepWords.end()) return error(number, 1, unknown("step", word, kStepWords));
    if (auto s = parse_word(step, word, number); !s) return s;
    c.steps.push_back(std::move(step));
    return ok();
  }

  bool imap_on(int connection) const { return x_imap && (!x_both || x_case.protocol_of(connection) == Protocol::imap); }

  Status take_connection(Step& step, int number) {
    if (step.words.empty()) return ok();
    const auto n = parse_number(step.words[0]);
    if (!n) return ok();
    if (*n < 1 || *n > 9) return error(number, 1, "connections are numbered 1 to 9");
    if (x_both && static_cast<int>(*n) > x_case.connections) return error(number, 1, "connections: names " + std::to_string(x_case.connections));
    step.connection = static_cast<int>(*n);
    step.words.erase(step.words.begin());
    return ok();
  }

  Status parse_word(Step& step, const std::string& word, int number) {
    const auto is = [&](std::initializer_list<std::string_view> allowed) {
      return std::ranges::all_of(step.words, [&](const auto& w) { return std::ranges::find(allowed, w) != allowed.end(); });
    };
    if (word == "check" || word == "eventually" || word == "given") {
      step.kind = word == "check" ? Step::Kind::check : word == "given" ? Step::Kind::given : Step::Kind::eventually;
      // check N uids {u1} {u2}, check N exists 3, check N flags {u1} \Seen, check N state selected
      const auto& subjects = check_subjects();
      const bool numbered = !step.words.empty() && parse_number(step.words[0]);
      if (const std::size_t at = numbered ? 1 : 0; x_imap && step.words.size() > at && std::ranges::find(subjects, step.words[at]) != subjects.end()) {
        const auto rest = join(std::span(step.words).subspan(at + 1), " ");
        LineParser parser(rest, 7, true);
        step.left = parser.parse();
        if (parser.trouble) return error(number, parser.trouble->column, parser.trouble->what);
        return take_connection(step, number);
      }
      if (word != "check") return error(number, 1, "write '" + word + " N " + join(check_subjects(), "|") + " ...'");
      if ((step.words.size() == 2 || (step.words.size() == 3 && step.words[2] == "notified")) && step.words[1] == "closed")
        return take_connection(step, number);
      if (!x_imap && step.words.size() == 2 && step.words[1] == "soon") return take_connection(step, number);
      if (step.words.size() >= 3 && step.words[1] == "tls") {
        static const std::vector<std::string> subjects{"name", "dates", "chain", "strength", "signature", "unasked", "alpn"};
        if (step.words.size() != 3 || std::ranges::find(subjects, step.words[2]) == subjects.end())
          return error(number, 13, unknown("subject of TLS", step.words.back(), subjects));
        return take_connection(step, number);
      }
      // check {a} = "text with blanks and escapes"
      if (step.words.size() >= 3 && step.words[2].starts_with('"')) {
        const auto quote = step.text.find('"');
        LineParser left(step.words[0], 7, true), right(std::string_view(step.text).substr(quote), static_cast<int>(quote) + 1, true);
        step.left = left.parse();
        step.right = right.parse_quoted();
        for (const auto* parser : {&left, &right}) {
          if (parser->trouble) return error(number, parser->trouble->column, parser->trouble->what);
        }
        return ok();
      }
      // check {a} = {b} or {c} > {d}
      if (step.words.size() > 4 && step.words[3] == "or") {
        Step other;
        other.line = number;
        other.text = step.text;
        other.words.assign(step.words.begin() + 4, step.words.end());
        step.words.resize(3);
        if (auto s = parse_word(other, word, number); !s) return s;
        step.or_else.push_back(std::move(other));
      }
      if (step.words.size() != 3)
        return error(number, 7, "write 'check N closed', 'check N tls name|dates|chain|strength|signature|unasked|alpn', or 'check {a} = {b}'");
      const std::vector<std::string> operators{"=", "!=", "<", "<=", ">", ">="};
      if (std::ranges::find(operators, step.words[1]) == operators.end()) return error(number, 7, unknown("comparison", step.words[1], operators));
      for (int side = 0; side < 2; ++side) {
        LineParser parser(step.words[side ? 2 : 0], 7, true);
        (side ? step.right : step.left) = parser.parse();
        if (parser.trouble) return error(number, parser.trouble->column, parser.trouble->what);
      }
      return ok();
    }
    if (word == "observe") {
      step.kind = Step::Kind::observe;
      if (step.words.size() >= 3 && (step.words[1] == "answer" || step.words[1] == "told")) {
        const bool told = step.words[1] == "told";
        const auto name = step.words[0];
        step.words.erase(step.words.begin(), step.words.begin() + 2);
        if (auto s = take_connection(step, number); !s) return s;
        if (step.words.size() != 1 || !imap_on(step.connection))
          return error(number, 9, "write 'observe NAME answer [N] TAG' or 'observe NAME told [N] KEYWORD', of an IMAP connection");
        step.kind = told ? Step::Kind::told : Step::Kind::answer;
        step.words.insert(step.words.begin(), name);
        return ok();
      }
      if (step.words.size() == 3 && step.words[1] == "logins") {
        step.kind = Step::Kind::logins;
        const auto rounds = parse_number(step.words[2]);
        if (!rounds || *rounds < 8 || *rounds > 100) return error(number, 9, "write 'observe NAME logins ROUNDS' with 8 to 100 rounds");
        return ok();
      }
      if (step.words.size() != 2)
        return error(number, 9, "write 'observe NAME {value}', 'observe NAME logins ROUNDS', 'observe NAME answer [N] TAG' or 'observe NAME told [N] KEYWORD'");
      LineParser parser(step.words[1], 9, true);
      step.left = parser.parse();
      if (parser.trouble) return error(number, parser.trouble->column, parser.trouble->what);
      return ok();
    }
    if (word == "wait" || word == "within") {
      step.kind = word == "wait" ? Step::Kind::wait : Step::Kind::within;
      if (step.kind == Step::Kind::within) {
        if (auto s = take_connection(step, number); !s) return s;
        if (!imap_on(step.connection)) return error(number, 1, "'within' is for connections that speak IMAP");
      }
      const auto& w = step.words.empty() ? std::string() : step.words[0];
      const auto n = w.empty() ? std::nullopt : parse_number(std::string_view(w).substr(0, w.size() - 1));
      const double unit = w.ends_with('h') ? 3600 : w.ends_with('m') ? 60 : w.ends_with('s') ? 1 : 0;
      if (!n || unit == 0) return error(number, static_cast<int>(word.size()) + 2, "write '" + word + (word == "wait" ? "" : " N") + " 30s', '9m' or '1h'");
      step.seconds = static_cast<double>(*n) * unit;
      return ok();
    }
    if (word == "deliver") {
      step.kind = Step::Kind::deliver;
      if (step.words.size() != 1 || !step.words[0].ends_with(".eml")) return error(number, 9, "write 'deliver a.eml'");
      return ok();
    }
    if (auto s = take_connection(step, number); !s) return s;
    if (word == "refused") {
      step.kind = Step::Kind::refused;
      if (imap_on(step.connection)) {
        if (step.words.empty() || (step.words.size() != 1 && !(step.words.size() == 3 && step.words[1] == "may" && step.words[2] == "close")))
          return error(number, 9, "write 'refused [N] TAG [may close]'");
        return ok();
      }
      if (!is({"may", "close"})) return error(number, 9, "write 'refused [N] [may close]'");
    } else if (word == "taken") {
      step.kind = Step::Kind::taken;
      if (!x_imap || step.words.size() != 1) return error(number, 1, "write 'taken [N] TAG', in IMAP scenarios");
      auto any = parse_pattern(step.words[0] + " {_}", 7);
      if (!any) return error(number, static_cast<int>(any.error().offset), any.error().what);
      step.pieces = std::move(*any);
    } else if (word == "permanent") {
      step.kind = Step::Kind::permanent;
      if (!imap_on(step.connection) || step.words.size() != 1) return error(number, 1, "write 'permanent [N] FLAG', in IMAP scenarios");
    } else if (word == "connect" || word == "login" || word == "silence" || word == "forget" || word == "survives") {
      step.kind = word == "survives"  ? Step::Kind::survives
                  : word == "connect" ? Step::Kind::connect
                  : word == "login"   ? Step::Kind::login
                  : word == "forget"  ? Step::Kind::forget
                                      : Step::Kind::silence;
      if (!step.words.empty()) return error(number, 1, "write '" + word + " N'");
    } else if (word == "turn") {
      step.kind = Step::Kind::login;
      if (!imap_on(step.connection) || !step.words.empty()) return error(number, 1, "write 'turn N', in IMAP scenarios");
      step.words.emplace_back(word);
    } else if (word == "drop") {
      step.kind = Step::Kind::drop;
      if (step.words.empty()) step.words.emplace_back("fin");
      if (!is({"fin", "rst", "cut"})) return error(number, 6, "write 'drop N fin', 'drop N rst', or 'drop N cut': without close_notify");
    } else if (word == "tls") {
      step.kind = Step::Kind::tls;
      if (!step.words.empty() && step.words[0] == "wrong") {
        const std::vector<std::string> kinds{"record", "message", "alert", "text"};
        if (step.words.size() == 2 && std::ranges::find(kinds, step.words[1]) != kinds.end()) return ok();
        return error(number, 5, "write 'tls N wrong record|message|alert|text'");
      }
      if (!is({"min", "max", "1.0", "1.1", "1.2", "1.3", "fails", "may", "fail", "alpn", "imap", "pop3", "http/1.1"}))
        return error(number, 5, "write 'tls N [min V] [max V] [alpn imap|pop3|http/1.1] [fails | may fail]' with V from 1.0 to 1.3");
    } else if (word == "hello") {
      step.kind = Step::Kind::hello;
      if (step.words.size() != 3 || !tls::hello_version(step.words[0]))
        return error(number, 7, "write 'hello N VERSION SUITES DEMAND' with VERSION ssl2, ssl3, 1.0, 1.1 or 1.2");
      for (const auto& family : split(step.words[1], ',')) {
        if (family != "small-curves" && tls::suites_of(family).empty())
          return error(number, 7, unknown("family of cipher suites", family, tls::suite_families()));
      }
      if (std::ranges::find(hello_demands(), step.words[2]) == hello_demands().end())
        return error(number, 7, unknown("demand", step.words[2], hello_demands()));
    }
    return ok();
  }

  std::string x_path;
  std::vector<Source> x_lines;
  Case x_case;
  bool x_both, x_imap;  // the protocols of the file
  std::vector<int> x_revisions{1, 2};
  std::vector<std::string> x_columns;
  std::vector<std::vector<std::string>> x_rows;
};

}  // namespace

Protocol Case::protocol_of(int connection) const {
  if (!both()) return imap() ? Protocol::imap : Protocol::pop3;
  return protocols[static_cast<std::size_t>(connection - 1) % protocols.size()];
}

bool Case::speaks(Protocol protocol) const { return both() ? std::ranges::find(protocols, protocol) != protocols.end() : protocol_of(1) == protocol; }

bool Case::needs(std::string_view feature) const { return std::ranges::find(requires_, feature) != requires_.end(); }

std::string Case::name() const {
  auto out = row.empty() ? path : path + "#" + row;
  if (imap()) out += "~rev" + std::to_string(revision);
  return out;
}

bool Case::uses_box() const {
  if (!both() && (!messages.empty() || state == "selected")) return true;
  return std::ranges::any_of(steps, [](const Step& s) { return s.text.find("{box") != std::string::npos; });
}

// Does it leave a mailbox as it was? What is not known is taken to change it.
static bool only_reads(const std::string& step) {
  const auto text = upper(step);
  const auto parts = words(text.substr(text.find(':') + 1));
  const auto at = parts.size() > 1 && parts[1] == "UID" ? 2u : 1u;
  if (parts.size() == 1) return true;
  const auto* word = parts.size() > at ? imap::find_command_word(parts[at]) : nullptr;
  if (!word || !word->reads_only) return false;
  return !word->changes_messages || !imap::sets_seen(text);
}

bool Case::mutates() const {
  if (both()) return true;
  if (imap()) {
    return messages.empty() || connections > 1 || std::ranges::any_of(steps, [](const Step& s) {
             const bool sends = s.kind == Step::Kind::send || s.kind == Step::Kind::send_raw || s.kind == Step::Kind::attempt;
             const bool asks_for_recent = s.text.find("RECENT") != std::string::npos;  // RFC 3501 2.3.2: \Recent shows in one session only
             return s.kind == Step::Kind::deliver || (sends && !only_reads(s.text)) || asks_for_recent || s.text.find("{box2}") != std::string::npos;
           });
  }
  return std::ranges::any_of(steps, [this](const Step& s) {
    if (s.kind == Step::Kind::deliver) return true;
    // A server at fault may also remove what was only read, at the end of a session.
    if (s.kind == Step::Kind::drop) return true;
    if (s.kind != Step::Kind::send && s.kind != Step::Kind::send_raw && s.kind != Step::Kind::attempt) return false;
    const auto text = upper(s.text);
    return text.find("DELE") != std::string::npos || (state == "transaction" && text.find("QUIT") != std::string::npos);
  });
}

bool Case::cites(std::string_view requirement) const {
  return std::ranges::any_of(steps, [&](const Step& s) { return std::ranges::find(s.ids, requirement) != s.ids.end(); });
}

std::vector<std::string> Case::stakes() const {
  std::vector<std::string> out;
  for (const auto& step : steps) {
    for (const auto& id : step.ids) {
      if (std::ranges::find(out, id) == out.end()) out.push_back(id);
    }
  }
  return out;
}

const std::vector<std::string>& hello_demands() {
  static const std::vector<std::string> demands{
      "tls", "refused", "strong", "forward-secret", "uncompressed", "renegotiation-info", "extended-master-secret", "encrypt-then-mac", "group-2048"};
  return demands;
}

const std::vector<std::string>& check_subjects() {
  static const std::vector<std::string> kAll{"uids",       "exists",       "flags",  "state",  "listed", "unlisted",
                                             "subscribed", "unsubscribed", "status", "agrees", "present"};
  return kAll;
}

Result<std::vector<Case>> parse_scenario(std::string_view path, std::string_view text) { return FileParser(path, text).parse(); }

Result<Line> parse_pattern(std::string_view text, int column) {
  LineParser parser(text, column, false);
  auto line = parser.parse();
  if (parser.trouble) return Error{Error::Kind::config, parser.trouble->what, static_cast<std::size_t>(parser.trouble->column)};
  return line;
}

Result<Line> parse_template(std::string_view text, int column) {
  LineParser parser(text, column, true);
  auto line = parser.parse();
  if (parser.trouble) return Error{Error::Kind::config, parser.trouble->what, static_cast<std::size_t>(parser.trouble->column)};
  return line;
}

}  // namespace mailspec::scenario
