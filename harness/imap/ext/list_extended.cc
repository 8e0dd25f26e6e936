// LIST-EXTENDED (RFC 5258).
#include <algorithm>
#include <map>
#include <set>

#include "harness/imap/command.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

constexpr const char* kOneResponse = "rfc5258/3/one-response";
constexpr const char* kExtended = "rfc5258/3/extended-items-asked";
constexpr const char* kChildInfo = "rfc9051/6.3.9.6/childinfo-asked";

// RFC 5258 1: selection options, several patterns, or return options.
bool is_extended(std::string_view args) { return args.starts_with("(") || args.find(" (") != std::string_view::npos; }

bool has_several_patterns(std::string_view args) {
  const auto words = arguments(args);
  const std::size_t at = !words.empty() && words[0].starts_with('(') ? 2 : 1;
  return words.size() > at && words[at].starts_with('(');
}

// One response to a name, and extended data only for a client that has asked for it.
class Extended : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kOneResponse, kExtended, kChildInfo}; }

  void look(const oracle::Look& l) override {
    auto& state = x_state[l.event.connection];
    if (l.event.kind == oracle::Event::Kind::connect) state = {};
    const auto& sent = l.event.imap_command;
    if (l.event.kind == oracle::Event::Kind::sent && sent.name == "LIST") {
      state.listed.clear();
      state.extended = state.extended || is_extended(sent.args);
    }
    if (l.event.kind != oracle::Event::Kind::received || !oracle::is_list_response(l.response())) return;
    const auto name = oracle::name_listed(l.response());
    if (name.empty()) return;
    items(l, state);
    const auto* only = l.session.only();
    if (!only || only->name != "LIST") return;
    if (has_several_patterns(only->args))
      l.demand(kOneResponse, !state.listed.contains(name), [&] { return "a name is listed twice: " + oracle::shown(l.response()); });
    state.listed.insert(name);
  }

 private:
  struct State {
    std::set<std::string> listed;  // by the LIST under way
    bool extended = false;         // the client has shown that it knows extended LIST
  };

  static void items(const oracle::Look& l, const State& state) {
    const auto& r = l.response();
    const bool has_items = r.values.size() > 3;
    if (!l.session.rev2)
      l.demand(kExtended, !has_items || state.extended, [&] { return "extended data for a client that has not asked for any: " + oracle::shown(r); });
    if (!has_items || !r.values[3].is_list()) return l.test(kChildInfo);
    const auto& values = r.values[3].items;
    for (std::size_t i = 0; i < values.size(); i += 2) {
      const auto* item = find_list_item(values[i].text);
      if (!item || item->asked_by.empty()) continue;
      const bool asked =
          std::ranges::any_of(l.session.running, [&](const auto& c) { return c.name == "LIST" && upper(c.args).find(item->asked_by) != std::string::npos; });
      l.demand(item->requirement, asked,
               [&] { return std::string(item->name) + ", though " + std::string(item->asked_by) + " was not asked for: " + oracle::shown(r); });
    }
  }

  std::map<int, State> x_state;
};

}  // namespace

Extension list_extended() {
  return {.name = "LIST-EXTENDED",
          .document = "rfc5258",
          .capabilities = {{.name = "LIST-EXTENDED", .in_rev2 = true}},
          .list_items = {{"CHILDINFO", "RECURSIVEMATCH", kChildInfo}},
          .rules = {oracle::make_check<Extended>}};
}

}  // namespace mailspec::imap::ext
