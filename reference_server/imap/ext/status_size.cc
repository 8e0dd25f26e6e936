// STATUS=SIZE (RFC 8438): the sizes of mailboxes by STATUS. RFC 9051 has taken SIZE in, and DELETED with it.
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-status-size-zero", "rfc9051/6.3.11/status-size", "says SIZE 0",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "SIZE")) n->text = "0";
         });
       }},
      {"imap-status-size-short", "rfc9051/6.3.11/status-size", "says one octet too few in STATUS (SIZE)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "SIZE"); n && n->text != "0") n->text = std::to_string(std::stoull(n->text) - 1);
         });
       }},
  };
}

}  // namespace

ExtensionRow status_size() { return {.name = "STATUS=SIZE", .in_rev2 = true, .status_items = {"SIZE", "DELETED"}, .deviations = deviations}; }

}  // namespace mailspec::reference::imap::ext
