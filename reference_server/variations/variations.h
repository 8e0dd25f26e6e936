// The variations by protocol; variations() puts them together.
#pragma once

#include <cstdint>
#include <vector>

#include "reference_server/deviations/deviations.h"

namespace mailspec::reference {

// Seconds by which the answer to a login is delayed when so many have been refused.
double delay_of_refusal(std::uint64_t refused);

std::vector<Switch> pop3_variations();
std::vector<Switch> imap_variations();
std::vector<Switch> pop3_session_variations();
std::vector<Switch> imap_session_variations();
std::vector<Switch> imap_box_variations();
std::vector<Switch> imap_extension_variations();

}  // namespace mailspec::reference
