// CAPABILITY and ENABLED, and response codes where they may stand.
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
constexpr const char* kListFlags = "rfc9051/7.3.1/one-of-marked-unmarked-noselect";
constexpr const char* kChildren = "rfc9051/7.3.1/children-or-none";
constexpr const char* kStatusAsked = "rfc9051/6.3.11/status-asked-items";

class Capability : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override {
    return {kRequired,    kStartTls,      kEnableSame, kEnabled, kReadOnly,  kAppendUid, kCopyUid,
            kCopyUidSets, kNoSingleRange, kTryCreate,  kSticky,  kListFlags, kChildren,  kStatusAsked};
  }

  void look(const Look& l) override {
    const int c = l.event.connection;
    auto& state = x_state[c];
    if (l.event.kind == Event::Kind::connect) state = {};
    if (l.event.kind == Event::Kind::tls) state.last.clear();
    if (l.event.kind == Event::Kind::sent && l.event.asked.name == "CAPABILITY") state.answered = false;
    if (l.event.kind == Event::Kind::sent && l.event.asked.name == "ENABLE") state.enabled = false;
    if (l.event.kind != Event::Kind::received) return;
    const auto& r = l.said();
    if (r.keyword == "CAPABILITY" && r.kind == Response::Kind::untagged) {
      state.answered = true;
      list(l, state, r.values, true);
    }
    if (r.keyword == "ENABLED") state.enabled = true;
    if (r.code == "CAPABILITY") list(l, state, r.code_values, false);
    if (r.keyword == "LIST") attributes(l);
    if (r.keyword == "STATUS") status(l);
    codes(l);
    if (r.kind != Response::Kind::tagged) return;
    const auto* running = l.session.find(r.tag);
    if (!running || r.keyword != "OK") return;
    if (running->name == "CAPABILITY") l.demand(kRequired, state.answered, "CAPABILITY was answered with OK and no untagged CAPABILITY response");
    if (running->name == "ENABLE") {
      l.demand(kEnabled, state.enabled, "ENABLE was answered with OK and no untagged ENABLED response");
      state.after_enable = state.last;
    }
    // What is offered may change with the state.
    if (running->name == "LOGIN" || running->name == "AUTHENTICATE" || running->name == "STARTTLS") state.last.clear();
    if (running->name == "EXAMINE") l.demand(kReadOnly, r.code == "READ-ONLY", "EXAMINE was answered without [READ-ONLY]: " + shown(r));
  }

 private:
  struct State {
    bool answered = true, enabled = true;
    std::set<std::string> last;          // of the CAPABILITY command, in this state
    std::set<std::string> after_enable;  // as it was before ENABLE
  };

  void list(const Look& l, State& state, const std::vector<imap::Value>& values, bool by_command) {
    std::set<std::string> names;
    for (const auto& v : values) names.insert(upper(v.text));
    if (l.session.tls) l.demand(kStartTls, !names.contains("STARTTLS"), "STARTTLS is offered although TLS is active");
    if (!by_command) return;
    if (!state.after_enable.empty()) {
      l.demand(kEnableSame, names == state.after_enable, "CAPABILITY lists something else after ENABLE than before it");
      state.after_enable.clear();
    }
    state.last = std::move(names);
  }

  static void attributes(const Look& l) {
    const auto& r = l.said();
    if (r.values.empty() || !r.values[0].is_list()) return;
    std::set<std::string> names;
    for (const auto& v : r.values[0].items) names.insert(upper(v.text));
    const auto there = [&](const char* n) { return static_cast<int>(names.contains(n)); };
    l.demand(kListFlags, there("\\MARKED") + there("\\UNMARKED") + there("\\NOSELECT") <= 1,
             "more than one of \\Marked, \\Unmarked and \\Noselect stands in " + shown(r));
    l.demand(kChildren, there("\\HASCHILDREN") + there("\\HASNOCHILDREN") <= 1, "\\HasChildren and \\HasNoChildren stand in " + shown(r));
  }

  // One STATUS at a time: what was asked for is what comes.
  static void status(const Look& l) {
    const auto* only = l.session.only();
    const auto& r = l.said();
    if (!only || only->name != "STATUS" || r.values.size() < 2 || !r.values[1].is_list()) return;
    const auto open = only->args.rfind('(');
    if (open == std::string::npos) return;
    std::set<std::string> asked, came;
    static const std::set<std::string> kItems{"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED", "SIZE"};
    for (const auto& w : words(upper(std::string_view(only->args).substr(open + 1)))) {
      const auto item = w.ends_with(')') ? w.substr(0, w.size() - 1) : w;
      if (kItems.contains(item)) asked.insert(item);
    }
    for (std::size_t i = 0; i < r.values[1].items.size(); i += 2) came.insert(upper(r.values[1].items[i].text));
    l.demand(kStatusAsked, std::ranges::includes(came, asked), "STATUS leaves out an item that was asked for: " + shown(r));
  }

  static void codes(const Look& l) {
    const auto& r = l.said();
    if (r.code.empty()) return;
    const auto* running = r.kind == Response::Kind::tagged ? l.session.find(r.tag) : nullptr;
    const auto name = running ? running->name : std::string();
    const bool copies = name == "COPY" || name == "UID COPY" || name == "MOVE" || name == "UID MOVE";
    if (r.code == "APPENDUID") {
      l.demand(kAppendUid, !running || (r.keyword == "OK" && (name == "APPEND" || name == "REPLACE" || name == "UID REPLACE")),
               "[APPENDUID] stands in the answer to " + name + ": " + shown(r));
      if (r.code_values.size() >= 2) {
        const auto& set = r.code_values[1].text;
        const auto colon = set.find(':');
        l.demand(kNoSingleRange, colon == std::string::npos || set.find(',') != std::string::npos || set.substr(0, colon) != set.substr(colon + 1),
                 "a range of one UID: " + shown(r));
      }
    }
    if (r.code == "COPYUID") {
      const bool moving = std::ranges::any_of(l.session.running, [](const auto& c) { return c.name.ends_with("MOVE") || c.name.ends_with("COPY"); });
      l.demand(kCopyUid, r.keyword == "OK" && (running ? copies : moving), "[COPYUID] stands where nothing was copied: " + shown(r));
      imap::NumberSet from, to;
      if (r.code_values.size() >= 3 && imap::parse_set(r.code_values[1].text, 0, from) && imap::parse_set(r.code_values[2].text, 0, to))
        l.demand(kCopyUidSets, imap::size_of(from) == imap::size_of(to), "the UID sets of [COPYUID] are not of one size: " + shown(r));
    }
    if (r.code == "UIDVALIDITY") l.test(kSticky);
    if (r.code == "UIDNOTSTICKY") l.find(kSticky, "the mailbox's UIDs do not last: " + shown(r));
    if (r.code == "TRYCREATE")
      l.demand(kTryCreate, r.keyword == "NO" && (name == "APPEND" || copies),
               "[TRYCREATE] stands in the answer to " + (name.empty() ? "nothing" : name) + ": " + shown(r));
  }

  std::map<int, State> x_state;
};

}  // namespace

std::unique_ptr<ImapCheck> imap_capability_check() { return std::make_unique<Capability>(); }

}  // namespace mailspec::oracle
