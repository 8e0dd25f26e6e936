// UIDPLUS (RFC 4315): UID EXPUNGE, APPENDUID and COPYUID.
#include <string>
#include <utility>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {
SetArguments read(Parser& p, const Head&) {
  p.sp();
  return {p.set()};
}
}  // namespace

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-no-copyuid", "rfc9051/6.4.7/copyuid", "sends no [COPYUID]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "COPYUID") r.code.clear();
         });
       }},
      {"imap-copyuid-swapped", "rfc9051/6.4.7/copyuid-tells", "exchanges the UID sets of [COPYUID]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "COPYUID") std::swap(r.code_data[1], r.code_data[2]);
         });
       }},
      {"imap-copyuid-empty", "rfc9051/7.1/status-grammar", "sends [COPYUID] with empty sets where nothing was copied",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, const imap::CopyArguments& a, ImapResponse& r, ImapSession& s) {
           const auto* box = c.name == "COPY" && r.tagged() && r.is("OK") && r.code.empty() ? s.account()->mailboxes.find(a.mailbox) : nullptr;
           if (box) r.code = "COPYUID", r.code_data = {Node::num(box->uid_validity), Node::atom(""), Node::atom("")};
         });
       }},
      {"imap-copyuid-count", "rfc9051/7.1/copyuid-same-count", "leaves out a source in [COPYUID]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "COPYUID") r.code_data[1].text = "1", r.code_data[2].text += ",900001:900003";
         });
       }},
      {"imap-copyuid-in-store", "rfc9051/7.1/copyuid-with-copy", "puts [COPYUID] into the answer to STORE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "STORE") r.code = "COPYUID", r.code_data = {Node::num(1), Node::num(2), Node::num(3)};
         });
       }},
      {"imap-no-appenduid", "rfc9051/6.3.12/appenduid", "sends no [APPENDUID]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "APPENDUID") r.code.clear();
         });
       }},
      {"imap-appenduid-wrong", "rfc9051/6.3.12/appenduid-tells", "tells a wrong UID in [APPENDUID]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "APPENDUID") r.code_data[1].text += "0";
         });
       }},
      {"imap-appenduid-other-validity", "rfc9051/2.3.1.1/uidvalidity-stable", "tells another UIDVALIDITY in [APPENDUID] than in STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "APPENDUID") r.code_data[0].text.back() = r.code_data[0].text.ends_with('9') ? '1' : '9';
         });
       }},
      {"imap-appenduid-in-noop", "rfc9051/7.1/appenduid-with-append", "puts [APPENDUID] into the answer to NOOP",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") r.code = "APPENDUID", r.code_data = {Node::num(1), Node::num(2)};
         });
       }},
      {"imap-appenduid-range", "rfc9051/7.1/appenduid-no-set-for-one", "writes one UID as a range",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "APPENDUID" && r.code_data[1].text.find_first_of(":,") == std::string::npos) r.code_data[1].text += ":" + r.code_data[1].text;
         });
       }},
      {"imap-uid-expunge-all", "rfc9051/6.4.9/uid-expunge", "ignores the set of UID EXPUNGE",
       [](Options& o) { misread(o, [](ImapHead& c, imap::SetArguments&) { c.uid = false; }); }},
      {"imap-uid-expunge-star", "rfc9051/6.4.9/uid-expunge", "takes n:* in UID EXPUNGE for the last message",
       [](Options& o) { o.faults.insert(Fault::uid_expunge_star_is_last); }},
      {"imap-uidnotsticky", "rfc9051/7.1/no-uidnotsticky", "announces [UIDNOTSTICKY]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDVALIDITY") {
             imap::Response x;
             x.raw = "* NO [UIDNOTSTICKY] not for long";
             r.after.push_back(x);
           }
         });
       }},
  };
}

}  // namespace

ExtensionRow uidplus() {
  return {.name = "UIDPLUS",
          .in_rev2 = true,
          .commands = {{"EXPUNGE", When::selected, handled_by<read, &Session::uid_expunge>(), CommandRow::must_have_uid | CommandRow::tells}},
          .deviations = deviations};
}

}  // namespace mailspec::reference::imap::ext
