// LIST, LSUB, NAMESPACE and special uses.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_attributes.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {

// One wildcard for another in what LIST is asked.
void wildcard_for(imap::ListArguments& a, const char* from, const char* to) {
  a.mailbox = replace_all(a.mailbox, from, to);
  for (auto& p : a.patterns) p = replace_all(p, from, to);
}

}  // namespace

std::vector<Switch> imap_list_deviations() {
  return {
      {"imap-list-no-delimiter", "rfc9051/6.3.9/list-delimiter", "answers LIST with an empty pattern without a response",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && a.patterns.size() == 1 && a.patterns[0].empty()) r.drop = true;
         });
       }},
      {"imap-percent-is-star", "rfc9051/6.3.9/list-patterns", "takes \"%\" for \"*\"",
       [](Options& o) { misread(o, [](imap::ListArguments& a) { wildcard_for(a, "%", "*"); }); }},
      {"imap-star-stops", "rfc9051/6.3.9/list-patterns", "takes \"*\" for \"%\"",
       [](Options& o) { misread(o, [](imap::ListArguments& a) { wildcard_for(a, "*", "%"); }); }},
      {"imap-list-any-case", "rfc9051/6.3.9/list-patterns", "matches names in any case", [](Options& o) { o.faults.insert(Fault::list_any_case); }},
      {"imap-list-empty-no", "rfc9051/6.3.9/list-ok", "says NO when nothing matches",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.name != "LIST") return;
           if (r.is("LIST")) s.counter = 1;
           if (r.tagged() && r.is("OK") && std::exchange(s.counter, 0) == 0) r.keyword = "NO";
         });
       }},
      {"imap-inbox-hidden", "rfc9051/6.3.9/inbox-listed", "does not list INBOX",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name == "LIST" && r.data.size() > 2 && r.data[2].text == "INBOX") r.drop = true;
         });
       }},
      {"imap-lsub-everything", "rfc3501/6.3.9/lsub", "lists what is not subscribed in LSUB", [](Options& o) { o.faults.insert(Fault::lsub_everything); }},
      {"imap-lsub-hides-levels", "rfc3501/6.3.9/lsub-noselect", "does not show levels above subscribed names in LSUB",
       [](Options& o) { o.faults.insert(Fault::lsub_hides_parents); }},
      {"imap-lsub-grammar", "rfc3501/7.2.3/lsub-grammar", "leaves out the delimiter in LSUB",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LSUB")) r.data.erase(r.data.begin() + 1);
         });
       }},
      {"imap-list-grammar", "rfc9051/7.3.1/list-grammar", "writes the delimiter without quotes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data[1].kind == Node::Kind::quoted) r.data[1].kind = Node::Kind::atom;
         });
       }},
      {"imap-list-attributes-bare", "rfc9051/7.3.1/list-grammar", "writes attributes without a backslash",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST"))
             for (auto& n : r.data[0].items) n.text.erase(0, 1);
         });
       }},
      {"imap-marked-and-unmarked", "rfc9051/7.3.1/one-of-marked-unmarked-noselect", "calls a mailbox both \\Marked and \\Unmarked",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("\\Marked"), Node::atom("\\Unmarked")});
         });
       }},
      {"imap-two-delimiters", "rfc9051/7.3.1/one-delimiter", "has another delimiter from the third level on",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("LIST") || std::ranges::count(r.data[2].text, '/') < 2) return;
           r.data[1].text = ".";
           r.data[2].text = replace_all(r.data[2].text, "/", ".");
         });
       }},
      {"imap-parents-noselect", "rfc9051/7.3.1/noselect", "says \\Noselect of names with children",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noselect", [](const auto&, const auto& r, auto& s) {
                        return is_there(r, s) && s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-leaves-noselect", "rfc9051/7.3.1/noselect", "says \\Noselect of names without children in LIST (SUBSCRIBED)",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noselect", [](const auto& a, const auto& r, auto& s) {
                        return !a.selection.empty() && is_there(r, s) && !s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-parents-noinferiors", "rfc9051/7.3.1/noinferiors", "says \\Noinferiors of names with children",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noinferiors", [](const auto&, const auto& r, auto& s) {
                        return is_there(r, s) && s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-list-reference-lost", "rfc9051/6.3.9/reference-prefixes", "lists names without the reference",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data[2].text.starts_with(a.mailbox)) r.data[2].text.erase(0, a.mailbox.size());
         });
       }},
  };
}

}  // namespace mailspec::reference
