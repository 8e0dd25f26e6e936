#include "harness/scenario/case_runner.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/mime/base64.h"
#include "harness/scenario/pop3_dialogue.h"

namespace mailspec::scenario {

using oracle::Event;
using oracle::Finding;
using Outcome = Wires::Outcome;

namespace {

constexpr std::size_t kLoginTries = 6;

class Pop3Speaker : public Speaker {
 public:
  explicit Pop3Speaker(CaseState& state)
      : Speaker(state), x_dialogue(state.stage.transport(), state.result.trace, state.options.segmentation, state.options.patience) {
    x_dialogue.watch(state.options.watcher);
  }

 private:
  Wires& wires() override { return x_dialogue; }

  void clean_up() override {
    if (x_case.facts.mutates || x_stopped) x_stage.touched(x_account);
  }

  // ---- set-up

  Account account_for_case() const {
    if (x_case.needs("APOP") && !x_stage.special("apop").name.empty()) return x_stage.special("apop");
    if (x_case.needs("wrong-password")) return x_stage.special("wrong-password");
    if (x_case.needs("utf8-account")) return x_stage.special("utf8");
    if (x_case.needs("spaced-password")) return x_stage.special("spaced");
    return x_account;
  }

  bool set_up() override {
    x_account = account_for_case();
    bind_account(x_account);
    const bool wants_messages = x_case.state != "none" || !x_case.messages.empty() || x_case.both();
    const bool keeps = x_case.messages.empty() && !x_case.needs("deliver") && !x_case.both();
    if (wants_messages && !keeps) {
      if (auto s = x_stage.prepare(x_account, x_case.messages); !s) {
        x_result.unreachable = s.error().kind == Error::Kind::unreachable;
        if (s.error().kind == Error::Kind::limit) {
          decline("a message cannot be delivered: " + s.error().what);
          return true;
        }
        return trouble("the maildrop could not be prepared: " + s.error().what);
      }
      // Some find their messages again by number under the other protocol. That the order is another may show only now.
      if (x_case.both() && x_case.needs("no-" + std::string(Pop3Offer::kOwnOrder)) && !x_stage.pop3_numbers_by_arrival()) {
        decline("POP3 numbers the messages in another order than IMAP, which RFC 1939 section 4 lets it");
        return true;
      }
      x_dialogue.note(Event::Kind::prepared, 0, x_account.name, 0);
    }
    if (x_case.state == "none") return true;
    x_stage.transport().wait(x_stage.offer().pop3->login_delay());
    for (int n = 1; n <= x_case.connections; ++n) {
      if (!reach(n, 0) || !raise_tls_if_needed(n)) return false;
      if (x_case.state == "transaction" && !login(n, 0)) {
        x_result.login_failed = true;
        return trouble("login failed: " + x_login_trouble);
      }
    }
    return true;
  }

  // Where what the case requires is there only under TLS, the case runs under TLS.
  bool raise_tls_if_needed(int n) {
    const bool needed = std::ranges::any_of(x_case.requires_, [&](const auto& f) { return x_stage.offer().pop3_needs_tls(f); });
    return !needed || x_dialogue.tls(n) || raise_tls(n);
  }

  bool raise_tls(int n) {
    x_dialogue.send(n, "STLS\r\n", "STLS\r\n", 0);
    if (x_dialogue.receive(n) != Outcome::ok || !x_dialogue.last().pop3_response.ok()) return trouble("STLS was refused in set-up");
    if (auto s = x_dialogue.start_tls(n, {}, 0); !s) return trouble("TLS in set-up: " + s.error().what);
    return true;
  }

  bool connect(int n, int line) {
    const auto& offer = *x_stage.offer().pop3;
    const bool tls = x_case.endpoint == "pop3s" || !offer.clear;
    if (auto s = x_dialogue.connect(n, x_stage.pop3_endpoint(tls), x_account.name, line); !s) {
      x_result.unreachable = s.error().kind == Error::Kind::unreachable;
      return trouble("no connection: " + s.error().what);
    }
    return true;
  }

  bool greeting(int n) {
    if (x_dialogue.receive(n) != Outcome::ok || !x_dialogue.last().pop3_response.ok()) return false;
    const auto& text = x_dialogue.last().pop3_response.line;
    const auto from = text.find('<'), to = text.find('>', from);
    const bool has = from != std::string::npos && to != std::string::npos;
    bind(n == 1 ? "banner" : "banner" + std::to_string(n), has ? text.substr(from, to - from + 1) : "", false);
    return true;
  }

  // A connection that has been greeted. One that is turned away is tried again: limits on connections pass.
  bool reach(int n, int line) {
    for (std::size_t attempt = 0;; ++attempt) {
      if (!connect(n, line)) return false;
      if (greeting(n)) return true;
      if (!may_be_let_in(n, attempt)) break;
    }
    if (is_refused()) return false;
    x_result.not_greeted = true;
    return trouble("no greeting: " + what_happened(n));
  }

  // -ERR in place of a greeting.
  bool is_refused() const { return x_dialogue.last().kind == Event::Kind::received && x_dialogue.last().pop3_response.status == pop3::Status::err; }

  // Is another try worth it, where -ERR came in place of a greeting, or the end of the connection? After the last an -ERR stands for a limit.
  bool may_be_let_in(int n, std::size_t attempt) {
    const auto& e = x_dialogue.last();
    const bool ended = e.kind == Event::Kind::closed && e.pop3_response.line.empty();
    if (!is_refused() && !ended) return false;
    if (wait_out(attempt)) return true;
    if (is_refused()) limited(what_happened(n));
    return false;
  }

  // RFC 2449 8.1 and RFC 3206 4: refused now, and perhaps not the next time.
  bool is_for_now() const {
    const auto& e = x_dialogue.last();
    if (e.kind != Event::Kind::received || e.pop3_response.status != pop3::Status::err) return false;
    return pop3::code_is(e.pop3_response.code, "IN-USE") || pop3::code_is(e.pop3_response.code, "LOGIN-DELAY") ||
           pop3::code_is(e.pop3_response.code, "SYS/TEMP");
  }

  bool login(int n, int line) {
    const auto& offer = x_stage.offer();
    // A scenario that has raised TLS on this connection means it: a new one is raised, too.
    const bool under_tls = x_dialogue.open(n) && x_dialogue.tls(n);
    for (std::size_t attempt = 0;; ++attempt) {
      if (!x_dialogue.open(n)) {
        if (!reach(n, line)) return false;
        if (under_tls && !x_dialogue.tls(n) && !raise_tls(n)) return false;
      }
      if (x_dialogue.due(n) && !greeting(n)) return false;
      x_login_trouble = log_in(x_dialogue, n, x_account, offer, line);
      if (x_login_trouble.empty()) {
        x_transaction[n] = true;
        return true;
      }
      // What IMAP holds in the case itself is not given up by waiting.
      const bool for_now = is_for_now() && !(x_case.both() && pop3::code_is(x_dialogue.last().pop3_response.code, "IN-USE"));
      // The maildrop may still be held by a session that has just gone.
      if (x_dialogue.open(n)) x_dialogue.drop(n, Wires::End::fin, line);
      if (!for_now && attempt + 1 >= kLoginTries) return false;
      const auto before = x_stage.transport().now();
      // A lock that outlasts all patience is a fault; other refusals are limits.
      if (!wait_out(attempt)) return for_now && x_login_trouble.find("[IN-USE") == std::string::npos ? limited(x_login_trouble) : false;
      if (const auto rest = x_stage.offer().pop3->login_delay() - (x_stage.transport().now() - before); rest > 0) x_stage.transport().wait(rest);
    }
  }

  // What led to the end of a session: the refusal of a command, which may end it (RFC 1939 3 and 4 forbid nothing of the kind), or anything else.
  bool ended_by_refusal(int n) const {
    if (x_dialogue.open(n)) return false;
    const auto& events = x_result.trace.events;
    for (auto i = events.size(); i-- > 0;) {
      const auto& e = events[i];
      if (e.connection != n || e.kind == Event::Kind::closed) continue;
      // Said into the end: it was not answered.
      if (e.kind == Event::Kind::sent && (e.pop3_command.keyword == "NOOP" || e.pop3_command.keyword == "CAPA")) continue;
      return e.kind == Event::Kind::received && e.pop3_response.status == pop3::Status::err;
    }
    return false;
  }

  // The end may be seen after the next command has been sent, which was said into it.
  bool ended_late(int n) const override {
    bool asked = false;
    for (const auto& e : std::views::reverse(x_result.trace.events)) {
      if (e.connection != n || e.kind == Event::Kind::closed) continue;
      if (e.kind != Event::Kind::sent) return asked && e.kind == Event::Kind::received && e.pop3_response.status == pop3::Status::err;
      if (std::exchange(asked, true)) return false;
    }
    return false;
  }

  bool has_marks(int n) const {
    bool any = false;
    for (const auto& e : x_result.trace.events) {
      if (e.connection != n) continue;
      if (e.kind == Event::Kind::connect || (e.pop3_command.keyword == "RSET" && e.kind == Event::Kind::received)) any = false;
      any = any || (e.kind == Event::Kind::received && e.pop3_command.keyword == "DELE" && e.pop3_response.ok());
    }
    return any;
  }

  // Is there a session to go on with? Where a refusal has ended the last one a new one is brought to where that was.
  bool there(const Sent& sent) {
    const int n = sent.connection;
    if (x_dialogue.open(n)) return true;
    if (ended_by_refusal(n)) return renew(n, sent.line);
    ended_before(sent.text, "");
    return false;
  }

  bool renew(int n, int line) {
    const bool tls = x_dialogue.tls(n), transaction = x_transaction[n];
    // RFC 1939 6: with the session its marks have gone.
    if (transaction && has_marks(n)) return trouble("after a refusal the server ended the session, and with it went the marks of deletion");
    x_transaction[n] = false;
    if (!reach(n, line)) {
      (void)broken_by_end();
      return false;
    }
    if (tls ? !x_dialogue.tls(n) && !raise_tls(n) : !raise_tls_if_needed(n)) return false;
    return !transaction || login(n, line) || trouble("after a refusal the server ended the session; a new login failed: " + x_login_trouble);
  }

  // ---- steps

  void perform(const Step& step) override {
    const int n = step.connection, line = step.line;
    std::visit(Overloaded{
                   [&](const Exchange& s) { exchange(s); },
                   [&](const Attempt& s) { attempt(s.sent); },
                   [&](const Refused& s) { refused(n, line, s); },
                   [&](const Forget&) { x_dialogue.forget(n); },
                   [&](const Connect& s) { connect_as(n, line, s); },
                   [&](const Login&) { login_as_step(n, line); },
                   [&](const Silence&) {
                     x_dialogue.flush();
                     if (x_dialogue.unasked(n, quiet())) broken("nothing was due, but the server sent something");
                   },
                   [&](const Deliver& s) { deliver(s, line); },
                   [&](const CheckClosed& s) { check_closed(n, s); },
                   [&](const CheckSoon&) { check_soon(); },
                   [&](const CheckTls& s) { check_tls(n, s.what); },
                   [&](const Compare& s) { compare(s); },
                   [](const auto&) {},
               },
               step.does);
  }

  void exchange(const Exchange& exchange) {
    for (const auto& sent : exchange.sends) {
      x_line = sent.line;
      send(sent);
      if (x_stopped || x_over) return;
      x_begun = true;
    }
    for (const auto& demand : exchange.demands) {
      x_line = demand.line;
      expect(demand);
      if (x_stopped || x_over) return;
      x_begun = true;
    }
  }

  // Where the scenario looks at the greeting itself, that is left to be found.
  void connect_as(int n, int line, const Connect& step) {
    x_transaction[n] = x_deletes[n] = false;
    if (step.greeting_is_judged) return static_cast<void>(connect(n, line));
    if (!reach(n, line)) not_greeted("a greeting that begins with +OK was due; " + what_happened(n), Finding::Kind::wrong);
    else if (!step.is_last && !step.before_stls) raise_tls_if_needed(n);
  }

  void login_as_step(int n, int line) {
    if (login(n, line)) return;
    // RFC 1939 4: a lock may be held against it, by IMAP, too.
    if (x_case.both() && x_login_trouble.find("[IN-USE]") != std::string::npos)
      return decline("the maildrop cannot be opened while IMAP looks at INBOX: " + x_login_trouble);
    broken("the login with the right password failed: " + x_login_trouble);
  }

  void deliver(const Deliver& step, int line) {
    if (auto s = x_stage.deliver(x_account, step.fixture); !s) trouble("a message could not be delivered: " + s.error().what);
    x_dialogue.note(Event::Kind::delivered, 0, step.fixture, line);
  }

  std::string what_happened(int n) const override {
    if (x_result.trace.events.empty()) return "nothing came";
    const auto& e = x_dialogue.last();
    switch (e.kind) {
      case Event::Kind::closed: {
        std::string what = e.reset ? "the server reset the connection" : "the server closed the connection";
        if (!e.pop3_response.line.empty()) what += " after '" + visible(e.pop3_response.line, 120) + "'";
        return what;
      }
      case Event::Kind::hang:
        return e.octets.empty() ? "nothing came in time" : "the response was not complete in time; it began '" + visible(e.octets, 120) + "'";
      case Event::Kind::received: return "'" + visible(e.pop3_response.line, 200) + "' came";
      default: return x_dialogue.open(n) ? "nothing came" : "the connection is closed";
    }
  }

  void send(const Sent& sent) {
    const int n = sent.connection;
    if (!there(sent)) return;
    auto expanded = expand(sent.pieces, x_bindings, x_workshop, n);
    if (!expanded) return fail_scenario(expanded.error().what);
    if (!expanded->breach.empty()) return broken(expanded->breach);
    if (!expanded->declined.empty()) return decline(expanded->declined);
    for (const auto& secret : expanded->secrets) x_dialogue.add_secret(secret);
    const std::string end = sent.raw ? "" : "\r\n";
    // Only what was asked for may wait to be read before a command is sent.
    if (!x_dialogue.due(n)) x_dialogue.unasked(n, 0);
    if (!there(sent)) return;
    expanded->octets += end, expanded->shown += end;
    if (const auto* instead = sent_instead(sent, expanded->octets, expanded->shown)) {
      if (instead->empty()) return;
      expanded->octets = expanded->shown = *instead;
    }
    x_dialogue.send(n, expanded->octets, expanded->shown, sent.line);
    if (sent.deletes) x_deletes[n] = true;
  }

  // For what may well fail, and is not the point: a login that a lock refuses, and what would follow it.
  void attempt(const Sent& sent) {
    const int n = sent.connection;
    if (!x_dialogue.open(n)) return;
    auto expanded = expand(sent.pieces, x_bindings, x_workshop, n);
    if (!expanded) return fail_scenario(expanded.error().what);
    if (!expanded->declined.empty()) return decline(expanded->declined);
    x_dialogue.send(n, expanded->octets + "\r\n", expanded->shown + "\r\n", sent.line);
    x_dialogue.receive(n);
  }

  // The next response. Where a greeting was due and the connection ended, a limit is waited out, as in set-up.
  Outcome receive(int n, int line) {
    const bool greets = x_dialogue.greeting_due(n);
    auto outcome = x_dialogue.receive(n);
    for (std::size_t attempt = 0; greets && outcome == Outcome::closed && may_be_let_in(n, attempt) && connect(n, line); ++attempt)
      outcome = x_dialogue.receive(n);
    return outcome;
  }

  // The next response: its first line, and what follows up to ".", if the scenario looks at that.
  void expect(const Demand& demand) {
    const int n = demand.connection;
    if (!x_dialogue.due(n)) return fail_scenario("no response is due here: '" + demand.text + "'");
    const auto outcome = receive(n, demand.line);
    const std::string wanted = demand.text.substr(demand.text.find(':') + 2);
    if (outcome == Outcome::closed && ended_by_refusal(n) && broken_by_end()) return;
    if (outcome == Outcome::closed && ended_by_refusal(n))
      return static_cast<void>(trouble("'" + wanted + "' was due; the server had ended the session after a refusal"));
    if (outcome != Outcome::ok) return broken_by(outcome, n, "'" + wanted + "'");
    const auto& reply = x_dialogue.last().pop3_response;
    const auto& keyword = x_dialogue.last().pop3_command.keyword;
    // RFC 1939 6: an error may keep some or all of the marked messages where they are.
    if (keyword == "QUIT" && reply.status == pop3::Status::err && has_marks(n))
      return static_cast<void>(trouble("the server could not remove what was marked: " + what_happened(n)));
    if (is_for_now() && !pop3::code_is(reply.code, "IN-USE") && wanted.starts_with("+OK")) return static_cast<void>(limited(what_happened(n)));
    if (!first_line_fits(demand.pattern, reply, keyword)) return;
    track(n);
    if (!demand.lines) return;
    if (!reply.multi_line) {
      if (!reply.ok()) return;  // {r=+OK|-ERR} and a refusal: there are no lines
      return broken("lines were due after '" + visible(reply.line, 80) + "'");
    }
    content_fits(*demand.lines, reply, keyword);
  }

  bool first_line_fits(const Line& pattern, const pop3::Response& reply, const std::string& keyword) {
    const auto& first = pattern[0];
    const auto status = [&](std::string_view word) {
      return (word == "+OK" && reply.status == pop3::Status::ok) || (word == "-ERR" && reply.status == pop3::Status::err) ||
             (word == "+" && reply.status == pop3::Status::challenge);
    };
    const std::string came = "'" + visible(reply.line, 200) + "' came";
    if (first.kind == Piece::Kind::one_of) {
      for (const auto& choice : first.choices) {
        if (!status(choice)) continue;
        bind(first.text, choice, false);
        return true;
      }
      broken("one of " + join(first.choices, ", ") + " was due; " + came);
      return false;
    }
    const auto space = first.text.find(' ');
    const std::string word = first.text.substr(0, space);
    if (!status(word)) {
      broken((word == "+" ? std::string("a challenge '+ '") : "'" + word + "'") + " was due; " + came);
      return false;
    }
    if (space == std::string::npos && pattern.size() == 1) {
      if (word == "+" && !reply.text.empty()) {
        broken("an empty challenge was due; " + came, Finding::Kind::wrong, 2);
        return false;
      }
      return true;
    }
    Line rest = pattern;
    rest[0].text = space == std::string::npos ? "" : first.text.substr(space + 1);
    if (rest[0].text.empty()) rest.erase(rest.begin());
    // A response code, if written, is compared as one (RFC 2449 8): any case, deeper levels allowed.
    if (!rest.empty() && rest[0].kind == Piece::Kind::literal && rest[0].text.starts_with('[')) {
      const auto wanted = rest[0].text.substr(1, rest[0].text.find(']') - 1);
      if (pop3::code_is(reply.code, wanted)) return true;
      broken("the response code [" + wanted + "] was due; " + came, Finding::Kind::wrong, word.size() + 1);
      return false;
    }
    // RFC 1939 5 makes no requirement on what follows the numbers of STAT and LIST.
    const bool open_end = keyword == "STAT" || keyword == "LIST";
    const auto m = match(rest, reply.text, x_bindings, open_end, false);
    if (!m.matched) {
      broken("'" + reads(pattern) + "' was due; " + came, Finding::Kind::wrong, reply.line.size() - reply.text.size() + m.offset);
      return false;
    }
    return true;
  }

  void content_fits(const std::vector<Demand>& due, const pop3::Response& reply, const std::string& keyword) {
    if (due.size() == 1 && due[0].pattern[0].kind == Piece::Kind::file) return file_fits(due[0].pattern[0], reply.content);
    auto lines = reply.content.split_lines();
    // RFC 1939 5 and 7 have a line for each message, and say nothing of the lines' order.
    if (keyword == "LIST" || keyword == "UIDL")
      std::ranges::sort(lines, {}, [](const std::string& line) { return parse_number(line.substr(0, line.find(' '))).value_or(~0ull); });
    const bool any_case = keyword == "CAPA";
    const bool open_end = keyword == "LIST";
    std::size_t at = 0;
    bool gap = false;
    for (const auto& demand : due) {
      x_line = demand.line;
      const auto& p = demand.pattern;
      if (demand.kind == Demand::Kind::never) {
        for (const auto& line : lines) {
          Bindings scratch = x_bindings;
          if (match(p, line, scratch, open_end, any_case).matched) return broken("no line '" + reads(p) + "' may come; '" + visible(line, 120) + "' came");
        }
        continue;
      }
      if (p.size() == 1 && p[0].kind == Piece::Kind::rest) {
        gap = true;
        continue;
      }
      const auto from = at;
      while (at < lines.size() && !match(p, lines[at], x_bindings, open_end, any_case).matched) {
        if (!gap) return broken("the line '" + reads(p) + "' was due; '" + visible(lines[at], 200) + "' came");
        ++at;
      }
      if (at == lines.size()) {
        if (x_stake) x_stake->nearest = nearest(reads(p), std::span(lines).subspan(std::min(from, lines.size())));
        return broken("the line '" + reads(p) + "' was due; the response has " + std::to_string(lines.size()) + " lines and none is it");
      }
      ++at;
      gap = false;
    }
    if (!gap && at != lines.size()) broken("the response was to end here; '" + visible(lines[at], 200) + "' came");
  }

  // RFC 1939 11: what was delivered is what comes. Delivery may add to the header, so bodies are compared.
  void file_fits(const Piece& piece, const pop3::Content& content) {
    const auto* fixture = x_options.fixture(piece.text);
    if (!fixture) return fail_scenario("there is no fixture '" + piece.text + "'");
    const std::string octets = with_crlf(*fixture);
    const auto blank = octets.find("\r\n\r\n");
    std::string body = blank == std::string::npos ? "" : octets.substr(blank + 4);
    if (piece.slice >= 0) {
      std::size_t end = 0;
      for (int i = 0; i < piece.slice && end < body.size(); ++i) end = body.find("\r\n", end) + 2;
      body.resize(end);
    }
    if (!content.has_empty_line) return broken("the message came without the empty line after its header", Finding::Kind::wrong, 0, true);
    if (!content.whole) return fail_scenario("'" + piece.text + "' is too long to be compared as a file");
    const auto came = content.body();
    // How a message is stored is not POP3's affair: an mbox may give each an empty line at its end.
    if (came == body || came == body + "\r\n") return;
    const auto [mine, theirs] = std::ranges::mismatch(body, came);
    const auto offset = static_cast<std::size_t>(mine - body.begin());
    std::string what = "the body is not that of " + piece.text + (piece.slice >= 0 ? " cut after " + std::to_string(piece.slice) + " lines" : "") +
                       ": from octet " + std::to_string(offset) + " on '" + visible(std::string_view(body).substr(offset), 40) + "' was due, '" +
                       visible(came.substr(std::min(offset, came.size())), 40) + "' came (" + std::to_string(came.size()) + " octets for " +
                       std::to_string(body.size()) + ")";
    // Nothing but dots before it on its line, and one more was due.
    const auto dots = body.find_last_not_of('.', offset);
    const bool at_line = offset < body.size() && body[offset] == '.' && (dots == std::string::npos || body[dots] == '\n');
    if (at_line) what += "; a line that begins with '.' is short of one, as if byte-stuffing had added none";
    broken(std::move(what), Finding::Kind::wrong, content.header_octets + offset, true);
  }

  void track(int n) {
    const auto& e = x_dialogue.last();
    if (!e.pop3_response.ok()) return;
    const auto& k = e.pop3_command.keyword;
    if (k == "PASS" || k == "APOP" || k == "AUTH" || e.pop3_command.sasl_response) x_transaction[n] = true;
  }

  Outcome answered(int n) override {
    auto outcome = x_dialogue.due(n) ? Outcome::ok : Outcome::none;
    while (outcome == Outcome::ok && x_dialogue.due(n)) outcome = x_dialogue.receive(n);
    if (outcome == Outcome::ok) x_dialogue.unasked(n, 0);  // a long line may be answered for more than once
    return outcome == Outcome::none ? Outcome::ok : outcome;
  }

  bool serves(int n) override {
    x_dialogue.send(n, "NOOP\r\n", "NOOP\r\n", x_line);
    return x_dialogue.receive(n) == Outcome::ok;
  }

  std::string logs_in(int n, const Account& account, int line) override { return log_in(x_dialogue, n, account, x_stage.offer(), line, Ways::one); }
  net::Endpoint implicit_endpoint() const override { return x_stage.pop3_endpoint(true); }

  bool greets(int n, int line) override {
    const bool tls = x_case.endpoint == "pop3s" || !x_stage.offer().pop3->clear;
    for (std::size_t attempt = 0;; ++attempt) {
      if (!x_dialogue.connect(n, x_stage.pop3_endpoint(tls), x_account.name, line)) return false;
      if (greeting(n)) return true;
      if (!may_be_let_in(n, attempt)) return false;
    }
  }

  static bool tells_scram_error(const pop3::Response& reply) {
    const auto message = reply.status == pop3::Status::challenge ? mime::decode_base64(reply.text) : std::nullopt;
    return message && message->starts_with("e=");
  }

  // A refusal, and then proof that the connection is in step: one NOOP, one response.
  void refused(int n, int line, const Refused& step) {
    const bool may_close = step.may_close;
    if (!x_dialogue.due(n)) return fail_scenario("no response is due here");
    const auto outcome = x_dialogue.receive(n);
    if (outcome == Outcome::closed && may_close) return fence_anew(n, line);
    if (outcome != Outcome::ok) return broken_by(outcome, n, "a refusal (-ERR)");
    if (tells_scram_error(x_dialogue.last().pop3_response)) {
      // RFC 5802 5.1 and 7: it says what was wrong, and fails when the client has answered.
      x_dialogue.send(n, "\r\n", "\r\n", line);
      return refused(n, line, step);
    }
    if (x_dialogue.last().pop3_response.status != pop3::Status::err) return broken("a refusal (-ERR) was due; " + what_happened(n));
    if (x_dialogue.due(n)) return;  // pipelined: the next response is the fence
    // Before the login NOOP is refused, too; CAPA, where it is there, tells its own answer from a stray one.
    const std::string probe = !x_transaction[n] && x_stage.offer().pop3->capa ? "CAPA" : "NOOP";
    x_dialogue.send(n, probe + "\r\n", probe + "\r\n", line);
    const auto fence = x_dialogue.receive(n);
    if (fence == Outcome::closed && (may_close || ended_by_refusal(n))) return fence_anew(n, line);
    if (fence != Outcome::ok) return broken_by(fence, n, "after the refusal, a response to " + probe);
    const auto status = x_dialogue.last().pop3_response.status;
    const bool must_be_positive = x_transaction[n] || probe == "CAPA";
    if (must_be_positive ? status != pop3::Status::ok : (status != pop3::Status::ok && status != pop3::Status::err)) {
      return broken("after the refusal, " + probe + " was answered out of step: " + what_happened(n));
    }
    if (x_dialogue.unasked(n, 0))
      return broken("after the refusal more came than the answer to " + probe + ": '" + visible(x_dialogue.last().octets, 120) + "'");
  }

  // A refusal may end the session; the next is to be had, and is brought to where this one was.
  void fence_anew(int n, int line) {
    if (!renew(n, line)) not_greeted("after the refusal a new connection was not greeted: " + what_happened(n), Finding::Kind::crash);
  }

  // `reach` has failed: is that what the stake is about?
  void not_greeted(std::string what, Finding::Kind kind) {
    if (!std::exchange(x_result.not_greeted, false)) return;
    x_stopped = false;
    x_result.setup_trouble.clear();
    broken(std::move(what), kind);
  }

  // The answers of the server may be so slow that there is nothing left of the delay (RFC 2449 6.5).
  void check_soon() {
    const auto& events = x_result.trace.events;
    const double passed = events.empty() ? 0 : static_cast<double>(x_dialogue.last().at_us - events.front().at_us) * 1e-6;
    if (passed > x_stage.offer().pop3->announced_delay() / 2) decline("the session before took so long that a login need not be refused any longer");
  }

  void wind_up() override {
    const auto say = [&](int n, const std::string& line) {
      x_dialogue.send(n, line + "\r\n", line + "\r\n", 0);
      return x_dialogue.receive(n) == Outcome::ok;
    };
    for (int n = 1; n <= 9; ++n) {
      if (!x_dialogue.open(n)) continue;
      while (x_dialogue.due(n)) {
        if (x_dialogue.receive(n) != Outcome::ok) break;
      }
      if (!x_dialogue.open(n)) continue;
      if (handshake_due(n)) {
        x_dialogue.drop(n, Wires::End::fin, 0);
        continue;
      }
      x_dialogue.unasked(n, 0);
      if (!x_dialogue.open(n)) continue;
      if (x_transaction[n] && x_deletes[n] && !say(n, "RSET")) continue;
      if (!say(n, "QUIT")) continue;
      if (x_dialogue.wait_closed(n) == Outcome::hang) x_dialogue.note(Event::Kind::hang, n, "", 0);
    }
  }

  Pop3Dialogue x_dialogue;
  std::string x_login_trouble;
  std::map<int, bool> x_transaction, x_deletes;
};

}  // namespace

std::unique_ptr<Speaker> make_pop3_speaker(CaseState& state) { return std::make_unique<Pop3Speaker>(state); }

std::string log_in(Pop3Dialogue& dialogue, int connection, const Account& account, const Offer& offer, int line, Ways ways) {
  const auto ask = [&](const std::string& octets, const std::string& shown) -> std::string {
    dialogue.send(connection, octets + "\r\n", shown + "\r\n", line);
    switch (dialogue.receive(connection)) {
      case Outcome::ok: break;
      case Outcome::closed: return "the server closed the connection after " + shown;
      default: return "no response to " + shown;
    }
    return dialogue.last().pop3_response.status == pop3::Status::err ? visible(dialogue.last().pop3_response.line, 200) : "";
  };
  const auto secret = [](const std::string& text) { return "{secret:" + std::to_string(text.size()) + "}"; };
  if (!dialogue.tls(connection) && offer.pop3_login_needs_tls()) {
    if (auto why = ask("STLS", "STLS"); !why.empty()) return why;
    if (auto s = dialogue.start_tls(connection, {}, line); !s) return s.error().what;
  }
  dialogue.set_user(connection, account.name);
  const bool user = offer.pop3_has("USER");
  std::string why;
  const auto by_sasl = [&] {
    const auto message = mime::encode_base64(std::string(1, '\0') + account.name + '\0' + account.password);
    dialogue.add_secret(message);
    auto refused = ask("AUTH PLAIN", "AUTH PLAIN");
    return refused.empty() ? ask(message, secret(message)) : refused;
  };
  // Another argument than RFC 1939 section 3 has need not be taken (section 7 lets PASS do so with blanks).
  const bool plain = offer.pop3_has("SASL:PLAIN") && (dialogue.tls(connection) || !offer.pop3_needs_tls("SASL:PLAIN"));
  if (user && (is_pop3_argument(account.password) || !plain)) {
    why = ask("USER " + account.name, "USER " + account.name);
    // That USER is refused says nothing of the password: RFC 1939 section 7 has it announced by CAPA alone.
    if (why.empty()) why = ask("PASS " + account.password, "PASS " + secret(account.password));
    else if (ways == Ways::all && plain && dialogue.open(connection) && !dialogue.last().pop3_response.code && by_sasl().empty()) why.clear();
  } else if (offer.pop3_has("SASL:PLAIN")) {
    why = by_sasl();
  } else {
    return "the server offers neither USER nor AUTH PLAIN";
  }
  return why;
}

}  // namespace mailspec::scenario
