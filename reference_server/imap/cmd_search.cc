// SEARCH, with RETURN (RFC 4731) and SAVE (RFC 5182), both in RFC 9051.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/names.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/text.h"

namespace mailspec::reference::imap {

namespace {

// RFC 9051 6.4.4: strings match as substrings, in any case. ASCII folding is enough for us.
bool contains(std::string_view text, std::string_view wanted) {
  return wanted.empty() || std::ranges::search(text, wanted, [](char a, char b) { return to_upper(a) == to_upper(b); }).begin() != text.end();
}

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

std::string set_text(const std::vector<std::uint64_t>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t k = i;
    while (k + 1 < numbers.size() && numbers[k + 1] == numbers[k] + 1) ++k;
    out += (out.empty() ? "" : ",") + std::to_string(numbers[i]) + (k > i ? ":" + std::to_string(numbers[k]) : "");
    i = k + 1;
  }
  return out;
}

}  // namespace

bool Session::matches(const SearchKey& k, std::size_t index, const StoredMessage& m) const {
  const auto& n = k.name;
  const auto day_of = [&] {
    const auto local = m.date + (fault(Fault::search_day_in_utc) ? 0 : (choice("days-at-0530") ? 330 : m.zone) * 60);
    return local >= 0 ? local / 86400 : (local - 86399) / 86400;
  };
  if (n == "(") {
    if (fault(Fault::search_first_key_only)) return matches(k.keys[0], index, m);
    if (fault(Fault::search_and_is_or) && k.keys.size() > 1) return std::ranges::any_of(k.keys, [&](const auto& s) { return matches(s, index, m); });
    return std::ranges::all_of(k.keys, [&](const auto& s) { return matches(s, index, m); });
  }
  if (n == "#" || n == "UID") {
    bool ignored = false;
    const auto chosen = resolve(k.set, n == "UID", ignored);
    return std::ranges::find(chosen, index) != chosen.end();
  }
  if (n == "ALL") return true;
  if (n == "NOT") {
    if (fault(Fault::not_of_set) && k.keys[0].name == "#") return matches(k.keys[0], index, m);
    return fault(Fault::not_ignored) ? matches(k.keys[0], index, m) : !matches(k.keys[0], index, m);
  }
  if (n == "OR")
    return fault(Fault::or_is_and) ? matches(k.keys[0], index, m) && matches(k.keys[1], index, m)
                                   : matches(k.keys[0], index, m) || matches(k.keys[1], index, m);
  if (n == "ANSWERED" || n == "DELETED" || n == "DRAFT" || n == "FLAGGED" || n == "SEEN") return has_flag(m, "\\" + n);
  if (n.starts_with("UN") && n != "UNKEYWORD") return !has_flag(m, "\\" + n.substr(2));
  if (n == "KEYWORD") return has_flag(m, k.text);
  if (n == "UNKEYWORD") return !has_flag(m, k.text);
  const bool recent = x_view.slots[index].recent;
  if (n == "RECENT") return recent;
  if (n == "OLD") return !recent || fault(Fault::old_is_all);
  if (n == "NEW") return recent && !has_flag(m, "\\Seen");
  if (n == "BEFORE") return fault(Fault::before_includes_day) ? day_of() <= k.day : day_of() < k.day;
  if (n == "ON") return day_of() == k.day;
  if (n == "SINCE") return fault(Fault::since_excludes_day) ? day_of() > k.day : day_of() >= k.day;
  if (n == "LARGER") return fault(Fault::larger_includes) ? m.octets.size() >= k.number : m.octets.size() > k.number;
  if (n == "SMALLER") return fault(Fault::smaller_includes) ? m.octets.size() <= k.number : m.octets.size() < k.number;
  const auto part = mime::parse_message(m.octets);
  if (fault(Fault::search_undecoded) && (n == "BODY" || n == "SUBJECT")) return contains(n == "BODY" ? part.body : part.header, k.text);
  if (n == "SENTBEFORE" || n == "SENTON" || n == "SENTSINCE") {
    const auto* f = part.field("Date");
    const auto moment = f && fault(Fault::sent_day_in_utc) ? moment_of_field(f->value) : std::nullopt;
    const auto day = moment                               ? std::optional(*moment / 86400)
                     : fault(Fault::sent_is_internaldate) ? std::optional(day_of())
                     : f                                  ? day_of_field(f->value)
                                                          : std::nullopt;
    if (!day) return false;
    return n == "SENTBEFORE" ? *day < k.day : n == "SENTON" ? *day == k.day : *day >= k.day;
  }
  if (fault(Fault::search_words_undecoded) && (n == "SUBJECT" || n == "FROM" || n == "HEADER")) {
    const auto* f = part.field(n == "HEADER" ? k.field : n);
    return f && contains(f->value, k.text);
  }
  if (n == "HEADER") return fault(Fault::header_empty_matches_none) && k.text.empty() ? false : field_contains(part, k.field, k.text);
  if (n == "CC" && fault(Fault::cc_finds_to) && field_contains(part, "TO", k.text)) return true;
  if (n == "BODY" && fault(Fault::body_finds_header) && header_contains(part, k.text)) return true;
  if (n == "BODY") return body_contains(part, k.text);
  if (n == "TEXT") return header_contains(part, k.text) || body_contains(part, k.text);
  if (fault(Fault::search_case_sensitive)) {
    const auto* f = part.field(n);
    return f && f->value.find(k.text) != std::string::npos;
  }
  return field_contains(part, n, k.text);  // BCC CC FROM SUBJECT TO
}

void Session::search(const Command& c) {
  const bool saves = std::ranges::find(c.returns, "SAVE") != c.returns.end();
  const bool utf8 = c.charset == "UTF-8" && !(choice("ascii-search") && !x_rev2);
  if (!c.charset.empty() && (c.charset != "US-ASCII" || fault(Fault::no_us_ascii)) && !utf8) {
    if (saves && !fault(Fault::save_outlives_no)) x_view.saved.clear();
    if (fault(Fault::any_charset)) return ok(c);
    return done(c, "NO", "unknown charset", fault(Fault::no_badcharset) ? "" : "BADCHARSET",
                fault(Fault::no_badcharset)
                    ? std::vector<Node>{}
                    : std::vector<Node>{Node::list(choice("ascii-search") && !x_rev2 ? std::vector{Node::atom("US-ASCII")}
                                                                                     : std::vector{Node::atom("US-ASCII"), Node::atom("UTF-8")})});
  }
  std::vector<std::uint64_t> numbers, uids;
  for (std::size_t i = 0; i < x_view.slots.size(); ++i) {
    const auto* m = message(i);
    if (!m || !matches(c.search, i, *m)) continue;
    numbers.push_back(c.uid && !fault(Fault::uid_search_returns_numbers) ? m->uid : i + 1);
    uids.push_back(m->uid);
  }
  if (uids.size() > 4 && fault(Fault::search_returns_uids)) numbers = uids;
  if (fault(Fault::save_always)) x_view.saved = uids;
  if (!c.has_returns && (!x_rev2 || (!c.uid && fault(Fault::search_in_rev2)))) {
    std::vector<Node> data;
    for (const auto n : numbers) data.push_back(Node::num(n));
    untagged("SEARCH", std::move(data));
    return ok(c);
  }
  const auto wants = [&](std::string_view what) { return std::ranges::find(c.returns, what) != c.returns.end(); };
  const bool all = wants("ALL") || c.returns.empty();
  if (saves && !fault(Fault::save_forgets)) {
    // RFC 5182 2.4: with MIN or MAX and neither ALL nor COUNT only those are saved.
    x_view.saved.clear();
    if (!uids.empty() && (wants("MIN") || wants("MAX")) && !wants("ALL") && !wants("COUNT")) {
      if (wants("MIN")) x_view.saved.push_back(uids.front());
      if (wants("MAX")) x_view.saved.push_back(uids.back());
    } else {
      x_view.saved = uids;
    }
  }
  if (saves && c.returns.size() == 1) return ok(c);
  std::vector<Node> data{Node::list({Node::atom("TAG"), Node::str(c.tag)})};
  if (c.uid && !(c.returns.size() == 1 && wants("COUNT") && fault(Fault::count_without_uid))) data.push_back(Node::atom("UID"));
  const auto add = [&](const char* name, Node value) {
    data.push_back(Node::atom(name));
    data.push_back(std::move(value));
  };
  if (wants("MIN") && numbers.empty() && fault(Fault::esearch_min_zero)) add("MIN", Node::num(0));
  if (wants("MIN") && !numbers.empty()) add("MIN", Node::num(numbers.front()));
  if (wants("MAX") && !numbers.empty()) add("MAX", Node::num(numbers.back()));
  if (all && !numbers.empty()) {
    const bool gaps = c.uid && fault(Fault::esearch_over_gaps) && numbers.size() > 1;
    add("ALL", Node::atom(gaps ? std::to_string(numbers.front()) + ":" + std::to_string(numbers.back()) : set_text(numbers)));
  }
  if (wants("COUNT")) add("COUNT", Node::num(numbers.size()));
  untagged("ESEARCH", std::move(data));
  ok(c);
}

}  // namespace mailspec::reference::imap
