// MULTIAPPEND (RFC 3502).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension multiappend() { return {.name = "MULTIAPPEND", .capabilities = {{"MULTIAPPEND"}}}; }

}  // namespace mailspec::imap::ext
