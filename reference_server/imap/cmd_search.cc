// SEARCH, with RETURN (RFC 4731) and SAVE (RFC 5182), both in RFC 9051.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/names.h"
#include "reference_server/imap/number_set.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/text.h"

namespace mailspec::reference::imap {

namespace {

bool has_flag(const StoredMessage& m, std::string_view flag) {
  return std::ranges::any_of(m.flags, [&](const auto& f) { return iequals(f, flag); });
}

bool field_contains(const mime::Part& part, std::string_view name, std::string_view text) {
  return std::ranges::any_of(part.fields,
                             [&](const auto& f) { return iequals(f.name, name) && (contains(f.value, text) || contains(mime::decode_words(f.value), text)); });
}

bool header_contains(const mime::Part& part, std::string_view text) {
  return contains(part.header, text) || std::ranges::any_of(part.fields, [&](const auto& f) { return contains(mime::decode_words(f.value), text); });
}

// Text parts without their transfer encoding, and the headers of parts.
bool body_contains(const mime::Part& part, std::string_view text) {
  if (part.parts.empty()) {
    const auto decoded = part.type == "TEXT" ? mime::decoded_text(part) : std::nullopt;
    return contains(part.body, text) || (decoded && contains(*decoded, text));
  }
  return std::ranges::any_of(part.parts, [&](const auto& p) { return (p.header.size() > 2 && header_contains(p, text)) || body_contains(p, text); }) ||
         contains(part.body, text);
}

}  // namespace

bool Session::matches(const SearchKey& k, std::size_t index, const StoredMessage& m) const {
  const auto& n = k.name;
  const auto holds = [&](const SearchKey& key) { return matches(key, index, m); };
  if (n == "(") return std::ranges::all_of(k.keys, holds);
  if (n == "#" || n == "UID") {
    bool ignored = false;
    const auto chosen = resolve(k.set, n == "UID", ignored);
    return std::ranges::find(chosen, index) != chosen.end();
  }
  if (n == "ALL") return true;
  if (n == "NOT") return !holds(k.keys[0]);
  if (n == "OR") return std::ranges::any_of(k.keys, holds);
  if (n == "ANSWERED" || n == "DELETED" || n == "DRAFT" || n == "FLAGGED" || n == "SEEN") return has_flag(m, "\\" + n);
  if (n.starts_with("UN") && n != "UNKEYWORD") return !has_flag(m, "\\" + n.substr(2));
  if (n == "KEYWORD") return has_flag(m, k.text);
  if (n == "UNKEYWORD") return !has_flag(m, k.text);
  const bool recent = x_view.slots[index].recent;
  if (n == "RECENT") return recent;
  if (n == "OLD") return !recent;
  if (n == "NEW") return recent && !has_flag(m, "\\Seen");
  if (n == "BEFORE") return x_policy.searching.day_of(m) < k.day;
  if (n == "ON") return x_policy.searching.day_of(m) == k.day;
  if (n == "SINCE") return x_policy.searching.day_of(m) >= k.day;
  if (n == "LARGER") return m.octets.size() > k.number;
  if (n == "SMALLER") return m.octets.size() < k.number;
  const auto part = mime::parse_message(m.octets);
  if (n == "SENTBEFORE" || n == "SENTON" || n == "SENTSINCE") {
    const auto day = x_policy.searching.day_sent(part);
    if (!day) return false;
    return n == "SENTBEFORE" ? *day < k.day : n == "SENTON" ? *day == k.day : *day >= k.day;
  }
  if (const auto found = x_policy.searching.careless(k, part)) return *found;
  if (n == "HEADER") return field_contains(part, k.field, k.text);
  if (n == "BODY") return body_contains(part, k.text);
  if (n == "TEXT") return header_contains(part, k.text) || body_contains(part, k.text);
  return field_contains(part, n, k.text);  // BCC CC FROM SUBJECT TO
}

void Session::search(const Head& c, const SearchArguments& a) {
  const bool saves = std::ranges::find(a.returns, "SAVE") != a.returns.end();
  const bool utf8 = a.charset == "UTF-8" && !(choice("ascii-search") && !x_rev2);
  if (!a.charset.empty() && a.charset != "US-ASCII" && !utf8) {
    x_policy.searching.refuse(x_view, saves);
    auto known = Node::list({Node::atom("US-ASCII")});
    if (!choice("ascii-search") || x_rev2) known.items.push_back(Node::atom("UTF-8"));
    return done(c, "NO", "unknown charset", "BADCHARSET", {known});
  }
  std::vector<std::uint64_t> numbers, uids;
  for (std::size_t i = 0; i < x_view.slots.size(); ++i) {
    const auto* m = message(i);
    if (!m || !matches(a.key, i, *m)) continue;
    numbers.push_back(c.uid ? m->uid : i + 1);
    uids.push_back(m->uid);
  }
  const auto wants = [&](std::string_view what) { return std::ranges::find(a.returns, what) != a.returns.end(); };
  // RFC 5182 2.4: with MIN or MAX and neither ALL nor COUNT only those are saved.
  auto kept = uids;
  if (!uids.empty() && (wants("MIN") || wants("MAX")) && !wants("ALL") && !wants("COUNT")) {
    kept.clear();
    if (wants("MIN")) kept.push_back(uids.front());
    if (wants("MAX")) kept.push_back(uids.back());
  }
  x_policy.searching.save(x_view, saves, uids, kept);
  if (!a.has_returns && !x_rev2) {
    std::vector<Node> data;
    for (const auto n : numbers) data.push_back(Node::num(n));
    untagged("SEARCH", std::move(data));
    return ok(c);
  }
  const bool all = wants("ALL") || a.returns.empty();
  if (saves && a.returns.size() == 1) return ok(c);
  std::vector<Node> data{Node::list({Node::atom("TAG"), Node::str(c.tag)})};
  if (c.uid) data.push_back(Node::atom("UID"));
  const auto add = [&](const char* name, Node value) {
    data.push_back(Node::atom(name));
    data.push_back(std::move(value));
  };
  if (wants("MIN") && !numbers.empty()) add("MIN", Node::num(numbers.front()));
  if (wants("MAX") && !numbers.empty()) add("MAX", Node::num(numbers.back()));
  if (all && !numbers.empty()) add("ALL", Node::atom(write_set(numbers)));
  if (wants("COUNT")) add("COUNT", Node::num(numbers.size()));
  untagged("ESEARCH", std::move(data));
  ok(c);
}

}  // namespace mailspec::reference::imap
