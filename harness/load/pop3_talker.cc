#include <algorithm>
#include <utility>

#include "harness/base/text.h"
#include "harness/load/judged_trace.h"
#include "harness/pop3/command.h"
#include "harness/pop3/response_reader.h"

namespace mailspec::load {

namespace {

using oracle::Event;
using oracle::Finding;

class Pop3Talker : public Talker {
 public:
  Pop3Talker(const Setting& setting, int number, Login login)
      : x_setting(setting), x_login(std::move(login)), x_plan(*setting.mix, setting.seed, number), x_trace(setting, number, false, x_login.user) {}

  void connected(double now) override {
    x_reader = pop3::ResponseReader{};
    x_out.clear();
    x_sent_at = now;
    x_phase = Phase::greeting;
    x_command = {};
    x_reader.expect_greeting();
    x_waits = true;
    ++x_setting.tally->connections;
    x_trace.restart(now);
  }

  std::string output(double now) override {
    if (!x_out.empty()) return take_output();
    if (x_waits) {
      if (now - x_sent_at > x_setting.patience) hang(now);
      return {};
    }
    switch (x_phase) {
      case Phase::user: send("USER", "USER " + x_login.user, {}, now); break;
      case Phase::pass: send("PASS", "PASS " + x_login.password, "PASS {secret:" + std::to_string(x_login.password.size()) + "}", now); break;
      case Phase::count: send("STAT", "STAT", {}, now); break;
      case Phase::running: go_on(now); break;
      default: break;
    }
    return take_output();
  }

  void feed(std::string_view octets, double now) override {
    x_setting.tally->octets_in += octets.size();
    x_reader.feed(octets);
    while (x_waits && x_reader.advance()) {
      Event event;
      event.pop3_command = x_command;
      event.pop3_response = x_reader.take();
      event.octets = event.pop3_response.line.substr(0, 1024);
      x_trace.add(Event::Kind::received, now, std::move(event));
      x_waits = false;
      answered(now);
    }
    if (x_reader.overflow()) leave();
  }

  void ended(bool reset, double now) override {
    if (x_phase == Phase::offline) return;
    Event event;
    event.reset = reset;
    event.pop3_command = x_command;
    x_trace.add(Event::Kind::closed, now, std::move(event));
    if (x_phase != Phase::leaving) {
      ++x_setting.tally->lost;
      if (++x_losses > kMostLosses) x_over = true;
      x_trace.found("rfc1939/3/one-response-per-command", "the server ended the session in the middle of the run", Finding::Kind::closed);
    }
    x_phase = Phase::offline;
    if (now >= x_setting.end || spent()) x_over = true;
  }

  double wake() const override {
    if (x_phase == Phase::offline) return x_again_at;
    if (x_waits) return x_sent_at + x_setting.patience;
    return x_phase == Phase::running && !x_resting ? x_next_at : kNever;
  }
  bool wants_close() const override { return x_phase == Phase::leaving && !x_waits; }
  bool wants_connection() const override { return x_phase == Phase::offline && !x_over; }
  std::uint64_t digest() const override { return x_plan.digest(); }
  std::uint64_t intents() const override { return x_plan.count(); }
  bool resting() const override { return x_resting || (x_phase == Phase::offline && x_over); }
  void checkpoint(int round) override {
    if (round < kLastRound || x_phase != Phase::running || x_waits) return;
    x_resting = false;
    x_over = true;
  }
  const std::optional<std::map<std::uint64_t, std::string>>& picture() const override { return x_none; }
  const std::string& place() const override { return x_login.user; }
  const oracle::Trace& trace() const override { return x_trace.trace(); }
  const std::map<std::uint64_t, bool>& owned() const override { return x_nothing; }
  const std::string& keyword() const override { return x_no_keyword; }

 private:
  enum class Phase { offline, greeting, user, pass, count, running, leaving };
  static constexpr int kMostLosses = 3;

  bool spent() const { return x_setting.most_commands && x_plan.count() >= x_setting.most_commands; }
  std::string take_output() {
    x_setting.tally->octets_out += x_out.size();
    return std::exchange(x_out, {});
  }

  void send(std::string name, const std::string& text, const std::string& shown, double now) {
    x_name = std::move(name);
    x_command = pop3::parse_command(shown.empty() ? text : shown);
    x_out = text + "\r\n";
    Event event;
    event.pop3_command = x_command;
    event.octets = shown.empty() ? text : shown;
    x_trace.add(Event::Kind::sent, now, std::move(event));
    x_reader.expect(x_command);
    x_waits = true;
    x_sent_at = now;
    x_due_at = x_setting.interval > 0 && x_scheduled > 0 ? std::exchange(x_scheduled, 0) : now;
  }

  void go_on(double now) {
    if (x_over) return quit(now);
    if (x_resting) return;
    if (now >= x_setting.end || spent() || x_setting.just_idle) {
      x_resting = true;
      return;
    }
    if (now < x_next_at) return;
    if (x_setting.interval > 0) {
      x_scheduled = x_next_at > 0 ? x_next_at : now;
      x_next_at = x_scheduled + x_setting.interval;
    }
    // The trace of a session is bounded: after an epoch a new one begins.
    if (++x_in_session >= x_setting.epoch) return quit(now);
    const auto intent = x_plan.next();
    const auto number = std::to_string(x_count ? 1 + static_cast<std::uint64_t>(intent.which * static_cast<double>(x_count)) : 0);
    const auto kind = x_count == 0 && (intent.kind == Kind::retr || intent.kind == Kind::top) ? Kind::noop : intent.kind;
    switch (kind) {
      case Kind::stat: return send("STAT", "STAT", {}, now);
      case Kind::scan_list: return send("LIST", "LIST", {}, now);
      case Kind::uidl: return send("UIDL", "UIDL", {}, now);
      case Kind::retr: return send("RETR", "RETR " + number, {}, now);
      case Kind::top: return send("TOP", "TOP " + number + " " + std::to_string(intent.how % 5), {}, now);
      case Kind::logout: return quit(now);
      default: return send("NOOP", "NOOP", {}, now);
    }
  }

  void quit(double now) {
    send("QUIT", "QUIT", {}, now);
    x_phase = Phase::leaving;
  }

  void answered(double now) {
    const auto& reply = x_trace.trace().events.back().pop3_response;
    auto& tally = *x_setting.tally;
    if (x_phase == Phase::greeting) {
      if (reply.ok()) x_phase = Phase::user;
      else ++tally.refused_connections, leave();
      return;
    }
    tally.latencies[x_name].add(now - x_due_at);
    ++tally.commands;
    if (!reply.ok()) {
      auto& r = tally.refused[x_name];
      if (r.times++ == 0) r.first = visible(reply.line, 200);
    }
    if (x_setting.interval == 0 && x_setting.mix->think > 0)
      x_next_at = now + x_setting.mix->think * (0.5 + static_cast<double>(x_plan.digest() % 1000) / 1000);
    switch (x_phase) {
      case Phase::user: x_phase = Phase::pass; break;
      case Phase::pass:
        if (reply.ok()) {
          x_phase = Phase::count;
          x_losses = 0;
          x_in_session = 0;
          break;
        }
        // The maildrop may be held by another session (RFC 1939 4).
        x_again_at = now + 0.2;
        if (now >= x_setting.end) x_over = true;
        leave();
        break;
      case Phase::count:
        if (const auto drop = pop3::parse_drop_listing(reply.text)) x_count = drop->count;
        x_phase = Phase::running;
        break;
      default: break;
    }
  }

  void hang(double now) {
    Event event;
    event.pop3_command = x_command;
    event.pop3_response = x_reader.abandon();
    x_trace.add(Event::Kind::hang, now, std::move(event));
    x_trace.found("rfc1939/3/one-response-per-command", "no answer to " + x_name + " within " + std::to_string(static_cast<int>(x_setting.patience)) + " s",
                  Finding::Kind::hang);
    x_over = true;
    leave();
  }

  void leave() {
    x_waits = false;
    x_phase = Phase::leaving;
  }

  const Setting& x_setting;
  Login x_login;
  Plan x_plan;
  JudgedTrace x_trace;
  pop3::ResponseReader x_reader;
  pop3::Command x_command;
  Phase x_phase = Phase::offline;
  std::string x_out, x_name;
  bool x_waits = false, x_resting = false, x_over = false;
  std::uint64_t x_count = 0;
  std::size_t x_in_session = 0;
  int x_losses = 0;
  double x_sent_at = 0, x_due_at = 0, x_next_at = 0, x_scheduled = 0, x_again_at = 0;
  std::optional<std::map<std::uint64_t, std::string>> x_none;
  std::map<std::uint64_t, bool> x_nothing;
  std::string x_no_keyword;
};

}  // namespace

std::unique_ptr<Talker> make_pop3_talker(const Setting& setting, int number, Login login) {
  return std::make_unique<Pop3Talker>(setting, number, std::move(login));
}

}  // namespace mailspec::load
