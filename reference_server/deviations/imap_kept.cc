// What a mailbox keeps: flags by each way of leaving, octets and dates of APPEND.
#include <algorithm>
#include <string>
#include <utility>

#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {
void fault(Options& o, const char* name) { o.imap.faults.insert(name); }
}  // namespace

std::vector<Switch> imap_kept_deviations() {
  return {
      {"imap-forgets-seen", "rfc9051/2.3.2/flags-outlive", "forgets \\Seen when the mailbox is left",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-\\Seen");
       }},
      {"imap-forgets-answered", "rfc9051/2.3.2/flags-outlive", "forgets \\Answered when the mailbox is left",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-\\Answered");
       }},
      {"imap-forgets-flagged", "rfc9051/2.3.2/flags-outlive", "forgets \\Flagged when the mailbox is left",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-\\Flagged");
       }},
      {"imap-forgets-draft", "rfc9051/2.3.2/flags-outlive", "forgets \\Draft when the mailbox is left",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-\\Draft");
       }},
      {"imap-forgets-deleted", "rfc9051/2.3.2/flags-outlive", "forgets \\Deleted when the mailbox is left",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-\\Deleted");
       }},
      {"imap-forgets-keywords-left", "rfc9051/2.3.2/flags-outlive", "forgets keywords when the mailbox is left",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-keyword");
       }},
      {"imap-select-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at SELECT",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-at-SELECT");
       }},
      {"imap-close-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at CLOSE",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-at-CLOSE");
       }},
      {"imap-unselect-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at UNSELECT",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-at-UNSELECT");
       }},
      {"imap-logout-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at LOGOUT",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-at-LOGOUT");
       }},
      {"imap-drop-forgets-all-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags when the connection is lost, whichever they are",
       [](Options& o) {
         fault(o, "leaving-forgets");
         fault(o, "forgets-at-drop");
       }},
      {"imap-append-forgets-keywords", "rfc9051/6.3.12/append-flags", "keeps no keywords given to APPEND",
       [](Options& o) { fault(o, "append-keywords-dropped"); }},
      {"imap-append-adds-field", "rfc9051/6.3.12/append-octets", "adds a header field to appended messages", [](Options& o) { fault(o, "append-adds-field"); }},
      {"imap-append-lf", "rfc9051/6.3.12/append-octets", "gives CRLF of appended messages back as LF", [](Options& o) { fault(o, "append-lf"); }},
      {"imap-append-date-epoch", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date 1970",
       [](Options& o) { fault(o, "append-date-epoch"); }},
      {"imap-append-date-of-field", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date as its Date field says",
       [](Options& o) { fault(o, "append-date-of-field"); }},
      {"imap-append-date-last", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date as the message before it",
       [](Options& o) { fault(o, "append-date-last"); }},
      {"imap-delete-inbox-done", "rfc9051/6.3.5/delete-inbox", "deletes INBOX",
       [](Options& o) {
         fault(o, "delete-inbox");
         fault(o, "delete-inbox-done");
       }},
  };
}

}  // namespace mailspec::reference
