// SEARCHRES (RFC 5182).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension searchres() { return {.name = "SEARCHRES", .document = "rfc5182", .capabilities = {{.name = "SEARCHRES", .in_rev2 = true}}}; }

}  // namespace mailspec::imap::ext
