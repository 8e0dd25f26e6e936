// BINARY (RFC 3516): parts without their transfer encoding, literal8.
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"binary-one-line", "rfc9051/6.4.5/binary", "decodes the first line of base64 only", [](Options& o) { o.faults.insert(Fault::binary_one_line); }},
      {"imap-binary-undecoded", "rfc9051/6.4.5/binary", "sends BINARY with its transfer encoding",
       [](Options& o) { o.faults.insert(Fault::binary_undecoded); }},
      {"imap-binary-size", "rfc9051/7.5.2/binary-size", "counts BINARY.SIZE before decoding",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH"))
             for (std::size_t i = 0; i + 1 < r.data[0].items.size(); i += 2)
               if (r.data[0].items[i].text.starts_with("BINARY.SIZE")) r.data[0].items[i + 1].text += "0";
         });
       }},
      {"imap-unknown-cte-ok", "rfc9051/7.5.2/unknown-cte", "says OK to an unknown encoding",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UNKNOWN-CTE") r.keyword = "OK", r.code.clear();
         });
       }},
      {"imap-always-literal8", "rfc9051/7.5.2/binary-string", "sends all BINARY data as literal8", [](Options& o) { o.faults.insert(Fault::always_literal8); }},
      {"imap-append-binary-cut", "rfc3516/4.4/append-binary", "cuts a literal8 at its first NUL",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             item.octets.resize(std::min(item.octets.find('\0'), item.octets.size()));
           }
         });
       }},
      {"imap-append-binary-refused", "rfc3516/4.4/append-binary", "refuses binary data without [UNKNOWN-CTE]",
       [](Options& o) {
         o.imap.refuses_binary = true;
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "APPEND" && r.code == "UNKNOWN-CTE") r.code.clear();
         });
       }},
      {"imap-binary-kept", "rfc3516/6/base-encodings", "shows the encoding BINARY in BODYSTRUCTURE", [](Options& o) { o.faults.insert(Fault::binary_kept); }},
      {"imap-binary-peek-sets-seen", "rfc9051/6.4.5/binary-peek", "sets \\Seen with BINARY.PEEK",
       [](Options& o) { o.faults.insert(Fault::binary_peek_sets_seen); }},
      {"imap-binary-partial-encoded", "rfc9051/6.4.5/binary-partial", "cuts a part of BINARY out of the encoded octets",
       [](Options& o) { o.faults.insert(Fault::binary_partial_encoded); }},
      {"imap-binary-no-origin", "rfc9051/6.4.5/binary-partial", "leaves out the origin of a part of BINARY",
       [](Options& o) { o.faults.insert(Fault::binary_without_origin); }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-refuses-binary", "", "refuses to store binary data", [](Options& o) { o.imap.refuses_binary = true; }},
  };
}

}  // namespace

ExtensionRow binary() { return {.name = "BINARY", .in_rev2 = true, .deviations = deviations, .variations = variations}; }

}  // namespace mailspec::reference::imap::ext
