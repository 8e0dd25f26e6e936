#include "harness/oracle/imap_view.h"

#include <algorithm>
#include <string>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::oracle {

using imap::Response;

bool ImapSession::idling() const {
  return std::ranges::any_of(running, [](const auto& r) { return !r.ended && imap::facts_of(r.name).listens; });
}

const ImapSession::Running* ImapSession::find(const std::string& tag) const {
  const auto it = std::ranges::find(running, tag, &Running::tag);
  return it == running.end() ? nullptr : &*it;
}

const ImapSession::Running* ImapSession::only() const { return running.size() == 1 && running[0].done ? &running[0] : nullptr; }

Selection* ImapSession::data() {
  // What was sent ahead of SELECT is answered about the mailbox before (until [CLOSED], where it comes).
  const auto oldest = std::ranges::find(running, false, &Running::given_up);
  const bool still = selected && oldest != running.end() && !imap::facts_of(oldest->name).selects;
  if (next && !still) return &*next;
  return selected ? &selection : nullptr;
}

// Of several SELECTs under way, the oldest has its turn.
void ImapViews::begin_select(ImapSession& s) {
  const auto it = std::ranges::find_if(s.running, [](const auto& r) { return imap::facts_of(r.name).selects && !r.given_up; });
  if (it == s.running.end() || !it->done || (s.next && s.next->since == it->event)) return;
  const auto args = imap::arguments(it->args);
  s.next.emplace();
  s.next->mailbox = args.empty() ? "" : imap::unquoted(args[0]);
  s.next->read_only = it->name == "EXAMINE";
  s.next->since = it->event;
}

void ImapViews::update(const Trace& trace, std::size_t index) {
  const auto& e = trace.events[index];
  if (e.connection == 0) return;
  auto& s = x_sessions[e.connection];
  switch (e.kind) {
    case Event::Kind::connect:
      s = {};
      x_stray[e.connection].clear();
      s.user = e.user;
      s.others_remove = trace.others;
      s.implicit_tls = e.octets == "implicit TLS";
      // RFC 9051 7.2.2: with IMAP4rev2 alone, it is in force from the start.
      s.rev2 = trace.offers("IMAP4rev2") && !trace.offers("IMAP4rev1");
      s.utf8 = s.rev2;
      break;
    case Event::Kind::tls: s.tls = true; break;
    case Event::Kind::sent: {
      if (!e.imap_command.is_command()) {
        for (auto& r : s.running) {
          const auto& facts = imap::facts_of(r.name);
          r.ended = r.ended || (facts.listens && iequals(facts.ended_by, e.imap_command.name));
        }
        // What a server makes of a line that is no command nobody can say: any word of it may be taken for a tag.
        for (auto& word : words(e.imap_command.args.substr(0, 200))) x_stray[e.connection].push_back(std::move(word));
        break;
      }
      s.user = e.user;
      auto it = std::ranges::find(s.running, e.imap_command.tag, &ImapSession::Running::tag);
      const bool fresh = it == s.running.end();
      if (fresh) {
        s.running.push_back({e.imap_command.tag, e.imap_command.name, e.imap_command.args, e.imap_command.done, index});
        s.tags.push_back(e.imap_command.tag);
        it = s.running.end() - 1;
      } else {
        it->args = e.imap_command.args;
        it->done = e.imap_command.done;
      }
      const auto& n = e.imap_command.name;
      const auto& facts = imap::facts_of(n);
      if (n == "LOGOUT") s.logout = true;
      if (e.imap_command.done && facts.selects) begin_select(s);
      if (facts.removes != imap::Removal::none) {
        for (auto& [c, other] : x_sessions) other.others_remove = other.others_remove || c != e.connection;
      }
      if (facts.changes_messages) {
        for (auto& [c, other] : x_sessions) ++other.selection.version;
      }
      break;
    }
    case Event::Kind::received: received(trace, s, e.imap_response); break;
    default: break;
  }
}

void ImapViews::disturbed() {
  for (auto& [c, session] : x_sessions) {
    ++session.selection.version;
    session.others_remove = true;
  }
}

const std::vector<std::string>& ImapViews::stray(int connection) const {
  static const std::vector<std::string> kNone;
  const auto it = x_stray.find(connection);
  return it == x_stray.end() ? kNone : it->second;
}

// Has EXISTS come since the command was sent?
static bool counted_since(const Trace& trace, std::size_t sent) {
  for (std::size_t i = sent; i < trace.events.size(); ++i) {
    const auto& e = trace.events[i];
    if (e.kind == Event::Kind::received && e.connection == trace.events[sent].connection && e.imap_response.keyword == "EXISTS") return true;
  }
  return false;
}

void ImapViews::tagged(const Trace& trace, ImapSession& s, const Response& r) {
  const auto it = std::ranges::find(s.running, r.tag, &ImapSession::Running::tag);
  if (it == s.running.end()) return;
  const auto n = it->name;
  const auto sent = it->event;
  s.running.erase(it);
  const bool ok = r.keyword == "OK";
  const auto& facts = imap::facts_of(n);
  if (facts.selects) {
    if (ok && s.next) {
      s.selection = std::move(*s.next);
      if (r.code == "READ-ONLY") s.selection.read_only = true;
      s.selected = true;
      s.unsure = false;
    } else {
      // RFC 9051 6.3.2: a failed SELECT leaves none selected; what BAD leaves is not said.
      s.unsure = r.keyword == "BAD" && s.selected;
      if (r.keyword == "NO") s.selected = false;
    }
    s.next.reset();
    begin_select(s);
  } else if (ok && facts.leaves) {
    s.selected = false;
  } else if (ok && facts.logs_in) {
    s.authenticated = true;
  } else if (ok && facts.appends) {
    if (s.selected && s.selection.counted.value_or(false) && !counted_since(trace, sent)) s.selection.counted.reset();
  }
}

// RFC 9051 7.1.3: an untagged BAD answers for a command whose tag the server could not make out. Where there is but one that may be it, unless its own
// answer follows: for what was no command at all, or trouble within the server, is told in the same way.
void ImapViews::given_up(ImapSession& s) {
  const auto waited_for = [](const auto& r) { return !r.given_up; };
  if (std::ranges::count_if(s.running, waited_for) == 1) std::ranges::find_if(s.running, waited_for)->given_up = true;
}

// RFC 7162 3.2.10: as so many EXPUNGEs. Who was not to send it has told it all the same.
void ImapViews::vanished(ImapSession& s, Selection& d, const Response& r) {
  imap::NumberSet gone;
  if (r.values.empty() || r.values[0].is_list() || !imap::parse_set(r.values[0].text, 0, gone)) return;
  ++d.version;
  // UIDs that are not known may stand for any of the messages.
  if (std::ranges::count(d.uids, 0u)) s.unsure = true;
  const auto n = std::erase_if(d.uids, [&](std::uint64_t uid) { return uid != 0 && imap::contains(gone, uid); });
  d.expunged += n;
  d.exists -= std::min<std::uint64_t>(n, d.exists);
  d.uid_next_count = std::min(d.uid_next_count, d.exists);
}

void ImapViews::received(const Trace& trace, ImapSession& s, const Response& r) {
  if (r.kind == Response::Kind::tagged) return tagged(trace, s, r);
  if (r.kind != Response::Kind::untagged) return;
  if (!s.greeted) {
    s.greeted = true;
    if (r.keyword == "PREAUTH") s.authenticated = true;
  }
  if (r.keyword == "BYE") s.bye = true;
  if (r.keyword == "BAD") given_up(s);
  if (r.keyword == "ENABLED") {
    for (const auto& v : r.values) {
      if (iequals(v.text, "IMAP4rev2")) s.rev2 = s.utf8 = true;
      if (const auto* word = imap::find_capability(v.text); word && word->utf8) s.utf8 = true;
    }
  }
  if (r.keyword == "OK" && r.code == "CLOSED") s.selected = false;
  auto* d = s.data();
  if (!d) return;
  if (r.keyword == "OK" && !r.code_values.empty()) {
    const auto n = r.code_values[0].number().value_or(0);
    if (r.code == "UIDVALIDITY") d->uid_validity = n;
    if (r.code == "UIDNEXT") {
      d->uid_next = n;
      d->uid_next_count = d->exists;
    }
  }
  const auto number = r.number.value_or(0);
  if (r.keyword == "EXISTS") {
    if (number != d->exists) ++d->version;
    d->counted = d->counted.value_or(true) && number >= d->exists;
    d->exists = number;
    // Bounded: a server may say any number.
    if (number <= 1000000) d->uids.resize(number);
    if (d->uid_next_count == 0 && s.next) d->uid_next_count = number;
  } else if (r.keyword == "RECENT") {
    d->recent = number;
  } else if (r.keyword == "EXPUNGE") {
    ++d->version;
    ++d->expunged;
    if (number <= d->exists && d->exists > 0) --d->exists;
    else d->counted = false;
    if (number >= 1 && number <= d->uids.size()) d->uids.erase(d->uids.begin() + static_cast<std::ptrdiff_t>(number) - 1);
    if (d->uid_next_count > d->exists) d->uid_next_count = d->exists;
    else if (number <= d->uid_next_count && d->uid_next_count > 0) --d->uid_next_count;
  } else if (r.keyword == "VANISHED") {
    vanished(s, *d, r);
  } else if (r.number && r.keyword != "FETCH") {
    s.unsure = true;  // whatever that was to say
  } else if (r.keyword == "FETCH") {
    if (const auto* item = imap::fetch_item(r, "UID"); item && number >= 1 && number <= d->uids.size()) {
      auto& known = d->uids[number - 1];
      const auto uid = item->number().value_or(0);
      // The number of another message of before: some have gone unsaid.
      if (known != 0 && known != uid && std::ranges::find(d->uids, uid) != d->uids.end()) d->counted = false;
      known = uid;
    }
    if (imap::fetch_item(r, "FLAGS")) ++d->version;
  }
}

}  // namespace mailspec::oracle
