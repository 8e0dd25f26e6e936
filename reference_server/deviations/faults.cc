#include "reference_server/deviations/faults.h"

#include <algorithm>
#include <vector>

#include "reference_server/deviations/scout.h"

namespace mailspec::reference {

std::string_view name_of(Fault fault) {
  static const auto names = [] {
    std::vector<std::string> out{
#define FAULT(name) #name,
#include "reference_server/deviations/faults.inc"
#undef FAULT
    };
    for (auto& name : out) std::ranges::replace(name, '_', '-');
    return out;
  }();
  return names.at(static_cast<std::size_t>(fault));
}

bool Faults::has(Fault fault) const {
  if (auto* scout = Scout::current()) scout->asked(fault);
  return x_whole.test(static_cast<std::size_t>(fault));
}

bool Faults::has(Fault fault, std::string_view of) const {
  if (auto* scout = Scout::current()) scout->asked(fault, of);
  const auto parts = x_parts.find(fault);
  return parts != x_parts.end() && parts->second.contains(of);
}

}  // namespace mailspec::reference
