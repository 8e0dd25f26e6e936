// The files that are kept of cases: traces, and inputs that do harm.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/language/scenario.h"
#include "harness/oracle/rule.h"
#include "harness/suite/ending.h"

namespace mailspec::suite {

// The name of what is kept of a case, without an ending: letters, digits and what no shell minds. Two cases have hardly ever the same.
std::string file_name(const scenario::Case& c);

class Evidence {
 public:
  // "": nothing is kept. Otherwise the directory is made.
  Evidence(std::string directory, Ending& ending);

  // Each gives the file's name below the directory; nothing if none is kept. That a trace cannot be written is noted as trouble.
  std::optional<std::string> trace(const scenario::Case& c, const oracle::Trace& trace, const std::vector<oracle::Finding>& findings) const;
  std::optional<std::string> input(const scenario::Case& c, const std::string& octets) const;

 private:
  std::string x_directory;
  Ending& x_ending;
};

}  // namespace mailspec::suite
