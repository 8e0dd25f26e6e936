// The deviations by area; deviations() puts them together.
#pragma once

#include <vector>

#include "reference_server/deviations/deviations.h"

namespace mailspec::reference {

std::vector<Switch> framing_deviations();
std::vector<Switch> state_deviations();
std::vector<Switch> maildrop_deviations();
std::vector<Switch> capability_deviations();
std::vector<Switch> sasl_deviations();
std::vector<Switch> utf8_deviations();
std::vector<Switch> tls_deviations();

}  // namespace mailspec::reference
