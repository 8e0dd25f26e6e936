// UTF8=ACCEPT and UTF8=ONLY (RFC 6855).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension utf8_accept() { return {.name = "UTF8=ACCEPT", .capabilities = {{.name = "UTF8=ACCEPT", .utf8 = true}, {.name = "UTF8=ONLY", .utf8 = true}}}; }

}  // namespace mailspec::imap::ext
