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

void Session::list(const Head& c, const ListArguments& a) {
  const auto& boxes = x_account->mailboxes;
  const auto& sep = o().separator;
  const auto reference = name_in(a.mailbox);
  if (!reference) return bad(c, "the reference is not in the right encoding");
  // RFC 9051 6.3.9: an empty pattern asks for the delimiter and the root.
  if (!a.extended && a.patterns.size() == 1 && a.patterns[0].empty()) {
    untagged("LIST", {Node::list({Node::atom("\\Noselect")}), separator(), Node::str("")});
    return ok(c);
  }
  const bool subscribed_only = among(a.selection, "SUBSCRIBED");
  const bool recursive = among(a.selection, "RECURSIVEMATCH"), use_only = among(a.selection, "SPECIAL-USE");
  const bool return_subscribed = among(a.returns, "SUBSCRIBED") || subscribed_only;
  const bool return_children = among(a.returns, "CHILDREN") || (!a.extended && has(Extension::children));
  const bool return_status = among(a.returns, "STATUS");
  if (return_status && x_state == State::selected) {
    if (fault(Fault::list_status_selected_bad)) return bad(c, "not while a mailbox is selected");
    if (fault(Fault::list_status_selected_ends)) return end("not while a mailbox is selected");
  }
  // The names that may match: existing ones, and with SUBSCRIBED those that are subscribed.
  std::map<std::string, bool> candidates;  // name, is it there in its own right
  if (subscribed_only) {
    for (const auto& n : boxes.subscribed) candidates[n] = true;
  } else {
    for (const auto& [n, b] : boxes.all) candidates[n] = !use_only || !b.use.empty();
    if (return_subscribed && fault(Fault::return_adds_names)) {
      for (const auto& n : boxes.subscribed) candidates[n] = true;
    }
  }
  // Levels above a name, for "%".
  std::map<std::string, bool> all = candidates;
  if (!sep.empty() && (recursive || (!a.extended && !fault(Fault::list_hides_levels)))) {
    for (const auto& [n, own] : candidates) {
      for (auto at = n.find(sep); at != std::string::npos; at = n.find(sep, at + 1)) all.emplace(n.substr(0, at), false);
    }
  }
  std::vector<std::string> patterns;
  for (const auto& p : a.patterns) {
    const auto decoded = name_in(p);
    // A pattern may cut a name anywhere: what is no modified UTF-7 is taken as it stands.
    patterns.push_back(*reference + (decoded ? *decoded : p));
  }
  std::vector<std::pair<std::string, bool>> in_order(all.begin(), all.end());
  if (choice("list-backwards")) std::ranges::reverse(in_order);
  for (const auto& [n, own] : in_order) {
    const bool matched = std::ranges::any_of(patterns, [&](const auto& p) {
      if (fault(Fault::list_any_case) || choice("names-in-any-case")) return list_match(upper(p), upper(n), sep);
      if (n == "INBOX") return list_match(upper(p), n, sep);
      return list_match(p, n, sep) ||
             (istarts_with(n, "INBOX") && p.size() >= 5 && iequals(p.substr(0, 5), "INBOX") && list_match("INBOX" + p.substr(5), n, sep));
    });
    if (!matched) continue;
    auto attrs = attributes(n, return_children);
    const bool exists = boxes.all.contains(n);
    std::vector<Node> extended;
    const bool child_fits = !sep.empty() && std::ranges::any_of(candidates, [&](const auto& e) {
      if (!e.second || !e.first.starts_with(n + sep)) return false;
      // RFC 5258 3.5: only for children the pattern does not reach itself.
      return fault(Fault::childinfo_redundant) || std::ranges::none_of(patterns, [&](const auto& p) { return list_match(p, e.first, sep); });
    });
    if (recursive && child_fits) extended.push_back(Node::list({Node::str("CHILDINFO"), Node::list({Node::str(use_only ? "SPECIAL-USE" : "SUBSCRIBED")})}));
    if (!own) {
      if (recursive && !child_fits) continue;
      if (!recursive && exists) continue;
      if (!recursive && (subscribed_only || use_only)) continue;
    }
    if (return_subscribed && boxes.subscribed.contains(n)) attrs.push_back(Node::atom("\\Subscribed"));
    if (!a.extended && !exists) attrs[0] = Node::atom("\\Noselect");
    std::vector<Node> data{Node::list(attrs), separator(), name_out(n)};
    if (!extended.empty()) data.push_back(extended[0]);
    untagged("LIST", std::move(data));
    if (return_status && exists && (boxes.all.at(n).selectable || fault(Fault::list_status_noselect))) {
      untagged("STATUS", {name_out(n), status_data(x_account->mailboxes.all.at(n), a.status_items)});
    }
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
