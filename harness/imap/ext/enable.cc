// ENABLE (RFC 5161).
#include <map>
#include <set>

#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

// enable-data = "ENABLED" *(SP capability)
bool enabled_data(grammar::Cursor& c) {
  while (c.peek() == ' ') {
    c.skip(1);
    if (!grammar::atom(c)) return c.fail("capability");
  }
  return true;
}

constexpr const char* kSame = "rfc9051/6.3.1/capability-unchanged-by-enable";
constexpr const char* kEnabled = "rfc9051/6.3.1/enabled-response";

// ENABLE is answered with ENABLED, and CAPABILITY lists the same after it as before.
class Enabling : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kSame, kEnabled}; }

  void look(const oracle::Look& l) override {
    auto& state = x_state[l.event.connection];
    if (l.event.kind == oracle::Event::Kind::connect) state = {};
    if (l.event.kind == oracle::Event::Kind::tls) state.listed.clear();
    if (l.event.kind == oracle::Event::Kind::sent && l.event.imap_command.name == "ENABLE") state.enabled = false;
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword == "CAPABILITY" && r.kind == Response::Kind::untagged) list(l, state);
    if (r.keyword == "ENABLED") state.enabled = true;
    const auto* running = r.kind == Response::Kind::tagged && r.keyword == "OK" ? l.session.find(r.tag) : nullptr;
    if (!running) return;
    if (running->name == "ENABLE") {
      l.demand(kEnabled, state.enabled, "ENABLE was answered with OK and no untagged ENABLED response");
      state.before = state.listed;
    }
    // What is offered may change with the state.
    if (facts_of(running->name).logs_in || running->name == "STARTTLS") state.listed.clear();
  }

 private:
  struct State {
    bool enabled = true;
    std::set<std::string> listed;  // by the CAPABILITY command, in this state
    std::set<std::string> before;  // the same, as it was before ENABLE
  };

  static void list(const oracle::Look& l, State& state) {
    state.listed = oracle::words_of(l.response().values);
    if (state.before.empty()) return;
    l.demand(kSame, state.listed == state.before, "CAPABILITY lists something else after ENABLE than before it");
    state.before.clear();
  }

  std::map<int, State> x_state;
};

}  // namespace

Extension enable() {
  return {.name = "ENABLE",
          .document = "rfc5161",
          .capabilities = {{.name = "ENABLE", .in_rev2 = true}},
          .commands = {{.name = "ENABLE", .reads_only = true, .changes_session = true, .outside = true}},
          .untagged = {{"ENABLED", "rfc9051/7.2.1/enabled-grammar", enabled_data, Shape::words, Gift::values}},
          .rules = {oracle::make_check<Enabling>}};
}

}  // namespace mailspec::imap::ext
