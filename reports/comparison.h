// Writers of comparisons: what broke and what was mended between two runs, and servers side by side.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/result/compare.h"

namespace mailspec::reports {

// `before` and `after` are the runs that were compared.
std::string comparison_text(const result::Comparison& comparison, const result::Run& before, const result::Run& after, bool colour);
std::string comparison_markdown(const result::Comparison& comparison, const result::Run& before, const result::Run& after);

// Requirements by servers. A page of its own that works offline; `links`, if not empty, has the address of each server's own report.
std::string matrix_html(const std::vector<result::Run>& runs, const std::vector<std::string>& links);
// What differs between them, what all break, and a line for each server.
std::string matrix_text(const std::vector<result::Run>& runs);
std::string matrix_markdown(const std::vector<result::Run>& runs);
// The runs' names, told apart where two are the same.
std::vector<std::string> names_of(const std::vector<result::Run>& runs);

// What `compare` was given: the runs, the first against the last, or all of them side by side.
struct Compared {
  const std::vector<result::Run>& runs;
  const result::Comparison& comparison;
  bool servers;  // side by side
};
std::string compared_text(const Compared& compared, bool colour);

// The kinds of report of a comparison, by name.
struct ComparisonFormat {
  std::string_view kind;
  std::string (*write)(const Compared& compared);
};
const std::vector<ComparisonFormat>& comparison_formats();

}  // namespace mailspec::reports
