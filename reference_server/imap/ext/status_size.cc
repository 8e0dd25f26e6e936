// STATUS=SIZE (RFC 8438): the sizes of mailboxes by STATUS. RFC 9051 has taken SIZE in, and DELETED with it.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow status_size() { return {.name = "STATUS=SIZE", .in_rev2 = true, .status_items = {"SIZE", "DELETED"}}; }

}  // namespace mailspec::reference::imap::ext
