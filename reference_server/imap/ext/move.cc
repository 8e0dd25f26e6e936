// MOVE (RFC 6851).
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

ExtensionRow move() {
  return {.name = "MOVE",
          .in_rev2 = true,
          .commands = {
              {"MOVE", When::selected, read_set_and_mailbox, [](Session& s, const Command& c) { s.copy(c); }, CommandRow::may_have_uid | CommandRow::tells}}};
}

}  // namespace mailspec::reference::imap::ext
