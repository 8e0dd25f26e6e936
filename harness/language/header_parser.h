// Reads the header of a scenario: a case without steps for each row of its table. Internal to language/.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/language/scenario.h"

namespace mailspec::scenario {

// A line of a file, without its end.
struct Source {
  std::string text;
  int line = 1;
};

// A row of `vary:`; the cells stand in place of the columns' names, {name}, in the header and in the steps.
class Row {
 public:
  Row() = default;
  Row(const std::vector<std::string>& columns, std::vector<std::string> cells) : x_columns(&columns), x_cells(std::move(cells)) {}
  std::string name() const { return x_cells.empty() ? "" : x_cells[0]; }
  std::string fill_in(std::string text) const;

 private:
  const std::vector<std::string>* x_columns = nullptr;
  std::vector<std::string> x_cells;
};

class HeaderParser {
 public:
  explicit HeaderParser(std::string_view path);
  HeaderParser(const HeaderParser&) = delete;  // rows point into it
  HeaderParser& operator=(const HeaderParser&) = delete;
  // Reads the lines up to the first empty one; `at` is then the index of that, or behind the last. An error says file:line:column and what to write instead.
  Status parse(const std::vector<Source>& lines, std::size_t& at);
  // At least one: where there is no table, a row without cells.
  const std::vector<Row>& rows() const { return x_rows; }
  // What the header says of a row; no steps, and of IMAP no revision yet.
  Result<Case> case_of(const Row& row) const;
  // IMAP: the revisions that a row is run as.
  Result<std::vector<int>> revisions_of(const Row& row) const;
  bool imap() const { return x_imap; }  // IMAP is spoken, perhaps beside POP3

 private:
  struct Entry {
    std::string key, value;
    std::vector<Source> more;
    int line;
  };
  Error error(int line, int column, const std::string& what) const;
  Status read_table(const Entry& entry);
  Status set(Case& test, const Entry& entry, const std::string& value) const;
  Status set_state(Case& test, int line, const std::string& value) const;
  Status set_connections(Case& test, int line, const std::string& value) const;
  Status set_messages(Case& test, int line, const std::string& value) const;

  std::string x_path;
  bool x_both, x_imap;
  std::vector<Entry> x_entries;
  std::vector<std::string> x_columns;
  std::vector<Row> x_rows;
};

}  // namespace mailspec::scenario
