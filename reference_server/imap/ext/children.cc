// CHILDREN (RFC 3348): LIST tells unasked whether a name has children.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow children() { return {.name = "CHILDREN", .in_rev2 = true}; }

}  // namespace mailspec::reference::imap::ext
