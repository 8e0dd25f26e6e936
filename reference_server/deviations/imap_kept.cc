// What a mailbox keeps: flags by each way of leaving, octets and dates of APPEND.
#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/mime/message.h"

namespace mailspec::reference {

namespace {

// The moment that the Date field of a message names, in seconds since 1970; 0 where it is none.
std::int64_t date_of_field(const std::string& octets) {
  const auto message = mime::parse_message(octets);
  const auto* field = message.field("Date");
  return field ? imap::moment_of_field(field->value).value_or(0) : 0;
}

}  // namespace

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
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             std::erase_if(item.flags, [](const auto& f) { return !f.starts_with('\\'); });
           }
         });
       }},
      {"imap-append-adds-field", "rfc9051/6.3.12/append-octets", "adds a header field to appended messages",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             if (!item.octets.empty()) item.octets = "X-Received-By: somebody\r\n" + item.octets;
           }
         });
       }},
      {"imap-append-lf", "rfc9051/6.3.12/append-octets", "gives CRLF of appended messages back as LF",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             item.octets = replace_all(std::move(item.octets), "\r\n", "\n");
           }
         });
       }},
      {"imap-append-date-epoch", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date 1970",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             if (!item.date) item.date = {0, 0};
           }
         });
       }},
      {"imap-append-date-of-field", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date as its Date field says",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             if (!item.date) item.date = {date_of_field(item.octets), 0};
           }
         });
       }},
      {"imap-append-date-last", "rfc9051/2.3.3/append-date-present", "dates what is appended without a date as the message before it",
       [](Options& o) { o.faults.insert(Fault::append_date_last); }},
      {"imap-delete-inbox-done", "rfc9051/6.3.5/delete-inbox", "deletes INBOX",
       [](Options& o) {
         o.faults.insert(Fault::delete_inbox_done);
         rewrite_imap(o, [](const ImapCommand& c, const imap::MailboxArguments& a, ImapResponse& r, ImapSession&) {
           if (c.name == "DELETE" && iequals(a.mailbox, "INBOX") && r.tagged()) r.keyword = "OK", r.code.clear();
         });
       }},
  };
}

}  // namespace mailspec::reference
