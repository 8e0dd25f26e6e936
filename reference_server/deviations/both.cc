// Family "both": what POP3 and IMAP do to each other on one mailbox.
#include <algorithm>

#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

std::vector<Switch> both_deviations() {
  return {
      {"both-pop3-adds-status", "rfc1939/5/octets-as-imap", "adds a Status field to what POP3 sends, and counts it in all sizes",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           constexpr std::string_view kField = "Status: RO\r\n";
           auto* octets = c.keyword == "RETR" || c.keyword == "TOP" ? content(r) : nullptr;
           if (octets) octets->insert(0, kField);
           const auto more = [&](std::string& line, std::uint64_t fields) { set_value(line, std::to_string(value_of(line) + fields * kField.size())); };
           if (auto* lines = listing(c, r, "LIST")) std::ranges::for_each(*lines, [&](auto& line) { more(line, 1); });
           if (one_line(c, r, "LIST")) more(r.text, 1);
           if (one_line(c, r, "STAT")) more(r.text, parse_number(r.text.substr(0, r.text.find(' '))).value_or(0));
         });
       }},
      {"both-imap-adds-status", "rfc1939/5/octets-as-imap", "adds a Status field to what IMAP sends of INBOX",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (s.view().name != "INBOX") return;
           if (auto* n = item(r, "BODY[]")) n->text = "Status: RO\r\n" + n->text;
           if (auto* n = item(r, "RFC822.SIZE")) n->text = std::to_string(std::stoull(n->text) + 12);
         });
       }},
      {"both-size-without-cr",
       "rfc1939/11/size-as-imap",
       "counts line ends as one octet in RFC822.SIZE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           auto* n = item(r, "RFC822.SIZE");
           if (!n || !s.view().box || *r.number > s.view().slots.size()) return;
           const auto it = s.view().box->messages.find(s.view().slots[*r.number - 1].uid);
           if (it == s.view().box->messages.end()) return;
           n->text = std::to_string(it->second.octets.size() - static_cast<std::size_t>(std::ranges::count(it->second.octets, '\r')));
         });
       },
       {{"rfc9051/2.3.4/size-is-octets", "This size SHOULD match the result of a \"FETCH BODY[]\" command."}}},
      {"both-top-unfolds", "rfc1939/7/top-as-imap-header", "unfolds header fields in TOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           auto* octets = c.keyword == "TOP" ? content(r) : nullptr;
           if (!octets) return;
           const auto body = std::min(octets->find("\r\n\r\n"), octets->size());
           *octets = replace_all(octets->substr(0, body), "\r\n ", " ") + octets->substr(body);
         });
       }},
      {"both-separate-stores", "rfc1939/4/maildrop-is-inbox", "shows IMAP nothing of INBOX", [](Options& o) { o.faults.insert(Fault::inbox_unseen); }},
      {"both-pop3-shows-expunged", "rfc9051/6.4.3/expunged-for-pop3", "keeps what IMAP has expunged for POP3",
       [](Options& o) { o.faults.insert(Fault::shows_expunged); }},
      {"both-pop3-shows-moved", "rfc9051/6.4.8/moved-for-pop3", "keeps what IMAP has moved away for POP3",
       [](Options& o) { o.faults.insert(Fault::shows_moved); }},
      {"both-pop3-shows-delivered-only", "rfc9051/6.3.12/appended-for-pop3", "shows POP3 only what mail has brought",
       [](Options& o) { o.faults.insert(Fault::shows_delivered_only); }},
      {"both-imap-takes-from-pop3", "rfc1939/4/exclusive-lock", "lets IMAP take away what a POP3 session has",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           const auto n = c.args.empty() ? std::nullopt : pop3::parse_message_number(c.args[0]);
           const auto* slot = n ? s.slot(*n) : nullptr;
           if (c.keyword == "RETR" && slot && s.gone(*slot)) r = Pop3Reply::bad("message has gone");
         });
       }},
      {"both-update-renumbers-imap", "rfc9051/2.3.1.1/uids-persist", "gives messages new UIDs when POP3 deletes others",
       [](Options& o) { o.faults.insert(Fault::update_renumbers_imap); }},
      {"both-unique-id-of-flags", "rfc1939/7/uidl-persists", "makes unique-ids of IMAP's flags", [](Options& o) { o.faults.insert(Fault::uid_of_flags); }},
      {"both-update-takes-folders", "rfc1939/6/quit-removes-marked-only", "empties other mailboxes when POP3 deletes",
       [](Options& o) { o.faults.insert(Fault::update_takes_folders); }},
      {"both-dele-for-imap-at-once", "rfc1939/6/no-quit-no-removal", "takes a message from IMAP at DELE",
       [](Options& o) { o.faults.insert(Fault::dele_at_once); }},
      {"both-imap-keeps-deleted", "rfc1939/6/quit-removes-marked", "does not tell IMAP of what POP3 deletes",
       [](Options& o) { o.faults.insert(Fault::quit_forgets_dele); }},
  };
}

}  // namespace mailspec::reference
