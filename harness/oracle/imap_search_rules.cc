// SEARCH against the view, and SEARCHes of one selection against one another: a metamorphic rule. What NOT, OR, lists and sets must give
// follows from what their keys gave.
#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;
using Numbers = std::set<std::uint64_t>;

constexpr const char* kRange = "rfc9051/6.4.4/search-in-range";
constexpr const char* kAlgebra = "rfc9051/6.4.4/search-algebra";
constexpr const char* kSets = "rfc9051/6.4.4/search-sets";
constexpr const char* kRequired = "rfc9051/6.4.4/search-response-required";
constexpr const char* kTag = "rfc9051/7.3.4/esearch-tag";
constexpr const char* kUid = "rfc9051/6.4.9/esearch-uid-indicator";
constexpr const char* kComplete = "rfc9051/7.3.4/sets-complete";
constexpr const char* kOnce = "rfc9051/7.3.4/esearch-item-once";

constexpr std::size_t kMostNumbers = 20000;

// A query's value from the values of its keys, where they are known.
class Algebra {
 public:
  Algebra(const std::map<std::string, Numbers>& known, std::vector<std::string> tokens, const Numbers& all, bool uid)
      : x_known(known), x_tokens(std::move(tokens)), x_all(all), x_uid(uid) {}

  // All keys up to the end, as one conjunction. `composite` is set if there was anything to compute.
  std::optional<Numbers> conjunction() {
    std::optional<Numbers> out = x_all;
    std::size_t keys = 0;
    while (x_at < x_tokens.size()) {
      auto k = key();
      if (!k || !out) return std::nullopt;
      out = cut(*out, *k);
      ++keys;
    }
    if (keys > 1) composite = true;
    return out;
  }
  bool composite = false;
  bool alone = false;  // an odd set was all there was

 private:
  // Has it "*" in it, or a range that goes down?
  static bool is_odd(std::string_view set) {
    for (const auto& part : split(set, ',')) {
      const auto ends = split(part, ':');
      if (part.find('*') != std::string::npos) return true;
      if (ends.size() == 2 && parse_number(ends[0]).value_or(0) > parse_number(ends[1]).value_or(0)) return true;
    }
    return false;
  }

  static Numbers cut(const Numbers& a, const Numbers& b) {
    Numbers out;
    std::ranges::set_intersection(a, b, std::inserter(out, out.end()));
    return out;
  }

  std::optional<Numbers> key() {
    if (x_at >= x_tokens.size()) return std::nullopt;
    const auto word = upper(x_tokens[x_at++]);
    if (word == "ALL") return x_all;
    if (word == "NOT") {
      composite = true;
      const auto k = key();
      if (!k) return std::nullopt;
      Numbers out;
      std::ranges::set_difference(x_all, *k, std::inserter(out, out.end()));
      return out;
    }
    if (word == "OR") {
      composite = true;
      const auto a = key(), b = a ? key() : std::nullopt;
      if (!a || !b) return std::nullopt;
      Numbers out = *a;
      out.insert(b->begin(), b->end());
      return out;
    }
    if (word.starts_with('(') && word.ends_with(')')) {
      composite = true;
      Algebra inner(x_known, imap::arguments(std::string_view(x_tokens[x_at - 1]).substr(1, word.size() - 2)), x_all, x_uid);
      inner.x_inner = true;
      return inner.conjunction();
    }
    // Numbers stand for themselves: UID sets in UID SEARCH, sequence sets in SEARCH.
    const bool set = !word.empty() && (is_digit(word[0]) || word[0] == '*');
    if ((set && !x_uid) || (word == "UID" && x_uid && x_at < x_tokens.size())) {
      const auto text = set ? x_tokens[x_at - 1] : x_tokens[x_at++];
      imap::NumberSet ranges;
      if (!imap::parse_set(text, x_all.empty() ? 0 : *x_all.rbegin(), ranges)) return std::nullopt;
      // What is no number of the grammar stands for nothing; what a server makes of it is another check's.
      if (std::ranges::any_of(ranges, [](const auto& r) { return r.second > std::numeric_limits<std::uint32_t>::max(); })) return std::nullopt;
      composite = true;
      // What is not plainly a set is judged by itself, and elsewhere taken for what the server has taken it for.
      const bool only = !x_inner && x_tokens.size() == (set ? 1u : 2u);
      alone = only && is_odd(text);
      if (!only && is_odd(text)) {
        const auto k = x_known.find(set ? word : word + " " + text);
        return k == x_known.end() ? std::nullopt : std::optional(k->second);
      }
      Numbers out;
      for (const auto n : x_all) {
        if (imap::contains(ranges, n)) out.insert(n);
      }
      return out;
    }
    std::string atom = word;
    static const std::map<std::string, int> kArguments{{"BCC", 1},       {"BODY", 1},       {"CC", 1},      {"FROM", 1},      {"SUBJECT", 1},
                                                       {"TEXT", 1},      {"TO", 1},         {"HEADER", 2},  {"BEFORE", 1},    {"ON", 1},
                                                       {"SINCE", 1},     {"SENTBEFORE", 1}, {"SENTON", 1},  {"SENTSINCE", 1}, {"KEYWORD", 1},
                                                       {"UNKEYWORD", 1}, {"LARGER", 1},     {"SMALLER", 1}, {"UID", 1}};
    const auto it = kArguments.find(word);
    for (int i = 0; it != kArguments.end() && i < it->second && x_at < x_tokens.size(); ++i) atom += " " + x_tokens[x_at++];
    // UNSEEN is NOT SEEN, and so on.
    if (const auto k = x_known.find(atom); k != x_known.end()) return k->second;
    static const std::map<std::string, std::string> kOpposite{
        {"UNSEEN", "SEEN"}, {"UNDELETED", "DELETED"}, {"UNANSWERED", "ANSWERED"}, {"UNFLAGGED", "FLAGGED"}, {"UNDRAFT", "DRAFT"},
        {"SEEN", "UNSEEN"}, {"DELETED", "UNDELETED"}, {"ANSWERED", "UNANSWERED"}, {"FLAGGED", "UNFLAGGED"}, {"DRAFT", "UNDRAFT"}};
    auto opposite = kOpposite.contains(atom) ? kOpposite.at(atom) : std::string();
    if (atom.starts_with("KEYWORD ") || atom.starts_with("UNKEYWORD ")) opposite = atom.starts_with("UN") ? atom.substr(2) : "UN" + atom;
    if (const auto k = x_known.find(opposite); k != x_known.end()) {
      composite = true;
      Numbers out;
      std::ranges::set_difference(x_all, k->second, std::inserter(out, out.end()));
      return out;
    }
    return std::nullopt;
  }

  const std::map<std::string, Numbers>& x_known;
  std::vector<std::string> x_tokens;
  const Numbers& x_all;
  bool x_uid;
  bool x_inner = false;  // within parentheses
  std::size_t x_at = 0;
};

class Search : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kRange, kAlgebra, kSets, kRequired, kTag, kUid, kOnce, kComplete}; }

  void look(const Look& l) override {
    const int c = l.event.connection;
    if (l.event.kind == Event::Kind::connect) x_state[c] = {};
    if (l.event.kind == Event::Kind::sent && (l.event.imap_command.name == "SEARCH" || l.event.imap_command.name == "UID SEARCH")) {
      x_state[c].result.reset();
      x_state[c].came = x_state[c].unusable = false;
      x_state[c].correlated = x_state[c].uncorrelated = false;
      x_state[c].several = std::ranges::any_of(searches(l.session), [&](const auto* other) { return other->tag != l.event.imap_command.tag; });
    }
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.response();
    if (r.kind == Response::Kind::untagged && (r.keyword == "SEARCH" || r.keyword == "ESEARCH")) data(l);
    if (r.kind == Response::Kind::tagged) answered(l);
  }

 private:
  struct State {
    std::optional<Numbers> result;
    bool came = false, unusable = false;            // a response; one with faults, or with more numbers than are looked at
    bool correlated = false, uncorrelated = false;  // ESEARCH came with the tag of a command, and without
    bool several = false;                           // were in progress at once: which response is whose cannot be told
    std::map<std::string, Numbers> known[2];        // by query; of numbers and of UIDs
    std::uint64_t version = 0;
    std::string mailbox;
  };

  static std::vector<const ImapSession::Running*> searches(const ImapSession& session) {
    std::vector<const ImapSession::Running*> out;
    for (const auto& c : session.running) {
      if (c.given_up) continue;
      if (c.name == "SEARCH" || c.name == "UID SEARCH" || c.name.ends_with("SORT") || c.name.ends_with("THREAD")) out.push_back(&c);
    }
    return out;
  }

  void data(const Look& l) {
    const auto& r = l.response();
    auto& state = x_state[l.event.connection];
    const auto searches = Search::searches(l.session);
    imap::NumberSet ranges;
    bool all_there = r.keyword == "SEARCH";
    bool uid_said = false;
    if (r.keyword == "SEARCH") {
      for (const auto& v : r.values) {
        if (const auto n = v.number()) ranges.emplace_back(*n, *n);
        else if (!v.is_list()) state.unusable = true;
      }
    } else {
      std::set<std::string> names;
      (r.values.empty() || !r.values[0].is_list() ? state.uncorrelated : state.correlated) = true;
      for (std::size_t i = 0; i < r.values.size(); ++i) {
        const auto& v = r.values[i];
        if (i == 0 && v.is_list()) {
          const bool correlated = v.items.size() >= 2 && iequals(v.items[0].text, "TAG");
          const bool known = correlated && l.session.find(v.items[1].text);
          l.demand(kTag, known, [&] { return "the correlator of " + shown(r) + " is not the tag of a command in progress"; });
          continue;
        }
        if (iequals(v.text, "UID") && i <= 1) {
          uid_said = true;
          continue;
        }
        const auto name = upper(v.text);
        l.demand(kOnce, names.insert(name).second, [&] { return name + " stands twice in " + shown(r); });
        // "*" is no number here, which is the grammar's finding.
        if (name == "ALL")
          all_there = i + 1 < r.values.size() && r.values[i + 1].text.find('*') == std::string::npos && imap::parse_set(r.values[i + 1].text, 0, ranges);
        state.unusable = state.unusable || (name == "ALL" && !all_there);
        ++i;
      }
      if (searches.size() == 1) {
        const bool uid = searches[0]->name.starts_with("UID ");
        l.demand(kUid, uid == uid_said, [&] {
          return uid ? "UID is missing in " + shown(r) + " to a UID SEARCH" : "UID stands in " + shown(r) + ", but the command was no UID SEARCH";
        });
      }
    }
    if (searches.size() != 1) return;
    state.came = true;
    if (searches[0]->name == "SEARCH") {
      const auto* d = l.session.data();
      const auto exists = d ? d->exists : 0;
      const bool counted = d && d->counted.value_or(false);
      const bool in = std::ranges::all_of(ranges, [&](const auto& range) { return range.first >= 1 && (range.second <= exists || !counted); });
      l.demand(kRange, in, [&] { return shown(r) + " names a message number above " + std::to_string(exists); });
    }
    if (searches[0]->name == "UID SEARCH" && r.keyword == "ESEARCH" && l.session.rev2) complete(l, ranges);
    const bool wants_all = upper(searches[0]->args).find("RETURN (") == std::string::npos || upper(searches[0]->args).find("ALL") != std::string::npos;
    // RFC 9051 7.3.4: without a match there is no ALL.
    if (!all_there && !(r.keyword == "ESEARCH" && wants_all)) return;
    state.unusable = state.unusable || imap::size_of(ranges) > kMostNumbers;
    if (state.unusable) return;
    if (!state.result) state.result.emplace();
    for (const auto& [first, last] : ranges) {
      for (std::uint64_t i = 0; i <= last - first; ++i) state.result->insert(first + i);
    }
  }

  // A UID that no message has, below the highest that one has; only where all UIDs are known.
  static void complete(const Look& l, const imap::NumberSet& ranges) {
    const auto* d = l.session.data();
    if (!d || d->uids.empty() || d->uids.size() != d->exists || std::ranges::count(d->uids, 0u)) return;
    const Numbers uids(d->uids.begin(), d->uids.end());
    l.test(kComplete);
    for (const auto& [low, high] : ranges) {
      for (auto n = low; n <= std::min(high, *uids.rbegin()) && n - low < kMostNumbers; ++n) {
        if (!uids.contains(n)) return l.find(kComplete, "no message has the UID " + std::to_string(n) + ", which stands in " + shown(l.response()));
      }
    }
  }

  void answered(const Look& l) {
    const auto* c = l.session.find(l.response().tag);
    if (!c || c->given_up || (c->name != "SEARCH" && c->name != "UID SEARCH") || l.response().keyword != "OK" || !l.session.selected) return;
    auto& state = x_state[l.event.connection];
    if (state.several) return;
    // RFC 9051 7.3.4: without a correlator it was not caused by this command.
    l.demand(kTag, state.correlated || !state.uncorrelated, [&] { return "ESEARCH came to " + c->name + " without the tag of the command"; });
    auto text = c->args;
    const auto options = upper(text);
    const bool returns = options.starts_with("RETURN (");
    bool save_only = false;
    if (returns) {
      const auto close = text.find(')');
      save_only = upper(text.substr(8, close - 8)) == "SAVE";
      const bool gives_all = options.substr(8, close - 8).find("ALL") != std::string::npos || close == 8;
      text = close == std::string::npos ? "" : std::string(trim(text.substr(close + 1)));
      if (!gives_all) return;
    }
    if (save_only) return;
    l.demand(kRequired, state.came, [&] { return c->name + " was answered with OK and no SEARCH or ESEARCH response"; });
    if (!state.result || state.unusable || text.find("\r\n") != std::string::npos) return;
    if (upper(text).starts_with("CHARSET ")) return;
    if (text.find('$') != std::string::npos) return;
    const bool uid = c->name == "UID SEARCH";
    if (state.version != l.session.selection.version || state.mailbox != l.session.selection.mailbox || l.crowded()) {
      state.known[0].clear();
      state.known[1].clear();
      state.version = l.session.selection.version;
      state.mailbox = l.session.selection.mailbox;
    }
    auto& known = state.known[uid];
    auto tokens = imap::arguments(text);
    // What there is SEARCH itself has said.
    if (const auto all = known.find("ALL"); all != known.end()) {
      Algebra algebra(known, tokens, all->second, uid);
      const auto due = algebra.conjunction();
      // RFC 2180 4.3: what another session has removed need not be found, though it still counts.
      if (due && algebra.composite && (uid || !l.session.others_remove)) {
        l.demand(algebra.alone ? kSets : kAlgebra, *due == *state.result, [&] {
          return "by the searches before it " + c->name + " " + visible(text, 80) + " is to give " + list(*due) + "; it gave " + list(*state.result);
        });
      }
    }
    if (!tokens.empty()) {
      tokens[0] = upper(tokens[0]);
      known[join(tokens, " ")] = *state.result;
    }
  }

  static std::string list(const Numbers& numbers) {
    std::vector<std::string> out;
    for (const auto n : numbers) {
      if (out.size() == 20) {
        out.emplace_back("...");
        break;
      }
      out.push_back(std::to_string(n));
    }
    return out.empty() ? "none" : join(out, " ");
  }

  std::map<int, State> x_state;
};

}  // namespace

std::unique_ptr<ImapCheck> imap_search_check() { return std::make_unique<Search>(); }

}  // namespace mailspec::oracle
