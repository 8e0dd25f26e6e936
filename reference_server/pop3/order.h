// The order of a server that numbers messages as it likes: by a hash of their octets.
#pragma once

#include <cstdint>

#include "reference_server/store/mailbox.h"

namespace mailspec::reference::pop3 {

// Smaller numbers for smaller places.
std::uint64_t own_place(const StoredMessage& message);

}  // namespace mailspec::reference::pop3
