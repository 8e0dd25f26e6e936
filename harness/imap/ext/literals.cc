// LITERAL+ and LITERAL- (RFC 7888).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension literal_plus() { return {.name = "LITERAL+", .capabilities = {{"LITERAL+"}}}; }
Extension literal_minus() { return {.name = "LITERAL-", .capabilities = {{.name = "LITERAL-", .in_rev2 = true}}}; }

}  // namespace mailspec::imap::ext
