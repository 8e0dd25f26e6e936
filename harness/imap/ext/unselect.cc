// UNSELECT (RFC 3691).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension unselect() {
  return {.name = "UNSELECT",
          .document = "rfc3691",
          .capabilities = {{.name = "UNSELECT", .in_rev2 = true}},
          .commands = {{.name = "UNSELECT", .reads_only = true, .leaves = true, .changes_session = true}}};
}

}  // namespace mailspec::imap::ext
