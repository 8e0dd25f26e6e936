// LIST-STATUS (RFC 5819).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension list_status() { return {.name = "LIST-STATUS", .capabilities = {{.name = "LIST-STATUS", .in_rev2 = true}}}; }

}  // namespace mailspec::imap::ext
