// LITERAL+ and LITERAL- (RFC 7888): literals that are not waited for, of any size or of 4096 octets at most.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow literal_plus() { return {.name = "LITERAL+", .before_login = true}; }
ExtensionRow literal_minus() { return {.name = "LITERAL-", .in_rev2 = true, .before_login = true, .by_default = false}; }

}  // namespace mailspec::reference::imap::ext
