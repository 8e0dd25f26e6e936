// ESEARCH (RFC 4731): SEARCH RETURN.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow esearch() { return {.name = "ESEARCH", .in_rev2 = true, .search_returns = {"MIN", "MAX", "ALL", "COUNT"}}; }

}  // namespace mailspec::reference::imap::ext
