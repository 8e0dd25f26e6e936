// Which messages a sequence set names (RFC 9051 9, seq-range; 6.4.9 for UIDs).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "reference_server/policy/policy.h"

namespace mailspec::reference::imap {

class NumberPolicy : public Policy {
 public:
  using Policy::Policy;

  // The first and the last of a range, whose ends may be kStar and stand in either order.
  struct Ends {
    std::uint64_t first = 0, last = 0;
  };
  // Of UIDs: `star` is the largest in the mailbox. A UID that no message has is no error.
  Ends uids(std::pair<std::uint64_t, std::uint64_t> range, std::uint64_t star) const;
  // Of sequence numbers in a mailbox of `count` messages.
  Ends numbers(std::string_view command, std::pair<std::uint64_t, std::uint64_t> range, std::uint64_t count) const;
  // RFC 9051 9, seq-number: must a command be refused whose numbers no message has?
  bool refuses_beyond(std::string_view command) const;
};

}  // namespace mailspec::reference::imap
