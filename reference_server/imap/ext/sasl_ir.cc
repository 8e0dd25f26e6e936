// SASL-IR (RFC 4959): AUTHENTICATE takes an initial response.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow sasl_ir() { return {.name = "SASL-IR", .in_rev2 = true, .before_login = true}; }

}  // namespace mailspec::reference::imap::ext
