// What the binary carries: catalogue, scenarios and fixtures; and a team's own, read from a directory.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/language/scenario.h"
#include "harness/oracle/catalogue.h"
#include "harness/oracle/rulings.h"
#include "harness/result/former.h"

namespace mailspec::suite {

struct Library {
  oracle::Catalogue catalogue;
  oracle::Rulings rulings;
  std::vector<scenario::Case> cases;                   // in path order
  std::map<std::string, std::string> fixtures;         // by file name
  std::map<std::string, std::string> files;            // scenario texts by path, for `explain`
  std::vector<std::string> strangers;                  // files of the directory that are neither
  result::Former former;                               // checks and cases that have moved (`was:`)
  std::size_t cases_dropped = 0, records_dropped = 0;  // of extensions that are left out
  std::string set;                                     // names the scenario set: the first 8 hex digits of SHA-256 over all its files

  // "0.1.0+3f9c21aa": of mailspec, and of the scenario set; results with the same one can be merged.
  std::string version() const { return std::string(MAILSPEC_VERSION) + "+" + set; }

  const std::string* fixture(const std::string& name) const;
};

// The embedded files by path below scenarios/.
const std::map<std::string_view, std::string_view>& embedded_files();

// The embedded library, plus `directory` if it is not empty. Errors name file, line and column.
Result<Library> load_library(const std::string& directory);

// What the case was called before, as its `was:` has it: "imap/old.imap#row~rev1". Where that names no row it is the case's own.
std::vector<std::string> former_names(const scenario::Case& c);

}  // namespace mailspec::suite
