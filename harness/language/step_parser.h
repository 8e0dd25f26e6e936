// Reads one step of a scenario. Internal to language/.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/language/line_parser.h"
#include "harness/language/scenario.h"

namespace mailspec::scenario {

// A C line that belongs to an exchange, an S line, or a step of its own.
using ParsedLine = std::variant<Sent, Demand, Step>;

class StepParser {
 public:
  // `test` has the header of the file. `imap` says that IMAP is spoken in it, perhaps beside POP3.
  StepParser(const Case& test, bool imap) : x_case(test), x_imap(imap) {}
  // A line of the file, continuations joined. An error says file:line:column and what to write instead.
  Result<ParsedLine> parse(const std::string& text, int line);
  // The connection speaks IMAP.
  bool imap_on(int connection) const { return x_imap && (!x_case.both() || x_case.protocol_of(connection) == Protocol::imap); }

 private:
  struct Words;  // a step as words
  Error error(int column, const std::string& what) const;
  Result<Line> line_of(std::string_view text, int column, LineForm form) const;
  Result<ParsedLine> c_line(const struct Mark& mark, const std::string& text);
  Result<ParsedLine> s_line(const struct Mark& mark, const std::string& text);
  Status take_connection(Words& w) const;
  Status subject(Words& w) const;
  Status check(Words& w) const;
  Result<Comparison> comparison(const Words& w) const;
  Status observe(Words& w) const;
  Status duration(Words& w) const;
  Status deliver(Words& w) const;
  Status refused(Words& w) const;
  Status taken(Words& w) const;
  Status permanent(Words& w) const;
  Status of_connection(Words& w) const;
  Status turn(Words& w) const;
  Status drop(Words& w) const;
  Status tls(Words& w) const;
  Status hello(Words& w) const;

  const Case& x_case;
  bool x_imap;
  int x_line = 0;
};

}  // namespace mailspec::scenario
