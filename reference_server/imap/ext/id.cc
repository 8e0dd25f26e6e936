// ID (RFC 2971).
#include <string>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {

void value(Parser& p) {
  if (p.peek() == '"' || p.peek() == '{') {
    if (p.string().size() > 1024) p.fail("an ID value has 1024 octets at most");
  } else if (p.word() != "NIL") {
    p.fail("a string or NIL was due");
  }
}

// Of the fields nothing is kept but that the list is empty: "()".
Words read(Parser& p, const Head&) {
  p.sp();
  if (p.peek() != '(') {
    if (p.word() != "NIL") p.fail("NIL or a list was due");
    return {};
  }
  if (p.rest().starts_with("()")) {
    p.skip(2);
    return {{"()"}};
  }
  int fields = 0;
  p.list_of([&] {
    if (p.string().size() > 30 || ++fields > 30) p.fail("ID is limited to 30 fields of 30 octets");
    p.sp();
    value(p);
  });
  return {};
}

void run(Session& s, const Head& c, const Words& a) {
  if (!a.words.empty() && s.fault(Fault::id_empty_refused)) return s.no(c, "An empty list says nothing");
  s.untagged("ID", {Node::list({Node::str("name"), Node::str("mailspec reference server")})});
  s.ok(c);
}

}  // namespace

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-id-empty-refused", "rfc2971/3.1/id-taken", "refuses ID with an empty list", [](Options& o) { o.faults.insert(Fault::id_empty_refused); }},
      {"imap-id-untold", "rfc2971/3.1/id", "answers ID without the untagged response",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ID")) r.drop = true;
         });
       }},
      {"imap-id-grammar", "rfc2971/3.2/id-grammar", "writes ID's fields without quotes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ID"))
             for (auto& n : r.data[0].items) n.kind = Node::Kind::atom;
         });
       }},
      {"imap-id-field-long", "rfc2971/3.3/limits", "sends an ID field of 31 octets",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ID")) r.data[0].items.insert(r.data[0].items.end(), {Node::str(std::string(31, 'x')), Node::str("y")});
         });
       }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-id-nil", "", "tells nothing with ID (RFC 2971 3.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ID")) r.data = {Node::nil()};
         });
       }},
  };
}

}  // namespace

ExtensionRow id() {
  return {.name = "ID", .before_login = true, .commands = {{"ID", When::any, handled_by<read, run>()}}, .deviations = deviations, .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
