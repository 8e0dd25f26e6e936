// SPECIAL-USE and CREATE-SPECIAL-USE (RFC 6154): what a mailbox is for.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow special_use() {
  return {.name = "SPECIAL-USE",
          .also_announces = {"CREATE-SPECIAL-USE"},
          .needs = {Extension::list_extended},
          .list_selection = {"SPECIAL-USE"},
          .list_returns = {"SPECIAL-USE"}};
}

}  // namespace mailspec::reference::imap::ext
