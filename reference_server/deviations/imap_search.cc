// SEARCH by dates, charsets, and numbers that no message has.
#include <algorithm>
#include <string>
#include <utility>

#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_found.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

std::vector<Switch> imap_search_deviations() {
  return {
      {"imap-search-day-in-utc", "rfc9051/6.4.4/search-dates", "takes the day of INTERNALDATE in UTC for ON, SINCE and BEFORE",
       [](Options& o) { o.faults.insert(Fault::search_day_in_utc); }},
      {"imap-sent-day-in-utc", "rfc9051/6.4.4/search-dates", "takes the day of the Date field in UTC for SENTON, SENTSINCE and SENTBEFORE",
       [](Options& o) { o.faults.insert(Fault::sent_day_in_utc); }},
      {"imap-fetch-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in FETCH",
       [](Options& o) { o.faults.insert(Fault::beyond_is_last_in, "FETCH"); }},
      {"imap-store-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in STORE",
       [](Options& o) { o.faults.insert(Fault::beyond_is_last_in, "STORE"); }},
      {"imap-search-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in SEARCH",
       [](Options& o) { o.faults.insert(Fault::beyond_is_last_in, "SEARCH"); }},
      {"imap-copy-beyond-is-last", "rfc9051/9/number-of-a-message", "takes the last message for a number beyond it in COPY",
       [](Options& o) { o.faults.insert(Fault::beyond_is_last_in, "COPY"); }},
      {"imap-store-out-of-range", "rfc9051/6.4.5/out-of-range", "says OK to STORE of numbers that are not there",
       [](Options& o) { o.faults.insert(Fault::store_out_of_range); }},
      {"imap-copy-out-of-range", "rfc9051/6.4.5/out-of-range", "says OK to COPY of numbers that are not there",
       [](Options& o) { o.faults.insert(Fault::copy_out_of_range); }},
      {"imap-search-words-undecoded", "rfc9051/6.4.4/search-decoded", "searches in header fields as they are encoded",
       [](Options& o) { o.faults.insert(Fault::search_words_undecoded); }},
      {"imap-unknown-key-no", "rfc9051/2.2.2/syntax-bad", "says NO to a search key it does not know, and forgets the saved result",
       [](Options& o) { o.faults.insert(Fault::unknown_key_no); }},
  };
}

}  // namespace mailspec::reference
