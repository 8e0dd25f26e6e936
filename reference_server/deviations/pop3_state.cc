// Family "state": what is allowed when, who holds the maildrop, what a session's end does.
#include <set>

#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

namespace {
bool is_of_transaction(const Pop3Command& c) {
  static const std::set<std::string, std::less<>> kThere{"STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "NOOP", "RSET"};
  return kThere.contains(c.keyword);
}
bool in_wrong_state(const Pop3Reply& r) { return negative(r) && r.reason == Pop3Reply::Reason::wrong_state; }
}  // namespace

std::vector<Switch> pop3_state_deviations() {
  return {
      {"any-state", "rfc1939/3/wrong-state-refused", "does LIST, UIDL, RETR and TOP before the login",
       [](Options& o) { o.faults.insert(Fault::reads_before_login); }},
      {"noop-before-login", "rfc1939/3/wrong-state-refused", "says +OK to NOOP before the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "NOOP" && in_wrong_state(r)) r = Pop3Reply::good("fine");
         });
       }},
      {"user-after-login", "rfc1939/3/wrong-state-refused", "says +OK to USER after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "USER" && in_wrong_state(r)) r = Pop3Reply::good("fine");
         });
       }},
      {"autologout-5-minutes", "rfc1939/3/autologout-10-minutes", "ends a session after 5 minutes", [](Options& o) { o.pop3.autologout = 300; }},
      {"autologout-9-minutes", "rfc1939/3/autologout-10-minutes", "ends a session after 9 minutes", [](Options& o) { o.pop3.autologout = 540; }},
      {"autologout-not-reset", "rfc1939/3/autologout-reset", "ends a session 15 minutes after its start, whatever it does",
       [](Options& o) {
         o.pop3.autologout = 900;
         o.faults.insert(Fault::pop3_autologout_not_reset);
       }},
      {"autologout-speaks", "rfc1939/3/autologout-silent", "sends a line when the timer expires",
       [](Options& o) { o.faults.insert(Fault::autologout_speaks); }},
      {"autologout-updates", "rfc1939/3/autologout-no-update", "removes marked messages when the timer expires",
       [](Options& o) { o.faults.insert(Fault::autologout_updates); }},
      {"login-opens-nothing",
       "rfc1939/4/login-opens-transaction",
       "refuses all commands of the TRANSACTION state after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (s.state() == Pop3State::transaction && is_of_transaction(c)) r = Pop3Reply::bad("log in first");
         });
       },
       {},
       "no session of POP3 gets beyond its login"},
      {"no-lock", "rfc1939/4/exclusive-lock", "takes no lock, and removes what another session reads",
       [](Options& o) {
         o.faults.insert(Fault::shared_lock);
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           const auto n = c.args.empty() ? std::nullopt : pop3::parse_message_number(c.args[0]);
           const auto* slot = n ? s.slot(*n) : nullptr;
           if ((c.keyword == "RETR" || c.keyword == "LIST") && slot && s.gone(*slot)) r = Pop3Reply::bad("message has gone");
         });
       }},
      {"lock-stays", "rfc1939/6/lock-released", "keeps the lock after QUIT", [](Options& o) { o.faults.insert(Fault::lock_stays); }},
      {"lock-stays-after-drop", "rfc1939/4/lock-freed-after-drop", "keeps the lock when the client has gone",
       [](Options& o) { o.faults.insert(Fault::lock_stays_after_drop); }},
      {"lock-on-failure", "rfc1939/4/lock-released-on-refusal", "locks the maildrop when it refuses a password",
       [](Options& o) { o.faults.insert(Fault::lock_on_failure); }},
      {"no-login-after-failure", "rfc1939/4/login-after-failure", "refuses all logins of a connection after one refusal",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword != "PASS") return;
           if (negative(r)) s.counter = 1;
           else if (s.counter) r = Pop3Reply::bad("no more tries");
         });
       }},
      {"failed-login-opens", "rfc1939/4/failed-login-leaves-authorization", "answers STAT after a refused login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "PASS" && negative(r)) s.counter = 1;
           else if (c.keyword == "STAT" && s.counter) r = Pop3Reply::data("0 0");
         });
       }},
      {"marks-survive", "rfc1939/4/no-marks-at-start", "keeps the marks of a session that was dropped, for the next",
       [](Options& o) { o.faults.insert(Fault::marks_survive); }},
      {"quit-refused-before-login", "rfc1939/4/quit-in-authorization", "says -ERR to QUIT before the login",
       [](Options& o) { o.faults.insert(Fault::quit_refused_before_login); }},
      {"quit-closes-silently", "rfc1939/4/quit-in-authorization", "closes without an answer at QUIT before the login",
       [](Options& o) { o.faults.insert(Fault::quit_auth_closes_silently); }},
      {"quit-answered-negative", "rfc1939/6/quit-answered", "says -ERR to QUIT when no message is to be removed",
       [](Options& o) { o.faults.insert(Fault::quit_refused_without_marks); }},
      {"quit-stays-open", "rfc1939/6/quit-closes", "does not close after QUIT", [](Options& o) { o.faults.insert(Fault::quit_stays_open); }},
      {"quit-says-more", "rfc1939/6/quit-closes", "sends a second line after QUIT",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "QUIT" && positive(r)) r.after = "+OK bye\r\n";
         });
       }},
      {"pop3-delete-without-quit", "rfc1939/6/no-quit-no-removal", "removes marked messages when the connection drops",
       [](Options& o) { o.faults.insert(Fault::update_on_drop); }},
      {"drop-removes-retrieved", "rfc1939/6/no-quit-no-removal", "removes retrieved messages when the connection drops",
       [](Options& o) { o.faults.insert(Fault::remove_retrieved_on_drop); }},
      {"half-quit", "rfc1939/6/half-quit", "takes an unfinished QUIT for a QUIT when the connection ends",
       [](Options& o) { o.faults.insert(Fault::half_quit); }},
      {"quit-forgets-dele", "rfc1939/6/quit-removes-marked", "removes nothing at QUIT", [](Options& o) { o.faults.insert(Fault::quit_forgets_dele); }},
      {"quit-removes-last", "rfc1939/6/quit-removes-marked-only", "removes the last message, too",
       [](Options& o) { o.faults.insert(Fault::quit_removes_last); }},
      {"quit-removes-retrieved", "rfc1939/6/quit-removes-marked-only", "removes what was retrieved",
       [](Options& o) {
         o.pop3.expire = "30";
         o.faults.insert(Fault::expire_removes_read);
       }},
      {"user-once", "rfc1939/7/user-after-failure", "refuses USER after a refused PASS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "PASS" && negative(r)) s.counter = 1;
           else if (c.keyword == "USER" && s.counter) r = Pop3Reply::bad("once only");
         });
       }},
      {"pass-without-user", "rfc1939/7/pass-only-after-user", "says +OK to PASS without USER", [](Options& o) { o.faults.insert(Fault::pass_without_user); }},
      {"user-survives-tls", "rfc2595/4/user-forgotten", "takes a PASS under TLS for a USER before it",
       [](Options& o) { o.faults.insert(Fault::keeps_user_after_tls); }},
      {"any-password", "rfc1939/7/wrong-password-refused", "opens the maildrop with any password",
       [](Options& o) { o.faults.insert(Fault::login_any_password); }},
      {"wrong-password-hangs", "rfc1939/7/wrong-password-refused", "does not answer a wrong password",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "PASS" && negative(r) && r.code == "AUTH") r = Pop3Reply::none();
         });
       }},
      {"apop-upper-case-only", "rfc1939/7/apop-right-digest", "wants the digest in upper case", [](Options& o) { o.faults.insert(Fault::apop_upper_only); }},
      {"apop-any-digest", "rfc1939/7/apop-wrong-digest", "opens the maildrop with any digest", [](Options& o) { o.faults.insert(Fault::apop_any_digest); }},
      {"apop-failure-accepted", "rfc1939/7/apop-wrong-digest", "says +OK to a wrong digest",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "APOP" && negative(r) && r.code == "AUTH") r = Pop3Reply::good("welcome");
         });
       }},
      {"apop-same-timestamp", "rfc1939/7/timestamp-fresh", "greets with the same timestamp each time",
       [](Options& o) { o.faults.insert(Fault::apop_same_timestamp); }},
      {"apop-timestamp-no-at", "rfc1939/7/timestamp-is-msg-id", "has no '@' in the greeting's timestamp",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "(greeting)") r.text = replace_all(r.text, "@", ".");
         });
       }},
      {"apop-and-pass", "rfc1939/13/apop-or-pass", "lets one account log in by APOP and by PASS", [](Options& o) { o.faults.insert(Fault::apop_and_pass); }},
  };
}

}  // namespace mailspec::reference
