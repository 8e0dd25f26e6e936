// SEARCH against the view, and SEARCHes of one selection against one another: a metamorphic rule. What NOT, OR, lists and sets must give
// follows from what their keys gave.
#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "harness/imap/search_return.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;
using Numbers = std::set<std::uint64_t>;

constexpr const char* kRange = "rfc9051/6.4.4/search-in-range";
constexpr const char* kAlgebra = "rfc9051/6.4.4/search-algebra";
constexpr const char* kSequenceSet = "rfc9051/9/sequence-set";
constexpr const char* kRequired = "rfc9051/6.4.4/search-response-required";

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
    const auto* known = imap::find_search_key(word);
    for (int i = 0; known && i < known->arguments && x_at < x_tokens.size(); ++i) atom += " " + x_tokens[x_at++];
    // UNSEEN is NOT SEEN, and so on.
    if (const auto k = x_known.find(atom); k != x_known.end()) return k->second;
    if (!known || known->opposite.empty()) return std::nullopt;
    const auto opposite = std::string(known->opposite) + atom.substr(word.size());
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
  std::vector<std::string> requirements() const override { return {kRange, kAlgebra, kSequenceSet, kRequired}; }

  void look(const Look& l) override {
    const int c = l.event.connection;
    if (l.event.kind == Event::Kind::connect) x_state[c] = {};
    const auto& sent = l.event.imap_command;
    if (l.event.kind == Event::Kind::sent && is_search(sent.name)) {
      x_state[c].result.reset();
      x_state[c].came = x_state[c].unusable = false;
      x_state[c].several = std::ranges::any_of(searches_of(l.session), [&](const auto* other) { return other->tag != sent.tag; });
    }
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.response();
    if (r.kind == Response::Kind::untagged && (r.keyword == "SEARCH" || r.keyword == "ESEARCH")) data(l);
    if (r.kind == Response::Kind::tagged) answered(l);
  }

 private:
  struct State {
    std::optional<Numbers> result;
    bool came = false, unusable = false;      // a response; one with faults, or with more numbers than are looked at
    bool several = false;                     // were in progress at once: which response is whose cannot be told
    std::map<std::string, Numbers> known[2];  // by query; of numbers and of UIDs
    std::uint64_t version = 0;
    std::string mailbox;
  };

  static bool is_search(const std::string& command) { return command == "SEARCH" || command == "UID SEARCH"; }

  void data(const Look& l) {
    const auto& r = l.response();
    auto& state = x_state[l.event.connection];
    const auto searches = searches_of(l.session);
    imap::NumberSet ranges;
    bool all_there = r.keyword == "SEARCH";
    if (r.keyword == "SEARCH") {
      for (const auto& v : r.values) {
        if (const auto n = v.number()) ranges.emplace_back(*n, *n);
        else if (!v.is_list()) state.unusable = true;
      }
    } else {
      // "*" is no number here, which is the grammar's finding.
      const auto returned = imap::search_return(r);
      const auto all = returned.all();
      all_there = all.has_value();
      state.unusable = state.unusable || (returned.has_all() && !all_there);
      ranges = all.value_or(imap::NumberSet{});
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
    const bool wants_all = upper(searches[0]->args).find("RETURN (") == std::string::npos || upper(searches[0]->args).find("ALL") != std::string::npos;
    // RFC 9051 7.3.4: without a match there is no ALL.
    if (!all_there && !(r.keyword == "ESEARCH" && wants_all)) return;
    state.unusable = state.unusable || imap::size_of(ranges) > imap::kMostNumbers;
    if (state.unusable) return;
    if (!state.result) state.result.emplace();
    for (const auto& [first, last] : ranges) {
      for (std::uint64_t i = 0; i <= last - first; ++i) state.result->insert(first + i);
    }
  }

  void answered(const Look& l) {
    const auto* c = l.session.find(l.response().tag);
    if (!c || c->given_up || !is_search(c->name) || l.response().keyword != "OK" || !l.session.selected) return;
    auto& state = x_state[l.event.connection];
    if (state.several) return;
    auto text = c->args;
    const auto options = upper(text);
    const bool returns = options.starts_with("RETURN (");
    if (returns) {
      const auto close = text.find(')');
      const bool gives_all = options.substr(8, close - 8).find("ALL") != std::string::npos || close == 8;
      text = close == std::string::npos ? "" : std::string(trim(text.substr(close + 1)));
      if (!gives_all) return;
    }
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
        l.demand(algebra.alone ? kSequenceSet : kAlgebra, *due == *state.result, [&] {
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
