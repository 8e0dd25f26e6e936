// UNSELECT (RFC 3691): leaves a mailbox and removes nothing.
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-unselect-expunges", "rfc9051/6.4.2/unselect", "expunges at UNSELECT", [](Options& o) { o.faults.insert(Fault::unselect_expunges); }},
      {"imap-unselect-stays", "rfc9051/6.4.2/unselect", "keeps the mailbox selected at UNSELECT",
       [](Options& o) { o.faults.insert(Fault::unselect_stays_selected); }},
      {"imap-unselect-expunges-for-all", "rfc9051/6.4.2/unselect", "expunges at UNSELECT", [](Options& o) { o.faults.insert(Fault::unselect_expunges); }},
      {"imap-unselect-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at UNSELECT",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_at, "UNSELECT");
       }},
  };
}

}  // namespace

ExtensionRow unselect() {
  return {.name = "UNSELECT", .in_rev2 = true, .commands = {{"UNSELECT", When::selected, handled_by<&Session::close>()}}, .deviations = deviations};
}

}  // namespace mailspec::reference::imap::ext
