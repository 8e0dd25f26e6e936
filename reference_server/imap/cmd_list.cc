// LIST, with the selections and returns of RFC 5258 and RFC 9051 6.3.9, and LSUB.
#include <algorithm>
#include <map>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/names.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap {

namespace {
bool among(const std::vector<std::string>& options, std::string_view name) { return std::ranges::find(options, name) != options.end(); }
}  // namespace

// Attributes of a name that exists, or stands between names that do.
std::vector<Node> Session::attributes(const std::string& name, bool children) const {
  const auto& boxes = x_account->mailboxes;
  const auto it = boxes.all.find(name);
  std::vector<Node> out;
  if (it == boxes.all.end()) out.push_back(Node::atom("\\NonExistent"));
  else if (!it->second.selectable) out.push_back(Node::atom("\\Noselect"));
  if (it != boxes.all.end() && forbids_children(name)) out.push_back(Node::atom("\\Noinferiors"));
  else if (children) out.push_back(Node::atom(boxes.has_children(name, o().separator) ? "\\HasChildren" : "\\HasNoChildren"));
  if (it != boxes.all.end() && !it->second.use.empty() && o().extensions.has(Extension::special_use)) out.push_back(Node::atom(it->second.use));
  return out;
}

// The names that are chosen among: those that exist, with SUBSCRIBED those that are subscribed. Is each one that the selection is of?
Session::ListedNames Session::selection_of(const ListArguments& a) const {
  const auto& boxes = x_account->mailboxes;
  ListedNames out;
  if (!among(a.selection, "SUBSCRIBED")) {
    const bool use_only = among(a.selection, "SPECIAL-USE");
    for (const auto& [n, b] : boxes.all) out[n] = !use_only || !b.use.empty();
    if (!among(a.returns, "SUBSCRIBED") || !fault(Fault::return_adds_names)) return out;
  }
  for (const auto& n : boxes.subscribed) out[n] = true;
  return out;
}

// The same with the levels above them, which "%" can name (RFC 9051 6.3.9), and which RECURSIVEMATCH tells of (RFC 5258 3.5).
Session::ListedNames Session::with_levels(const ListArguments& a, const ListedNames& names) const {
  const auto& sep = o().separator;
  auto all = names;
  if (sep.empty() || (!among(a.selection, "RECURSIVEMATCH") && (a.extended || fault(Fault::list_hides_levels)))) return all;
  for (const auto& [n, own] : names) {
    for (auto at = n.find(sep); at != std::string::npos; at = n.find(sep, at + 1)) all.emplace(n.substr(0, at), false);
  }
  return all;
}

// RFC 9051 5.1: INBOX is so in any case, and as the first level, too.
bool Session::matches_pattern(const std::string& pattern, const std::string& name) const {
  const auto& sep = o().separator;
  if (fault(Fault::list_any_case) || choice("names-in-any-case")) return list_match(upper(pattern), upper(name), sep);
  if (name == "INBOX") return list_match(upper(pattern), name, sep);
  if (list_match(pattern, name, sep)) return true;
  return istarts_with(name, "INBOX") && istarts_with(pattern, "INBOX") && list_match("INBOX" + pattern.substr(5), name, sep);
}

// RFC 5258 3.5: has the name a child that the selection is of? Only one that no pattern reaches itself counts.
bool Session::has_selected_child(const std::string& name, const ListedNames& selection, const std::vector<std::string>& patterns) const {
  const auto& sep = o().separator;
  return !sep.empty() && std::ranges::any_of(selection, [&](const auto& e) {
    if (!e.second || !e.first.starts_with(name + sep)) return false;
    return fault(Fault::childinfo_redundant) || std::ranges::none_of(patterns, [&](const auto& p) { return list_match(p, e.first, sep); });
  });
}

void Session::tell_listed(const ListArguments& a, const std::string& name, bool childinfo) {
  auto& boxes = x_account->mailboxes;
  const bool exists = boxes.all.contains(name);
  auto attrs = attributes(name, among(a.returns, "CHILDREN") || (!a.extended && has(Extension::children)));
  if ((among(a.returns, "SUBSCRIBED") || among(a.selection, "SUBSCRIBED")) && boxes.subscribed.contains(name)) attrs.push_back(Node::atom("\\Subscribed"));
  if (!a.extended && !exists) attrs[0] = Node::atom("\\Noselect");
  std::vector<Node> data{Node::list(attrs), separator(), name_out(name)};
  const auto* selected = among(a.selection, "SPECIAL-USE") ? "SPECIAL-USE" : "SUBSCRIBED";
  if (childinfo) data.push_back(Node::list({Node::str("CHILDINFO"), Node::list({Node::str(selected)})}));
  untagged("LIST", std::move(data));
  // RFC 5819 2: of names that can be selected.
  if (!among(a.returns, "STATUS") || !exists) return;
  auto& box = boxes.all.at(name);
  if (box.selectable || fault(Fault::list_status_noselect)) untagged("STATUS", {name_out(name), status_data(box, a.status_items)});
}

void Session::list(const Head& c, const ListArguments& a) {
  const auto reference = name_in(a.mailbox);
  if (!reference) return bad(c, "the reference is not in the right encoding");
  // RFC 9051 6.3.9: an empty pattern asks for the delimiter and the root.
  if (!a.extended && a.patterns.size() == 1 && a.patterns[0].empty()) {
    untagged("LIST", {Node::list({Node::atom("\\Noselect")}), separator(), Node::str("")});
    return ok(c);
  }
  if (among(a.returns, "STATUS") && x_state == State::selected) {
    if (fault(Fault::list_status_selected_bad)) return bad(c, "not while a mailbox is selected");
    if (fault(Fault::list_status_selected_ends)) return end("not while a mailbox is selected");
  }
  const bool recursive = among(a.selection, "RECURSIVEMATCH");
  const bool narrowed = among(a.selection, "SUBSCRIBED") || among(a.selection, "SPECIAL-USE");
  const auto selection = selection_of(a);
  const auto all = with_levels(a, selection);
  std::vector<std::string> patterns;
  for (const auto& p : a.patterns) {
    // A pattern may cut a name anywhere: what is no modified UTF-7 is taken as it stands.
    patterns.push_back(*reference + name_in(p).value_or(p));
  }
  std::vector<std::pair<std::string, bool>> in_order(all.begin(), all.end());
  if (choice("list-backwards")) std::ranges::reverse(in_order);
  for (const auto& [n, own] : in_order) {
    if (std::ranges::none_of(patterns, [&](const auto& p) { return matches_pattern(p, n); })) continue;
    const bool childinfo = recursive && has_selected_child(n, selection, patterns);
    // A level is told where it has no name of its own, and nothing narrows what is listed; or for its children.
    const bool told = own || (recursive ? childinfo : !narrowed && !x_account->mailboxes.all.contains(n));
    if (told) tell_listed(a, n, childinfo);
  }
  ok(c);
}

void Session::lsub(const Head& c, const LsubArguments& a) {
  const auto& sep = o().separator;
  const auto& boxes = x_account->mailboxes;
  const auto reference = name_in(a.mailbox);
  if (!reference) return bad(c, "the reference is not in the right encoding");
  const auto pattern = *reference + name_in(a.pattern).value_or(a.pattern);
  std::map<std::string, bool> out;
  std::set<std::string> listed = boxes.subscribed;
  if (fault(Fault::lsub_everything)) {
    for (const auto& [n, b] : boxes.all) listed.insert(n);
  }
  for (const auto& n : listed) {
    const auto p = n == "INBOX" ? upper(pattern) : pattern;
    if (list_match(p, n, sep)) {
      out[n] = true;
      continue;
    }
    // RFC 3501 6.3.9: with "%" a level above something subscribed shows as \Noselect.
    for (auto at = n.find(sep); !sep.empty() && at != std::string::npos && !fault(Fault::lsub_hides_parents); at = n.find(sep, at + 1)) {
      if (pattern.ends_with('%') && list_match(pattern, n.substr(0, at), sep)) out.emplace(n.substr(0, at), false);
    }
  }
  for (const auto& [n, own] : out) {
    std::vector<Node> attrs;
    if (!own) attrs.push_back(Node::atom("\\Noselect"));
    else if (choice("lsub-attributes") && boxes.all.contains(n)) attrs = attributes(n, true);
    untagged("LSUB", {Node::list(attrs), separator(), name_out(n)});
  }
  ok(c);
}

}  // namespace mailspec::reference::imap
