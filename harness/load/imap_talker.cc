#include <algorithm>
#include <deque>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/framer.h"
#include "harness/load/judged_trace.h"

namespace mailspec::load {

namespace {

using imap::quoted;
using imap::Response;
using oracle::Event;
using oracle::Finding;

constexpr int kOwners = 8;  // sessions of one mailbox with a keyword of their own

class ImapTalker : public Talker {
 public:
  ImapTalker(const Setting& setting, int number, Login login)
      : x_setting(setting),
        x_number(number),
        x_login(std::move(login)),
        x_place(x_login.user + "\n" + x_login.mailbox),
        x_plan(*setting.mix, setting.seed, number),
        x_trace(setting, number, true, x_login.user),
        x_keyword(number < kOwners ? "$Load" + std::to_string(number) : "") {}

  void connected(double now) override {
    x_framer = imap::Framer{};
    x_out.clear();
    x_tag.clear();
    x_queue.clear();
    x_phase = Phase::greeting;
    x_sent_at = now;
    ++x_setting.tally->connections;
    x_trace.restart(now);
  }

  std::string output(double now) override {
    if (!x_out.empty()) return take_output();
    if (waiting()) {
      if (x_phase == Phase::idling && now >= x_done_at) return finish_idle(now);
      if (now - x_sent_at > x_setting.patience) hang(now);
      return {};
    }
    switch (x_phase) {
      case Phase::log_in:
        send("LOGIN", "LOGIN " + quoted(x_login.user) + " " + quoted(x_login.password), now,
             "LOGIN " + quoted(x_login.user) + " {secret:" + std::to_string(x_login.password.size() + 2) + "}");
        break;
      case Phase::choose: select(now); break;
      case Phase::running: go_on(now); break;
      default: break;
    }
    return take_output();
  }

  void feed(std::string_view octets, double now) override {
    x_setting.tally->octets_in += octets.size();
    x_framer.feed(octets);
    while (x_phase != Phase::offline) {
      auto frame = x_framer.next();
      if (!frame) return;
      const bool lost = frame->lost;
      Event event;
      event.imap_response = imap::parse_response(std::move(*frame));
      x_trace.add(Event::Kind::received, now, std::move(event));
      if (lost) return leave();
      heard(now);
    }
  }

  void ended(bool reset, double now) override {
    if (x_phase == Phase::offline) return;
    const bool expected = x_phase == Phase::leaving;
    Event event;
    event.reset = reset;
    x_trace.add(Event::Kind::closed, now, std::move(event));
    if (!expected) {
      ++x_setting.tally->lost;
      if (++x_losses > kMostLosses) x_over = true;
      if (!x_trace.imap_view().bye)
        x_trace.found("rfc9051/3.4/bye-before-close", "the server ended the session in the middle of the run, without BYE", Finding::Kind::closed);
    }
    x_phase = Phase::offline;
    if (now >= x_setting.end || spent()) x_over = true;
    if (x_setting.just_idle && x_over) x_trace.hibernate();
  }

  double wake() const override {
    if (x_phase == Phase::idling) return x_done_at;
    if (waiting()) return x_sent_at + x_setting.patience;
    return x_phase == Phase::running && !x_resting ? x_next_at : kNever;
  }
  bool wants_close() const override { return x_phase == Phase::leaving && x_close; }
  bool wants_connection() const override { return x_phase == Phase::offline && !x_over; }
  std::uint64_t digest() const override { return x_plan.digest(); }
  std::uint64_t intents() const override { return x_plan.count(); }
  bool resting() const override { return x_resting || (x_phase == Phase::offline && x_over); }

  void checkpoint(int round) override {
    if (x_phase != Phase::running || waiting()) return;
    if (x_setting.just_idle && round < kLastRound) return;
    x_resting = false;
    x_round = round;
  }
  const std::optional<std::map<std::uint64_t, std::string>>& picture() const override { return x_picture; }
  const std::string& place() const override { return x_place; }
  const oracle::Trace& trace() const override { return x_trace.trace(); }
  const std::map<std::uint64_t, bool>& owned() const override { return x_owned; }
  const std::string& keyword() const override { return x_keyword; }

 private:
  enum class Phase { offline, greeting, log_in, choose, running, continuing, idling, leaving };
  static constexpr int kMostLosses = 3;

  bool waiting() const { return !x_tag.empty() || x_phase == Phase::greeting; }
  bool spent() const { return x_setting.most_commands && x_plan.count() >= x_setting.most_commands; }

  std::string take_output() {
    x_setting.tally->octets_out += x_out.size();
    return std::exchange(x_out, {});
  }

  // `shown` is the text with secrets elided, where it has any.
  void send(std::string name, std::string text, double now, std::string shown = {}) {
    x_tag = "l" + std::to_string(++x_serial);
    x_name = std::move(name);
    x_out = x_tag + " " + text + "\r\n";
    record(x_tag + " " + (shown.empty() ? text : shown), now);
    x_sent_at = now;
    x_due_at = x_setting.interval > 0 && x_scheduled > 0 ? std::exchange(x_scheduled, 0) : now;
  }

  void record(std::string line, double now) {
    Event event;
    event.imap_command = imap::parse_command(line);
    event.octets = std::move(line);
    x_trace.add(Event::Kind::sent, now, std::move(event));
  }

  void select(double now) {
    x_trace.begin_epoch();
    x_in_epoch = 0;
    x_phase = Phase::running;
    send("SELECT", "SELECT " + quoted(x_login.mailbox), now);
  }

  void go_on(double now) {
    if (!x_queue.empty()) {
      auto [name, text] = std::move(x_queue.front());
      x_queue.pop_front();
      return send(name, std::move(text), now);
    }
    if (x_round > 0) return go_on_checkpoint(now);
    if (x_resting) return;
    if (now >= x_setting.end || spent() || x_setting.just_idle) {
      x_resting = true;
      if (x_setting.just_idle) hibernate();
      return;
    }
    if (now < x_next_at) return;
    if (x_setting.interval > 0) {
      x_scheduled = x_next_at > 0 ? x_next_at : now;
      x_next_at = x_scheduled + x_setting.interval;
    }
    if (++x_in_epoch >= x_setting.epoch) return select(now);
    perform(x_plan.next(), now);
  }

  void hibernate() {
    x_trace.hibernate();
    if (x_framer.idle()) x_framer = imap::Framer{};
  }

  // What the intent comes to with what the server has told.
  void perform(const Intent& intent, double now) {
    const auto& view = x_trace.imap_view().selection;
    const auto exists = view.exists;
    const auto n = exists ? 1 + static_cast<std::uint64_t>(intent.which * static_cast<double>(exists)) : 0;
    const auto number = std::to_string(n);
    const auto uid = n >= 1 && n <= view.uids.size() ? view.uids[n - 1] : 0;
    const bool grows = intent.kind == Kind::append || intent.kind == Kind::copy;
    const auto kind = exists == 0 && intent.kind != Kind::append && intent.kind != Kind::logout ? Kind::noop
                      : grows && exists >= x_setting.mix->most                                  ? Kind::expunge
                                                                                                : intent.kind;
    static constexpr const char* kFlags[] = {"\\Answered", "\\Flagged", "\\Draft", "\\Seen"};
    const std::string flag = kFlags[intent.how % 4], sign = intent.how & 64 ? "+" : "-";
    switch (kind) {
      case Kind::fetch_flags: return send("FETCH", "FETCH " + number + " (UID FLAGS)", now);
      case Kind::fetch_envelope: return send("FETCH", "FETCH " + number + " (UID ENVELOPE RFC822.SIZE INTERNALDATE)", now);
      case Kind::fetch_body: return send("FETCH", "FETCH " + number + " (UID BODY.PEEK[])", now);
      case Kind::uid_fetch:
        return uid ? send("UID FETCH", "UID FETCH " + std::to_string(uid) + " (FLAGS BODY.PEEK[HEADER])", now)
                   : send("FETCH", "FETCH " + number + " (UID)", now);
      case Kind::store: return send("STORE", "STORE " + number + " " + sign + "FLAGS (" + flag + ")", now);
      case Kind::store_silent: return send("STORE", "STORE " + number + " " + sign + "FLAGS.SILENT (" + flag + ")", now);
      case Kind::uid_store:
        if (!uid) return send("FETCH", "FETCH " + number + " (UID)", now);
        if (x_keyword.empty()) return send("UID STORE", "UID STORE " + std::to_string(uid) + " " + sign + "FLAGS (" + flag + ")", now);
        x_storing = {uid, sign == "+"};
        return send("UID STORE", "UID STORE " + std::to_string(uid) + " " + sign + "FLAGS (" + x_keyword + ")", now);
      case Kind::search: return send("SEARCH", intent.how & 1 ? "SEARCH UNSEEN" : "SEARCH FLAGGED UNANSWERED", now);
      case Kind::uid_search: return send("UID SEARCH", intent.how & 1 ? "UID SEARCH ALL" : "UID SEARCH SUBJECT load", now);
      case Kind::append: return append(intent, now);
      case Kind::copy: return send("COPY", "COPY " + number + " " + quoted(x_login.mailbox), now);
      case Kind::expunge: x_queue.emplace_back("EXPUNGE", "EXPUNGE"); return send("STORE", "STORE " + number + " +FLAGS.SILENT (\\Deleted)", now);
      case Kind::status: return send("STATUS", "STATUS INBOX (MESSAGES UIDNEXT)", now);
      case Kind::list: return send("LIST", "LIST \"\" " + quoted(x_login.mailbox), now);
      case Kind::select: return select(now);
      case Kind::idle:
        if (!x_setting.idle) return send("NOOP", "NOOP", now);
        x_phase = Phase::idling;
        x_done_at = kNever;
        return send("IDLE", "IDLE", now);
      case Kind::logout: return log_out(now);
      default: return send("NOOP", "NOOP", now);
    }
  }

  void log_out(double now) {
    send("LOGOUT", "LOGOUT", now);
    x_phase = Phase::leaving;
    x_close = false;
  }

  void append(const Intent& intent, double now) {
    const auto id = std::to_string(x_number) + "." + std::to_string(intent.how);
    x_literal = "From: load@example.org\r\nTo: you@example.net\r\nSubject: load " + id + "\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\nMessage-ID: <" + id +
                "@load.example>\r\n\r\n" + std::string(20 + intent.how % 400, 'x') + "\r\n";
    const auto size = std::to_string(x_literal.size());
    const auto head = "APPEND " + quoted(x_login.mailbox) + " (\\Seen) {" + size + (x_setting.literal_plus ? "+}" : "}");
    x_tag = "l" + std::to_string(++x_serial);
    x_name = "APPEND";
    x_sent_at = now;
    x_due_at = x_setting.interval > 0 && x_scheduled > 0 ? std::exchange(x_scheduled, 0) : now;
    x_out = x_tag + " " + head + "\r\n";
    if (x_setting.literal_plus) {
      x_out += x_literal + "\r\n";
      record(x_tag + " " + head + "\r\n" + x_literal, now);
      return;
    }
    Event event;
    event.octets = x_tag + " " + head;
    event.imap_command = imap::parse_command(event.octets);
    event.imap_command.done = false;
    x_appending = event.imap_command;
    x_trace.add(Event::Kind::sent, now, std::move(event));
    x_phase = Phase::continuing;
  }

  std::string finish_idle(double now) {
    x_done_at = kNever;
    x_phase = Phase::running;
    record("DONE", now);
    x_setting.tally->octets_out += 6;
    return "DONE\r\n";
  }

  void heard(double now) {
    const auto& said = x_trace.trace().events.back().imap_response;
    if (x_phase == Phase::greeting) {
      if (said.keyword == "OK") x_phase = Phase::log_in;
      else if (said.keyword == "PREAUTH") x_phase = Phase::choose;
      else ++x_setting.tally->refused_connections, leave();
      return;
    }
    if (x_round == kPictureRound && said.keyword == "FETCH") keep_picture(said);
    if (said.kind == Response::Kind::continuation) return continued(now);
    if (said.kind != Response::Kind::tagged || said.tag != x_tag) return;
    answered(said, now);
  }

  void continued(double now) {
    if (x_phase == Phase::idling) {
      x_done_at = now + x_setting.mix->idle;
    } else if (x_phase == Phase::continuing) {
      x_phase = Phase::running;
      x_out = x_literal + "\r\n";
      Event event;
      event.octets = x_literal;
      event.imap_command = std::move(x_appending);
      event.imap_command.args += "\r\n" + x_literal;
      event.imap_command.done = true;
      x_trace.add(Event::Kind::sent, now, std::move(event));
    }
  }

  void answered(const Response& said, double now) {
    x_tag.clear();
    auto& tally = *x_setting.tally;
    // A pause that we asked for is no latency.
    if (x_name != "IDLE") tally.latencies[x_name].add(now - x_due_at);
    ++tally.commands;
    const bool ok = said.keyword == "OK";
    if (!ok) {
      auto& r = tally.refused[x_name];
      if (r.times++ == 0) r.first = visible(said.frame.octets, 200);
    }
    if (x_storing) {
      if (ok) x_owned[x_storing->first] = x_storing->second;
      else x_owned.erase(x_storing->first);
      x_storing.reset();
    }
    if (x_name == "LOGIN") {
      if (!ok) {
        if (tally.troubles.size() < 10) tally.troubles.push_back("LOGIN was refused: " + visible(said.frame.octets, 160));
        x_over = true;
        return leave();
      }
      x_losses = 0;
      x_trace.end_prologue();
      x_phase = Phase::choose;
      return;
    }
    if (x_phase == Phase::leaving) {
      x_close = true;
      return;
    }
    if (x_phase == Phase::idling || x_phase == Phase::continuing) x_phase = Phase::running;  // refused
    if (x_name == "SELECT" && !ok) {
      if (tally.troubles.size() < 10) tally.troubles.push_back("SELECT was refused: " + visible(said.frame.octets, 160));
      x_over = true;
      return log_out(now);
    }
    if (x_setting.interval == 0 && x_setting.mix->think > 0)
      x_next_at = now + x_setting.mix->think * (0.5 + static_cast<double>(x_plan.digest() % 1000) / 1000);
    if (x_round > 0) finish_round();
  }

  // ---- the end

  static constexpr int kPictureRound = 3;

  void go_on_checkpoint(double now) {
    switch (x_round) {
      case 1:
      case 2: return send("NOOP", "NOOP", now);
      case kPictureRound: x_picture.emplace(); return send("UID FETCH", "UID FETCH 1:* (UID FLAGS)", now);
      default: x_over = true; return log_out(now);
    }
  }

  void finish_round() {
    if (x_round == kLastRound) return;
    x_round = 0;
    x_resting = true;
  }

  void keep_picture(const Response& said) {
    const auto* uid = imap::fetch_item(said, "UID");
    const auto* flags = imap::fetch_item(said, "FLAGS");
    if (!uid || !uid->number() || !flags) return;
    std::vector<std::string> names;
    for (const auto& f : flags->items) {
      if (!iequals(f.text, "\\Recent")) names.push_back(lower(f.text));
    }
    std::ranges::sort(names);
    (*x_picture)[*uid->number()] = join(names, " ");
  }

  void hang(double now) {
    x_trace.add(Event::Kind::hang, now);
    x_trace.found("rfc9051/2.2.2/tagged-once", "no answer to " + x_name + " within " + std::to_string(static_cast<int>(x_setting.patience)) + " s",
                  Finding::Kind::hang);
    x_over = true;
    leave();
  }

  // Closes on our side; what follows is no fault of the server's.
  void leave() {
    x_tag.clear();
    x_phase = Phase::leaving;
    x_close = true;
  }

  const Setting& x_setting;
  int x_number;
  Login x_login;
  std::string x_place;
  Plan x_plan;
  JudgedTrace x_trace;
  std::string x_keyword;
  imap::Framer x_framer;
  Phase x_phase = Phase::offline;
  std::string x_out, x_tag, x_name, x_literal;
  imap::Command x_appending;
  std::deque<std::pair<std::string, std::string>> x_queue;
  std::uint64_t x_serial = 0;
  double x_sent_at = 0, x_due_at = 0, x_next_at = 0, x_scheduled = 0, x_done_at = kNever;
  std::size_t x_in_epoch = 0;
  int x_round = 0, x_losses = 0;
  bool x_resting = false, x_over = false, x_close = false;
  std::optional<std::pair<std::uint64_t, bool>> x_storing;
  std::optional<std::map<std::uint64_t, std::string>> x_picture;
  std::map<std::uint64_t, bool> x_owned;
};

}  // namespace

std::unique_ptr<Talker> make_imap_talker(const Setting& setting, int number, Login login) {
  return std::make_unique<ImapTalker>(setting, number, std::move(login));
}

}  // namespace mailspec::load
