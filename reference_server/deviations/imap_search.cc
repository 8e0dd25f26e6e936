// SEARCH by dates, charsets, and numbers that no message has.
#include <algorithm>
#include <string>
#include <utility>

#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {
void fault(Options& o, const char* name) { o.imap.faults.insert(name); }
}  // namespace

std::vector<Switch> imap_search_deviations() {
  return {
      {"imap-search-day-in-utc", "rfc9051/6.4.4/search-dates", "takes the day of INTERNALDATE in UTC for ON, SINCE and BEFORE",
       [](Options& o) { fault(o, "search-day-in-utc"); }},
      {"imap-sent-day-in-utc", "rfc9051/6.4.4/search-dates", "takes the day of the Date field in UTC for SENTON, SENTSINCE and SENTBEFORE",
       [](Options& o) { fault(o, "sent-day-in-utc"); }},
      {"imap-fetch-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in FETCH",
       [](Options& o) { fault(o, "beyond-is-last-in-FETCH"); }},
      {"imap-store-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in STORE",
       [](Options& o) { fault(o, "beyond-is-last-in-STORE"); }},
      {"imap-search-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in SEARCH",
       [](Options& o) { fault(o, "beyond-is-last-in-SEARCH"); }},
      {"imap-copy-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in COPY",
       [](Options& o) { fault(o, "beyond-is-last-in-COPY"); }},
      {"imap-store-out-of-range", "rfc9051/6.4.5/out-of-range", "says OK to STORE of numbers that are not there",
       [](Options& o) { fault(o, "store-out-of-range"); }},
      {"imap-copy-out-of-range", "rfc9051/6.4.5/out-of-range", "says OK to COPY of numbers that are not there",
       [](Options& o) { fault(o, "copy-out-of-range"); }},
      {"imap-search-words-undecoded", "rfc9051/6.4.4/search-decoded", "searches in header fields as they are encoded",
       [](Options& o) { fault(o, "search-words-undecoded"); }},
      {"imap-unknown-key-no", "rfc9051/2.2.2/syntax-bad", "says NO to a search key it does not know, and forgets the saved result",
       [](Options& o) { fault(o, "unknown-key-no"); }},
      {"imap-copyuid-empty", "rfc9051/7.1/status-grammar", "sends [COPYUID] with empty sets where nothing was copied",
       [](Options& o) { fault(o, "copyuid-empty"); }},
  };
}

}  // namespace mailspec::reference
