// What a mailbox keeps: flags by each way of leaving, octets and dates of APPEND.
#include <algorithm>
#include <string>
#include <utility>

#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {}  // namespace

std::vector<Switch> imap_kept_deviations() {
  return {
      {"imap-forgets-seen", "rfc9051/2.3.2/flags-outlive", "forgets \\Seen when the mailbox is left",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_flag, "\\Seen");
       }},
      {"imap-forgets-answered", "rfc9051/2.3.2/flags-outlive", "forgets \\Answered when the mailbox is left",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_flag, "\\Answered");
       }},
      {"imap-forgets-flagged", "rfc9051/2.3.2/flags-outlive", "forgets \\Flagged when the mailbox is left",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_flag, "\\Flagged");
       }},
      {"imap-forgets-draft", "rfc9051/2.3.2/flags-outlive", "forgets \\Draft when the mailbox is left",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_flag, "\\Draft");
       }},
      {"imap-forgets-deleted", "rfc9051/2.3.2/flags-outlive", "forgets \\Deleted when the mailbox is left",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_flag, "\\Deleted");
       }},
      {"imap-forgets-keywords-left", "rfc9051/2.3.2/flags-outlive", "forgets keywords when the mailbox is left",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_flag, "keyword");
       }},
      {"imap-select-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at SELECT",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_at, "SELECT");
       }},
      {"imap-close-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at CLOSE",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_at, "CLOSE");
       }},
      {"imap-unselect-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at UNSELECT",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_at, "UNSELECT");
       }},
      {"imap-logout-forgets-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags at LOGOUT",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_at, "LOGOUT");
       }},
      {"imap-drop-forgets-all-flags", "rfc9051/2.3.2/flags-outlive", "forgets flags when the connection is lost, whichever they are",
       [](Options& o) {
         o.faults.insert(Fault::leaving_forgets);
         o.faults.insert(Fault::forgets_at, "drop");
       }},
      {"imap-append-forgets-keywords", "rfc9051/6.3.12/append-flags", "keeps no keywords given to APPEND",
       [](Options& o) { o.faults.insert(Fault::append_keywords_dropped); }},
      {"imap-append-adds-field", "rfc9051/6.3.12/append-octets", "adds a header field to appended messages",
       [](Options& o) { o.faults.insert(Fault::append_adds_field); }},
      {"imap-append-lf", "rfc9051/6.3.12/append-octets", "gives CRLF of appended messages back as LF", [](Options& o) { o.faults.insert(Fault::append_lf); }},
      {"imap-append-date-epoch", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date 1970",
       [](Options& o) { o.faults.insert(Fault::append_date_epoch); }},
      {"imap-append-date-of-field", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date as its Date field says",
       [](Options& o) { o.faults.insert(Fault::append_date_of_field); }},
      {"imap-append-date-last", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date as the message before it",
       [](Options& o) { o.faults.insert(Fault::append_date_last); }},
      {"imap-delete-inbox-done", "rfc9051/6.3.5/delete-inbox", "deletes INBOX",
       [](Options& o) {
         o.faults.insert(Fault::delete_inbox);
         o.faults.insert(Fault::delete_inbox_done);
       }},
  };
}

}  // namespace mailspec::reference
