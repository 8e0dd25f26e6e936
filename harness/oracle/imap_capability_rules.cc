// CAPABILITY, ENABLED and ID, refused logins, and response codes where they may stand.
#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;

constexpr const char* kRequired = "rfc9051/6.1.1/capability-response";
constexpr const char* kStartTls = "rfc9051/6.2.1/no-starttls-under-tls";
constexpr const char* kEnableSame = "rfc9051/6.3.1/capability-unchanged-by-enable";
constexpr const char* kEnabled = "rfc9051/6.3.1/enabled-response";
constexpr const char* kReadOnly = "rfc9051/6.3.3/examine-read-only";
constexpr const char* kAppendUid = "rfc9051/7.1/appenduid-with-append";
constexpr const char* kCopyUid = "rfc9051/7.1/copyuid-with-copy";
constexpr const char* kCopyUidSets = "rfc9051/7.1/copyuid-same-count";
constexpr const char* kNoSingleRange = "rfc9051/7.1/appenduid-no-set-for-one";
constexpr const char* kTryCreate = "rfc9051/7.1/trycreate-in-no";
constexpr const char* kSticky = "rfc9051/7.1/no-uidnotsticky";
constexpr const char* kTooBig = "rfc7888/5/toobig";
constexpr const char* kBinary = "rfc3516/4.4/append-binary";
constexpr const char* kNotBoth = "rfc7888/5/not-both";
constexpr const char* kImap4First = "rfc9051/9/imap4-first";
constexpr const char* kMechanisms = "rfc9051/6.2.2/mechanisms-listed";
constexpr const char* kDisclosure = "rfc9051/11.7/no-user-disclosure";
constexpr const char* kIdLimits = "rfc2971/3.3/limits";

// A "{5000+}" in a command.
bool non_synchronizing_above(std::string_view args, std::uint64_t most) {
  for (auto at = args.find("+}"); at != std::string_view::npos; at = args.find("+}", at + 2)) {
    auto digits = at;
    std::uint64_t n = 0, place = 1;
    while (digits > 0 && is_digit(args[digits - 1]) && place < 10'000'000'000) {
      n += place * static_cast<std::uint64_t>(args[--digits] - '0');
      place *= 10;
    }
    if (digits < at && digits > 0 && args[digits - 1] == '{' && n > most) return true;
  }
  return false;
}

class Capability : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override {
    return {kRequired,  kStartTls, kEnableSame, kEnabled, kReadOnly,   kAppendUid,  kCopyUid,    kCopyUidSets, kNoSingleRange,
            kTryCreate, kSticky,   kTooBig,     kNotBoth, kImap4First, kMechanisms, kDisclosure, kIdLimits,    kBinary};
  }

  void look(const Look& l) override {
    const int c = l.event.connection;
    auto& state = x_state[c];
    if (l.event.kind == Event::Kind::connect) state = {};
    if (l.event.kind == Event::Kind::tls) {
      state.last.clear();
      state.mechanisms.clear();
    }
    if (l.event.kind == Event::Kind::sent && l.event.imap_command.name == "CAPABILITY") state.answered = false;
    if (l.event.kind == Event::Kind::sent && l.event.imap_command.name == "ENABLE") state.enabled = false;
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword == "CAPABILITY" && r.kind == Response::Kind::untagged) {
      state.answered = true;
      list(l, state, r.values, true);
    }
    if (r.keyword == "ENABLED") state.enabled = true;
    if (r.code == "CAPABILITY") list(l, state, r.code_values, false);
    if (r.keyword == "ID" && r.kind == Response::Kind::untagged) id(l);
    codes(l);
    if (r.kind != Response::Kind::tagged) return;
    const auto* running = l.session.find(r.tag);
    if (!running) return;
    if (running->name == "LOGIN" && r.keyword == "NO") refused_login(l, *running);
    if (running->name == "APPEND") appended(l, state, *running);
    if (r.keyword != "OK") return;
    if (running->name == "AUTHENTICATE" && !state.mechanisms.empty()) {
      const auto mechanism = "AUTH=" + upper(running->args.substr(0, running->args.find_first_of(" \r")));
      l.demand(kMechanisms, state.mechanisms.contains(mechanism), [&] { return "AUTHENTICATE succeeded, but the capabilities did not list " + mechanism; });
    }
    if (running->name == "CAPABILITY") l.demand(kRequired, state.answered, "CAPABILITY was answered with OK and no untagged CAPABILITY response");
    if (running->name == "ENABLE") {
      l.demand(kEnabled, state.enabled, "ENABLE was answered with OK and no untagged ENABLED response");
      state.after_enable = state.last;
    }
    // What is offered may change with the state.
    if (running->name == "LOGIN" || running->name == "AUTHENTICATE" || running->name == "STARTTLS") state.last.clear();
    if (running->name == "EXAMINE") l.demand(kReadOnly, r.code == "READ-ONLY", [&] { return "EXAMINE was answered without [READ-ONLY]: " + shown(r); });
  }

 private:
  struct State {
    std::set<std::string> append_works;  // mailboxes
    bool answered = true, enabled = true;
    std::set<std::string> last;          // of the CAPABILITY command, in this state
    std::set<std::string> mechanisms;    // capabilities before the login, however they were told
    std::set<std::string> after_enable;  // as it was before ENABLE
  };

  void list(const Look& l, State& state, const std::vector<imap::Value>& values, bool by_command) {
    std::set<std::string> names;
    for (const auto& v : values) names.insert(upper(v.text));
    l.demand(kNotBoth, !names.contains("LITERAL+") || !names.contains("LITERAL-"), [&] { return "LITERAL+ and LITERAL- are both offered"; });
    l.demand(kImap4First, !names.contains("IMAP4") || iequals(values[0].text, "IMAP4"), "IMAP4 is offered, but not as the first capability");
    // What comes while a login is under way may be what holds after it.
    const bool logging_in = std::ranges::any_of(l.session.running, [](const auto& c) { return c.name == "LOGIN" || c.name == "AUTHENTICATE"; });
    if (!l.session.authenticated && !logging_in) state.mechanisms = names;
    if (l.session.tls) l.demand(kStartTls, !names.contains("STARTTLS"), "STARTTLS is offered although TLS is active");
    if (!by_command) return;
    if (!state.after_enable.empty()) {
      l.demand(kEnableSame, names == state.after_enable, "CAPABILITY lists something else after ENABLE than before it");
      state.after_enable.clear();
    }
    state.last = std::move(names);
  }

  // RFC 2971 3.3.
  static void id(const Look& l) {
    const auto& r = l.response();
    l.test(kIdLimits);
    if (r.values.empty() || !r.values[0].is_list()) return;
    const auto& items = r.values[0].items;
    if (items.size() > 60) l.find(kIdLimits, "ID has " + std::to_string(items.size() / 2) + " pairs, at most 30 are allowed");
    std::set<std::string> fields;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (items[i].octets() > 30) l.find(kIdLimits, "a field of ID has more than 30 octets: " + visible(items[i].text, 60));
      if (items[i + 1].octets() > 1024) l.find(kIdLimits, "the value of " + visible(items[i].text, 40) + " in ID has more than 1024 octets");
      if (!fields.insert(upper(items[i].text)).second) l.find(kIdLimits, "ID has the field " + visible(items[i].text, 40) + " twice");
    }
  }

  // RFC 9051 11.7. Text for people is free, so only what says it in so many words counts, and the response code.
  void refused_login(const Look& l, const ImapSession::Running& c) {
    static const std::set<std::string> kOtherReasons{"UNAVAILABLE", "INUSE", "LIMIT", "PRIVACYREQUIRED", "CONTACTADMIN", "SERVERBUG", "ALERT", "EXPIRED"};
    const auto& r = l.response();
    if (kOtherReasons.contains(r.code)) return;
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

  // RFC 3516 4.4. A refusal may have other reasons, too: only one without a code, where other messages were taken, is meant.
  static void appended(const Look& l, State& state, const ImapSession::Running& c) {
    const auto args = imap::arguments(c.args);
    if (args.empty()) return;
    const bool binary = c.args.find("~{") != std::string::npos;
    if (l.response().keyword == "OK" && !binary) state.append_works.insert(args[0]);
    if (l.response().keyword == "NO" && binary && state.append_works.contains(args[0]) && l.trace.offers("BINARY"))
      l.demand(kBinary, !l.response().code.empty(), "APPEND of a literal8 was refused without [UNKNOWN-CTE], though other messages are taken");
  }

  // Is a command under way that fails where a mailbox is missing?
  static bool may_lack_mailbox(const ImapSession& s) {
    return std::ranges::any_of(s.running, [](const auto& c) { return c.name == "APPEND" || c.name.ends_with("COPY") || c.name.ends_with("MOVE"); });
  }

  static void codes(const Look& l) {
    const auto& r = l.response();
    const auto* running = r.kind == Response::Kind::tagged ? l.session.find(r.tag) : nullptr;
    const auto name = running ? running->name : std::string();
    const bool small_only = l.trace.offers("LITERAL-") || (l.session.rev2 && !l.trace.offers("LITERAL+"));
    if (name == "APPEND" && r.keyword == "BAD" && small_only && non_synchronizing_above(running->args, 4096))
      l.demand(kTooBig, r.code == "TOOBIG", "APPEND with a literal that LITERAL- does not allow was answered with BAD, and without [TOOBIG]");
    if (r.code.empty()) return;
    const bool copies = name == "COPY" || name == "UID COPY" || name == "MOVE" || name == "UID MOVE";
    if (r.code == "APPENDUID") {
      l.demand(kAppendUid, !running || (r.keyword == "OK" && (name == "APPEND" || name == "REPLACE" || name == "UID REPLACE")),
               [&] { return "[APPENDUID] stands in the answer to " + name + ": " + shown(r); });
      if (r.code_values.size() >= 2) {
        const auto& set = r.code_values[1].text;
        const auto colon = set.find(':');
        l.demand(kNoSingleRange, colon == std::string::npos || set.find(',') != std::string::npos || set.substr(0, colon) != set.substr(colon + 1),
                 [&] { return "a range of one UID: " + shown(r); });
      }
    }
    if (r.code == "COPYUID") {
      const bool moving = std::ranges::any_of(l.session.running, [](const auto& c) { return c.name.ends_with("MOVE") || c.name.ends_with("COPY"); });
      l.demand(kCopyUid, r.keyword == "OK" && (running ? copies : moving), [&] { return "[COPYUID] stands where nothing was copied: " + shown(r); });
      imap::NumberSet from, to;
      if (r.code_values.size() >= 3 && imap::parse_set(r.code_values[1].text, 0, from) && imap::parse_set(r.code_values[2].text, 0, to))
        l.demand(kCopyUidSets, imap::size_of(from) == imap::size_of(to), [&] { return "the UID sets of [COPYUID] are not of one size: " + shown(r); });
    }
    if (r.code == "UIDVALIDITY") l.test(kSticky);
    if (r.code == "UIDNOTSTICKY") l.find(kSticky, "the mailbox's UIDs do not last: " + shown(r));
    if (r.code == "TRYCREATE")
      l.demand(kTryCreate, r.kind == Response::Kind::tagged ? r.keyword == "NO" && (name == "APPEND" || copies) : may_lack_mailbox(l.session),
               [&] { return "[TRYCREATE] stands in the answer to " + (name.empty() ? "nothing" : name) + ": " + shown(r); });
  }

  std::map<int, State> x_state;
  std::map<std::string, std::string> x_refused;  // by user: the response code
};

}  // namespace

std::unique_ptr<ImapCheck> imap_capability_check() { return std::make_unique<Capability>(); }

}  // namespace mailspec::oracle
