#include "harness/suite/standing.h"

#include <algorithm>

#include "harness/oracle/standing_rules.h"

namespace mailspec::suite {

std::vector<std::string> rule_requirements() {
  std::vector<std::string> out;
  for (const auto& rule : oracle::all_rules()) {
    for (auto& id : rule->requirements()) out.push_back(std::move(id));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace mailspec::suite
