// SEARCHRES (RFC 5182): SEARCH RETURN (SAVE), and "$" for what was saved.
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

ExtensionRow searchres() { return {.name = "SEARCHRES", .in_rev2 = true, .needs = {Extension::esearch}, .search_returns = {"SAVE"}}; }

}  // namespace mailspec::reference::imap::ext
