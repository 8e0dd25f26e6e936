// MULTIAPPEND (RFC 3502): several messages by one APPEND.
#include <algorithm>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-multiappend-first", "rfc3502/3/multiappend", "keeps the first message of several only",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           if (std::ranges::none_of(a.items, [](const auto& item) { return item.octets.empty(); }) && a.items.size() > 1) a.items.resize(1);
         });
       }},
      {"imap-appenduid-first", "rfc9051/6.3.12/appenduid-tells", "tells the first UID of several in [APPENDUID]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "APPENDUID") r.code_data[1].text.resize(std::min(r.code_data[1].text.find_first_of(":,"), r.code_data[1].text.size()));
         });
       }},
      {"imap-multiappend-keeps-some", "rfc3502/3/none-of-several", "keeps the first message of an APPEND that is cancelled",
       [](Options& o) { o.faults.insert(Fault::multiappend_keeps_some); }},
      {"imap-multiappend-takes-nothing", "rfc3502/3/zero-length", "appends a message of no octets",
       [](Options& o) { o.faults.insert(Fault::multiappend_takes_nothing); }},
  };
}

}  // namespace

ExtensionRow multiappend() { return {.name = "MULTIAPPEND", .deviations = deviations}; }

}  // namespace mailspec::reference::imap::ext
