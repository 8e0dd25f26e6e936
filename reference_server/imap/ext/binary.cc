// BINARY (RFC 3516): parts without their transfer encoding, literal8.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow binary() { return {.name = "BINARY", .in_rev2 = true}; }

}  // namespace mailspec::reference::imap::ext
