// LIST-STATUS (RFC 5819): LIST RETURN (STATUS (...)).
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow list_status() { return {.name = "LIST-STATUS", .in_rev2 = true, .needs = {Extension::list_extended}, .list_returns = {"STATUS"}}; }

}  // namespace mailspec::reference::imap::ext
