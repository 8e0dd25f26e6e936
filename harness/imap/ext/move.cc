// MOVE (RFC 6851).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension move() {
  return {.name = "MOVE",
          .document = "rfc6851",
          .capabilities = {{.name = "MOVE", .in_rev2 = true}},
          .commands = {{.name = "MOVE", .changes_messages = true, .removes = Removal::told, .copies = true}}};
}

}  // namespace mailspec::imap::ext
