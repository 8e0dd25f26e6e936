// What a session is told of its mailbox: how many messages, which numbers, which UIDs, and when it may be told of expunged ones.
#include <algorithm>
#include <map>
#include <set>

#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;

constexpr const char* kRecent = "rfc3501/7.3.2/recent-not-above-exists";
constexpr const char* kExists = "rfc9051/7.4.1/exists-not-less";
constexpr const char* kExpungeNumber = "rfc9051/7.5.1/expunge-number";
constexpr const char* kWindow = "rfc9051/7.5.1/expunge-window";
constexpr const char* kFetchKnown = "rfc9051/7.4.1/fetch-of-announced";
constexpr const char* kUidStable = "rfc9051/2.3.1.1/uid-stable";
constexpr const char* kUidAscending = "rfc9051/2.3.1.1/uid-ascending";
constexpr const char* kUidReused = "rfc9051/2.3.1.1/uid-not-reused";
constexpr const char* kUidNext = "rfc9051/2.3.1.1/uidnext-ahead";
constexpr const char* kValidity = "rfc9051/2.3.1.1/uidvalidity-stable";
constexpr const char* kUidInUid = "rfc9051/6.4.9/uid-in-uid-responses";
constexpr const char* kUnsolicited = "rfc9051/7.5.2/unsolicited-fetch-has-uid";

bool plain_numbers(const std::string& name) {
  const auto* word = imap::find_command_word(name);
  return word && word->counts;
}

class MailboxCheck : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override {
    return {kExists, kExpungeNumber, kWindow, kFetchKnown, kUidStable, kUidAscending, kUidReused, kUidNext, kValidity, kUidInUid, kUnsolicited, kRecent};
  }

  void look(const Look& l) override {
    if (l.event.kind == Event::Kind::sent && imap::facts_of(l.event.imap_command.name).renames) ++x_remade;
    if (l.event.kind == Event::Kind::prepared) x_gone.clear();
    if (l.event.kind == Event::Kind::connect) x_validity[l.event.connection].clear();
    removals(l);
    if (l.event.kind != Event::Kind::received) return;
    if (l.response().kind == Response::Kind::tagged) recent(l);
    if (!l.session.unsure) validities(l);
    if (l.response().kind != Response::Kind::untagged) return;
    const auto& r = l.response();
    auto& s = l.session;
    if (s.unsure) return;
    const auto* d = s.data();
    if (!d || !r.number) return;
    if (r.keyword == "EXISTS") exists(l, *d);
    if (r.keyword == "EXPUNGE") expunge(l, *d);
    if (r.keyword == "FETCH") fetch(l, *d);
  }

 private:
  std::string key(const Look& l, const Selection& d) const { return l.session.user + "\n" + d.mailbox + "\n" + std::to_string(d.uid_validity); }

  // Once SELECT is done, both counts are known.
  static void recent(const Look& l) {
    const auto* c = l.session.find(l.response().tag);
    if (!c || !imap::facts_of(c->name).selects || l.response().keyword != "OK" || l.session.rev2) return;
    const auto& d = l.session.next ? *l.session.next : l.session.selection;
    if (!d.counted) return;
    l.demand(kRecent, d.recent <= d.exists, [&] { return "RECENT is " + std::to_string(d.recent) + ", but EXISTS " + std::to_string(d.exists); });
  }

  static std::string box(const Look& l, const Selection& d) { return l.session.user + "\n" + (iequals(d.mailbox, "INBOX") ? "INBOX" : d.mailbox); }

  // What takes messages away, and who was told of it.
  void removals(const Look& l) {
    const auto& e = l.event;
    const auto n = e.connection;
    if (e.kind == Event::Kind::prepared) x_removing.clear(), x_told.clear(), x_vague = 0;
    if (l.trace.others) return;
    const bool sent = e.kind == Event::Kind::sent && e.imap_command.is_command();
    const auto removes = sent ? imap::facts_of(e.imap_command.name).removes : imap::Removal::none;
    if (removes == imap::Removal::told) x_removing[n].insert(e.imap_command.tag);
    // RENAME of INBOX moves its messages away (RFC 9051 6.3.6), and nobody is told how many.
    if (removes == imap::Removal::untold || (sent && e.imap_command.name == "RENAME")) x_vague = l.index;
    const bool ended = e.kind == Event::Kind::connect || e.kind == Event::Kind::closed || e.kind == Event::Kind::dropped;
    if (ended && !x_removing[n].empty()) x_vague = l.index, x_removing[n].clear();
    if (e.kind != Event::Kind::received || !e.imap) return;
    if (l.response().kind == Response::Kind::tagged) x_removing[n].erase(l.response().tag);
    if (l.response().keyword == "VANISHED") x_vague = l.index;
    const auto* d = l.response().keyword == "EXPUNGE" ? l.session.data() : nullptr;
    if (d) x_told.push_back({l.index, n, !x_removing[n].empty(), box(l, *d)});
  }

  // Has this session been told of all that others have taken away since it selected its mailbox?
  bool told_of_all(const Look& l, const Selection& d) const {
    if (!l.session.others_remove || l.trace.others) return true;
    if (l.trace.both || x_vague >= d.since) return false;
    const auto removes = [&](const auto& one) { return one.first != l.event.connection && !one.second.empty(); };
    if (std::ranges::any_of(x_removing, removes)) return false;
    std::size_t taken = 0, told = 0;
    for (const auto& t : x_told) {
      if (t.event < d.since || t.box != box(l, d)) continue;
      taken += t.by_itself;
      told += t.connection == l.event.connection;
    }
    return told >= taken;
  }

  void exists(const Look& l, const Selection& d) {
    // What others in this trace have taken away unsaid is another requirement's.
    if (l.session.next || !told_of_all(l, d) || !d.counted.value_or(true)) return;
    l.demand(kExists, *l.response().number >= d.exists,
             [&] { return "EXISTS went from " + std::to_string(d.exists) + " to " + std::to_string(*l.response().number) + " without an EXPUNGE"; });
  }

  void expunge(const Look& l, const Selection& d) {
    const auto& s = l.session;
    if (s.next) return;  // whose message it was cannot be told
    const auto n = *l.response().number;
    const bool counted = d.counted.value_or(false);
    l.demand(kExpungeNumber, n >= 1 && (n <= d.exists || !counted),
             [&] { return "EXPUNGE of message " + std::to_string(n) + ", but there are " + std::to_string(d.exists) + " messages"; });
    if (n >= 1 && n <= d.uids.size() && d.uids[n - 1]) {
      auto& gone = x_gone[key(l, d)].try_emplace(d.uids[n - 1], Gone{l.index, {}}).first->second;
      gone.told.insert(l.event.connection);
    }
    l.test(kWindow);
    const auto done = [](const auto& c) { return c.done; };
    if (std::ranges::none_of(s.running, done)) {
      l.find(kWindow, "EXPUNGE came while no command was in progress");
    } else if (std::ranges::all_of(s.running, [&](const auto& c) { return c.done && plain_numbers(c.name); })) {
      l.find(kWindow, "EXPUNGE came while only " + s.running[0].name + " was in progress, whose numbers it changes");
    }
  }

  void fetch(const Look& l, const Selection& d) {
    const auto& r = l.response();
    const auto& s = l.session;
    const auto n = *r.number;
    if (s.next) return;
    const bool counted = d.counted.value_or(false);
    if (!l.demand(kFetchKnown, n >= 1 && (n <= d.exists || !counted),
                  [&] { return "FETCH data of message " + std::to_string(n) + ", but only " + std::to_string(d.exists) + " have been announced"; }))
      return;
    const auto* item = imap::fetch_item(r, "UID");
    uid_there(l, item != nullptr);
    if (!item || !item->number()) return;
    const auto uid = *item->number();
    if (n > d.uids.size()) return;
    const auto known = d.uids[n - 1];
    // Where it is that of another message, or where messages have gone unsaid, the number has changed its meaning, and not the UID.
    const bool moved = known != 0 && known != uid && std::ranges::find(d.uids, uid) != d.uids.end();
    if (moved || !d.counted.value_or(true)) return;
    if (!l.demand(kUidStable, known == 0 || known == uid,
                  [&] { return "message " + std::to_string(n) + " had the UID " + std::to_string(known) + " and now has " + std::to_string(uid); }))
      return;
    l.test(kUidAscending);
    for (std::size_t i = n - 1; i-- > 0;) {
      if (!d.uids[i]) continue;
      if (d.uids[i] >= uid)
        return l.find(kUidAscending, "message " + std::to_string(i + 1) + " has the UID " + std::to_string(d.uids[i]) + ", message " + std::to_string(n) +
                                         " behind it " + std::to_string(uid));
      break;
    }
    for (std::size_t i = n; i < d.uids.size(); ++i) {
      if (!d.uids[i]) continue;
      if (d.uids[i] <= uid)
        return l.find(kUidAscending, "message " + std::to_string(n) + " has the UID " + std::to_string(uid) + ", message " + std::to_string(i + 1) +
                                         " behind it " + std::to_string(d.uids[i]));
      break;
    }
    if (const auto it = x_gone.find(key(l, d)); it != x_gone.end() && d.uid_validity) {
      // A session that has not been told of it may still have the old message.
      const auto gone = it->second.find(uid);
      const bool knew = gone != it->second.end() && (d.since > gone->second.event || gone->second.told.contains(l.event.connection));
      l.demand(kUidReused, !knew, [&] { return "the UID " + std::to_string(uid) + " was that of a message that has been expunged"; });
    } else {
      l.test(kUidReused);
    }
    if (d.uid_next) {
      const bool later = n > d.uid_next_count;
      if (later)
        l.demand(kUidNext, uid >= d.uid_next,
                 [&] { return "UIDNEXT was " + std::to_string(d.uid_next) + ", and a message that came later has the UID " + std::to_string(uid); });
      // Where others have taken away unsaid, a message that came later may stand at an old number.
      else if (told_of_all(l, d))
        l.demand(kUidNext, uid < d.uid_next, [&] {
          return "UIDNEXT was " + std::to_string(d.uid_next) + ", and message " + std::to_string(n) + " had the UID " + std::to_string(uid) + " already";
        });
    }
  }

  void uid_there(const Look& l, bool there) {
    const auto* only = l.session.only();
    const auto items = imap::fetch_items(l.response());
    const bool more_than_flags = std::ranges::any_of(items, [](const auto& i) {
      const auto* word = imap::find_fetch_item(i.name);
      return !word || !word->is_news;
    });
    if (only && only->name == "UID FETCH" && more_than_flags)
      l.demand(kUidInUid, there, [&] { return "a FETCH response to UID FETCH has no UID: " + shown(l.response()); });
    // What another session has changed may come meanwhile.
    if (only && only->name == "UID STORE" && !l.crowded())
      l.demand(kUidInUid, there, [&] { return "a FETCH response to UID STORE has no UID: " + shown(l.response()); });
    if (l.session.rev2 && only && only->name.find("FETCH") == std::string::npos && only->name.find("STORE") == std::string::npos) {
      l.demand(kUnsolicited, there, [&] { return "an unsolicited FETCH response has no UID: " + shown(l.response()); });
    }
  }

  // RFC 9051 2.3.1.1: UIDs of a mailbox of one name stay what they are while UIDVALIDITY does; within a session it does not change by itself.
  // A session is one selection (1.2 of both RFCs): the next may have another.
  // Wherever the UIDVALIDITY of a mailbox is told: SELECT, STATUS, APPENDUID, COPYUID.
  void validities(const Look& l) {
    const auto& r = l.response();
    const auto& s = l.session;
    if (r.code == "UIDVALIDITY" && r.keyword == "OK" && s.next && !r.code_values.empty()) {
      x_validity[l.event.connection].erase(name_of(s.next->mailbox));
      validity(l, s.next->mailbox, r.code_values[0]);
    }
    if (r.keyword == "STATUS" && r.kind == Response::Kind::untagged && r.values.size() > 1) {
      const auto& items = r.values[1].items;
      for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (iequals(items[i].text, "UIDVALIDITY")) validity(l, r.values[0].text, items[i + 1]);
      }
    }
    const auto* c = r.kind == Response::Kind::tagged ? s.find(r.tag) : s.only();
    if (!c || r.keyword != "OK" || r.code_values.empty()) return;
    const auto args = imap::arguments(c->args);
    const auto& facts = imap::facts_of(c->name);
    if (r.code == "APPENDUID" && c->name == "APPEND" && !args.empty()) validity(l, imap::unquoted(args[0]), r.code_values[0]);
    if (r.code == "COPYUID" && facts.copies && args.size() > 1) validity(l, imap::unquoted(args[1]), r.code_values[0]);
  }

  static std::string name_of(const std::string& box) { return iequals(box, "INBOX") ? "INBOX" : box; }

  void validity(const Look& l, const std::string& box, const imap::Value& told) {
    const auto value = told.number().value_or(0);
    if (box.empty() || box[0] == '{') return;
    auto& known = x_validity[l.event.connection][name_of(box)];
    l.test(kValidity);
    if (known.value && known.value != value && known.remade == x_remade) {
      l.find(kValidity,
             "UIDVALIDITY of the same mailbox was " + std::to_string(known.value) + " and is " + std::to_string(value) + " in " + shown(l.response()));
    }
    known = {value, x_remade};
  }

  struct Known {
    std::uint64_t value = 0;
    std::size_t remade = 0;
  };
  std::size_t x_remade = 0;  // commands so far that may make another mailbox of a name
  struct Gone {
    std::size_t event;   // by which it was first told
    std::set<int> told;  // connections
  };
  std::map<std::string, std::map<std::uint64_t, Gone>> x_gone;
  struct Told {
    std::size_t event;
    int connection;
    bool by_itself;  // to the session that takes messages away
    std::string box;
  };
  std::vector<Told> x_told;                                // each EXPUNGE
  std::map<int, std::set<std::string>> x_removing;         // tags of commands under way that take messages away, by connection
  std::size_t x_vague = 0;                                 // the last event by which nobody knows how many have gone
  std::map<int, std::map<std::string, Known>> x_validity;  // by connection: UIDs need not last from one session to the next
};

}  // namespace

std::unique_ptr<ImapCheck> imap_mailbox_check() { return std::make_unique<MailboxCheck>(); }

}  // namespace mailspec::oracle
