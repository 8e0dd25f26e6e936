// Deviations: named switches, each of which makes the reference server break one requirement.
// Variations: named switches for what the RFCs allow. Both change the Options a server is made with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference_server/options.h"

namespace mailspec::reference {

// A requirement that a deviation breaks beside its own, and the sentence of the RFC which the octets contradict.
struct Breach {
  std::string requirement, sentence;
};

struct Switch {
  std::string name;
  std::string requirement;  // the one it breaks; "" for a variation
  std::string about;        // what the server then does
  std::function<void(Options&)> apply;
  std::vector<Breach> breaks{};  // at most three
  // Why many checks cannot be judged then: of a variation "what: why", where any check is skipped or inconclusive; of a deviation the reason why it takes
  // more than 5 % of them.
  std::string costs{};
};

const std::vector<Switch>& deviations();
const std::vector<Switch>& variations();

// nullptr if there is none of that name.
const Switch* find(const std::vector<Switch>& switches, std::string_view name);

}  // namespace mailspec::reference
