// A message as a POP3 session numbers it (RFC 1939 4).
#pragma once

#include <cstdint>
#include <string>

#include "reference_server/store/mailbox.h"

namespace mailspec::reference::pop3 {

struct Slot {
  const StoredMessage* message = nullptr;
  std::uint64_t size = 0;  // octets
  std::string uid;
  bool deleted = false;
  bool retrieved = false;
};

}  // namespace mailspec::reference::pop3
