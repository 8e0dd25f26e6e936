// LIST-EXTENDED (RFC 5258).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension list_extended() { return {.name = "LIST-EXTENDED", .capabilities = {{.name = "LIST-EXTENDED", .in_rev2 = true}}}; }

}  // namespace mailspec::imap::ext
