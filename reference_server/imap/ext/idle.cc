// IDLE (RFC 2177).
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

ExtensionRow idle() {
  return {.name = "IDLE", .in_rev2 = true, .commands = {{"IDLE", When::after_login, nullptr, [](Session& s, const Command& c) { s.idle(c); }}}};
}

}  // namespace mailspec::reference::imap::ext
