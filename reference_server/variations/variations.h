// The variations by protocol; variations() puts them together.
#pragma once

#include <vector>

#include "reference_server/deviations/deviations.h"

namespace mailspec::reference {

std::vector<Switch> pop3_variations();
std::vector<Switch> imap_variations();

}  // namespace mailspec::reference
