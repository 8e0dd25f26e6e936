// NAMESPACE (RFC 2342).
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {
void run(Session& s, const Head& c) {
  const auto personal = Node::list({Node::list({Node::str(s.o().prefix), s.separator()})});
  s.untagged("NAMESPACE", {personal, Node::nil(), Node::nil()});
  s.ok(c);
}
}  // namespace

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-namespace-untold", "rfc9051/6.3.10/namespace", "answers NAMESPACE without the untagged response",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("NAMESPACE")) r.drop = true;
         });
       }},
      {"imap-namespace-two", "rfc9051/7.3.2/namespace-grammar", "tells two namespaces instead of three",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("NAMESPACE")) r.data.resize(2);
         });
       }},
      {"imap-no-personal-namespace", "rfc9051/5.1.2/inbox-personal", "tells of no personal namespace",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("NAMESPACE")) r.data[0] = Node::nil();
         });
       }},
      {"imap-list-other-delimiter", "rfc9051/6.3.10/namespace", "has one delimiter in NAMESPACE and another in LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name == "LIST") r.data[1] = Node::quoted(".");
         });
       }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-namespaces-of-others", "", "has namespaces of other users and shared ones, with an extension (RFC 2342 5)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("NAMESPACE")) return;
           const auto& s = r.data[0].items[0].items[1];
           const auto extension = std::vector<Node>{Node::str("X-FORM"), Node::list({Node::str("A"), Node::str("B")})};
           auto others = Node::list({Node::str("~"), s}), shared = Node::list({Node::str("#shared"), s}), common = Node::list({Node::str("#public"), s});
           others.items.insert(others.items.end(), extension.begin(), extension.end());
           shared.text = common.text = "+";  // side by side, without a blank
           r.data[1] = Node::list({others});
           r.data[2] = Node::list({shared, common});
         });
       }},
  };
}

}  // namespace

ExtensionRow namespaces() {
  return {.name = "NAMESPACE",
          .in_rev2 = true,
          .commands = {{"NAMESPACE", When::after_login, handled_by<run>()}},
          .deviations = deviations,
          .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
