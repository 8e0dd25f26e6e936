// What LIST and STATUS say of names, and what is said of names that are made, deleted, renamed and normalized.
#include <algorithm>
#include <map>
#include <set>

#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;
using Names = std::set<std::string>;

constexpr const char* kListFlags = "rfc9051/7.3.1/one-of-marked-unmarked-noselect";
constexpr const char* kDelimiter = "rfc9051/7.3.1/one-delimiter";
constexpr const char* kStatusAsked = "rfc9051/6.3.11/status-asked-items";
constexpr const char* kAutoSubscribed = "rfc9051/6.3.4/autosubscribed";
constexpr const char* kHasChildren = "rfc9051/6.3.5/delete-haschildren";
constexpr const char* kOldNameAtSelect = "rfc9051/6.3.2/oldname";
constexpr const char* kOldName = "rfc9051/6.3.9.7/oldname";

// A vowel and the combining acute accent, which Net-Unicode (RFC 5198) writes as one character.
bool is_denormalized(std::string_view name) {
  for (auto at = name.find("\xCC\x81"); at != std::string_view::npos; at = name.find("\xCC\x81", at + 2)) {
    if (at > 0 && std::string_view("AEIOUaeiou").find(name[at - 1]) != std::string_view::npos) return true;
  }
  return false;
}

class ListCheck : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override {
    return {kListFlags, kDelimiter, kStatusAsked, kAutoSubscribed, kHasChildren, kOldNameAtSelect, kOldName};
  }

  void look(const Look& l) override {
    auto& state = x_state[l.event.connection];
    if (l.event.kind == Event::Kind::connect) state = {};
    if (l.event.kind == Event::Kind::prepared) x_names.clear();
    if (l.event.kind == Event::Kind::sent) sent(l, state);
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.response();
    if (is_list_response(r)) listed(l, state);
    if (r.keyword == "LSUB" && !name_listed(r).empty()) delimiter(l, x_names[l.session.user], name_listed(r));
    if (r.keyword == "STATUS" && r.kind == Response::Kind::untagged) status(l);
    if (r.kind == Response::Kind::tagged) answered(l, state);
  }

 private:
  struct State {
    bool old_name = false;  // came during the command under way
  };
  struct Known {
    Names made;                               // with CREATE, and still there as far as is known
    Names bare;                               // listed without \Subscribed as they were made
    std::string delimiter;                    // as LIST said it last
    std::map<std::string, std::string> tops;  // top-level name to delimiter
  };

  void sent(const Look& l, State& state) {
    const auto& asked = l.event.imap_command;
    state.old_name = false;
    if (asked.name == "SUBSCRIBE") {
      const auto args = imap::arguments(asked.args);
      if (!args.empty()) x_names[l.event.user].bare.erase(imap::unquoted(args[0]));
    }
  }

  void listed(const Look& l, State& state) {
    const auto& r = l.response();
    const auto flags = attributes_listed(r);
    const auto there = [&](const char* n) { return static_cast<int>(flags.contains(n)); };
    l.demand(kListFlags, there("\\MARKED") + there("\\UNMARKED") + there("\\NOSELECT") <= 1,
             [&] { return "more than one of \\Marked, \\Unmarked and \\Noselect stands in " + shown(r); });
    const auto name = name_listed(r);
    if (name.empty()) return;
    auto& known = x_names[l.session.user];
    delimiter(l, known, name);
    old_name(l, state);
    const auto* only = l.session.only();
    if (!only) return;
    if (only->name == "LIST") {
      if (there("\\SUBSCRIBED") && known.bare.contains(name) && l.session.rev2)
        l.find(kAutoSubscribed, "the name is subscribed, though the LIST that came as it was made had no \\Subscribed: " + shown(r));
    } else if ((only->name == "CREATE" && argument_of(*only, 0) == name) || (only->name == "RENAME" && argument_of(*only, 1) == name)) {
      l.test(kAutoSubscribed);
      if (!there("\\SUBSCRIBED")) known.bare.insert(name);
    }
  }

  static void delimiter(const Look& l, Known& known, const std::string& name) {
    const auto& d = l.response().values[1];
    if (d.is_nil() || d.text.empty()) return;
    known.delimiter = d.text;
    const auto at = name.find(d.text);
    if (at == std::string::npos) return;
    const auto [it, fresh] = known.tops.emplace(name.substr(0, at), d.text);
    l.demand(kDelimiter, it->second == d.text, [&] {
      return "the delimiter below " + visible(it->first, 60) + " was \"" + it->second + "\" and is \"" + d.text + "\" in " + shown(l.response());
    });
  }

  static void old_name(const Look& l, State& state) {
    const auto& values = l.response().values;
    if (values.size() < 4 || !values[3].is_list()) return;
    for (std::size_t i = 0; i < values[3].items.size(); i += 2) state.old_name = state.old_name || iequals(values[3].items[i].text, "OLDNAME");
  }

  // One STATUS at a time: what was asked for is what comes.
  static void status(const Look& l) {
    const auto* only = l.session.only();
    const auto& r = l.response();
    if (!only || r.values.size() < 2) return;
    if (only->name != "STATUS" || !r.values[1].is_list()) return;
    const auto open = only->args.rfind('(');
    if (open == std::string::npos) return;
    Names asked, came;
    // What stands behind the list was not asked for.
    const auto list = only->args.substr(open + 1, only->args.find(')', open) - open - 1);
    for (const auto& w : words(upper(list))) {
      const auto item = w.ends_with(')') ? w.substr(0, w.size() - 1) : w;
      const auto* known = imap::find_status_item(item);
      // What is not offered need not be known.
      if (known && (known->needs.empty() || l.session.rev2 || l.trace.offers(known->needs))) asked.insert(item);
    }
    for (std::size_t i = 0; i < r.values[1].items.size(); i += 2) came.insert(upper(r.values[1].items[i].text));
    l.demand(kStatusAsked, std::ranges::includes(came, asked), [&] { return "STATUS leaves out an item that was asked for: " + shown(r); });
  }

  void answered(const Look& l, const State& state) {
    const auto& r = l.response();
    const auto* c = l.session.find(r.tag);
    if (!c) return;
    auto& known = x_names[l.session.user];
    const bool ok = r.keyword == "OK";
    const auto name = argument_of(*c, 0);
    if (c->name == "CREATE" && ok) known.made.insert(name);
    if (c->name == "DELETE" && r.keyword == "NO") refused_delete(l, known, name);
    if ((c->name == "DELETE" || c->name == "RENAME") && ok) known.made.erase(name);
    if (!ok || !l.session.rev2) return;
    const auto& facts = imap::facts_of(c->name);
    const bool selects = facts.selects;
    if (!selects && !facts.renames && !facts.appends) return;
    if (is_denormalized(name) || (c->name == "RENAME" && is_denormalized(argument_of(*c, 1))))
      l.demand(selects ? kOldNameAtSelect : kOldName, state.old_name,
               [&] { return c->name + " took a name that is no Net-Unicode, and no LIST with OLDNAME told what it was made into"; });
  }

  // RFC 9051 6.3.5: only a refusal for what is below is meant, so the name must be there, and something below it.
  static void refused_delete(const Look& l, const Known& known, const std::string& name) {
    if (!l.session.rev2 || known.delimiter.empty() || !known.made.contains(name)) return;
    const auto below = known.made.lower_bound(name + known.delimiter);
    if (below == known.made.end() || !below->starts_with(name + known.delimiter)) return;
    l.demand(kHasChildren, l.response().code == "HASCHILDREN",
             [&] { return "DELETE of a name with children was refused without [HASCHILDREN]: " + shown(l.response()); });
  }

  std::map<int, State> x_state;
  std::map<std::string, Known> x_names;  // by user
};

}  // namespace

std::unique_ptr<ImapCheck> imap_list_check() { return std::make_unique<ListCheck>(); }

}  // namespace mailspec::oracle
