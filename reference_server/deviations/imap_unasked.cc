// What comes unasked or late: responses of extensions, news of other sessions, answers that fail to come.
#include <algorithm>
#include <string>
#include <utility>

#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {
// In place of EXPUNGE.
void vanish(ImapResponse& r, ImapSession& s) {
  if (!r.is("EXPUNGE")) return;
  const auto& gone = s.view().box->ghosts;
  r.raw = "* VANISHED " + std::to_string(gone.empty() ? 1 : gone.rbegin()->first);
}

void add_modseq(ImapResponse& r) {
  if (r.is("FETCH") && !r.data.empty()) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("MODSEQ"), Node::list({Node::num(7)})});
}
}  // namespace

std::vector<Switch> imap_unasked_deviations() {
  return {
      {"imap-vanished-unasked", "rfc9051/6.5/added-responses-asked", "sends VANISHED beside EXPUNGE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("EXPUNGE")) return;
           ImapResponse more;
           more.raw = "* VANISHED 4000000000";
           r.after.push_back(std::move(more));
         });
       }},
      {"imap-rev2-vanished", "rfc9051/6.5/added-responses-asked", "sends VANISHED for EXPUNGE once IMAP4rev2 is enabled",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (s.rev2()) vanish(r, s);
         });
       }},
      {"imap-quota-unasked", "rfc9051/6.5/added-responses-asked", "tells of quotas after APPEND",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.tagged() || c.name != "APPEND") return;
           ImapResponse more;
           more.raw = "* QUOTA \"\" (STORAGE 10 512)";
           r.before.push_back(std::move(more));
         });
       }},
      {"imap-modseq-unasked", "rfc9051/6.3.1/modseq-asked", "tells MODSEQ in every FETCH",
       [](Options& o) { rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) { add_modseq(r); }); }},
      {"imap-rev2-modseq", "rfc9051/6.3.1/modseq-asked", "tells MODSEQ once IMAP4rev2 is enabled",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (s.rev2()) add_modseq(r);
         });
       }},
      {"imap-unknown-data", "rfc9051/7/untagged-grammar", "sends untagged data that nobody has asked for",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.tagged() || c.name != "NOOP") return;
           ImapResponse more;
           more.raw = "* XSTATISTICS (one 2)";
           r.before.push_back(std::move(more));
         });
       }},
      {"imap-expunge-misspelt", "rfc9051/7/untagged-grammar", "writes EXPUNGED",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("EXPUNGE")) r.keyword = "EXPUNGED";
         });
       }},
      {"imap-search-misspelt", "rfc9051/7/untagged-grammar", "writes SERACH where nothing matches",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("SEARCH") && r.data.empty()) r.keyword = "SERACH";
         });
       }},
      {"imap-status-name-unquoted", "rfc9051/7.3.3/status-data-grammar", "writes names with blanks without quotes in STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && r.data[0].text.find(' ') != std::string::npos) r.data[0].kind = Node::Kind::atom;
         });
       }},
      {"imap-expunge-told-late", "rfc9051/7/expunge-told", "tells of what others have removed after three more commands",
       [](Options& o) { o.faults.insert(Fault::expunge_told_late); }},
      {"imap-expunge-never-told", "rfc9051/7/expunge-told", "never tells of what others have removed",
       [](Options& o) { o.faults.insert(Fault::expunge_never_told); }},
      {"imap-literal-unanswered", "rfc9051/3.4/bye-before-close", "asks for the literal of a STATUS, and ends the session without a word",
       [](Options& o) { o.faults.insert(Fault::literal_unanswered); }},
  };
}

}  // namespace mailspec::reference
