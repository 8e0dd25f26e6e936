// A line of a scenario with braces: a template in C lines, a pattern in S lines.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace mailspec::scenario {

// A piece of a line.
struct Piece {
  enum class Kind {
    literal,
    bind,       // {x=}
    use,        // {x}
    any,        // {_}
    rest,       // ...
    one_of,     // {r=A|B}
    file,       // @a.eml or @a.eml<top 3>, alone on an S line
    generator,  // {name args}, C lines only
    data,       // {@a.eml} {"text"} and the like, IMAP C lines only: a literal; `text` is the fixture, or args[0] the octets
  };
  Kind kind = Kind::literal;
  std::string text;  // the literal, or the name
  std::vector<std::string> choices;
  std::vector<std::vector<Piece>> args;
  int slice = -1;  // of @file<top n>: body lines
  int column = 0;
  bool non_synchronizing = false;  // of data: {n+}
  bool binary = false;             // of data: ~{n}
};
using Line = std::vector<Piece>;

// Calls `see` for each piece, those inside of generators and literals included.
void for_each_piece(const Line& line, const std::function<void(const Piece&)>& see);
// Adds the names that the line binds, {x=} and {r=A|B}, and those that it uses, {x}.
void collect_names(const Line& line, std::set<std::string>& bound, std::set<std::string>& used);
// Does the line use a name, {x}, that begins so?
bool uses(const Line& line, std::string_view prefix);
// Does the line bind a name, {x=}?
bool binds(const Line& line);
// What the line has as it is, that in generators and literals included. For each brace stand spaces, and its choices, if it has any.
std::string literal_text(const Line& line);

// The pieces of a line outside a file: for tests and tools. An error's offset is the column.
Result<Line> parse_pattern(std::string_view text, int column);
Result<Line> parse_template(std::string_view text, int column);

}  // namespace mailspec::scenario
