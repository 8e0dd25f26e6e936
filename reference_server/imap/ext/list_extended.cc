// LIST-EXTENDED (RFC 5258): selection and return options, several patterns.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow list_extended() {
  return {.name = "LIST-EXTENDED", .in_rev2 = true, .list_selection = {"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH"}, .list_returns = {"SUBSCRIBED", "CHILDREN"}};
}

}  // namespace mailspec::reference::imap::ext
