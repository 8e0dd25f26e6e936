// IMAP: an exchange is the C lines up to an S line, and the S lines up to the next C line. Untagged responses come in any order, tagged ones
// and "+" are barriers.
#include <algorithm>
#include <map>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/imap/search_return.h"
#include "harness/imap/vocabulary.h"
#include "harness/mime/base64.h"
#include "harness/oracle/imap_view.h"
#include "harness/pop3/response.h"
#include "harness/scenario/case_runner.h"
#include "harness/scenario/imap_acts.h"
#include "harness/scenario/imap_ask.h"
#include "harness/scenario/imap_lock.h"
#include "harness/scenario/imap_matcher.h"

namespace mailspec::scenario {

using imap::Response;
using oracle::Event;
using oracle::Finding;
using Outcome = Wires::Outcome;

namespace {

constexpr int kEventuallyTries = 8;
constexpr double kShyWithin = 12;  // seconds, for what may take minutes, where --slow is not given

class ImapSpeaker : public Speaker {
 public:
  explicit ImapSpeaker(CaseState& state)
      : Speaker(state), x_dialogue(state.stage.transport(), state.result.trace, state.options.segmentation, state.options.patience) {
    x_dialogue.watch(state.options.watcher);
  }

 private:
  Wires& wires() override { return x_dialogue; }
  const oracle::Trace& trace() const { return x_result.trace; }

  // ---- set-up

  bool set_up() override {
    if (x_case.needs("wrong-password")) x_account = x_stage.special("wrong-password");
    bind_account(x_account);
    const auto& offer = *x_stage.offer().imap;
    bind("sep", offer.separator);
    bind("prefix", offer.prefix);
    if (x_case.empty_inbox) {
      x_stage.touched(x_account);
      auto s = x_stage.empty_inbox(x_account);
      x_stage.touched(x_account);
      if (!s && s.error().kind == Error::Kind::config) {
        decline(s.error().what);
        return true;
      }
      if (!s) return trouble("INBOX could not be emptied: " + s.error().what);
    }
    if (x_case.facts.uses_box) {
      x_shared = !x_case.facts.mutates;
      if (!x_case.both() && (!x_case.messages.empty() || x_case.state == "selected")) {
        auto box = x_stage.mailbox(x_account, x_case.messages, x_shared);
        if (!box) {
          x_result.unreachable = box.error().kind == Error::Kind::unreachable;
          // To refuse the message of an attack is a defence.
          if (box.error().kind == Error::Kind::limit && std::ranges::find(x_case.tags, "security") != x_case.tags.end()) {
            decline("the server takes no such message: " + box.error().what);
            return true;
          }
          return trouble("the mailbox could not be prepared: " + box.error().what);
        }
        x_box = box->name;
        x_own_keywords = box->own_keywords;
        for (std::size_t i = 0; i < box->uids.size() && i < 30; ++i) bind("u" + std::to_string(i + 1), std::to_string(box->uids[i]));
        if (!box->uids.empty()) bind("ulast", std::to_string(box->uids.back()));
        x_dialogue.note(Event::Kind::prepared, 0, x_box, 0);
      } else {
        x_box = x_stage.fresh_name(x_account);
      }
      bind("box", x_box);
      bind("box2", x_box + "x");
    }
    if (x_case.state == "none") return true;
    for (int n = 1; n <= x_case.connections; ++n) {
      if (!reach(n, 0)) return false;
      if (!raise_tls_if_needed(n)) return false;
      if (x_case.state == "not-authenticated") {
        if (x_authenticated[n]) return trouble("the server greets with PREAUTH: there is nobody to log in");
        continue;
      }
      if (!login(n, 0)) {
        x_result.login_failed = true;
        return trouble("login failed: " + x_login_trouble);
      }
      if (x_case.state == "selected" && is_to_select(n) && !select(n, "SELECT " + plain(x_box), 0)) return x_over;
      x_mark[n] = trace().events.size();
    }
    return true;
  }

  // Who only stands by needs no mailbox: some servers lock them. Where only one session at a time may have it, one has it: who changes something in it before
  // anything is at stake, or else the first that does anything in it. Others act from outside, as long as that will do.
  bool is_to_select(int n) {
    const auto acts = acts_of(x_case);
    if (n != 1 && std::ranges::find(acts, n, &Act::connection) == acts.end()) return false;
    if (lock_of(*x_stage.offer().imap).empty() || x_case.connections == 1) return true;
    const auto is_inside = [](const Act& act) { return act.place == Place::inside; };
    const auto changes = std::ranges::find_if(acts, [&](const Act& act) { return is_inside(act) && !act.looks && !act.is_judged; });
    const auto first = changes != acts.end() ? changes : std::ranges::find_if(acts, is_inside);
    if (first != acts.end() && first->connection == n) return true;
    x_outside.insert(n);
    return false;
  }

  // What a session that cannot have the mailbox now is to do. What only looks is left out, and with it the stake; without what changes something the case is
  // another. True if it can be done from outside.
  bool from_outside(const Act& act) {
    const int n = act.connection;
    if (act.place == Place::selects) x_outside.erase(n);
    if (act.place == Place::selects || (act.place == Place::outside && (act.sends || !x_left_out.contains(n)))) {
      if (act.sends) x_left_out.erase(n);
      return true;
    }
    if (act.place == Place::inside && (!act.looks || binds(n))) decline(at_one_mailbox());
    else leave_out(n);
    return false;
  }

  // Does the case go by what this session has read?
  bool binds(int n) const {
    return std::ranges::any_of(x_case.steps, [&](const Step& step) {
      return std::ranges::any_of(step.demands(), [&](const Demand& d) { return d.connection == n && scenario::binds(d.pattern); });
    });
  }

  void leave_out(int n) {
    x_left_out.insert(n);
    if (!x_stake) return;
    x_result.declined = at_one_mailbox();
    x_stake = nullptr;
  }

  // Where the server keeps a mailbox to one session at a time, the others leave it for this one.
  void take_turn(int n, int line) {
    if (lock_of(*x_stage.offer().imap).empty()) return;
    for (int other = 1; other <= 9; ++other) {
      if (other == n || !x_dialogue.open(other)) continue;
      (void)ask(x_dialogue, other, "LOGOUT", "LOGOUT", line);
      if (x_dialogue.open(other)) (void)x_dialogue.wait_closed(other);
      x_outside.insert(other);
    }
    x_outside.erase(n);
    x_left_out.erase(n);
    if (!x_dialogue.open(n) && !(reach(n, line) && raise_tls_if_needed(n))) return;
    if (!x_authenticated[n] && !login(n, line)) return static_cast<void>(trouble("login failed: " + x_login_trouble));
    if (select(n, "SELECT " + plain(x_box), line)) x_mark[n] = trace().events.size();
  }

  // Selects a mailbox for the harness's own reasons; what another session holds is waited for (RFC 9051 7.1, INUSE).
  // The name as an atom, if it is one: the simplest form (RFC 9051 9).
  static std::string plain(const std::string& name) {
    const bool atom = !name.empty() && std::ranges::all_of(name, [](char c) {
      return is_digit(c) || (to_upper(c) >= 'A' && to_upper(c) <= 'Z') || c == '.' || c == '/' || c == '-' || c == '_';
    });
    return atom ? name : quoted(name);
  }

  // Where the server keeps a mailbox to one session at a time: who has it and nothing more to do leaves it first. False if somebody has it who cannot be
  // spared.
  bool make_way(int n, const std::string& name, int line) {
    if (lock_of(*x_stage.offer().imap).empty()) return true;
    oracle::ImapViews views;
    for (std::size_t i = 0; i < trace().events.size(); ++i) views.update(trace(), i);
    const auto same = [&](const std::string& held, const std::string& wanted) {
      if (held == wanted || (iequals(held, "INBOX") && iequals(wanted, "INBOX"))) return true;
      return std::ranges::any_of(trace().events, [&](const Event& e) {
        if (e.kind != Event::Kind::sent || e.imap_command.name != "RENAME") return false;
        const auto names = imap::arguments(e.imap_command.args);
        return names.size() == 2 && imap::unquoted(names[0]) == held && imap::unquoted(names[1]) == wanted;
      });
    };
    for (const auto& [other, session] : views.all()) {
      if (other == n || !x_dialogue.open(other) || !session.selected || !same(session.selection.mailbox, name)) continue;
      const bool busy = std::ranges::any_of(acts_of(x_case), [&, m = other](const Act& act) { return act.line > line && act.connection == m; });
      if (busy || x_dialogue.outstanding(other)) return false;
      (void)ask(x_dialogue, other, "LOGOUT", "LOGOUT", line);
      if (x_dialogue.open(other)) (void)x_dialogue.wait_closed(other);
    }
    return true;
  }

  std::string at_one_mailbox() const {
    return "the case has two sessions at one mailbox, which the server keeps to one at a time: " + lock_of(*x_stage.offer().imap);
  }

  // The mailbox that a command selects, or nothing.
  static std::optional<std::string> selected_by(const std::vector<ImapPart>& parts) {
    std::string octets;
    for (const auto& part : parts) octets += part.octets;
    auto rest = octets.substr(std::min(octets.find(' '), octets.size()));
    for (const std::string_view name : {" SELECT ", " EXAMINE "}) {
      if (!istarts_with(rest, name)) continue;
      while (rest.ends_with('\n') || rest.ends_with('\r')) rest.pop_back();
      const auto args = imap::arguments(std::string_view(rest).substr(name.size()));
      if (!args.empty()) return imap::unquoted(args[0]);
    }
    return std::nullopt;
  }

  bool select(int n, const std::string& command, int line) {
    if (!make_way(n, imap::unquoted(imap::arguments(command.substr(command.find(' ') + 1)).at(0)), line)) {
      decline(at_one_mailbox());
      return false;
    }
    for (std::size_t attempt = 0;; ++attempt) {
      const auto why = ask_somehow(x_dialogue, trace(), n, command, line);
      if (why.empty()) break;
      if (!x_dialogue.open(n) || !is_for_now(x_dialogue.last().imap_response)) return trouble(command.substr(0, command.find(' ')) + " in set-up: " + why);
      if (!wait_out(attempt)) return limited(why);
    }
    x_selection[n] = command;
    return true;
  }

  // RFC 9051 7.1: refused now, and perhaps not the next time.
  static bool is_for_now(const Response& r) {
    const auto* code = r.keyword == "NO" ? imap::find_code(r.code) : nullptr;
    return code && code->passes;
  }

  // A connection that has been greeted. A limit on connections is waited out: BYE in place of a greeting (RFC 9051 7.1.5), or an end without a word.
  bool reach(int n, int line) {
    for (std::size_t attempt = 0;; ++attempt) {
      if (!connect(n, line)) return false;
      if (greeting(n)) return true;
      if (!may_be_let_in(n, attempt)) break;
    }
    if (turned_away(n) == TurnedAway::by_bye) return false;
    x_result.not_greeted = true;
    return trouble("no greeting: " + what_happened(n));
  }

  // What came in place of a greeting, if anything, and whether a limit on connections may be behind it.
  enum class TurnedAway { no, by_bye, in_silence };

  // Is another try worth it? After the last a BYE stands for a limit.
  bool may_be_let_in(int n, std::size_t attempt) {
    const auto how = turned_away(n);
    if (how == TurnedAway::no) return false;
    if (wait_out(attempt)) return true;
    if (how == TurnedAway::by_bye) limited(last_words(n));
    return false;
  }

  TurnedAway turned_away(int n) const {
    for (auto i = trace().events.size(); i-- > 0;) {
      const auto& e = trace().events[i];
      if (e.connection != n) continue;
      const bool first = first_of_connection(n, i);
      if (e.kind == Event::Kind::closed && first && e.imap_response.frame.octets.empty()) return TurnedAway::in_silence;
      if (e.kind == Event::Kind::received && first && e.imap_response.keyword == "BYE") return TurnedAway::by_bye;
      if (e.kind == Event::Kind::closed && !first && e.imap_response.frame.octets.empty()) continue;  // behind a BYE, perhaps
      return TurnedAway::no;
    }
    return TurnedAway::no;
  }

  bool first_of_connection(int n, std::size_t event) const {
    while (event-- > 0) {
      const auto& e = trace().events[event];
      if (e.connection == n && e.kind != Event::Kind::tls) return e.kind == Event::Kind::connect;
    }
    return false;
  }

  // The last BYE on a connection, as it came.
  std::string last_words(int n) const {
    for (auto i = trace().events.size(); i-- > 0;) {
      const auto& e = trace().events[i];
      if (e.connection != n) continue;
      if (e.kind == Event::Kind::received && e.imap_response.keyword == "BYE") return "'" + visible(e.imap_response.frame.octets, 200) + "'";
      if (e.kind == Event::Kind::connect) break;
    }
    return {};
  }

  // What led to the end of a session: a refusal, with BYE behind it or not; a BYE while no command was running; anything else.
  enum class Ending { refusal, bye, other };
  Ending ending(int n) const {
    if (x_dialogue.open(n)) return Ending::other;
    bool bye = false;
    for (auto i = trace().events.size(); i-- > 0;) {
      const auto& e = trace().events[i];
      if (e.connection != n || e.kind == Event::Kind::closed) continue;
      if (e.kind == Event::Kind::sent && (bye || x_dialogue.is_own(e.imap_command.tag))) continue;  // said into the end: it was not answered
      if (e.kind != Event::Kind::received) return Ending::other;
      const auto& r = e.imap_response;
      if (r.kind == Response::Kind::continuation) return Ending::other;
      if (r.kind == Response::Kind::untagged && r.keyword != "BAD") {
        bye = bye || r.keyword == "BYE";
        continue;
      }
      // The answer to what was smuggled in is not one to a command of ours.
      if (r.kind == Response::Kind::tagged && !was_sent(n, r.tag)) return Ending::other;
      if (r.keyword == "NO" || r.keyword == "BAD") return Ending::refusal;
      return bye && !x_dialogue.outstanding(n) ? Ending::bye : Ending::other;
    }
    return Ending::other;
  }

  // Is there a session to go on with? Where a refusal has ended the last one a new one is brought to where that was.
  bool there(int n, int line, const std::string& text) {
    if (x_dialogue.open(n)) return true;
    switch (ending(n)) {
      case Ending::refusal: {
        // What the exchange under way has brought is still to be looked at.
        const auto mark = x_mark[n];
        const bool renewed = renew(n, line);
        const auto since = trace().events.begin() + static_cast<std::ptrdiff_t>(mark);
        if (std::any_of(since, trace().events.end(), [&](const Event& e) {
              return e.connection == n && e.kind == Event::Kind::sent && e.line > 0 && !x_dialogue.is_own(e.imap_command.tag);
            }))
          x_mark[n] = mark;
        return renewed;
      }
      case Ending::bye:
        // RFC 9051 7.1.5: that is the server's right, but for how soon a silence may end it.
        if (!x_waited) return trouble("the server ended the session before '" + text + "': " + last_words(n));
        break;
      case Ending::other: break;
    }
    ended_before(text, last_words(n));
    return false;
  }

  // What was selected when a refusal ended the session: nothing, if the last SELECT was refused (RFC 9051 6.3.2).
  std::string selection_kept(int n) {
    bool refused = true;
    for (auto i = trace().events.size(); i-- > 0;) {
      const auto& e = trace().events[i];
      if (e.connection != n) continue;
      if (e.kind == Event::Kind::connect) break;
      if (e.kind != Event::Kind::sent || !imap::facts_of(e.imap_command.name).selects) continue;
      for (auto k = i; k < trace().events.size(); ++k) {
        const auto& answer = trace().events[k];
        if (answer.connection == n && answer.kind == Event::Kind::received && answer.imap_response.tag == e.imap_command.tag)
          refused = answer.imap_response.keyword != "OK";
      }
      return refused ? "" : x_selection[n];
    }
    return x_selection[n];
  }

  bool renew(int n, int line) {
    const bool tls = x_dialogue.tls(n), authenticated = x_authenticated[n];
    const auto selection = selection_kept(n);
    // RFC 5182 2.1: what was saved goes with the session.
    const bool saved = std::ranges::any_of(x_case.steps, [&](const Step& step) {
      return std::ranges::any_of(step.all_sent(), [&](const Sent* sent) { return sent->line >= x_line && sent->connection == n && sent->uses_saved; });
    });
    if (saved) return trouble("after a refusal the server ended the session, and with it went the saved search result");
    if (!reach(n, line)) {
      (void)broken_by_end();
      return false;
    }
    if (tls && !x_dialogue.tls(n) && !raise_tls(n)) return false;
    if (authenticated && !login(n, line)) return trouble("after a refusal the server ended the session; a new login failed: " + x_login_trouble);
    if (!selection.empty() && !select(n, selection, line)) return false;
    x_mark[n] = trace().events.size();
    return true;
  }

  bool raise_tls_if_needed(int n) {
    const bool needed = std::ranges::any_of(x_case.requires_, [&](const auto& f) { return x_stage.offer().imap_needs_tls(f); });
    return !needed || x_dialogue.tls(n) || raise_tls(n);
  }

  bool raise_tls(int n) {
    if (const auto why = ask(x_dialogue, n, "STARTTLS", "STARTTLS", 0); !why.empty()) return trouble("STARTTLS was refused in set-up: " + why);
    if (auto s = x_dialogue.start_tls(n, {}, 0); !s) return trouble("TLS in set-up: " + s.error().what);
    return true;
  }

  bool connect(int n, int line) {
    const auto& offer = *x_stage.offer().imap;
    const bool tls = x_case.endpoint == "imaps" || !offer.clear;
    if (auto s = x_dialogue.connect(n, x_stage.imap_endpoint(tls), x_account.name, line); !s) {
      x_result.unreachable = s.error().kind == Error::Kind::unreachable;
      return trouble("no connection: " + s.error().what);
    }
    x_mark[n] = trace().events.size();
    x_authenticated[n] = false;
    x_selection[n].clear();
    return true;
  }

  bool greeting(int n) {
    if (x_dialogue.receive(n) != Outcome::ok) return false;
    const auto& said = x_dialogue.last().imap_response;
    x_mark[n] = trace().events.size();
    x_authenticated[n] = said.keyword == "PREAUTH";
    return said.kind == Response::Kind::untagged && (said.keyword == "OK" || said.keyword == "PREAUTH");
  }

  bool login(int n, int line) {
    // A scenario that has raised TLS on this connection means it.
    const bool under_tls = x_dialogue.open(n) && x_dialogue.tls(n);
    for (std::size_t attempt = 0;; ++attempt) {
      if (!x_dialogue.open(n) && !reach(n, line)) return false;
      if (under_tls && !x_dialogue.tls(n) && !raise_tls(n)) return false;
      if (x_authenticated[n]) break;
      x_login_trouble = log_in(x_dialogue, n, x_account, x_stage.offer(), line);
      if (x_login_trouble.empty()) break;
      const bool for_now = x_dialogue.open(n) ? is_for_now(x_dialogue.last().imap_response) : !last_words(n).empty();
      if (!for_now) return false;
      if (!wait_out(attempt)) return limited(x_login_trouble);
    }
    x_authenticated[n] = true;
    const auto& offer = *x_stage.offer().imap;
    if (x_case.revision == 2 && offer.rev1()) {
      x_login_trouble = ask(x_dialogue, n, "ENABLE IMAP4rev2", "ENABLE IMAP4rev2", line);
      if (!x_login_trouble.empty()) return false;
    }
    x_mark[n] = trace().events.size();
    return true;
  }

  // ---- steps

  void perform(const Step& step) override {
    const int n = step.connection, line = step.line;
    // The lines of an exchange are looked at one by one.
    if (x_outside.contains(n) && !step.is<Exchange>() && !step.is<Turn>() && !from_outside(act_of(step))) return;
    std::visit(Overloaded{
                   [&](const Exchange& s) { exchange(s); },
                   [&](const Attempt& s) { attempt(s.sent); },
                   [&](const Refused& s) { refused(n, line, s); },
                   [&](const Taken& s) { taken(n, line, s); },
                   [&](const Permanent& s) { permanent(n, s); },
                   [&](const Given& s) { given(step, s); },
                   [&](const CheckSubject& s) { check_subject(step, s); },
                   [&](const Eventually& s) { eventually(step, s); },
                   [&](const CheckClosed& s) { check_closed(n, s); },
                   [&](const CheckTls& s) { check_tls(n, s.what); },
                   [&](const Compare& s) { compare(s); },
                   [&](const ObserveAnswer& s) { answer(n, s); },
                   [&](const ObserveTold& s) { told(n, s); },
                   [&](const Connect& s) { connect_greeted(n, line, s.greeting_is_judged); },
                   [&](const Login&) {
                     if (!login(n, line)) broken("the login with the right password failed: " + x_login_trouble);
                   },
                   [&](const Turn&) { take_turn(n, line); },
                   [&](const Forget&) { x_dialogue.forget(n); },
                   [&](const Silence&) {
                     x_dialogue.flush();
                     if (x_dialogue.receive_within(n, quiet()) == Outcome::ok) broken("nothing was due; " + what_happened(n));
                   },
                   [&](const Within& s) { x_within[n] = s.seconds; },
                   [](const auto&) {},
               },
               step.does);
  }

  void exchange(const Exchange& exchange) {
    for (const auto& sent : exchange.sends) {
      x_line = sent.line;
      if (!x_outside.contains(sent.connection) || from_outside(act_of(sent))) send(sent);
      if (x_stopped || x_over) return;
      x_begun = true;
    }
    if (!exchange.demands.empty()) answers(exchange);
  }

  // A step of the scenario's own; where it looks at the greeting itself, that is left to be found.
  void connect_greeted(int n, int line, bool left_to_be_found) {
    for (std::size_t attempt = 0;; ++attempt) {
      if (!connect(n, line)) return;
      const auto before = x_mark[n];
      const bool greeted = greeting(n);
      if (!greeted && may_be_let_in(n, attempt)) continue;
      if (turned_away(n) == TurnedAway::by_bye) return;
      if (left_to_be_found && before < trace().events.size() && x_dialogue.last().kind == Event::Kind::received) x_mark[n] = before;
      else if (!greeted) broken_by(x_dialogue.last().kind == Event::Kind::hang ? Outcome::hang : Outcome::closed, n, "a greeting '* OK'");
      return;
    }
  }

  // The pieces of a C line, cut where a synchronising literal waits.
  Result<std::vector<ImapPart>> parts_of(const Sent& sent) {
    std::vector<ImapPart> parts(1);
    Line text;
    const auto flush = [&]() -> Status {
      if (text.empty()) return ok();
      auto e = expand(std::exchange(text, {}), x_bindings, x_workshop, sent.connection);
      if (!e) return e.error();
      if (!e->breach.empty()) x_breach = e->breach;
      if (!e->declined.empty()) x_unsendable = e->declined;
      for (const auto& secret : e->secrets) x_dialogue.add_secret(secret);
      parts.back().octets += e->octets;
      parts.back().shown += e->shown;
      return ok();
    };
    for (const auto& piece : sent.pieces) {
      if (piece.kind != Piece::Kind::data) {
        text.push_back(piece);
        continue;
      }
      if (auto s = flush(); !s) return s.error();
      std::string octets;
      std::string shown;
      if (!piece.text.empty()) {
        const auto* fixture = x_options.fixture(piece.text);
        if (!fixture) return Error{Error::Kind::config, "there is no fixture '" + piece.text + "'"};
        octets = shown = piece.text.starts_with("hostile-") ? *fixture : with_crlf(*fixture);
        // Where POP3 looks at it, too, it bears the suite's mark as what is delivered does: it may be taken away again.
        if (x_case.both()) octets = shown = "X-Mailspec: " + x_workshop.nonce + "." + std::to_string(++x_appended) + "\r\n" + octets;
      } else if (!piece.args.empty()) {
        auto e = expand(piece.args[0], x_bindings, x_workshop, sent.connection);
        if (!e) return e.error();
        octets = e->octets;
        shown = e->shown;
        if (!e->declined.empty()) x_unsendable = e->declined;
      }
      const std::string head = (piece.binary ? "~{" : "{") + std::to_string(octets.size()) + (piece.non_synchronizing ? "+}\r\n" : "}\r\n");
      parts.back().octets += head;
      parts.back().shown += head;
      if (!piece.non_synchronizing) {
        parts.back().waits = true;
        parts.emplace_back();
      }
      parts.back().octets += octets;
      parts.back().shown += shown;
    }
    if (auto s = flush(); !s) return s.error();
    if (!sent.raw) {
      parts.back().octets += "\r\n";
      parts.back().shown += "\r\n";
    }
    return parts;
  }

  void send(const Sent& sent) {
    const int n = sent.connection;
    const bool may_be_closed = sent.any_answer_will_do;
    if (!x_dialogue.open(n) && may_be_closed) return;
    if (!there(n, sent.line, sent.text)) return;
    x_breach.clear();
    x_unsendable.clear();
    auto parts = parts_of(sent);
    if (!parts) return fail_scenario(parts.error().what);
    if (!x_unsendable.empty()) return decline(x_unsendable);
    if (!x_breach.empty()) return broken(x_breach);
    // What has come by now came before this command.
    // A pipeline is not read in between; what IDLE tells comes before its end.
    if (!x_dialogue.outstanding(n) || sent.ends_idle) x_dialogue.drain(n);
    if (!x_dialogue.open(n) && may_be_closed) return;
    if (!there(n, sent.line, sent.text)) return;
    if (const auto name = selected_by(*parts); name && !make_way(n, *name, sent.line)) {
      // Who never does more than look is left out.
      const bool looks = !binds(n) && std::ranges::all_of(acts_of(x_case), [&](const Act& act) { return act.connection != n || act.looks; });
      if (!looks) return decline(at_one_mailbox());
      x_outside.insert(n);
      return leave_out(n);
    }
    bool raw = sent.raw;
    if (x_options.keeps_input || x_options.instead) {
      std::string octets, shown;
      for (const auto& part : *parts) octets += part.octets, shown += part.shown;
      if (const auto* instead = sent_instead(sent, octets, shown)) {
        if (instead->empty()) return;
        *parts = {{*instead, *instead}};
        raw = true;
      }
    }
    const auto outcome = x_dialogue.send(n, *parts, sent.line, raw);
    x_answered[n] = outcome == Outcome::none || (outcome == Outcome::ok && parts->size() > 1 && !x_dialogue.outstanding(n));
    if (outcome == Outcome::hang) return broken("a '+' for the literal was due; nothing came in time", Finding::Kind::hang);
  }

  void attempt(const Sent& sent) {
    const int n = sent.connection;
    if (x_dialogue.open(n)) x_dialogue.drain(n);
    if (!x_dialogue.open(n)) return;
    send(sent);
    while (x_dialogue.open(n) && x_dialogue.outstanding(n)) {
      if (x_dialogue.receive(n) != Outcome::ok) return;
    }
    x_mark[n] = trace().events.size();
  }

  // What is due of a demand now: which sort of response, and of a tagged one whose.
  struct Due {
    const Demand& demand;
    enum class Sort { untagged, tagged, continuation } sort;
    std::string tag;
  };
  Due due_of(const Demand& demand) const {
    auto tag = reads(demand.nodes[0].pieces);
    const auto sort = demand.kind == Demand::Kind::never || tag == "*" ? Due::Sort::untagged : tag == "+" ? Due::Sort::continuation : Due::Sort::tagged;
    return {demand, sort, std::move(tag)};
  }

  // The S lines of an exchange, of one connection or several.
  void answers(const Exchange& exchange) {
    std::map<int, std::vector<Due>> due;
    std::vector<int> order;
    for (const auto& demand : exchange.demands) {
      const int n = demand.connection;
      x_line = demand.line;
      if (x_outside.contains(n) && x_left_out.contains(n)) continue;
      if (std::ranges::find(order, n) == order.end()) order.push_back(n);
      due[n].push_back(due_of(demand));
    }
    // What must not come with an answer is looked for once that is there.
    const auto& then = exchange.then_answer;
    if (then) (void)await_tagged(then->first, then->second);
    for (const int n : order) {
      answers_on(n, due[n]);
      if (then && then->first == n) continue;
      if (x_stopped) return;
      x_mark[n] = trace().events.size();
      x_within.erase(n);
    }
  }

  void answers_on(int n, const std::vector<Due>& due) {
    x_used.clear();
    // Where the scenario waits for an untagged BAD it does not end the wait for anything else.
    x_bad_due = std::ranges::any_of(due, [](const Due& d) { return d.sort == Due::Sort::untagged && d.demand.waits_for_bad; });
    std::size_t from = 0;
    for (std::size_t i = 0; i < due.size() && !x_stopped && !x_over; ++i) {
      if (due[i].sort == Due::Sort::untagged) continue;
      if (!barrier(n, due[i])) return;
      for (; from < i; ++from) {
        if (!untagged(n, due[from], false, from > 0)) return;
      }
      from = i + 1;
    }
    for (; from < due.size(); ++from) {
      if (!untagged(n, due[from], true, from > 0)) return;
    }
  }

  // Events of this connection since its last exchange that nothing has used.
  template <class F>
  std::optional<std::size_t> find_event(int n, F&& fits) {
    for (std::size_t i = x_mark[n]; i < trace().events.size(); ++i) {
      const auto& e = trace().events[i];
      if (e.kind != Event::Kind::received || e.connection != n || std::ranges::find(x_used, i) != x_used.end()) continue;
      if (fits(e.imap_response)) return i;
    }
    return std::nullopt;
  }

  bool barrier(int n, const Due& d) {
    x_line = d.demand.line;
    const std::string wanted = "'" + reads(d.demand.pattern) + "'";
    const bool bad_will_do = d.demand.answer == Demand::Answer::any || d.demand.answer == Demand::Answer::bad;
    const auto is_it = [&](const Response& r) {
      if (d.sort == Due::Sort::continuation) return r.kind == Response::Kind::continuation;
      return bad_will_do ? is_answer(r, d.tag) : r.kind == Response::Kind::tagged && r.tag == d.tag;
    };
    // A "+" that a literal has waited for is used up by it.
    auto found = find_event(n, [&](const Response& r) { return is_it(r); });
    while (!found) {
      const auto outcome = x_dialogue.open(n) ? x_dialogue.receive(n) : Outcome::closed;
      if (outcome != Outcome::ok) {
        // Where any answer will do, a refusal does; and the end of the session is one.
        if (outcome == Outcome::closed && d.sort == Due::Sort::tagged && d.demand.answer == Demand::Answer::any)
          trouble("the server ended the session and gave no answer to " + d.tag);
        else missed(outcome, n, wanted);
        return false;
      }
      const auto& r = x_dialogue.last().imap_response;
      if (is_it(r)) {
        found = x_dialogue.last_event();
      } else if (r.kind == Response::Kind::untagged && r.keyword == "BAD" && !x_bad_due) {
        // RFC 9051 7.1.3: it answers for a command whose tag the server could not make out.
        broken(wanted + " was due; " + what_happened(n));
        return false;
      } else if (r.kind == Response::Kind::tagged && !was_sent(n, r.tag)) {
        broken(wanted + " was due; " + what_happened(n) + ", whose tag is that of no command");
        return false;
      } else if (d.sort == Due::Sort::continuation && r.kind == Response::Kind::tagged) {
        broken("'+' was due; " + what_happened(n));
        return false;
      } else if (d.sort == Due::Sort::tagged && r.kind == Response::Kind::continuation && waits_for_us(n, d.tag)) {
        broken(wanted + " was due; " + what_happened(n) + ", and now the server waits for the client");
        return false;
      } else if (d.sort == Due::Sort::tagged && r.kind == Response::Kind::continuation && !x_dialogue.outstanding(n, d.tag)) {
        continue;
      } else if (d.sort == Due::Sort::tagged && !x_dialogue.outstanding(n)) {
        broken(wanted + " was due; " + what_happened(n));
        return false;
      }
    }
    x_used.push_back(*found);
    x_last_used = *found;
    const auto r = trace().events[*found].imap_response;
    ImapMatcher matcher(x_bindings, x_options.fixture, x_case.revision, own_keyword());
    if (r.kind == Response::Kind::untagged || matcher.matches(d.demand.nodes, r)) {
      track(n, *found);
      return true;
    }
    if (is_for_now(r)) return limited("'" + visible(r.frame.octets, 200) + "'");
    if (d.sort == Due::Sort::tagged && d.demand.answer == Demand::Answer::ok && takes_another_way(n, d.tag, r, d.demand.line)) return true;
    broken_at(*found, wanted + " was due; '" + visible(r.frame.octets, 200) + "' came" + (matcher.why().empty() ? "" : " (" + matcher.why() + ")"));
    return false;
  }

  // Set-up: what a command of one form was to do may be done by another.
  bool takes_another_way(int n, const std::string& tag, const Response& answer, int line) {
    if (x_stake || x_dialogue.outstanding(n)) return false;
    const auto& events = trace().events;
    const auto sent = std::ranges::find_if(events.rbegin(), events.rend(), [&](const Event& e) { return e.kind == Event::Kind::sent && e.connection == n; });
    if (sent == events.rend() || sent->imap_command.tag != tag) return false;
    const auto refused = sent->imap_command;
    if (!other_way_works(x_dialogue, trace(), n, refused, answer, line, x_selection[n])) return false;
    track(n, x_dialogue.last_event());
    return true;
  }

  // What was due did not come. Where a refusal has ended the session before, or BYE while no command was running, it need not.
  void missed(Outcome outcome, int n, const std::string& wanted) {
    const auto how = outcome == Outcome::closed ? ending(n) : Ending::other;
    if (how == Ending::other || (how == Ending::bye && x_waited)) return broken_by(outcome, n, wanted);
    const auto words = last_words(n);
    if (how == Ending::refusal && words.empty() && broken_by_end()) return;
    trouble(wanted + " was due; the server had ended the session" + (words.empty() ? ", after a refusal" : ": " + words));
  }

  // A "+" to one of these wants an answer: nothing more will come.
  bool waits_for_us(int n, const std::string& tag) const {
    return std::ranges::any_of(trace().events, [&](const Event& e) {
      return e.kind == Event::Kind::sent && e.connection == n && e.imap_command.tag == tag && !imap::facts_of(e.imap_command.name).ended_by.empty();
    });
  }

  bool was_sent(int n, const std::string& tag, std::string_view name = {}) const {
    return std::ranges::any_of(trace().events, [&](const Event& e) {
      return e.kind == Event::Kind::sent && e.connection == n && e.imap_command.tag == tag && (name.empty() || e.imap_command.name == name);
    });
  }

  void broken_at(std::size_t event, std::string what) {
    broken(std::move(what));
    if (x_stake && x_stake->outcome == Stake::Outcome::broken) x_stake->finding.event = event;
  }

  // The trace's event `i`, with what came of the same in this exchange.
  Response merged(int n, std::size_t i) {
    std::vector<const Response*> exchange;
    std::size_t at = 0;
    for (std::size_t k = x_mark[n]; k < trace().events.size(); ++k) {
      const auto& e = trace().events[k];
      if (e.kind != Event::Kind::received || e.connection != n) continue;
      if (k == i) at = exchange.size();
      exchange.push_back(&e.imap_response);
    }
    return merged_response(exchange, at);
  }

  // RFC 9051 6.3.12 forbids no server to add keywords to what is appended. What set-up has found is known; of what the case has appended itself any keyword
  // may be the server's that the case has not named.
  OwnKeyword own_keyword() const {
    return [this](std::string_view flag) {
      if (flag.starts_with('\\') || is_named(flag)) return false;
      const bool appends =
          std::ranges::any_of(trace().events, [](const Event& e) { return e.kind == Event::Kind::sent && imap::facts_of(e.imap_command.name).appends; });
      return x_case.both() || appends || std::ranges::any_of(x_own_keywords, [&](const auto& k) { return iequals(k, flag); });
    };
  }

  // Has the case anything to do with this flag?
  bool is_named(std::string_view flag) const {
    const auto wanted = upper(flag);
    return std::ranges::any_of(x_case.messages, [&](const auto& m) { return upper(m.flags).find(wanted) != std::string::npos; }) ||
           std::ranges::any_of(trace().events, [&](const Event& e) {
             return e.kind == Event::Kind::sent && e.line > 0 && upper(e.imap_command.args).find(wanted) != std::string::npos;
           });
  }

  bool has_esearch(int n) {
    return find_event(n, [](const Response& r) { return r.keyword == "ESEARCH"; }).has_value();
  }

  // True if the demand is met.
  bool untagged(int n, const Due& d, bool wait, bool is_below) {
    x_line = d.demand.line;
    ImapMatcher matcher(x_bindings, x_options.fixture, x_case.revision, own_keyword());
    std::string why, item;
    std::optional<std::size_t> candidate;
    const auto keyword = [&] {
      for (const auto& node : d.demand.nodes) {
        const auto t = reads(node.pieces);
        if (!t.empty() && to_upper(t[0]) >= 'A' && to_upper(t[0]) <= 'Z') return upper(t);
      }
      return std::string();
    }();
    const bool fetch = keyword == "FETCH";
    // The number a FETCH pattern names, if it names one: of 10,000 responses one is meant.
    const auto number = fetch && d.demand.nodes.size() > 1 ? parse_number(reads(d.demand.nodes[1].pieces)) : std::nullopt;
    const auto look = [&]() -> std::optional<std::size_t> {
      for (std::size_t i = x_mark[n]; i < trace().events.size(); ++i) {
        const auto& e = trace().events[i];
        const bool sort =
            d.tag == "*" ? e.imap_response.kind == Response::Kind::untagged : e.imap_response.kind == Response::Kind::tagged && e.imap_response.tag == d.tag;
        if (e.kind != Event::Kind::received || e.connection != n || !sort) continue;
        if (number && e.imap_response.number != number) continue;
        if (!fetch && std::ranges::find(x_used, i) != x_used.end()) continue;
        if (d.demand.kind == Demand::Kind::after && is_below && i <= x_last_used) continue;
        const bool fits = fetch || keyword == "SEARCH" ? matcher.matches(d.demand.nodes, merged(n, i)) : matcher.matches(d.demand.nodes, e.imap_response);
        if (fits && !(d.demand.kind == Demand::Kind::never && is_news_of_flags(d.demand.nodes, e.imap_response))) return i;
        if (e.imap_response.keyword == keyword || !candidate) {
          candidate = i;
          why = matcher.why();
          item = matcher.item();
        }
      }
      return std::nullopt;
    };
    auto found = look();
    if (d.demand.kind == Demand::Kind::never) {
      if (!found) return true;
      broken_at(*found, "no '" + reads(d.demand.pattern) + "' may come; '" + visible(trace().events[*found].imap_response.frame.octets, 200) + "' came");
      return false;
    }
    const bool late = x_within.contains(n), shy = late && !x_stage.offer().imap_has("slow", x_case.revision);
    const double limit = !late ? 0 : shy ? std::min(x_within[n], kShyWithin) : x_within[n], began = x_stage.transport().now();
    while (!found && wait && x_dialogue.open(n) && d.demand.kind != Demand::Kind::maybe) {
      const double left = late ? began + limit - x_stage.transport().now() : x_options.patience.reply;
      if (left <= 0) break;
      const auto outcome = x_dialogue.receive_within(n, left);
      if (outcome == Outcome::none) break;
      if (outcome != Outcome::ok) break;
      found = look();
    }
    if (found) {
      x_used.push_back(*found);
      x_last_used = *found;
      return true;
    }
    if (d.demand.kind == Demand::Kind::maybe) return true;
    if (shy && wait && x_dialogue.open(n)) {
      decline("what may come after minutes did not come in " + std::to_string(static_cast<int>(limit)) + " s: --slow waits for it");
      x_dialogue.drop(n, Wires::End::fin, d.demand.line);  // it is in IDLE
      return false;
    }
    // No match is what was due; that a response says so is a rule of its own (RFC 9051 6.4.4).
    if (keyword == "SEARCH" && d.demand.nodes.size() == 2 && !(candidate && trace().events[*candidate].imap_response.keyword == keyword) && !has_esearch(n))
      return true;
    const std::string wanted = "'" + reads(d.demand.pattern) + "'";
    if (candidate && trace().events[*candidate].imap_response.keyword == keyword) {
      const auto& near = trace().events[*candidate].imap_response.frame.octets;
      if (x_stake) x_stake->nearest = visible(near, 300), x_stake->item = item;
      broken_at(*candidate, wanted + " was due; nearest came '" + visible(near, 200) + "'" + (why.empty() ? "" : " (" + why + ")"));
    } else {
      broken(wanted + " was due, and did not come");
    }
    return false;
  }

  // What the runner must know of the state: for fences and the way out.
  void track(int n, std::size_t event) {
    const auto& r = trace().events[event].imap_response;
    if (r.kind != Response::Kind::tagged || r.keyword != "OK") return;
    for (std::size_t i = event; i-- > 0;) {
      const auto& e = trace().events[i];
      if (e.kind != Event::Kind::sent || e.connection != n || e.imap_command.tag != r.tag) continue;
      const auto& k = e.imap_command.name;
      const auto& facts = imap::facts_of(k);
      if (facts.logs_in) x_authenticated[n] = true;
      if (facts.selects) x_selection[n] = k + " " + plain(imap::unquoted(imap::arguments(e.imap_command.args).at(0)));
      if (facts.leaves) x_selection[n].clear();
      return;
    }
  }

  std::string what_happened(int n) const override {
    if (trace().events.empty()) return "nothing came";
    const auto& e = x_dialogue.last();
    switch (e.kind) {
      case Event::Kind::closed: {
        std::string what = e.reset ? "the server reset the connection" : "the server closed the connection";
        if (!e.imap_response.frame.octets.empty()) what += " after '" + visible(e.imap_response.frame.octets, 120) + "'";
        return what;
      }
      case Event::Kind::hang:
        return e.octets.empty() ? "nothing came in time" : "the response was not complete in time; it began '" + visible(e.octets, 120) + "'";
      case Event::Kind::received:
        return "'" + visible(e.imap_response.frame.octets, 200) + "' came" +
               (e.imap_response.frame.lost && e.imap_response.frame.breach.empty() ? ", after more responses than can be kept" : "");
      default: return x_dialogue.open(n) ? "nothing came" : "the connection is closed";
    }
  }

  // An untagged BAD answers for a command whose tag the server could not make out (RFC 9051 7.1.3).
  static bool is_answer(const Response& r, const std::string& tag) {
    return (r.kind == Response::Kind::tagged && r.tag == tag) || (r.kind == Response::Kind::untagged && r.keyword == "BAD");
  }

  // NO, BAD or an untagged BAD; BYE and the end of the connection where the step allows it. Then a fence.
  // RFC 9051 3.4: a server may end a session with BYE whenever it likes, after a refusal, say; and may be slow to do so.
  bool ended_late(int n) const override {
    bool bye = false, asked = false;
    for (auto i = trace().events.size(); i-- > 0;) {
      const auto& e = trace().events[i];
      if (e.connection != n || e.kind == Event::Kind::closed) continue;
      if (e.kind == Event::Kind::sent) asked = true;
      else if (e.kind != Event::Kind::received) return false;
      else if (e.imap_response.keyword == "BYE") bye = true;
      else return asked && bye && (e.imap_response.keyword == "NO" || e.imap_response.keyword == "BAD");
    }
    return false;
  }

  void refused(int n, int line, const Refused& step) {
    const auto& tag = step.tag;
    const bool may_close = step.may_close;
    auto found = find_event(n, [&](const Response& r) { return is_answer(r, tag); });
    std::optional<std::size_t> asked_for_more;
    while (!found) {
      const auto outcome = x_dialogue.open(n) ? x_dialogue.receive(n) : Outcome::closed;
      if (outcome == Outcome::closed && may_close) return fence_anew(n, line);
      if (outcome == Outcome::hang && asked_for_more) return broken_at(*asked_for_more, "a refusal (" + tag + " NO or " + tag + " BAD) was due; '+' came");
      if (outcome != Outcome::ok) return broken_by(outcome, n, "a refusal (" + tag + " NO or " + tag + " BAD)");
      const auto& r = x_dialogue.last().imap_response;
      if (is_answer(r, tag)) found = x_dialogue.last_event();
      if (r.kind == Response::Kind::continuation && tells_scram_error(r)) {
        // RFC 5802 5.1 and 7: it says what was wrong, and fails when the client has answered.
        x_dialogue.send(n, {{"\r\n", "\r\n", false}}, line);
        continue;
      }
      asked_for_more.reset();
      if (r.kind == Response::Kind::continuation) asked_for_more = x_dialogue.last_event();
      if (r.kind == Response::Kind::continuation && !x_dialogue.outstanding(n, tag)) return broken("a refusal was due; " + what_happened(n));
    }
    const auto r = trace().events[*found].imap_response;
    x_mark[n] = *found + 1;
    if (r.keyword == "OK") return broken_at(*found, "a refusal (NO or BAD) was due; '" + visible(r.frame.octets, 200) + "' came");
    if (r.kind == Response::Kind::untagged) x_dialogue.settle(n, tag);
    fence(n, line, may_close);
  }

  static bool tells_scram_error(const Response& r) {
    const auto& octets = r.frame.octets;
    const auto message = octets.size() > 2 ? mime::decode_base64(std::string_view(octets).substr(2)) : std::nullopt;
    return message && message->starts_with("e=");
  }

  Outcome answered(int n) override {
    x_dialogue.flush();
    // What had come before is no answer.
    auto outcome = Outcome::ok;
    bool any = std::exchange(x_answered[n], false);
    while (outcome == Outcome::ok && (!any || x_dialogue.outstanding(n))) {
      outcome = any ? x_dialogue.receive_within(n, x_options.patience.reply) : x_dialogue.receive(n);
      // An untagged BAD, or a "+", stands for what could not be made out.
      if (outcome == Outcome::ok && x_dialogue.last().imap_response.kind == Response::Kind::continuation) x_dialogue.forget(n);
      if (outcome == Outcome::ok && x_dialogue.last().imap_response.keyword == "BAD") x_dialogue.forget(n);
      any = any || outcome == Outcome::ok;
    }
    x_mark[n] = trace().events.size();
    return outcome == Outcome::none ? Outcome::hang : outcome;
  }

  bool serves(int n) override {
    const bool well = in_step(ask(x_dialogue, n, "NOOP", "NOOP", x_line));
    x_mark[n] = trace().events.size();
    return well;
  }

  std::string logs_in(int n, const Account& account, int line) override { return log_in(x_dialogue, n, account, x_stage.offer(), line, Ways::one); }
  net::Endpoint implicit_endpoint() const override { return x_stage.imap_endpoint(true); }

  bool greets(int n, int line) override {
    const auto& offer = *x_stage.offer().imap;
    const bool tls = x_case.endpoint == "imaps" || !offer.clear;
    for (std::size_t attempt = 0;; ++attempt) {
      if (!x_dialogue.connect(n, x_stage.imap_endpoint(tls), x_account.name, line)) return false;
      if (greeting(n)) return true;
      if (!may_be_let_in(n, attempt)) return false;
    }
  }

  // OK, or NO to what a server may refuse: then there is nothing to judge.
  void taken(int n, int line, const Taken& step) {
    if (!barrier(n, due_of(step.demand))) return;
    const auto r = trace().events[x_last_used].imap_response;
    x_mark[n] = trace().events.size();
    if (r.keyword == "OK") return;
    if (r.keyword == "BAD" && takes_another_way(n, step.tag, r, line)) {
      x_mark[n] = trace().events.size();
      return;
    }
    if (r.keyword != "NO") return broken_at(x_last_used, "OK or NO was due; '" + visible(r.frame.octets, 200) + "' came");
    decline("the server refused it, as it may: '" + visible(r.frame.octets, 200) + "'");
  }

  // What a requirement's sentence rests on, where a server may have it otherwise.
  void given(const Step& step, const Asked& asked) {
    if (const auto why = ask_subject(step, asked); !why.empty()) decline("that is not given here: " + why);
  }

  // RFC 9051 6.3.2: which flags outlive the session this SELECT has told; all, where it has told nothing.
  void permanent(int n, const Permanent& step) {
    const auto& flag = step.flag;
    bool lasts = true;
    for (const auto& e : trace().events) {
      if (e.connection != n) continue;
      if (e.kind == Event::Kind::sent && imap::facts_of(e.imap_command.name).selects) lasts = true;
      if (e.kind != Event::Kind::received) continue;
      if (e.imap_response.kind == Response::Kind::tagged && e.imap_response.code == "READ-ONLY") lasts = false;
      if (e.imap_response.code != "PERMANENTFLAGS" || e.imap_response.code_values.empty()) continue;
      lasts = std::ranges::any_of(e.imap_response.code_values[0].items,
                                  [&](const auto& v) { return iequals(v.text, flag) || (flag[0] != '\\' && v.text == "\\*"); });
    }
    if (lasts) return;
    x_result.declined = "the server says that " + flag + " does not outlive a session here";
    x_stake = nullptr;
    x_over = true;
  }

  std::pair<std::optional<std::size_t>, Outcome> await_tagged(int n, const std::string& tag) {
    const auto is_it = [&](const Response& r) { return is_answer(r, tag); };
    auto found = find_event(n, is_it);
    while (!found) {
      const auto outcome = x_dialogue.open(n) ? x_dialogue.receive(n) : Outcome::closed;
      if (outcome != Outcome::ok) return {std::nullopt, outcome};
      const auto& r = x_dialogue.last().imap_response;
      if (is_it(r)) found = x_dialogue.last_event();
      else if (r.kind == Response::Kind::continuation && x_dialogue.outstanding(n, tag)) call_off(n, tag);
    }
    return {found, Outcome::ok};
  }

  // The exchange that the server has begun with "+": only its beginning was of interest.
  void call_off(int n, const std::string& tag) {
    for (const auto& e : trace().events) {
      if (e.kind != Event::Kind::sent || e.connection != n || e.imap_command.tag != tag) continue;
      const std::string end(imap::facts_of(e.imap_command.name).ended_by);
      if (!end.empty()) return x_dialogue.send(n, {{end + "\r\n", end + "\r\n", false}}, x_line), void();
    }
  }

  static bool gives_data(const Response& r) {
    const auto* word = imap::find_untagged(r.keyword);
    if (!word || word->gift != imap::Gift::values) return word && word->gift == imap::Gift::always;
    return word->shape == imap::Shape::pairs ? !imap::search_return(r).items.empty() : !r.values.empty() && !r.values[0].is_nil();
  }

  // Where the RFCs leave a choice: what it was, on a scale that begins with the most a client can get.
  void answer(int n, const ObserveAnswer& step) {
    const auto& tag = step.tag;
    const auto choose = [&](int rank, const std::string& what) { x_result.observations.emplace_back(step.name, std::to_string(rank) + " of 6: " + what); };
    const auto [found, outcome] = await_tagged(n, tag);
    if (outcome == Outcome::closed) {
      choose(6, "closed");
      x_result.declined = "the server ended the session";
      close_stake();
      x_over = true;
      return;
    }
    if (!found) return broken_by(outcome, n, "an answer to " + tag);
    bool data = false, begun = false;
    for (std::size_t i = x_mark[n]; i < *found; ++i) {
      const auto& e = trace().events[i];
      if (e.kind != Event::Kind::received || e.connection != n) continue;
      data = data || (e.imap_response.kind == Response::Kind::untagged && gives_data(e.imap_response));
      begun = begun || e.imap_response.kind == Response::Kind::continuation;
    }
    const auto& keyword = trace().events[*found].imap_response.keyword;
    if (begun && was_sent(n, tag, "AUTHENTICATE")) choose(2, "+, and was called off");
    else if (keyword == "OK") choose(data ? 1 : 2, data ? "OK with data" : "OK without data");
    else if (keyword == "NO") choose(data ? 3 : 4, data ? "NO with data of the others" : "NO");
    else choose(5, "BAD");
    x_mark[n] = trace().events.size();
  }

  // When a session was told of what another has done: on a scale that begins with the soonest.
  void told(int n, const ObserveTold& step) {
    std::size_t from = trace().events.size();
    while (from > 0 && !(trace().events[from - 1].kind == Event::Kind::sent && trace().events[from - 1].connection != n)) --from;
    std::string rank = "7 of 7: not yet";
    std::string running;  // the command under way
    for (std::size_t i = 0; i < trace().events.size(); ++i) {
      const auto& e = trace().events[i];
      if (e.connection != n) continue;
      if (e.kind == Event::Kind::sent && e.imap_command.is_command()) running = e.imap_command.name;
      if (e.kind != Event::Kind::received) continue;
      if (i >= from && e.imap_response.kind == Response::Kind::untagged && e.imap_response.keyword == upper(step.keyword)) {
        rank = rank_of(running);
        break;
      }
      if (e.imap_response.kind == Response::Kind::tagged) running.clear();
    }
    x_result.observations.emplace_back(step.name, rank);
  }

  static std::string rank_of(const std::string& command) {
    if (command.empty()) return "1 of 7: without any command";
    const auto& facts = imap::facts_of(command);
    if (facts.listens) return "2 of 7: in " + command;
    if (command.starts_with("UID ")) return "4 of 7: with " + command;
    if (facts.counts) return "3 of 7: with " + command;
    if (facts.selects) return "7 of 7: with " + command;
    if (facts.polls) return "6 of 7: with " + command;
    return "5 of 7: with " + command;
  }

  // `why` is what came in place of OK to our NOOP. That it is refused is another matter: the session is in step.
  bool in_step(const std::string& why) const {
    const auto& said = x_dialogue.last().imap_response;
    return why.empty() || (said.kind == Response::Kind::tagged && ImapDialogue::is_own(said.tag) && said.keyword == "NO");
  }

  void fence(int n, int line, bool may_close) {
    if (x_dialogue.outstanding(n)) return;  // pipelined: the next response is the fence
    const auto why = ask(x_dialogue, n, "NOOP", "NOOP", line);
    if (in_step(why)) {
      x_mark[n] = std::max(x_mark[n], trace().events.size());
      return;
    }
    if (!x_dialogue.open(n) && (may_close || ending(n) == Ending::refusal)) return fence_anew(n, line);
    broken("after the refusal NOOP was due to be answered with OK: " + why);
  }

  // A refusal may end the session; the next is to be had, and is brought to where this one was.
  void fence_anew(int n, int line) {
    if (renew(n, line) || !x_result.not_greeted) return;
    x_stopped = x_result.not_greeted = false;
    x_result.setup_trouble.clear();
    broken("after the refusal a new connection was not greeted: " + what_happened(n), Finding::Kind::crash);
  }

  void check_subject(const Step& step, const Asked& asked) {
    const auto before = trace().events.size();
    const auto why = ask_subject(step, asked);
    if (why.empty()) return;
    // What was asked first counts; the other forms that it was asked by are the harness's own.
    const auto& events = trace().events;
    const auto refused = std::find_if(events.begin() + static_cast<std::ptrdiff_t>(std::min(before, events.size())), events.end(), [&](const Event& e) {
      return e.kind == Event::Kind::received && e.connection == step.connection && e.imap_response.kind == Response::Kind::tagged &&
             e.imap_response.keyword != "OK";
    });
    if (refused != events.end() && x_dialogue.last().kind == Event::Kind::received) broken_at(static_cast<std::size_t>(refused - events.begin()), why);
    else broken(why);
  }

  void eventually(const Step& step, const Asked& asked) {
    std::string why;
    for (int i = 0; i < kEventuallyTries; ++i) {
      if (i) x_stage.transport().wait(0.1 * i);
      (void)ask(x_dialogue, step.connection, "NOOP", "NOOP", step.line);
      why = ask_subject(step, asked);
      if (why.empty()) return;
    }
    broken(why);
  }

  // Asks the server what a check is about; "" if it is so, else what is so instead.
  std::string ask_subject(const Step& step, const Asked& asked) {
    const int n = step.connection;
    auto wanted = expand(asked.wanted, x_bindings, x_workshop, n);
    if (!wanted) {
      fail_scenario(wanted.error().what);
      return {};
    }
    if (x_dialogue.open(n) && !x_dialogue.outstanding(n)) x_dialogue.drain(n);
    std::string why;
    for (int tries = 0; tries < 2; ++tries) {
      if (!there(n, step.line, step.text)) return {};
      why = ask_about(x_dialogue, trace(), n, asked.subject, wanted->octets, step.line, own_keyword());
      x_mark[n] = trace().events.size();
      // Said into the end that a refusal had brought.
      if (why.empty() || ending(n) != Ending::refusal) break;
    }
    if (x_stake && asked.subject == Subject::flags) x_stake->item = "FLAGS";
    if (x_stake && asked.subject == Subject::uids) x_stake->item = "UID";
    return why;
  }

  void wind_up() override {
    for (int n = 1; n <= 9; ++n) {
      if (!x_dialogue.open(n)) continue;
      while (x_dialogue.outstanding(n)) {
        if (x_dialogue.receive(n) != Outcome::ok) break;
      }
      if (x_dialogue.open(n) && x_dialogue.greeting_due(n)) x_dialogue.receive(n);
      if (!x_dialogue.open(n)) continue;
      if (handshake_due(n)) {
        x_dialogue.drop(n, Wires::End::fin, 0);
        continue;
      }
      x_dialogue.drain(n);
      if (!x_dialogue.open(n)) continue;
      if (!ask(x_dialogue, n, "LOGOUT", "LOGOUT", 0).empty()) continue;
      if (x_dialogue.wait_closed(n) == Outcome::hang) x_dialogue.note(Event::Kind::hang, n, "", 0);
    }
  }

  void clean_up() override {
    if (x_box.empty() || (x_shared && !x_stopped && !x_case.messages.empty())) return;
    x_stage.discard(x_account, x_box);
  }

  ImapDialogue x_dialogue;
  std::map<int, std::size_t> x_mark;
  std::map<int, double> x_within;  // seconds that what is due next may take
  std::vector<std::size_t> x_used;
  std::size_t x_last_used = 0;
  bool x_bad_due = false;
  std::map<int, bool> x_authenticated;
  std::map<int, std::string> x_selection;  // the command that has selected what is selected
  std::set<int> x_left_out;                // whose last command was not sent, for want of the mailbox
  std::set<int> x_outside;                 // who has not selected what set-up was to select for them
  std::map<int, bool> x_answered;          // by a NO in place of "+", which has been read already
  std::string x_box;
  std::set<std::string> x_own_keywords;  // those that were seen on what set-up has appended
  bool x_shared = false;
  std::string x_login_trouble, x_breach;
  std::string x_unsendable;  // why an argument has not the form that is asked for
  int x_appended = 0;
};

}  // namespace

std::unique_ptr<Speaker> make_imap_speaker(CaseState& state) { return std::make_unique<ImapSpeaker>(state); }

}  // namespace mailspec::scenario
