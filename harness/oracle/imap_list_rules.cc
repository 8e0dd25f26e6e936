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
constexpr const char* kChildren = "rfc9051/7.3.1/children-or-none";
constexpr const char* kNoInferiors = "rfc3348/3/noinferiors-alone";
constexpr const char* kDelimiter = "rfc9051/7.3.1/one-delimiter";
constexpr const char* kOneResponse = "rfc5258/3/one-response";
constexpr const char* kExtended = "rfc5258/3/extended-items-asked";
constexpr const char* kChildInfo = "rfc9051/6.3.9.6/childinfo-asked";
constexpr const char* kStatusNoSelect = "rfc9051/6.3.9.2/status-noselect";
constexpr const char* kStatusAsked = "rfc9051/6.3.11/status-asked-items";
constexpr const char* kAutoSubscribed = "rfc9051/6.3.4/autosubscribed";
constexpr const char* kHasChildren = "rfc9051/6.3.5/delete-haschildren";
constexpr const char* kNamespace = "rfc9051/6.3.10/namespace";
constexpr const char* kOldNameAtSelect = "rfc9051/6.3.2/oldname";
constexpr const char* kOldName = "rfc9051/6.3.9.7/oldname";

Names attributes_of(const Response& r) {
  Names out;
  if (!r.values.empty() && r.values[0].is_list()) {
    for (const auto& v : r.values[0].items) out.insert(upper(v.text));
  }
  return out;
}

std::string name_of(const Response& r) {
  if (r.values.size() < 3) return {};
  return iequals(r.values[2].text, "INBOX") ? "INBOX" : r.values[2].text;
}

// RFC 5258 1: selection options, several patterns, or return options.
bool is_extended(std::string_view args) { return args.starts_with("(") || args.find(" (") != std::string_view::npos; }
bool has_several_patterns(std::string_view args) {
  const auto words = imap::arguments(args);
  const std::size_t at = !words.empty() && words[0].starts_with('(') ? 2 : 1;
  return words.size() > at && words[at].starts_with('(');
}

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
    return {kListFlags,      kChildren,    kNoInferiors,    kDelimiter,   kOneResponse,     kExtended, kChildInfo,
            kStatusNoSelect, kStatusAsked, kAutoSubscribed, kHasChildren, kOldNameAtSelect, kOldName,  kNamespace};
  }

  void look(const Look& l) override {
    auto& state = x_state[l.event.connection];
    if (l.event.kind == Event::Kind::connect) state = {};
    if (l.event.kind == Event::Kind::prepared) x_names.clear();
    if (l.event.kind == Event::Kind::sent) sent(l, state);
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword == "NAMESPACE") x_names[l.session.user].prefixes = prefixes_of(r);
    if (r.keyword == "LIST" && r.kind == Response::Kind::untagged) listed(l, state);
    if (r.keyword == "LSUB" && !name_of(r).empty()) delimiter(l, x_names[l.session.user], name_of(r));
    if (r.keyword == "STATUS" && r.kind == Response::Kind::untagged) status(l, state);
    if (r.kind == Response::Kind::tagged) answered(l, state);
  }

 private:
  struct State {
    Names listed, not_selectable;  // by the LIST under way
    bool extended = false;         // the client has shown that it knows extended LIST
    bool old_name = false;         // came during the command under way
  };
  struct Known {
    Names made;                                                 // with CREATE, and still there as far as is known
    Names bare;                                                 // listed without \Subscribed as they were made
    std::string delimiter;                                      // as LIST said it last
    std::map<std::string, std::string> tops;                    // top-level name to delimiter
    std::vector<std::pair<std::string, std::string>> prefixes;  // of all namespaces, with their delimiters, "" for NIL
  };

  static std::string argument(const ImapSession::Running& c, std::size_t i) {
    const auto args = imap::arguments(c.args);
    return i < args.size() ? imap::unquoted(args[i]) : std::string();
  }

  void sent(const Look& l, State& state) {
    const auto& asked = l.event.imap_command;
    state.old_name = false;
    if (asked.name == "LIST") {
      state.listed.clear();
      state.not_selectable.clear();
      state.extended = state.extended || is_extended(asked.args);
    }
    if (asked.name == "SUBSCRIBE") {
      const auto args = imap::arguments(asked.args);
      if (!args.empty()) x_names[l.event.user].bare.erase(imap::unquoted(args[0]));
    }
  }

  void listed(const Look& l, State& state) {
    const auto& r = l.response();
    const auto flags = attributes_of(r);
    const auto there = [&](const char* n) { return static_cast<int>(flags.contains(n)); };
    l.demand(kListFlags, there("\\MARKED") + there("\\UNMARKED") + there("\\NOSELECT") <= 1,
             [&] { return "more than one of \\Marked, \\Unmarked and \\Noselect stands in " + shown(r); });
    l.demand(kChildren, there("\\HASCHILDREN") + there("\\HASNOCHILDREN") <= 1, [&] { return "\\HasChildren and \\HasNoChildren stand in " + shown(r); });
    if (!l.session.rev2 && there("\\NOINFERIORS"))
      l.demand(kNoInferiors, !there("\\HASNOCHILDREN"), [&] { return "\\HasNoChildren says nothing more in " + shown(r); });
    if (!l.session.rev2) l.test(kNoInferiors);
    const auto name = name_of(r);
    if (name.empty()) return;
    auto& known = x_names[l.session.user];
    delimiter(l, known, name);
    extended_items(l, state);
    const auto* only = l.session.only();
    if (!only) return;
    if (only->name == "LIST") {
      if (has_several_patterns(only->args)) l.demand(kOneResponse, !state.listed.contains(name), [&] { return "a name is listed twice: " + shown(r); });
      state.listed.insert(name);
      if (there("\\NOSELECT") || there("\\NONEXISTENT")) {
        state.not_selectable.insert(name);
        if (upper(only->args).find("STATUS") != std::string::npos) l.test(kStatusNoSelect);
      }
      if (there("\\SUBSCRIBED") && known.bare.contains(name) && l.session.rev2)
        l.find(kAutoSubscribed, "the name is subscribed, though the LIST that came as it was made had no \\Subscribed: " + shown(r));
    } else if ((only->name == "CREATE" && argument(*only, 0) == name) || (only->name == "RENAME" && argument(*only, 1) == name)) {
      l.test(kAutoSubscribed);
      if (!there("\\SUBSCRIBED")) known.bare.insert(name);
    }
  }

  static std::vector<std::pair<std::string, std::string>> prefixes_of(const Response& r) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& space : r.values) {
      for (const auto& one : space.items) {
        if (one.is_list() && one.items.size() > 1) out.emplace_back(one.items[0].text, one.items[1].is_nil() ? "" : one.items[1].text);
      }
    }
    return out;
  }

  // RFC 2342 5: a namespace's names have its delimiter. Of a name in which it does not stand nothing is known.
  static void delimiter_of_namespace(const Look& l, const Known& known, const std::string& name) {
    const std::pair<std::string, std::string>* longest = nullptr;
    for (const auto& p : known.prefixes) {
      if (name.starts_with(p.first) && (!longest || p.first.size() > longest->first.size())) longest = &p;
    }
    if (!longest || longest->second.empty() || name.find(longest->second, longest->first.size()) == std::string::npos) return;
    const auto& d = l.response().values[1];
    l.demand(kNamespace, !d.is_nil() && d.text == longest->second,
             [&] { return "NAMESPACE tells the delimiter \"" + longest->second + "\" for this name, and LIST another: " + shown(l.response()); });
  }

  static void delimiter(const Look& l, Known& known, const std::string& name) {
    delimiter_of_namespace(l, known, name);
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

  void extended_items(const Look& l, State& state) {
    const auto& r = l.response();
    const bool has_items = r.values.size() > 3;
    if (!l.session.rev2)
      l.demand(kExtended, !has_items || state.extended, [&] { return "extended data for a client that has not asked for any: " + shown(r); });
    if (!has_items || !r.values[3].is_list()) {
      l.test(kChildInfo);
      return;
    }
    const auto& items = r.values[3].items;
    for (std::size_t i = 0; i < items.size(); i += 2) {
      if (iequals(items[i].text, "OLDNAME")) state.old_name = true;
      if (!iequals(items[i].text, "CHILDINFO")) continue;
      const bool asked =
          std::ranges::any_of(l.session.running, [](const auto& c) { return c.name == "LIST" && upper(c.args).find("RECURSIVEMATCH") != std::string::npos; });
      l.demand(kChildInfo, asked, [&] { return "CHILDINFO, though RECURSIVEMATCH was not asked for: " + shown(r); });
    }
  }

  // One STATUS at a time: what was asked for is what comes.
  static void status(const Look& l, const State& state) {
    const auto* only = l.session.only();
    const auto& r = l.response();
    if (!only || r.values.size() < 2) return;
    if (only->name == "LIST") {
      l.demand(kStatusNoSelect, !state.not_selectable.contains(r.values[0].text),
               [&] { return "STATUS of a name that LIST said cannot be selected: " + shown(r); });
      return;
    }
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
    const auto name = argument(*c, 0);
    if (c->name == "CREATE" && ok) known.made.insert(name);
    if (c->name == "DELETE" && r.keyword == "NO") refused_delete(l, known, name);
    if ((c->name == "DELETE" || c->name == "RENAME") && ok) known.made.erase(name);
    if (!ok || !l.session.rev2) return;
    static const Names kNaming{"CREATE", "DELETE", "RENAME", "APPEND"};
    const bool selects = c->name == "SELECT" || c->name == "EXAMINE";
    if (!selects && !kNaming.contains(c->name)) return;
    if (is_denormalized(name) || (c->name == "RENAME" && is_denormalized(argument(*c, 1))))
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
