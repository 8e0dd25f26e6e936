// UNSELECT (RFC 3691): leaves a mailbox and removes nothing.
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

ExtensionRow unselect() {
  return {.name = "UNSELECT", .in_rev2 = true, .commands = {{"UNSELECT", When::selected, nullptr, [](Session& s, const Command& c) { s.close(c); }}}};
}

}  // namespace mailspec::reference::imap::ext
