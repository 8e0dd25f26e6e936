// SASL-IR (RFC 4959): AUTHENTICATE takes an initial response.
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-no-initial-response", "rfc9051/6.2.2/initial-response", "refuses initial responses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::AuthenticateArguments& a, ImapResponse& r, ImapSession&) {
           if (a.initial && r.tagged() && r.keyword == "OK") r.keyword = "BAD";
         });
       }},
      {"imap-initial-response-any", "rfc9051/6.2.2/initial-response-invalid", "says OK to an initial response that is no base64",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::AuthenticateArguments& a, ImapResponse& r, ImapSession&) {
           if (a.initial && r.reason == imap::Reason::not_base64) r.keyword = "OK";
         });
       }},
      {"imap-initial-response-no", "rfc9051/6.2.2/initial-response-refused", "says NO to an initial response where there is none",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::no_initial_response) r.keyword = "NO";
         });
       }},
  };
}

}  // namespace

ExtensionRow sasl_ir() { return {.name = "SASL-IR", .in_rev2 = true, .before_login = true, .deviations = deviations}; }

}  // namespace mailspec::reference::imap::ext
