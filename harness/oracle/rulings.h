// scenarios/RULINGS.md: how the suite reads sentences that can be read in two ways, or whose finding a vendor may contest.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/oracle/catalogue.h"

namespace mailspec::oracle {

struct Ruling {
  std::string where;  // "scenarios/RULINGS.md#rfc1939/5/stat-sums"
  std::string file;
  int line = 0;
  std::string text;  // the ruling itself, its title first, without the anchors
};

using Rulings = std::map<std::string, Ruling, std::less<>>;  // by requirement

// Adds the rulings of one page. A ruling begins with one anchor `<a id="REQUIREMENT"></a>` a line, for each requirement it decides, and ends at the next
// ruling or at a heading of the second level. Errors name file and line.
Status add_rulings(Rulings& rulings, std::string_view file, std::string_view text);

// Tells each record of the catalogue where its ruling is.
void refer_to_rulings(Catalogue& catalogue, const Rulings& rulings);

// Records in doubt without a ruling, and rulings of records that no catalogue holds.
std::vector<std::string> ruling_errors(const Catalogue& catalogue, const Rulings& rulings);

}  // namespace mailspec::oracle
