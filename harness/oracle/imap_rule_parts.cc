#include "harness/oracle/imap_rule_parts.h"

#include <algorithm>

#include "harness/imap/vocabulary.h"

namespace mailspec::oracle {

using imap::Response;
using imap::Value;

std::set<std::string> words_of(const std::vector<Value>& values) {
  std::set<std::string> out;
  for (const auto& v : values) out.insert(upper(v.text));
  return out;
}

std::string argument_of(const ImapSession::Running& command, std::size_t index) {
  const auto args = imap::arguments(command.args);
  return index < args.size() ? imap::unquoted(args[index]) : std::string();
}

std::set<std::string> attributes_listed(const Response& r) {
  return r.values.empty() || !r.values[0].is_list() ? std::set<std::string>() : words_of(r.values[0].items);
}

std::string name_listed(const Response& r) {
  if (r.values.size() < 3) return {};
  return iequals(r.values[2].text, "INBOX") ? "INBOX" : r.values[2].text;
}

std::vector<const ImapSession::Running*> searches_of(const ImapSession& session) {
  std::vector<const ImapSession::Running*> out;
  for (const auto& c : session.running) {
    if (!c.given_up && imap::facts_of(c.name).searches) out.push_back(&c);
  }
  return out;
}

std::optional<std::string> key_of_message(const Look& l) {
  if (l.event.kind != Event::Kind::received || l.response().keyword != "FETCH" || l.response().untidy) return std::nullopt;
  const auto* d = l.session.data();
  if (!d || l.session.next || l.session.unsure || !l.response().number) return std::nullopt;
  const auto n = *l.response().number;
  const auto* item = imap::fetch_item(l.response(), "UID");
  const auto uid = item ? item->number().value_or(0) : n >= 1 && n <= d->uids.size() ? d->uids[n - 1] : 0;
  const auto box = l.session.user + "\n" + d->mailbox + "\n" + std::to_string(d->uid_validity) + "\n";
  if (uid) return box + "u" + std::to_string(uid);
  // Without a UID a message is known by its number until that may have changed.
  return box + std::to_string(l.event.connection) + "n" + std::to_string(n) + "s" + std::to_string(d->since) + "e" + std::to_string(d->expunged);
}

bool looks_expunged(const Value& v) {
  if (v.is_list()) {
    const bool structure = v.items.size() >= 7 && v.items[0].is_string() && v.items[6].number() == std::uint64_t{0};  // ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)
    return structure || std::ranges::all_of(v.items, [](const Value& i) { return i.is_nil(); });
  }
  // Of a date nothing is no date, or the beginning of time.
  if (v.is_string()) return v.octets() == 0 || v.text.starts_with("00-Jan-0000") || v.text == "01-Jan-1970 00:00:00 +0000";
  return v.is_nil() || v.number() == std::uint64_t{0};
}

bool lacks_origin(const Look& l, const std::string& section) {
  bool part = false, whole = false;
  for (const auto& r : l.session.running) {
    const auto args = replace_all(upper(r.args), ".PEEK[", "[");
    for (auto at = args.find(section); at != std::string::npos; at = args.find(section, at + 1))
      (args.substr(at + section.size(), 1) == "<" ? part : whole) = true;
  }
  return part && !whole;
}

}  // namespace mailspec::oracle
