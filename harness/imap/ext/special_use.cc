// SPECIAL-USE and CREATE-SPECIAL-USE (RFC 6154).
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension special_use() { return {.name = "SPECIAL-USE", .document = "rfc6154", .capabilities = {{"SPECIAL-USE"}, {"CREATE-SPECIAL-USE"}}}; }

}  // namespace mailspec::imap::ext
