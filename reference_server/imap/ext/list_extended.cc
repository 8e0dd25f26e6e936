// LIST-EXTENDED (RFC 5258): selection and return options, several patterns.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_attributes.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

bool stands_twice(const std::vector<std::string>& options) { return std::set<std::string>(options.begin(), options.end()).size() < options.size(); }

std::vector<Switch> deviations() {
  return {
      {"imap-list-subscribed-all", "rfc9051/6.3.9/list-subscribed", "lists all names for (SUBSCRIBED)",
       [](Options& o) {
         misread(o, [](imap::ListArguments& a) {
           if (std::erase(a.selection, "SUBSCRIBED") > 0) a.returns.emplace_back("SUBSCRIBED");
         });
       }},
      {"imap-no-subscribed-attribute", "rfc9051/6.3.9/list-return-subscribed", "leaves out \\Subscribed",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Subscribed"; });
         });
       }},
      {"imap-first-pattern-only", "rfc9051/6.3.9/list-several-patterns", "looks at the first pattern only",
       [](Options& o) {
         misread(o, [](imap::ListArguments& a) {
           if (a.patterns.size() > 1) a.patterns.resize(1);
         });
       }},
      {"imap-no-childinfo", "rfc9051/6.3.9/list-recursivematch", "leaves out CHILDINFO",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 3) r.data.resize(3);
         });
       }},
      {"imap-recursivematch-alone", "rfc9051/6.3.9/recursivematch-alone", "says OK to RECURSIVEMATCH alone",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::recursivematch_alone) r.keyword = "OK";
         });
       }},
      {"imap-list-twice", "rfc5258/3/one-response", "lists a name for each pattern that is given",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (!r.is("LIST") || a.patterns.size() < 2) return;
           auto again = r;
           r.after.push_back(std::move(again));
         });
       }},
      {"imap-empty-pattern-special", "rfc5258/3/empty-pattern", "answers an empty pattern in an extended LIST with the delimiter",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (!r.tagged() || !a.extended || std::ranges::find(a.patterns, "") == a.patterns.end()) return;
           ImapResponse special;
           special.raw = "* LIST (\\Noselect) \"/\" \"\"";
           r.before.push_back(std::move(special));
         });
       }},
      {"imap-list-first-option-only", "rfc5258/3/selections-combine", "looks at the first selection option only",
       [](Options& o) {
         misread(o, [](imap::ListArguments& a) {
           if (!a.selection.empty() && a.selection[0] != "SUBSCRIBED") std::erase(a.selection, "SUBSCRIBED");
         });
       }},
      {"imap-return-adds-names", "rfc5258/3/return-adds-no-names", "lists subscribed names that are not there for RETURN (SUBSCRIBED)",
       [](Options& o) { o.faults.insert(Fault::return_adds_names); }},
      {"imap-no-nonexistent", "rfc5258/3/nonexistent", "leaves out \\NonExistent",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\NonExistent"; });
         });
       }},
      {"imap-subscribed-nonexistent", "rfc5258/3/exists", "says \\NonExistent of all that LIST (SUBSCRIBED) gives",
       [](Options& o) {
         rewrite_imap(
             o, adds_attribute("\\NonExistent", [](const auto& a, const auto& r, auto& s) { return among(a.selection, "SUBSCRIBED") && is_there(r, s); }));
       }},
      {"imap-children-nonexistent", "rfc5258/3/exists", "says \\NonExistent of names with children",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\NonExistent", [](const auto& a, const auto& r, auto& s) {
                        return a.extended && is_there(r, s) && s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-all-subscribed", "rfc9051/6.3.9/list-return-subscribed", "says \\Subscribed of all that RETURN (SUBSCRIBED) gives",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Subscribed", [](const auto& a, const auto& r, auto& s) {
                        return among(a.returns, "SUBSCRIBED") && !s.account()->mailboxes.subscribed.contains(r.data[2].text);
                      }));
       }},
      {"imap-extended-data-unasked", "rfc5258/3/extended-items-asked", "sends extended data in a plain LIST under IMAP4rev1",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession& s) {
           if (r.is("LIST") && !a.extended && !s.rev2()) r.data.push_back(Node::list({Node::str("X-MAILSPEC"), Node::list({Node::str("x")})}));
         });
       }},
      {"imap-noselect-for-children", "rfc5258/3.5/no-noselect-for-children", "says \\NoSelect of what is listed for its children",
       [](Options& o) { rewrite_imap(o, adds_attribute("\\NoSelect", [](const auto&, const auto& r, const auto&) { return r.data.size() > 3; })); }},
      {"imap-childinfo-unasked", "rfc9051/6.3.9.6/childinfo-asked", "sends CHILDINFO in every extended LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && a.extended && r.data.size() == 3) r.data.push_back(Node::list({Node::str("CHILDINFO"), Node::list({Node::str("SUBSCRIBED")})}));
         });
       }},
      {"imap-childinfo-redundant", "rfc9051/6.3.9.6/childinfo-not-redundant", "sends CHILDINFO where the child is listed itself",
       [](Options& o) { o.faults.insert(Fault::childinfo_redundant); }},
      {"imap-list-unknown-option-ok", "rfc9051/6.3.9/unknown-option", "ignores selection options it does not know",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::unknown_selection_option) r.keyword = "OK";
         });
       }},
      {"imap-list-option-twice-bad", "rfc9051/6.3.9/option-twice", "refuses an option that stands twice",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.tagged() && (stands_twice(a.selection) || stands_twice(a.returns))) r.keyword = "BAD";
         });
       }},
      {"imap-remote-only", "rfc9051/6.3.9.1/remote", "lists nothing for (REMOTE), as it has no remote mailboxes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && a.selection == std::vector<std::string>{"REMOTE"}) r.drop = true;
         });
       }},
      {"imap-subscribed-unmarked", "rfc9051/6.3.9/list-return-subscribed", "marks nothing with \\Subscribed at LIST (SUBSCRIBED)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && among(a.selection, "SUBSCRIBED") && !among(a.returns, "SUBSCRIBED")) drop_attribute(r, "\\Subscribed");
         });
       }},
  };
}

}  // namespace

ExtensionRow list_extended() {
  return {.name = "LIST-EXTENDED",
          .in_rev2 = true,
          .list_selection = {"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH"},
          .list_returns = {"SUBSCRIBED", "CHILDREN"},
          .deviations = deviations};
}

}  // namespace mailspec::reference::imap::ext
