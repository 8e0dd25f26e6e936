#include "harness/cli/resend.h"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/oracle/imap_view.h"
#include "harness/scenario/imap_ask.h"
#include "harness/scenario/imap_dialogue.h"
#include "harness/scenario/pop3_dialogue.h"

namespace mailspec::cli {

using oracle::Event;
using oracle::Trace;
using Outcome = scenario::Wires::Outcome;

namespace {

constexpr std::size_t kKept = 8 * 1024;  // octets of a command in a trace; what is longer was cut

Trace beginning_of(const Trace& stored) {
  Trace out = stored;
  out.events.clear();
  return out;
}

bool holds_secret(const Event& e) { return e.octets.find("{secret:") != std::string::npos; }

scenario::Patience patience_of(const Subject& subject) { return subject.embedded ? scenario::Patience{} : scenario::Patience::of(subject.config.timeout); }

class ImapResend {
 public:
  ImapResend(const Trace& stored, const Subject& subject, scenario::Stage& stage, bool raw)
      : x_stored(stored),
        x_subject(subject),
        x_stage(stage),
        x_raw(raw),
        x_trace(beginning_of(stored)),
        x_dialogue(stage.transport(), x_trace, scenario::Segmentation::line, patience_of(subject)) {}

  Result<Trace> run() {
    const auto& account = x_subject.accounts[0];
    x_dialogue.add_secret(account.password);
    if (auto s = make_mailbox(account); !s) return s.error();
    for (x_at = 0; x_at < x_stored.events.size(); ++x_at) {
      const auto& e = x_stored.events[x_at];
      if (e.connection == 0) continue;
      if (auto s = one(e, account); !s) return s.error();
      x_old.update(x_stored, x_at);
      catch_up();
    }
    for (int n = 1; n <= 9; ++n) {
      while (x_dialogue.open(n) && x_dialogue.outstanding(n)) {
        if (x_dialogue.receive(n) != Outcome::ok) break;
      }
      if (x_dialogue.open(n)) x_dialogue.drop(n, scenario::Wires::End::fin, 0);
    }
    if (!x_name.empty()) x_stage.discard(account, x_name);
    return std::move(x_trace);
  }

 private:
  // As many messages as the stored session was told of first.
  Status make_mailbox(const scenario::Account& account) {
    oracle::ImapViews views;
    std::uint64_t exists = 0;
    for (std::size_t i = 0; i < x_stored.events.size() && x_old_name.empty(); ++i) {
      const auto& e = x_stored.events[i];
      views.update(x_stored, i);
      if (e.connection == 0) continue;
      auto& session = views.of(e.connection);
      if (session.selected && !iequals(session.selection.mailbox, "INBOX")) x_old_name = session.selection.mailbox, exists = session.selection.exists;
    }
    if (x_old_name.empty()) return ok();
    std::vector<scenario::MessageSpec> messages;
    if (exists) messages.push_back({"plain.eml", exists, 0, {}, {}, {}});
    auto box = x_stage.mailbox(account, messages, false);
    if (!box) return box.error();
    x_name = box->name;
    return x_raw && x_name != x_old_name ? rename(account) : ok();
  }

  // What is sent as it was names the mailbox as it was called.
  Status rename(const scenario::Account& account) {
    Trace aside = beginning_of(x_stored);
    scenario::ImapDialogue dialogue(x_stage.transport(), aside, scenario::Segmentation::line, patience_of(x_subject));
    if (auto s = dialogue.connect(1, x_stage.imap_endpoint(!x_subject.offer.imap->clear), account.name, 0); !s) return s.error();
    (void)dialogue.receive(1);
    auto why = scenario::log_in(dialogue, 1, account, x_subject.offer, 0);
    const auto command = "RENAME " + scenario::quoted(x_name) + " " + scenario::quoted(x_old_name);
    if (why.empty()) why = scenario::ask(dialogue, 1, command, command, 0);
    (void)scenario::ask(dialogue, 1, "LOGOUT", "LOGOUT", 0);
    if (!why.empty()) return Error{Error::Kind::setup, "the mailbox could not be given the name it had in the trace: " + why};
    x_name = x_old_name;
    return ok();
  }

  Status one(const Event& e, const scenario::Account& account) {
    const int n = e.connection;
    switch (e.kind) {
      case Event::Kind::connect: {
        const auto& imap = *x_subject.offer.imap;
        return x_dialogue.connect(n, x_stage.imap_endpoint(e.octets == "implicit TLS" || !imap.clear), account.name, 0);
      }
      case Event::Kind::tls:
        // With implicit TLS it is there already.
        return x_dialogue.tls(n) ? ok() : x_dialogue.start_tls(n, {}, 0);
      case Event::Kind::dropped:
        if (x_dialogue.open(n)) x_dialogue.drop(n, scenario::Wires::end_of(e.octets), 0);
        return ok();
      case Event::Kind::sent: return send(e, account);
      case Event::Kind::received: return await(e);
      default: return ok();
    }
  }

  Status send(const Event& e, const scenario::Account& account) {
    const int n = e.connection;
    if (!x_dialogue.open(n)) return ok();
    if (e.octets.size() >= kKept) return Error{Error::Kind::config, "a command of the trace is longer than is kept (8 KiB), so it cannot be sent again"};
    if (holds_secret(e)) {
      if (x_logged_in[n]) return ok();
      x_logged_in[n] = true;
      x_skip[n] = e.imap_command.tag;
      const auto why = scenario::log_in(x_dialogue, n, account, x_subject.offer, 0);
      if (why.empty()) return ok();
      return Error{Error::Kind::setup, "the login failed: " + why};
    }
    const bool begun = !x_parts[n].empty();
    auto text = x_raw ? e.octets : put_in(e, e.octets);
    x_parts[n].push_back({text + "\r\n", text + "\r\n", !e.imap_command.done && e.imap_command.is_command() && !begun});
    if (e.imap_command.is_command() && !e.imap_command.done) return ok();  // its literal follows
    (void)x_dialogue.send(n, std::exchange(x_parts[n], {}), 0);
    return ok();
  }

  // What had been answered by then is awaited.
  Status await(const Event& e) {
    const int n = e.connection;
    if (!x_dialogue.open(n)) return ok();
    if (x_dialogue.greeting_due(n)) {
      (void)x_dialogue.receive(n);
      return ok();
    }
    if (e.imap_response.kind == imap::Response::Kind::continuation && x_parts[n].empty()) {
      const auto events = x_trace.events.size();
      if (x_dialogue.receive_within(n, 2) == Outcome::ok && x_trace.events.size() > events) return ok();
    }
    if (e.imap_response.kind != imap::Response::Kind::tagged || e.imap_response.tag == x_skip[n]) return ok();
    while (x_dialogue.open(n) && x_dialogue.outstanding(n, e.imap_response.tag)) {
      if (x_dialogue.receive(n) != Outcome::ok) break;
    }
    return ok();
  }

  // The new mailbox's name, and the UID that now stands where the old one stood.
  std::string put_in(const Event& e, std::string text) {
    if (!x_name.empty()) text = replace_all(std::move(text), x_old_name, x_name);
    if (!e.imap_command.name.starts_with("UID ")) return text;
    auto words = split(text, ' ');
    if (words.size() < 4) return text;
    const auto uid = parse_number(words[3]);
    if (!uid) return text;
    const auto& before = x_old.of(e.connection).selection.uids;
    const auto& now = x_new.of(e.connection).selection.uids;
    const auto at = static_cast<std::size_t>(std::ranges::find(before, *uid) - before.begin());
    if (at < before.size() && at < now.size() && now[at]) words[3] = std::to_string(now[at]);
    return join(words, " ");
  }

  void catch_up() {
    for (; x_seen < x_trace.events.size(); ++x_seen) x_new.update(x_trace, x_seen);
  }

  const Trace& x_stored;
  const Subject& x_subject;
  scenario::Stage& x_stage;
  bool x_raw;
  Trace x_trace;
  scenario::ImapDialogue x_dialogue;
  oracle::ImapViews x_old, x_new;
  std::size_t x_at = 0, x_seen = 0;
  std::string x_old_name, x_name;
  std::map<int, bool> x_logged_in;
  std::map<int, std::string> x_skip;
  std::map<int, std::vector<scenario::ImapPart>> x_parts;
};

Result<Trace> resend_pop3(const Trace& stored, const Subject& subject, scenario::Stage& stage) {
  const auto& account = subject.accounts[0];
  Trace trace = beginning_of(stored);
  std::uint64_t count = 0;
  for (const auto& e : stored.events) {
    if (e.kind != Event::Kind::received || e.pop3_command.keyword != "STAT") continue;
    if (const auto drop = pop3::parse_drop_listing(e.pop3_response.text)) count = drop->count;
    break;
  }
  if (subject.offer.features.contains("deliver")) {
    std::vector<scenario::MessageSpec> messages;
    if (count) messages.push_back({"plain.eml", count, 0, {}, {}, {}});
    if (auto s = stage.prepare(account, messages); !s) return s.error();
  }
  scenario::Pop3Dialogue dialogue(stage.transport(), trace, scenario::Segmentation::line, patience_of(subject));
  dialogue.add_secret(account.password);
  std::map<int, bool> logged_in;
  for (const auto& e : stored.events) {
    const int n = e.connection;
    if (n == 0) continue;
    if (e.kind == Event::Kind::connect) {
      if (auto s = dialogue.connect(n, stage.pop3_endpoint(e.octets == "implicit TLS" || !subject.offer.pop3->clear), account.name, 0); !s) return s.error();
      logged_in[n] = false;
    } else if (e.kind == Event::Kind::tls && !dialogue.tls(n)) {
      if (auto s = dialogue.start_tls(n, {}, 0); !s) return s.error();
    } else if (e.kind == Event::Kind::dropped && dialogue.open(n)) {
      dialogue.drop(n, scenario::Wires::end_of(e.octets), 0);
    } else if (e.kind == Event::Kind::sent && dialogue.open(n)) {
      if (e.octets.size() >= kKept) return Error{Error::Kind::config, "a command of the trace is longer than is kept (8 KiB), so it cannot be sent again"};
      // The name that goes with a password is that of the account here.
      if (e.pop3_command.keyword == "USER" && !logged_in[n]) continue;
      if (holds_secret(e)) {
        if (logged_in[n]) continue;
        logged_in[n] = true;
        if (const auto why = scenario::log_in(dialogue, n, account, subject.offer, 0); !why.empty())
          return Error{Error::Kind::setup, "the login failed: " + why};
        continue;
      }
      dialogue.send(n, e.octets + "\r\n", e.octets + "\r\n", 0);
    } else if (e.kind == Event::Kind::received && dialogue.open(n) && dialogue.due(n)) {
      (void)dialogue.receive(n);
    }
  }
  for (int n = 1; n <= 9; ++n) {
    while (dialogue.open(n) && dialogue.due(n)) {
      if (dialogue.receive(n) != Outcome::ok) break;
    }
    if (dialogue.open(n)) dialogue.drop(n, scenario::Wires::End::fin, 0);
  }
  stage.touched(account);
  return trace;
}

}  // namespace

Result<Trace> resend(const Trace& stored, const Subject& subject, bool raw) {
  if (stored.both) return Error{Error::Kind::config, "a trace of both protocols is replayed by its scenario only: without --raw"};
  if (subject.accounts.empty()) return Error{Error::Kind::usage, "the target has no account"};
  auto stage = subject.make_stage({});
  if (!stored.revision) return subject.offer.pop3 ? resend_pop3(stored, subject, *stage) : Error{Error::Kind::usage, "the target has no POP3 endpoint"};
  if (!subject.offer.imap) return Error{Error::Kind::usage, "the target has no IMAP endpoint"};
  return ImapResend(stored, subject, *stage, raw).run();
}

}  // namespace mailspec::cli
