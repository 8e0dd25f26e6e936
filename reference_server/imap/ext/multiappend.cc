// MULTIAPPEND (RFC 3502): several messages by one APPEND.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow multiappend() { return {.name = "MULTIAPPEND"}; }

}  // namespace mailspec::reference::imap::ext
