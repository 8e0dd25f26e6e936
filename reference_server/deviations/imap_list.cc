// LIST, LSUB, NAMESPACE and special uses.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {

// An attribute more in every LIST for which `wanted` holds.
template <class Wanted>
ImapOptions::Hook adds_attribute(std::string attribute, Wanted wanted) {
  return [attribute = std::move(attribute), wanted](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
    if (r.is("LIST") && c.name == "LIST" && wanted(c, r, s)) r.data[0].items.push_back(Node::atom(attribute));
  };
}

bool is_there(const ImapResponse& r, ImapSession& s) { return r.data.size() > 2 && s.account() && s.account()->mailboxes.all.contains(r.data[2].text); }

// All attributes of a kind for another.
void replace_attribute(ImapResponse& r, std::string_view from, const char* to) {
  if (!r.is("LIST")) return;
  for (auto& n : r.data[0].items) {
    if (n.text == from) n.text = to;
  }
}

bool stands_twice(const std::vector<std::string>& options) { return std::set<std::string>(options.begin(), options.end()).size() < options.size(); }

}  // namespace

std::vector<Switch> imap_list_deviations() {
  return {
      {"imap-list-no-delimiter", "rfc9051/6.3.9/list-delimiter", "answers LIST with an empty pattern without a response",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.patterns.size() == 1 && c.patterns[0].empty()) r.drop = true;
         });
       }},
      {"imap-percent-is-star", "rfc9051/6.3.9/list-patterns", "takes \"%\" for \"*\"", [](Options& o) { o.faults.insert(Fault::percent_is_star); }},
      {"imap-star-stops", "rfc9051/6.3.9/list-patterns", "takes \"*\" for \"%\"", [](Options& o) { o.faults.insert(Fault::star_stops); }},
      {"imap-list-any-case", "rfc9051/6.3.9/list-patterns", "matches names in any case", [](Options& o) { o.faults.insert(Fault::list_any_case); }},
      {"imap-list-empty-no", "rfc9051/6.3.9/list-ok", "says NO when nothing matches", [](Options& o) { o.faults.insert(Fault::list_empty_no); }},
      {"imap-inbox-hidden", "rfc9051/6.3.9/inbox-listed", "does not list INBOX",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name == "LIST" && r.data.size() > 2 && r.data[2].text == "INBOX") r.drop = true;
         });
       }},
      {"imap-list-subscribed-all", "rfc9051/6.3.9/list-subscribed", "lists all names for (SUBSCRIBED)",
       [](Options& o) { o.faults.insert(Fault::list_subscribed_all); }},
      {"imap-no-subscribed-attribute", "rfc9051/6.3.9/list-return-subscribed", "leaves out \\Subscribed",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Subscribed"; });
         });
       }},
      {"imap-first-pattern-only", "rfc9051/6.3.9/list-several-patterns", "looks at the first pattern only",
       [](Options& o) { o.faults.insert(Fault::first_pattern_only); }},
      {"imap-no-childinfo", "rfc9051/6.3.9/list-recursivematch", "leaves out CHILDINFO",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 3) r.data.resize(3);
         });
       }},
      {"imap-recursivematch-alone", "rfc9051/6.3.9/recursivematch-alone", "says OK to RECURSIVEMATCH alone",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.text == "RECURSIVEMATCH stands not alone") r.keyword = "OK";
         });
       }},
      {"imap-list-no-status", "rfc9051/6.3.9/list-status", "leaves out STATUS in LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && c.name == "LIST") r.drop = true;
         });
       }},
      {"imap-children-reversed", "rfc9051/6.3.9.5/children", "says \\HasChildren of those without",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST"))
             for (auto& n : r.data[0].items) n.text = n.text == "\\HasChildren" ? "\\HasNoChildren" : n.text == "\\HasNoChildren" ? "\\HasChildren" : n.text;
         });
       }},
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
      {"imap-children-both", "rfc9051/7.3.1/children-or-none", "says \\HasChildren and \\HasNoChildren",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("\\HasChildren"), Node::atom("\\HasNoChildren")});
         });
       }},
      {"imap-special-use-untold", "rfc6154/2/special-use", "leaves out special-use attributes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Sent"; });
         });
       }},
      {"imap-noinferiors-and-no-children", "rfc3348/3/noinferiors-alone", "says \\Noinferiors and \\HasNoChildren",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noinferiors", [](const auto&, const auto& r, const auto&) {
                        return std::ranges::any_of(r.data[0].items, [](const Node& n) { return n.text == "\\HasNoChildren"; });
                      }));
       }},
      {"imap-two-delimiters", "rfc9051/7.3.1/one-delimiter", "has another delimiter from the third level on",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("LIST") || std::ranges::count(r.data[2].text, '/') < 2) return;
           r.data[1].text = ".";
           r.data[2].text = replace_all(r.data[2].text, "/", ".");
         });
       }},
      {"imap-list-twice", "rfc5258/3/one-response", "lists a name for each pattern that is given",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.is("LIST") || c.patterns.size() < 2) return;
           auto again = r;
           r.after.push_back(std::move(again));
         });
       }},
      {"imap-empty-pattern-special", "rfc5258/3/empty-pattern", "answers an empty pattern in an extended LIST with the delimiter",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.tagged() || c.name != "LIST" || !c.extended || std::ranges::find(c.patterns, "") == c.patterns.end()) return;
           ImapResponse special;
           special.raw = "* LIST (\\Noselect) \"/\" \"\"";
           r.before.push_back(std::move(special));
         });
       }},
      {"imap-list-first-option-only", "rfc5258/3/selections-combine", "looks at the first selection option only",
       [](Options& o) { o.faults.insert(Fault::list_first_option_only); }},
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
         rewrite_imap(o, adds_attribute("\\NonExistent", [](const auto& c, const auto& r, auto& s) {
                        return std::ranges::find(c.selection, "SUBSCRIBED") != c.selection.end() && is_there(r, s);
                      }));
       }},
      {"imap-children-nonexistent", "rfc5258/3/exists", "says \\NonExistent of names with children",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\NonExistent", [](const auto& c, const auto& r, auto& s) {
                        return c.extended && is_there(r, s) && s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-parents-noselect", "rfc9051/7.3.1/noselect", "says \\Noselect of names with children",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noselect", [](const auto&, const auto& r, auto& s) {
                        return is_there(r, s) && s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-leaves-noselect", "rfc9051/7.3.1/noselect", "says \\Noselect of names without children in LIST (SUBSCRIBED)",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noselect", [](const auto& c, const auto& r, auto& s) {
                        return !c.selection.empty() && is_there(r, s) && !s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-parents-noinferiors", "rfc9051/7.3.1/noinferiors", "says \\Noinferiors of names with children",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noinferiors", [](const auto&, const auto& r, auto& s) {
                        return is_there(r, s) && s.account()->mailboxes.has_children(r.data[2].text, "/");
                      }));
       }},
      {"imap-parents-without-children", "rfc9051/6.3.9.5/children", "says \\HasNoChildren of names with children",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) { replace_attribute(r, "\\HasChildren", "\\HasNoChildren"); });
       }},
      {"imap-leaves-with-children", "rfc9051/6.3.9.5/children", "says \\HasChildren of names without",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) { replace_attribute(r, "\\HasNoChildren", "\\HasChildren"); });
       }},
      {"imap-all-subscribed", "rfc9051/6.3.9/list-return-subscribed", "says \\Subscribed of all that RETURN (SUBSCRIBED) gives",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Subscribed", [](const auto& c, const auto& r, auto& s) {
                        return std::ranges::find(c.returns, "SUBSCRIBED") != c.returns.end() && !s.account()->mailboxes.subscribed.contains(r.data[2].text);
                      }));
       }},
      {"imap-extended-data-unasked", "rfc5258/3/extended-items-asked", "sends extended data in a plain LIST under IMAP4rev1",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (r.is("LIST") && c.name == "LIST" && !c.extended && !s.rev2())
             r.data.push_back(Node::list({Node::str("X-MAILSPEC"), Node::list({Node::str("x")})}));
         });
       }},
      {"imap-noselect-for-children", "rfc5258/3.5/no-noselect-for-children", "says \\NoSelect of what is listed for its children",
       [](Options& o) { rewrite_imap(o, adds_attribute("\\NoSelect", [](const auto&, const auto& r, const auto&) { return r.data.size() > 3; })); }},
      {"imap-childinfo-unasked", "rfc9051/6.3.9.6/childinfo-asked", "sends CHILDINFO in every extended LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name == "LIST" && c.extended && r.data.size() == 3)
             r.data.push_back(Node::list({Node::str("CHILDINFO"), Node::list({Node::str("SUBSCRIBED")})}));
         });
       }},
      {"imap-childinfo-redundant", "rfc9051/6.3.9.6/childinfo-not-redundant", "sends CHILDINFO where the child is listed itself",
       [](Options& o) { o.faults.insert(Fault::childinfo_redundant); }},
      {"imap-list-reference-lost", "rfc9051/6.3.9/reference-prefixes", "lists names without the reference",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name == "LIST" && r.data[2].text.starts_with(c.mailbox)) r.data[2].text.erase(0, c.mailbox.size());
         });
       }},
      {"imap-list-unknown-option-ok", "rfc9051/6.3.9/unknown-option", "ignores selection options it does not know",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.text == "unknown selection option") r.keyword = "OK";
         });
       }},
      {"imap-list-option-twice-bad", "rfc9051/6.3.9/option-twice", "refuses an option that stands twice",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "LIST" && (stands_twice(c.selection) || stands_twice(c.returns))) r.keyword = "BAD";
         });
       }},
      {"imap-remote-only", "rfc9051/6.3.9.1/remote", "lists nothing for (REMOTE), as it has no remote mailboxes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.selection == std::vector<std::string>{"REMOTE"}) r.drop = true;
         });
       }},
      {"imap-list-status-noselect", "rfc9051/6.3.9.2/status-noselect", "sends STATUS for names that cannot be selected",
       [](Options& o) { o.faults.insert(Fault::list_status_noselect); }},
      {"imap-special-use-all", "rfc6154/2/special-use-selection", "lists all names for (SPECIAL-USE)",
       [](Options& o) { o.faults.insert(Fault::special_use_all); }},
      {"imap-special-use-not-returned", "rfc6154/2/special-use-return", "ignores RETURN (SPECIAL-USE)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && std::ranges::find(c.returns, "SPECIAL-USE") != c.returns.end())
             std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Sent"; });
         });
       }},
      {"imap-create-forgets-use", "rfc6154/3/create-use", "says OK to CREATE with a special use, and forgets it",
       [](Options& o) { o.faults.insert(Fault::create_forgets_use); }},
      {"imap-no-useattr", "rfc6154/3/useattr", "sends no [USEATTR]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "USEATTR") r.code.clear();
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

}  // namespace mailspec::reference
