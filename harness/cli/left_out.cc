#include "harness/cli/left_out.h"

#include <algorithm>

#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"
#include "reference_server/embed.h"

namespace mailspec::cli {

namespace {

std::string count(std::size_t n, const std::string& what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

}  // namespace

Status leave_out(std::string_view extension) {
  if (auto s = imap::leave_out(extension); !s) return s;
  if (auto s = leave_out_of_server(extension); !s) return s;
  // The server knows what needs what.
  for (const auto& name : left_out_of_server().extensions) {
    if (auto s = imap::leave_out(name); !s) return s;
  }
  return ok();
}

std::string what_is_left_out(const suite::Library& library) {
  std::vector<std::string> names;
  for (const auto& e : imap::left_out()) names.push_back(std::string(e.name) + (e.in_rev2() ? " (of IMAP4rev1 only)" : ""));
  if (names.empty()) return {};
  return "without " + join(names, ", ") + ": " + count(library.cases_dropped, "case") + ", " + count(library.records_dropped, "record") + " and " +
         count(left_out_of_server().deviations, "deviation") + " left out";
}

}  // namespace mailspec::cli
