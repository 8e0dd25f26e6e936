// CAPABILITY, refused logins, and response codes where they may stand.
#include <algorithm>
#include <map>
#include <set>

#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;

constexpr const char* kRequired = "rfc9051/6.1.1/capability-response";
constexpr const char* kStartTls = "rfc9051/6.2.1/no-starttls-under-tls";
constexpr const char* kReadOnly = "rfc9051/6.3.3/examine-read-only";
constexpr const char* kTryCreate = "rfc9051/7.1/trycreate-in-no";
constexpr const char* kImap4First = "rfc9051/9/imap4-first";
constexpr const char* kMechanisms = "rfc9051/6.2.2/mechanisms-listed";
constexpr const char* kDisclosure = "rfc9051/11.7/no-user-disclosure";

class Capability : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kRequired, kStartTls, kReadOnly, kTryCreate, kImap4First, kMechanisms, kDisclosure}; }

  void look(const Look& l) override {
    const int c = l.event.connection;
    auto& state = x_state[c];
    if (l.event.kind == Event::Kind::connect) state = {};
    if (l.event.kind == Event::Kind::tls) state.mechanisms.clear();
    if (l.event.kind == Event::Kind::sent && l.event.imap_command.name == "CAPABILITY") state.answered = false;
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword == "CAPABILITY" && r.kind == Response::Kind::untagged) {
      state.answered = true;
      list(l, state, r.values);
    }
    if (r.code == "CAPABILITY") list(l, state, r.code_values);
    if (r.code == "TRYCREATE") try_create(l);
    if (r.kind != Response::Kind::tagged) return;
    const auto* running = l.session.find(r.tag);
    if (!running) return;
    if (running->name == "LOGIN" && r.keyword == "NO") refused_login(l, *running);
    if (r.keyword != "OK") return;
    if (running->name == "AUTHENTICATE" && !state.mechanisms.empty()) {
      const auto mechanism = "AUTH=" + upper(running->args.substr(0, running->args.find_first_of(" \r")));
      l.demand(kMechanisms, state.mechanisms.contains(mechanism), [&] { return "AUTHENTICATE succeeded, but the capabilities did not list " + mechanism; });
    }
    if (running->name == "CAPABILITY") l.demand(kRequired, state.answered, "CAPABILITY was answered with OK and no untagged CAPABILITY response");
    if (running->name == "EXAMINE") l.demand(kReadOnly, r.code == "READ-ONLY", [&] { return "EXAMINE was answered without [READ-ONLY]: " + shown(r); });
  }

 private:
  struct State {
    bool answered = true;
    std::set<std::string> mechanisms;  // capabilities before the login, however they were told
  };

  static void list(const Look& l, State& state, const std::vector<imap::Value>& values) {
    const auto names = words_of(values);
    l.demand(kImap4First, !names.contains("IMAP4") || iequals(values[0].text, "IMAP4"), "IMAP4 is offered, but not as the first capability");
    // What comes while a login is under way may be what holds after it.
    const bool logging_in = std::ranges::any_of(l.session.running, [](const auto& c) { return imap::facts_of(c.name).logs_in; });
    if (!l.session.authenticated && !logging_in) state.mechanisms = names;
    if (l.session.tls) l.demand(kStartTls, !names.contains("STARTTLS"), "STARTTLS is offered although TLS is active");
  }

  // RFC 9051 11.7. Text for people is free, so only what says it in so many words counts, and the response code.
  void refused_login(const Look& l, const ImapSession::Running& c) {
    const auto& r = l.response();
    if (const auto* code = imap::find_code(r.code); code && code->of_nobody) return;
    const auto args = imap::arguments(c.args);
    const auto user = args.empty() ? std::string() : imap::unquoted(args[0]);
    x_refused.emplace(user, r.code);
    l.test(kDisclosure);
    for (const auto& [other, code] : x_refused) {
      if (other != user && code != r.code)
        return l.find(kDisclosure, "the login of one user was refused with [" + code + "], that of another with [" + r.code + "]");
    }
    const auto text = upper(r.text);
    for (const auto* phrase : {"UNKNOWN USER", "NO SUCH USER", "USER UNKNOWN", "USER NOT FOUND", "USER DOES NOT EXIST"}) {
      if (text.find(phrase) != std::string::npos) l.find(kDisclosure, "the refusal tells that there is no such user: " + shown(r));
    }
  }

  // Only a command that fails where a mailbox is missing has it.
  static void try_create(const Look& l) {
    const auto& r = l.response();
    const auto lacks_mailbox = [](const auto& c) { return imap::facts_of(c.name).appends || imap::facts_of(c.name).copies; };
    const auto* running = r.kind == Response::Kind::tagged ? l.session.find(r.tag) : nullptr;
    l.demand(kTryCreate,
             r.kind == Response::Kind::tagged ? r.keyword == "NO" && running && lacks_mailbox(*running) : std::ranges::any_of(l.session.running, lacks_mailbox),
             [&] { return "[TRYCREATE] stands in the answer to " + (running ? running->name : "nothing") + ": " + shown(r); });
  }

  std::map<int, State> x_state;
  std::map<std::string, std::string> x_refused;  // by user: the response code
};

}  // namespace

std::unique_ptr<ImapCheck> imap_capability_check() { return std::make_unique<Capability>(); }

}  // namespace mailspec::oracle
