// SASL-IR (RFC 4959).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension sasl_ir() { return {.name = "SASL-IR", .document = "rfc4959", .capabilities = {{.name = "SASL-IR", .in_rev2 = true, .serves_login = true}}}; }

}  // namespace mailspec::imap::ext
