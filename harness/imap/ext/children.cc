// CHILDREN (RFC 3348).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension children() { return {.name = "CHILDREN", .capabilities = {{.name = "CHILDREN", .in_rev2 = true}}}; }

}  // namespace mailspec::imap::ext
