// The standing rules over a whole run.
#pragma once

#include <string>
#include <vector>

namespace mailspec::suite {

// The requirements the standing rules can speak about, in order.
std::vector<std::string> rule_requirements();

}  // namespace mailspec::suite
