// ESEARCH (RFC 4731).
#include <map>
#include <set>

#include "harness/imap/command.h"
#include "harness/imap/grammar_parts.h"
#include "harness/imap/search_return.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

using grammar::Cursor;

// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
bool esearch_data(Cursor& c) {
  if (c.peek() == ' ' && c.peek(1) == '(') {
    c.skip(1);
    // search-correlator = SP "(" "TAG" SP tag-string ")"; RFC 7377 puts more into it.
    if (!grammar::extension_value(c)) return c.fail("search-correlator");
  }
  (void)grammar::attempt(c, [&] { return c.sp() && c.whole_word("UID"); });
  while (c.peek() == ' ') {
    c.skip(1);
    const auto name = grammar::word_here(c, " ()");
    if (const auto* known = find_return_item(name)) {
      c.skip(name.size());
      if (!c.sp() || !known->value(c)) return c.fail("search-return-data");
    } else if (!grammar::atom(c) || !c.sp() || !grammar::extension_value(c)) {
      return c.fail("search-return-data");
    }
  }
  return true;
}

constexpr const char* kTag = "rfc9051/7.3.4/esearch-tag";
constexpr const char* kUid = "rfc9051/6.4.9/esearch-uid-indicator";
constexpr const char* kComplete = "rfc9051/7.3.4/sets-complete";
constexpr const char* kOnce = "rfc9051/7.3.4/esearch-item-once";

// Which command an ESEARCH response answers, and what it holds. Whether the numbers are right is judged with SEARCH's.
class Returned : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kTag, kUid, kComplete, kOnce}; }

  void look(const oracle::Look& l) override {
    auto& state = x_state[l.event.connection];
    if (l.event.kind == oracle::Event::Kind::connect) state = {};
    const auto& sent = l.event.imap_command;
    if (l.event.kind == oracle::Event::Kind::sent && facts_of(sent.name).searches) {
      const auto others = [&](const auto* other) { return other->tag != sent.tag; };
      state = {.several = std::ranges::any_of(oracle::searches_of(l.session), others)};
    }
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    if (r.kind == Response::Kind::untagged && r.keyword == "ESEARCH") data(l, state);
    const auto* c = r.kind == Response::Kind::tagged && r.keyword == "OK" ? l.session.find(r.tag) : nullptr;
    if (!c || c->given_up || !facts_of(c->name).searches || !l.session.selected || state.several) return;
    // RFC 9051 7.3.4: without a correlator it was not caused by this command.
    l.demand(kTag, state.correlated || !state.uncorrelated, [&] { return "ESEARCH came to " + c->name + " without the tag of the command"; });
  }

 private:
  struct State {
    bool correlated = false, uncorrelated = false;  // ESEARCH came with the tag of a command, and without
    bool several = false;                           // searches were in progress at once: which response is whose cannot be told
  };

  static void data(const oracle::Look& l, State& state) {
    const auto& r = l.response();
    const auto returned = search_return(r);
    (returned.correlator ? state.correlated : state.uncorrelated) = true;
    if (returned.correlator) {
      const auto& items = returned.correlator->items;
      const bool known = items.size() >= 2 && iequals(items[0].text, "TAG") && l.session.find(items[1].text);
      l.demand(kTag, known, [&] { return "the correlator of " + oracle::shown(r) + " is not the tag of a command in progress"; });
    }
    std::set<std::string> names;
    for (const auto& [name, value] : returned.items)
      l.demand(kOnce, names.insert(name).second, [&, &name = name] { return name + " stands twice in " + oracle::shown(r); });
    const auto searches = oracle::searches_of(l.session);
    if (searches.size() != 1) return;
    const bool uid = searches[0]->name.starts_with("UID ");
    l.demand(kUid, uid == returned.uid, [&] {
      return uid ? "UID is missing in " + oracle::shown(r) + " to a UID SEARCH" : "UID stands in " + oracle::shown(r) + ", but the command was no UID SEARCH";
    });
    if (uid && l.session.rev2) complete(l, returned);
  }

  // A UID that no message has, below the highest that one has; only where all UIDs are known.
  static void complete(const oracle::Look& l, const SearchReturn& returned) {
    const auto* d = l.session.data();
    if (!d || d->uids.empty() || d->uids.size() != d->exists || std::ranges::count(d->uids, 0u)) return;
    const std::set<std::uint64_t> uids(d->uids.begin(), d->uids.end());
    l.test(kComplete);
    for (const auto& [low, high] : returned.all().value_or(NumberSet{})) {
      for (auto n = low; n <= std::min(high, *uids.rbegin()) && n - low < kMostNumbers; ++n) {
        if (!uids.contains(n)) return l.find(kComplete, "no message has the UID " + std::to_string(n) + ", which stands in " + oracle::shown(l.response()));
      }
    }
  }

  std::map<int, State> x_state;
};

}  // namespace

Extension esearch() {
  return {.name = "ESEARCH",
          .document = "rfc4731",
          .capabilities = {{.name = "ESEARCH", .in_rev2 = true}},
          .untagged = {{"ESEARCH", "rfc9051/7.3.4/esearch-grammar", esearch_data, Shape::pairs, Gift::values}},
          .return_items = {{"MIN", grammar::nz_number}, {"MAX", grammar::nz_number}, {"COUNT", grammar::number}, {"ALL", grammar::sequence_set}},
          .rules = {oracle::make_check<Returned>}};
}

}  // namespace mailspec::imap::ext
