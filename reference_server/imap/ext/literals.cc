// LITERAL+ and LITERAL- (RFC 7888): literals that are not waited for, of any size or of 4096 octets at most.
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> plus_deviations() {
  return {
      {"imap-literal-plus-and-minus", "rfc7888/5/not-both", "offers LITERAL+ and LITERAL-",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("CAPABILITY")) r.data.push_back(Node::atom("LITERAL-"));
         });
       }},
      {"imap-literal-plus-small", "rfc7888/4/literal-plus", "takes non-synchronizing literals of 4096 octets only",
       [](Options& o) { o.faults.insert(Fault::literal_plus_small); }},
  };
}

}  // namespace

ExtensionRow literal_plus() { return {.name = "LITERAL+", .before_login = true, .deviations = plus_deviations}; }
namespace {

// LITERAL+ implies LITERAL-: what is wrong with small literals is wrong with both.
std::vector<Switch> minus_deviations() {
  return {
      {"imap-literal-plus-refused", "rfc9051/4.3/non-synchronizing", "offers non-synchronizing literals and takes none",
       [](Options& o) { o.faults.insert(Fault::literal_plus_refused); }},
      {"imap-refused-literal-runs", "rfc7888/3/read-to-the-end", "runs the octets of a refused command's literal as commands",
       [](Options& o) { o.faults.insert(Fault::refused_literal_runs); }},
      {"imap-no-toobig", "rfc7888/5/toobig", "refuses a literal that LITERAL- does not allow without [TOOBIG]",
       [](Options& o) {
         o.imap.extensions.remove(imap::Extension::literal_plus).add(imap::Extension::literal_minus);
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "TOOBIG" && r.is("BAD")) r.code.clear();
         });
       }},
  };
}

std::vector<Switch> minus_variations() {
  return {
      {"imap-literal-minus", "", "has LITERAL- for LITERAL+",
       [](Options& o) { o.imap.extensions.remove(imap::Extension::literal_plus).add(imap::Extension::literal_minus); }},
  };
}

}  // namespace

ExtensionRow literal_minus() {
  return {.name = "LITERAL-", .in_rev2 = true, .before_login = true, .by_default = false, .deviations = minus_deviations, .variations = minus_variations};
}

}  // namespace mailspec::reference::imap::ext
