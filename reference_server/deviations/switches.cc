#include <algorithm>

#include "reference_server/deviations/deviations.h"

namespace mailspec::reference {

const Switch* find(const std::vector<Switch>& switches, std::string_view name) {
  const auto it = std::ranges::find(switches, name, &Switch::name);
  return it == switches.end() ? nullptr : &*it;
}

}  // namespace mailspec::reference
