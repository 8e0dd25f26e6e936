#include "harness/scenario/imap_matcher.h"

#include <algorithm>
#include <chrono>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/imap/search_return.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

namespace {

using Kind = ImapNode::Kind;

bool is_set(std::string_view text) {
  return !text.empty() && text.find_first_of(":,") != std::string_view::npos && text.find_first_not_of("0123456789:,") == std::string_view::npos;
}

}  // namespace

std::optional<std::int64_t> instant(std::string_view t) {
  std::string text(trim(t));
  if (text.size() == 25) text.insert(0, "0");
  if (text.size() != 26) return std::nullopt;
  constexpr std::string_view kMonths = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  const auto month = kMonths.find(upper(text.substr(3, 3)));
  const auto n = [&](std::size_t at, std::size_t size) { return parse_number(std::string_view(text).substr(at, size)); };
  const auto d = n(0, 2), y = n(7, 4), h = n(12, 2), m = n(15, 2), s = n(18, 2), zh = n(22, 2), zm = n(24, 2);
  if (month == std::string_view::npos || month % 3 || !d || !y || !h || !m || !s || !zh || !zm) return std::nullopt;
  const auto days = std::chrono::sys_days(std::chrono::year(static_cast<int>(*y)) / std::chrono::month(static_cast<unsigned>(month / 3 + 1)) /
                                          std::chrono::day(static_cast<unsigned>(*d)));
  const auto zone = static_cast<std::int64_t>(*zh * 3600 + *zm * 60) * (text[21] == '-' ? -1 : 1);
  return static_cast<std::int64_t>(days.time_since_epoch().count()) * 86400 + static_cast<std::int64_t>(*h * 3600 + *m * 60 + *s) - zone;
}

std::string item_name(std::string_view name) {
  auto out = upper(name);
  std::erase(out, '"');
  return out;
}

bool ImapMatcher::no(std::string why) {
  if (x_why.empty()) x_why = std::move(why);
  return false;
}

bool ImapMatcher::matches(const ImapPattern& pattern, const imap::Response& r) {
  x_item.clear();
  x_why.clear();
  const Bindings before = x_bindings;
  if (response(pattern, r)) return true;
  x_bindings = before;
  return false;
}

std::string ImapMatcher::expand(const Line& pieces) const {
  std::string out;
  for (const auto& p : pieces) {
    if (p.kind == Piece::Kind::literal) out += p.text;
    if (p.kind == Piece::Kind::use) {
      const auto it = x_bindings.find(p.text);
      out += it == x_bindings.end() ? "{" + p.text + "}" : it->second.octets;
    }
  }
  return out;
}

// A value as it may stand in a report.
std::string ImapMatcher::written(const imap::Value& v) {
  if (!v.is_list()) return v.is_string() ? "\"" + v.text + "\"" : v.text;
  std::string out;
  for (const auto& i : v.items) out += (out.empty() ? "" : " ") + written(i);
  return "(" + out + ")";
}

// A leaf against plain text.
bool ImapMatcher::text(const ImapNode& node, std::string_view t, bool any_case) {
  if (node.pieces.empty()) return t.empty() || no("\"\" was due");
  if (node.pieces.size() == 1) {
    const auto& p = node.pieces[0];
    switch (p.kind) {
      case Piece::Kind::any: return true;
      case Piece::Kind::bind: x_bindings[p.text] = {std::string(t), false}; return true;
      case Piece::Kind::one_of:
        if (std::ranges::none_of(p.choices, [&](const auto& c) { return iequals(c, t); })) return no("one of " + join(p.choices, ", ") + " was due");
        x_bindings[p.text] = {upper(t), false};
        return true;
      default: break;
    }
  }
  const auto m = match(node.pieces, t, x_bindings, false, any_case);
  if (m.matched) return true;
  const auto wanted = expand(node.pieces);
  if (!node.quoted && is_set(wanted + ",") && is_set(std::string(t) + ",")) {
    imap::NumberSet a, b;
    if (imap::parse_set(wanted, 0, a) && imap::parse_set(t, 0, b) && imap::normal(a) == imap::normal(b)) return true;
  }
  return no("'" + visible(wanted, 80) + "' was due, not '" + visible(t, 80) + "'");
}

// @a.eml, @a.eml<off.n>, @a.eml[header], @a.eml[body]: the octets of a fixture, or some of them.
bool ImapMatcher::file(std::string_view reference, const imap::Value& v) {
  auto name = std::string(reference.substr(1));
  std::string slice;
  if (const auto cut = name.find_first_of("<["); cut != std::string::npos) {
    slice = name.substr(cut);
    name.resize(cut);
  }
  const auto* octets = x_fixture(name);
  if (!octets) return no("there is no fixture '" + name + "'");
  std::string wanted = name.starts_with("hostile-") ? *octets : with_crlf(*octets);
  if (slice.starts_with('<')) {
    const auto dot = slice.find('.');
    const auto from = parse_number(std::string_view(slice).substr(1, dot - 1)).value_or(0),
               n = parse_number(std::string_view(slice).substr(dot + 1, slice.size() - dot - 2)).value_or(0);
    wanted = from < wanted.size() ? wanted.substr(from, n) : "";
  } else if (!slice.empty()) {
    const auto blank = wanted.find("\r\n\r\n");
    const auto end = blank == std::string::npos ? wanted.size() : blank + 4;
    wanted = slice == "[header]" ? wanted.substr(0, end) : wanted.substr(end);
  }
  if (!v.is_string()) return no("the octets of " + name + " were due, not '" + visible(v.text, 60) + "'");
  if (!v.whole()) return v.octets() == wanted.size() || no("the octets of " + name + " were due");
  if (v.text == wanted) return true;
  const auto [mine, theirs] = std::ranges::mismatch(wanted, v.text);
  const auto at = static_cast<std::size_t>(mine - wanted.begin());
  return no("these are not the octets of " + std::string(reference.substr(1)) + ": from octet " + std::to_string(at) + " on '" +
            visible(wanted.substr(at), 40) + "' was due, '" + visible(v.text.substr(std::min(at, v.text.size())), 40) + "' came (" +
            std::to_string(v.text.size()) + " octets for " + std::to_string(wanted.size()) + ")");
}

bool ImapMatcher::leaf(const ImapNode& node, const imap::Value& v, bool any_case) {
  const bool plain = !node.quoted && node.pieces.size() == 1 && node.pieces[0].kind == Piece::Kind::literal;
  if (plain && node.pieces[0].text.starts_with('@')) return file(node.pieces[0].text, v);
  if (v.is_list()) {
    if (node.pieces.size() == 1 && node.pieces[0].kind == Piece::Kind::any) return true;
    if (node.pieces.size() == 1 && node.pieces[0].kind == Piece::Kind::bind) {
      x_bindings[node.pieces[0].text] = {written(v), false};
      return true;
    }
    return no("'" + visible(expand(node.pieces), 60) + "' was due, not a list");
  }
  // NIL is not "NIL".
  if (plain && iequals(node.pieces[0].text, "NIL")) return v.is_nil() || no("NIL was due, not '" + visible(v.text, 60) + "'");
  if (node.quoted && v.is_nil()) return no("\"" + visible(expand(node.pieces), 60) + "\" was due, not NIL");
  // INBOX is INBOX in any case.
  if (iequals(v.text, "INBOX") && iequals(expand(node.pieces), "INBOX")) return true;
  return text(node, v.text, any_case || (!node.quoted && v.kind == imap::Value::Kind::atom));
}

bool ImapMatcher::value(const ImapNode& node, const imap::Value& v, bool any_case) {
  if (node.kind == Kind::rest) return true;
  if (node.kind == Kind::list) {
    if (!v.is_list()) return no("a list in parentheses was due, not '" + visible(v.text, 60) + "'");
    return sequence(node.items, 0, v.items, 0, any_case);
  }
  return leaf(node, v, any_case);
}

bool ImapMatcher::sequence(const ImapPattern& pattern, std::size_t from, const std::vector<imap::Value>& values, std::size_t at, bool any_case) {
  for (std::size_t i = from; i < pattern.size(); ++i, ++at) {
    if (pattern[i].kind == Kind::rest) return true;
    if (at >= values.size()) return no("there is less than was due");
    if (!value(pattern[i], values[at], any_case)) return false;
  }
  return at == values.size() || no("'" + visible(values[at].text, 60) + "' is more than was due");
}

// Without order; what is not written may come only behind "...".
bool ImapMatcher::set(const ImapPattern& pattern, const std::vector<imap::Value>& values, const OwnKeyword& ignored) {
  std::vector<bool> used(values.size());
  bool open = false;
  for (const auto& node : pattern) {
    if (node.kind == Kind::rest) {
      open = true;
      continue;
    }
    bool found = false;
    for (std::size_t i = 0; i < values.size() && !found; ++i) {
      if (used[i]) continue;
      const auto kept = x_why;
      found = value(node, values[i], true);
      if (found) used[i] = true, x_why = kept;
    }
    if (!found) {
      x_why.clear();
      return no("'" + visible(expand(node.pieces), 60) + "' is not there");
    }
  }
  if (open) return true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!used[i] && !(ignored && ignored(values[i].text))) return no("'" + visible(values[i].text, 60) + "' was not due");
  }
  return true;
}

// SEARCH: the same numbers, in any order.
bool ImapMatcher::numbers(const ImapPattern& pattern, const std::vector<imap::Value>& values) {
  for (const auto& node : pattern) {
    if (node.pieces.size() == 1 && (node.pieces[0].kind == Piece::Kind::bind || node.pieces[0].kind == Piece::Kind::any)) return set(pattern, values);
    if (node.kind == Kind::rest) return set(pattern, values);
  }
  imap::NumberSet wanted, came;
  for (const auto& node : pattern) {
    if (!imap::parse_set(expand(node.pieces), 0, wanted)) return no("'" + expand(node.pieces) + "' is no number");
  }
  for (const auto& v : values) {
    if (v.is_list()) continue;
    if (!imap::parse_set(v.text, 0, came)) return no("'" + visible(v.text, 40) + "' is no number");
  }
  if (imap::normal(wanted) == imap::normal(came)) return true;
  const auto list = [&](const imap::NumberSet& s) {
    std::string out;
    for (const auto& r : imap::normal(s))
      out += (out.empty() ? "" : ",") + std::to_string(r.first) + (r.second != r.first ? ":" + std::to_string(r.second) : "");
    return out.empty() ? std::string("none") : out;
  };
  return no("the numbers " + list(wanted) + " were due, not " + list(came));
}

// NAME value NAME value, without order: STATUS, ESEARCH, and their kind.
bool ImapMatcher::pairs(const ImapPattern& pattern, std::size_t from, const std::vector<imap::Value>& values, std::size_t at) {
  bool open = false;
  std::size_t matched = 0;
  for (std::size_t i = from; i < pattern.size(); ++i) {
    if (pattern[i].kind == Kind::rest) {
      open = true;
      continue;
    }
    const auto name = expand(pattern[i].pieces);
    if (i + 1 >= pattern.size() || pattern[i + 1].kind == Kind::rest) {
      // A word without a value: UID of ESEARCH.
      if (std::ranges::none_of(values, [&](const auto& v) { return iequals(v.text, name); })) return no("'" + name + "' is not there");
      ++matched;
      continue;
    }
    bool found = false;
    for (std::size_t k = at; k + 1 < values.size(); k += 2) {
      if (!iequals(values[k].text, name)) continue;
      found = true;
      if (!value(pattern[i + 1], values[k + 1])) {
        x_item = name;
        return false;
      }
    }
    if (!found) return no("'" + name + "' is not there");
    matched += 2;
    ++i;
  }
  return open || matched == values.size() - std::min(at, values.size()) || no("there is more than was due");
}

// Items that were not asked for are allowed.
bool ImapMatcher::fetch(const ImapPattern& items, const imap::Response& r) {
  const auto came = imap::fetch_items(r);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind == Kind::rest) continue;
    auto name = item_name(expand(items[i].pieces));
    std::optional<std::uint64_t> origin;
    if (const auto cut = name.rfind("]<"); cut != std::string::npos) {
      origin = parse_number(std::string_view(name).substr(cut + 2, name.size() - cut - 3));
      name.resize(cut + 1);
    }
    if (i + 1 >= items.size()) return no("the pattern has no value for " + name);
    const auto& wanted = items[++i];
    const auto it = std::ranges::find_if(came, [&](const auto& c) { return item_name(c.name) == name && c.origin == origin; });
    x_item = name;
    if (it == came.end()) return no(name + (origin ? "<" + std::to_string(*origin) + ">" : "") + " is not there");
    if (name == "FLAGS" && wanted.kind == Kind::list) {
      const bool recent = std::ranges::any_of(wanted.items, [&](const auto& n) { return iequals(expand(n.pieces), "\\Recent"); });
      if (!it->value->is_list()) return no("FLAGS has no list");
      const auto unasked = [&](std::string_view flag) { return (!recent && iequals(flag, "\\Recent")) || (x_own && x_own(flag)); };
      if (!set(wanted.items, it->value->items, unasked)) return false;
      continue;
    }
    if (name == "INTERNALDATE" && wanted.quoted) {
      const auto a = instant(expand(wanted.pieces)), b = instant(it->value->text);
      if (a && b && *a == *b) continue;
      return no("the instant " + expand(wanted.pieces) + " was due, not '" + visible(it->value->text, 40) + "'");
    }
    if (!value(wanted, *it->value, name == "BODY" || name == "BODYSTRUCTURE")) {
      x_why = name + ": " + x_why;
      return false;
    }
  }
  x_item.clear();
  return true;
}

bool ImapMatcher::code(const ImapNode& node, const imap::Response& r) {
  if (node.items.empty()) return no("the pattern's response code is empty");
  const auto name = expand(node.items[0].pieces);
  if (!iequals(r.code, name)) return no("the response code [" + name + "] was due");
  const ImapPattern args(node.items.begin() + 1, node.items.end());
  const auto* word = imap::find_code(name);
  if (word && word->shape == imap::Shape::list && args.size() == 1 && args[0].kind == Kind::list) {
    return !r.code_values.empty() && r.code_values[0].is_list() ? set(args[0].items, r.code_values[0].items) : no(name + " has no list");
  }
  if (word && word->shape == imap::Shape::words) return set(args, r.code_values);
  return sequence(args, 0, r.code_values, 0, true);
}

bool ImapMatcher::response(const ImapPattern& pattern, const imap::Response& r) {
  std::size_t at = 1;
  if (r.kind == imap::Response::Kind::continuation) {
    // "+ ..." any; "+ {x=}" or "+ text" what follows; "+" any, too: its text is for people.
    if (pattern.size() == 1 || pattern[1].kind == Kind::rest) return true;
    return text(pattern[1], r.text, false);
  }
  if (r.number) {
    if (at >= pattern.size() || !text(pattern[at], std::to_string(*r.number), false)) return no("a response without a number was due");
    ++at;
  }
  if (at >= pattern.size()) return no("the pattern ends");
  // {_} stands for a number, not for any kind of response.
  if (!r.number && pattern[at].pieces.size() == 1 && pattern[at].pieces[0].kind != Piece::Kind::literal && pattern[at].pieces[0].kind != Piece::Kind::one_of &&
      pattern[at].kind != Kind::rest && r.kind == imap::Response::Kind::untagged)
    return no("a number was due");
  if (pattern[at].kind == Kind::rest) return true;
  if (x_revision == 2 && r.keyword == "ESEARCH" && iequals(expand(pattern[at].pieces), "SEARCH")) {
    std::vector<imap::Value> all;
    for (const auto& [name, value] : imap::search_return(r).items) {
      if (name == "ALL" && value) all.push_back(*value);
    }
    return numbers({pattern.begin() + static_cast<std::ptrdiff_t>(at) + 1, pattern.end()}, all);
  }
  if (!text(pattern[at], r.keyword, true)) return false;
  ++at;
  if (r.is_status()) {
    for (; at < pattern.size(); ++at) {
      if (pattern[at].kind == Kind::code) return code(pattern[at], r);
      if (pattern[at].kind == Kind::rest) return true;
    }
    return true;
  }
  const ImapPattern rest(pattern.begin() + static_cast<std::ptrdiff_t>(at), pattern.end());
  const auto* word = imap::find_untagged(r.keyword);
  return data(rest, r, word ? word->shape : imap::Shape::sequence);
}

bool ImapMatcher::data(const ImapPattern& rest, const imap::Response& r, imap::Shape shape) {
  if (shape == imap::Shape::none || (rest.size() == 1 && rest[0].kind == Kind::rest)) return true;
  switch (shape) {
    case imap::Shape::message: return rest.empty() || rest[0].kind != Kind::list ? no("the pattern has no item list") : fetch(rest[0].items, r);
    case imap::Shape::numbers: return numbers(rest, r.values);
    case imap::Shape::list:
      if (rest.empty() || r.values.empty()) return no(r.keyword + " has no list");
      return rest[0].kind == Kind::list && r.values[0].is_list() ? set(rest[0].items, r.values[0].items) : value(rest[0], r.values[0]);
    case imap::Shape::words: return set(rest, r.values);
    case imap::Shape::items:
      if (rest.size() < 2 || r.values.size() < 2 || !r.values[1].is_list()) return no(r.keyword + " without a name or a list");
      return value(rest[0], r.values[0]) && (rest[1].kind == Kind::rest || pairs(rest[1].items, 0, r.values[1].items, 0));
    case imap::Shape::name:
      if (rest.size() < 3 || r.values.size() < 3 || !r.values[0].is_list()) return no(r.keyword + " wants attributes, delimiter and name");
      // The name first: it says which response is meant.
      return value(rest[2], r.values[2]) && value(rest[1], r.values[1]) && (rest[0].kind != Kind::list || set(rest[0].items, r.values[0].items)) &&
             (rest.size() == 3 || sequence(rest, 3, r.values, 3, false));
    case imap::Shape::pairs: return correlated(rest, r);
    default: return sequence(rest, 0, r.values, 0, false);
  }
}

// ESEARCH: a correlator, UID, and pairs.
bool ImapMatcher::correlated(const ImapPattern& rest, const imap::Response& r) {
  std::size_t from = 0, values_from = 0;
  if (!rest.empty() && rest[0].kind == Kind::list) {
    if (r.values.empty() || !r.values[0].is_list()) return no("a (TAG ...) was due");
    if (!sequence(rest[0].items, 0, r.values[0].items, 0, false)) return false;
    from = values_from = 1;
  }
  const bool uid_due = from < rest.size() && iequals(expand(rest[from].pieces), "UID");
  const bool uid = values_from < r.values.size() && iequals(r.values[values_from].text, "UID");
  if (uid_due != uid) return no(uid ? "UID was not due" : "UID was due");
  return pairs(rest, from + uid_due, r.values, values_from + uid);
}

namespace {

imap::Response merged_search(const std::vector<const imap::Response*>& exchange, std::size_t at) {
  auto out = *exchange[at];
  // All between one tagged response and the next are one answer.
  auto from = at, to = at;
  while (from > 0 && exchange[from - 1]->kind != imap::Response::Kind::tagged) --from;
  while (to < exchange.size() && exchange[to]->kind != imap::Response::Kind::tagged) ++to;
  for (auto i = from; i < to; ++i) {
    if (i != at && exchange[i]->keyword == "SEARCH") out.values.insert(out.values.end(), exchange[i]->values.begin(), exchange[i]->values.end());
  }
  return out;
}

// Adds the items that are not there yet; of those that are, `later` ones count.
void merge_items(std::vector<imap::Value>& items, const std::vector<imap::Value>& more, bool later) {
  for (std::size_t k = 0; k + 1 < more.size(); k += 2) {
    bool there = false;
    for (std::size_t m = 0; m + 1 < items.size(); m += 2) {
      if (!iequals(items[m].text, more[k].text)) continue;
      there = true;
      if (later) items[m + 1] = more[k + 1];
    }
    if (!there) items.insert(items.end(), {more[k], more[k + 1]});
  }
}

}  // namespace

imap::Response merged_response(const std::vector<const imap::Response*>& exchange, std::size_t at) {
  auto out = *exchange[at];
  if (out.keyword == "SEARCH") return merged_search(exchange, at);
  if (out.keyword != "FETCH" || out.values.empty() || !out.values[0].is_list()) return out;
  const auto merge = [&](std::size_t i, bool later) {
    const auto& r = *exchange[i];
    if (r.keyword == "FETCH" && r.number == out.number && !r.values.empty()) merge_items(out.values[0].items, r.values[0].items, later);
  };
  for (auto i = at; i-- > 0;) merge(i, false);
  for (auto i = at + 1; i < exchange.size(); ++i) merge(i, true);
  return out;
}

bool is_news_of_flags(const ImapPattern& pattern, const imap::Response& r) {
  if (r.keyword != "FETCH" || !imap::fetch_item(r, "FLAGS")) return false;
  const auto names = [](const ImapNode& n) { return n.kind == ImapNode::Kind::leaf && n.pieces.size() == 1 && iequals(n.pieces[0].text, "FLAGS"); };
  const auto about_flags = [&](const ImapNode& n) { return n.kind == ImapNode::Kind::list && std::ranges::any_of(n.items, names); };
  if (std::ranges::any_of(pattern, about_flags)) return false;
  return std::ranges::all_of(imap::fetch_items(r), [](const auto& i) {
    const auto* word = imap::find_fetch_item(i.name);
    return word && word->is_news;
  });
}

}  // namespace mailspec::scenario
