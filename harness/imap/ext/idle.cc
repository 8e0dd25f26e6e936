// IDLE (RFC 2177).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension idle() {
  return {.name = "IDLE",
          .document = "rfc2177",
          .capabilities = {{.name = "IDLE", .in_rev2 = true}},
          .commands = {{.name = "IDLE", .reads_only = true, .ended_by = "DONE", .listens = true}}};
}

}  // namespace mailspec::imap::ext
