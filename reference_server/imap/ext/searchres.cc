// SEARCHRES (RFC 5182): SEARCH RETURN (SAVE), and "$" for what was saved.
#include <algorithm>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-save-forgets", "rfc9051/6.4.4.1/save", "forgets what was saved", [](Options& o) { o.faults.insert(Fault::save_forgets); }},
      {"imap-save-overwritten", "rfc9051/6.4.4.1/save-kept", "saves the result of any SEARCH", [](Options& o) { o.faults.insert(Fault::save_always); }},
      {"imap-save-by-number", "rfc9051/6.4.4.1/save-follows-expunge", "saves numbers, not messages",
       [](Options& o) { o.faults.insert(Fault::save_by_number); }},
      {"imap-save-pipeline-drops", "rfc9051/6.4.4.2/save-pipelined", "forgets what was sent behind a SEARCH that saves",
       [](Options& o) { o.faults.insert(Fault::save_pipeline_drops); }},
      {"imap-searchres-alone", "rfc5182/2.1/implies-esearch", "gives no ESEARCH where it saves",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::SearchArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH") && among(a.returns, "SAVE")) r.drop = true;
         });
       }},
      {"imap-save-empty-bad", "rfc9051/6.4.4.1/save-empty", "says BAD to an empty \"$\"",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           const auto* stored = c.as<imap::StoreArguments>();
           const auto* fetched = c.as<imap::FetchArguments>();
           const bool saved = (stored && stored->set.saved) || (fetched && fetched->set.saved);
           if (saved && r.tagged() && s.view().saved.empty()) r.keyword = "BAD";
         });
       }},
      {"imap-save-outlives-select", "rfc9051/6.4.4.1/save-reset", "keeps the saved result when another mailbox is opened",
       [](Options& o) { o.faults.insert(Fault::save_outlives_select); }},
      {"imap-save-outlives-no", "rfc9051/6.4.4.1/save-refused", "keeps the saved result at a SEARCH that was to save and is refused",
       [](Options& o) { o.faults.insert(Fault::save_outlives_no); }},
  };
}

}  // namespace

ExtensionRow searchres() { return {.name = "SEARCHRES", .in_rev2 = true, .needs = {Extension::esearch}, .search_returns = {"SAVE"}, .deviations = deviations}; }

}  // namespace mailspec::reference::imap::ext
