// ENABLE (RFC 5161).
#include <utility>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {
Words read(Parser& p, const Head&) {
  Words a;
  do {
    p.sp();
    a.words.push_back(p.word());
  } while (!p.failed() && p.peek() == ' ');
  return a;
}

void run(Session& s, const Head& c, const Words& a) {
  std::vector<Node> enabled;
  for (const auto& name : a.words) {
    if (name != "IMAP4REV2" && s.fault(Fault::enable_stops_at_unknown)) break;
    if (name != "IMAP4REV2" || !s.o().rev2) continue;
    if (!s.fault(Fault::enable_does_nothing)) s.enable_rev2();
    enabled.push_back(Node::atom("IMAP4rev2"));
  }
  s.untagged("ENABLED", std::move(enabled));
  s.ok(c);
}
}  // namespace

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-offered-not-enabled", "rfc9051/6.3.1/offered-enabled", "offers CONDSTORE, and ENABLE does not know it",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (s.state() == imap::State::not_authenticated) return;
           if (r.is("CAPABILITY")) r.data.push_back(Node::atom("CONDSTORE"));
           if (r.code == "CAPABILITY") r.code_data.push_back(Node::atom("CONDSTORE"));
         });
       }},
      {"imap-enabled-all", "rfc9051/6.3.1/enabled-own-only", "lists in ENABLED what was enabled before",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.is("ENABLED") && s.rev2() && r.data.empty()) r.data.push_back(Node::atom("IMAP4rev2"));
         });
       }},
      {"imap-enabled-untold", "rfc9051/6.3.1/enabled-response", "sends no ENABLED",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ENABLED")) r.drop = true;
         });
       }},
      {"imap-enable-unknown-bad", "rfc9051/6.3.1/unknown-ignored", "says BAD to unknown names in ENABLE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, const imap::Words& a, ImapResponse& r, ImapSession&) {
           if (c.name == "ENABLE" && r.tagged() && a.words[0] != "IMAP4REV2") r.keyword = "BAD";
         });
       }},
      {"imap-enable-changes-capability", "rfc9051/6.3.1/capability-unchanged-by-enable", "lists another capability after ENABLE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.name == "ENABLE") s.counter = 1;
           if (r.is("CAPABILITY") && s.counter) r.data.push_back(Node::atom("XENABLED"));
         });
       }},
      {"imap-enable-does-nothing", "rfc9051/6.3.1/enable-rev2", "says that IMAP4rev2 is enabled, and it is not",
       [](Options& o) { o.faults.insert(Fault::enable_does_nothing); }},
      {"imap-enabled-grammar", "rfc9051/7.2.1/enabled-grammar", "puts ENABLED's names in parentheses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ENABLED")) r.data = {Node::list(r.data)};
         });
       }},
      {"imap-enable-stops", "rfc9051/6.3.1/unknown-ignored", "enables nothing that stands behind a name it does not know",
       [](Options& o) { o.faults.insert(Fault::enable_stops_at_unknown); }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-no-enable", "", "has neither ENABLE nor IMAP4rev2",
       [](Options& o) {
         o.imap.extensions = imap::without(o.imap.extensions, imap::Extension::enable);
         o.imap.rev2 = false;
         o.imap.rev1 = true;
       }},
      {"imap-capability-after-enable", "", "tells capabilities unasked with ENABLE (RFC 9051 7.2.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (r.code == "CAPABILITY" && s.logged_in()) s.memory = imap::write_node(Node::list(r.code_data), {});
           if (!r.tagged() || !r.is("OK") || c.name != "ENABLE" || !s.memory.starts_with("(IMAP4")) return;
           ImapResponse more;
           more.raw = "* CAPABILITY " + s.memory.substr(1, s.memory.size() - 2);
           r.before.push_back(std::move(more));
         });
       }},
  };
}

}  // namespace

ExtensionRow enable() {
  return {.name = "ENABLE",
          .in_rev2 = true,
          .before_login = true,
          .commands = {{"ENABLE", When::after_login, handled_by<read, run>()}},
          .deviations = deviations,
          .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
