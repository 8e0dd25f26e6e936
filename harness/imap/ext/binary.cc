// BINARY (RFC 3516). What it can do for FETCH is in RFC 9051, what it can do for APPEND is not.
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension binary() { return {.name = "BINARY", .capabilities = {{"BINARY"}, {.name = "BINARY-FETCH", .in_rev2 = true}}}; }

}  // namespace mailspec::imap::ext
