#include "harness/result/former.h"

#include <algorithm>

namespace mailspec::result {

std::string present(const Former& former, const std::string& name) {
  const auto it = former.find(name);
  return it == former.end() ? name : it->second;
}

void rename(Run& run, const Former& former) {
  for (auto& c : run.checks) {
    if (const auto it = former.find(c.id); it != former.end()) {
      c.id = it->second;
      const auto name = c.id.substr(c.id.find('@') + 1);
      c.scenario = name.substr(0, name.find_first_of("#~"));
    }
    for (auto& place : c.broken_in) {
      // The case, or "how it was cut: the check".
      const auto colon = place.find(": ");
      const auto from = former.contains(place) || colon == std::string::npos ? 0 : colon + 2;
      place = place.substr(0, from) + present(former, place.substr(from));
    }
  }
  std::ranges::sort(run.checks, {}, &Check::id);
  for (auto& o : run.observations) o.scenario = present(former, o.scenario);
}

void rename(std::vector<KnownRow>& rows, const Former& former) {
  for (auto& row : rows) row.id = present(former, row.id);
}

}  // namespace mailspec::result
