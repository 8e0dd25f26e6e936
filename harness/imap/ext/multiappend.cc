// MULTIAPPEND (RFC 3502).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension multiappend() { return {.name = "MULTIAPPEND", .document = "rfc3502", .capabilities = {{"MULTIAPPEND"}}}; }

}  // namespace mailspec::imap::ext
