// What remains when a mailbox is left: by SELECT, CLOSE, UNSELECT, LOGOUT, or with the connection.
#pragma once

#include <string_view>

#include "reference_server/imap/view.h"
#include "reference_server/policy/policy.h"

namespace mailspec::reference::imap {

// `way` is the command by which it is left, or "drop".
class LeavingPolicy : public Policy {
 public:
  using Policy::Policy;

  // RFC 9051 6.4.1: CLOSE removes what is marked \Deleted; 6.4.2: nothing else does.
  bool removes_deleted(std::string_view way) const;
  // RFC 9051 2.3.2: flags outlive the session that has set them.
  void keep_flags(View& view, std::string_view way) const;
  // RFC 9051 6.4.1, 6.4.2: behind CLOSE and UNSELECT no mailbox is selected, and none behind a SELECT that failed (6.3.2).
  bool deselects(std::string_view way) const;
  bool failed_select_deselects() const;

 private:
  bool forgets(const Slot& slot, const std::string& flag, std::string_view way) const;
};

}  // namespace mailspec::reference::imap
