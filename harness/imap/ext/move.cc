// MOVE (RFC 6851).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension move() { return {.name = "MOVE", .capabilities = {{.name = "MOVE", .in_rev2 = true}}, .commands = {{.name = "MOVE"}}}; }

}  // namespace mailspec::imap::ext
