#include "harness/language/imap_pattern.h"

#include <utility>

namespace mailspec::scenario {

namespace {

using Kind = ImapNode::Kind;

constexpr int kMaxNesting = 100;

class Compiler {
 public:
  explicit Compiler(const Line& line) : x_line(line) {}

  std::vector<ImapNode> parse(char until, int depth = 0) {
    std::vector<ImapNode> out;
    if (depth > kMaxNesting) trouble = "lists are nested too deep";
    while (!at_end() && trouble.empty()) {
      const char c = peek();
      if (c == ' ') {
        next();
      } else if (until && c == until) {
        next();
        return out;
      } else if (c == '(') {
        next();
        ImapNode node;
        node.kind = Kind::list;
        node.items = parse(')', depth + 1);
        out.push_back(std::move(node));
      } else if (c == '[' && !until) {
        next();
        ImapNode node;
        node.kind = Kind::code;
        node.items = parse(']', depth + 1);
        out.push_back(std::move(node));
      } else if (c == ')') {
        trouble = "')' without '('";
      } else {
        out.push_back(leaf(until));
      }
    }
    if (until && trouble.empty()) trouble = std::string("'") + until + "' is missing";
    return out;
  }

  std::string trouble;

 private:
  bool at_end() const { return x_piece >= x_line.size(); }
  // The character here, or '\1' for a piece in braces.
  char peek() const {
    const auto& p = x_line[x_piece];
    return p.kind == Piece::Kind::literal ? p.text[x_at] : '\1';
  }
  void next() {
    const auto& p = x_line[x_piece];
    if (p.kind == Piece::Kind::literal && ++x_at < p.text.size()) return;
    ++x_piece;
    x_at = 0;
  }

  ImapNode leaf(char until) {
    ImapNode node;
    std::string text;
    const auto flush = [&] {
      if (text.empty()) return;
      Piece piece;
      piece.text = std::exchange(text, {});
      node.pieces.push_back(std::move(piece));
    };
    if (peek() == '"') {
      node.quoted = true;
      next();
      while (!at_end() && peek() != '"') {
        if (peek() == '\\') next();
        if (at_end()) break;
        if (peek() == '\1') {
          flush();
          node.pieces.push_back(x_line[x_piece]);
        } else {
          text += peek();
        }
        next();
      }
      if (at_end()) trouble = "a quoted string has no end";
      else next();
      flush();
      return node;
    }
    int brackets = 0;
    while (!at_end()) {
      const char c = peek();
      if (brackets == 0 && (c == ' ' || c == '(' || c == ')' || (until == ']' && c == ']'))) break;
      if (c == '\1') {
        flush();
        if (x_line[x_piece].kind == Piece::Kind::rest) node.kind = Kind::rest;
        node.pieces.push_back(x_line[x_piece]);
        next();
        continue;
      }
      if (c == '[') ++brackets;
      if (c == ']') --brackets;
      text += c;
      next();
    }
    flush();
    if (node.pieces.size() == 1 && node.pieces[0].kind == Piece::Kind::literal && node.pieces[0].text == "...") node.kind = Kind::rest;
    return node;
  }

  const Line& x_line;
  std::size_t x_piece = 0, x_at = 0;
};

}  // namespace

Result<ImapPattern> compile_pattern(const Line& line) {
  Compiler compiler(line);
  auto nodes = compiler.parse('\0');
  if (!compiler.trouble.empty()) return Error{Error::Kind::config, compiler.trouble};
  if (nodes.empty()) return Error{Error::Kind::config, "an S line wants a pattern"};
  return nodes;
}

}  // namespace mailspec::scenario
