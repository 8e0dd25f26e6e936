#include "harness/language/line_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::scenario {

namespace {

const std::vector<std::string> kGenerators{"base64", "apop", "sasl", "repeat", "numbered", "atom", "quoted", "astring", "ascii", "argument", "day"};
constexpr int kMaxNesting = 8;

struct Trouble {
  int column;
  std::string what;
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '_' || (to_upper(c) >= 'A' && to_upper(c) <= 'Z'); });
}

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

}  // namespace

Result<Line> parse_line(std::string_view text, int column, LineForm form) {
  const bool is_template = form != LineForm::pop3_pattern && form != LineForm::imap_pattern;
  LineParser parser(text, column, is_template, form == LineForm::imap_pattern || form == LineForm::imap_template);
  auto line = form == LineForm::raw ? parser.parse_raw() : form == LineForm::quoted ? parser.parse_quoted() : parser.parse();
  if (parser.trouble) return Error{Error::Kind::config, parser.trouble->what, static_cast<std::size_t>(parser.trouble->column)};
  return line;
}

Result<Line> parse_pattern(std::string_view text, int column) { return parse_line(text, column, LineForm::pop3_pattern); }

Result<Line> parse_template(std::string_view text, int column) { return parse_line(text, column, LineForm::pop3_template); }

void for_each_piece(const Line& line, const std::function<void(const Piece&)>& see) {
  for (const auto& piece : line) {
    see(piece);
    for (const auto& argument : piece.args) for_each_piece(argument, see);
  }
}

void collect_names(const Line& line, std::set<std::string>& bound, std::set<std::string>& used) {
  for_each_piece(line, [&](const Piece& piece) {
    if (piece.kind == Piece::Kind::bind || piece.kind == Piece::Kind::one_of) bound.insert(piece.text);
    if (piece.kind == Piece::Kind::use) used.insert(piece.text);
  });
}

bool uses(const Line& line, std::string_view prefix) {
  bool any = false;
  for_each_piece(line, [&](const Piece& piece) { any = any || (piece.kind == Piece::Kind::use && piece.text.starts_with(prefix)); });
  return any;
}

bool binds(const Line& line) {
  return std::ranges::any_of(line, [](const Piece& piece) { return piece.kind == Piece::Kind::bind; });
}

std::string literal_text(const Line& line) {
  std::string out;
  for_each_piece(line, [&](const Piece& piece) { out += piece.kind == Piece::Kind::literal ? piece.text : " " + join(piece.choices, " ") + " "; });
  return out;
}

}  // namespace mailspec::scenario
