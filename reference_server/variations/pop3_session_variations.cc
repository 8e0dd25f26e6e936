// What RFC 1939 and its extensions allow of sessions: how they begin and end, what they are limited to, what holds a maildrop, in which order it is
// numbered, and how long an answer takes.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/pop3_rewrite.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

namespace {

bool is_login(const Pop3Command& c) { return c.keyword == "PASS" || c.keyword == "APOP" || c.keyword == "AUTH" || c.sasl_response; }
bool is_refused_login(const Pop3Command& c, const Pop3Reply& r) { return is_login(c) && negative(r); }
bool is_unreadable(const Pop3Reply& r) {
  return negative(r) && (r.reason == Pop3Reply::Reason::unknown_command || r.reason == Pop3Reply::Reason::syntax_error ||
                         r.reason == Pop3Reply::Reason::wrong_arguments || r.reason == Pop3Reply::Reason::line_too_long);
}

void choose(Options& o, const char* name) { o.pop3.choices.insert(name); }

}  // namespace

std::vector<Switch> pop3_session_variations() {
  return {
      // ---- the maildrop
      {"pop3-in-use-by-imap",
       "",
       "refuses a login while IMAP has INBOX selected, with [IN-USE] (RFC 2449 8.1.2)",
       [](Options& o) { choose(o, "in-use-by-imap"); },
       {},
       "pop3-beside-imap: the maildrop cannot be opened while IMAP has INBOX selected"},
      {"pop3-closes-at-connection-rate", "", "closes the connection of whoever comes when twenty have come in ten seconds, without a word",
       [](Options& o) { choose(o, "closes-at-connection-rate"); }},
      {"pop3-lock-outlives-drop", "", "holds the maildrop for 3 seconds after its session was dropped (RFC 2449 8.1.2)",
       [](Options& o) { choose(o, "lock-outlives-drop"); }},
      {"pop3-lock-is-waited-for", "", "waits 8 seconds for a maildrop that is locked, then refuses the login (RFC 1939 4)",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (is_refused_login(c, r) && r.text.find("locked") != std::string::npos) r.delay = 8;
         });
       }},
      {"pop3-removal-fails-now-and-then",
       "",
       "answers each fourth QUIT that is to remove messages with -ERR, and removes none (RFC 1939 6)",
       [](Options& o) { choose(o, "removal-fails-now-and-then"); },
       {},
       "removals: what was not removed says nothing of what is"},
      {"pop3-newest-first",
       "",
       "numbers messages from the newest to the oldest (RFC 1939 4 gives no order)",
       [](Options& o) { choose(o, "newest-first"); },
       {},
       "pop3-and-imap-numbers: where both are looked at, a number is not the same message"},
      {"pop3-own-order",
       "",
       "numbers messages in an order of its own, neither the oldest nor the newest first (RFC 1939 4 gives no order)",
       [](Options& o) { choose(o, "own-order"); },
       {},
       "pop3-and-imap-numbers: where both are looked at, a number is not the same message"},
      {"pop3-printable-uids", "", "has unique-ids of 70 octets, of all that are printable (RFC 1939 7)", [](Options& o) { choose(o, "printable-uids"); }},

      // ---- refusals that end the session
      {"pop3-closes-at-unreadable",
       "",
       "says -ERR to what it cannot read, and closes (RFC 1939 3)",
       [](Options& o) { rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) { r.close = r.close || is_unreadable(r); }); },
       {},
       "marks and pipelines: they go with the session that a refusal ends"},
      {"pop3-closes-at-refusals",
       "",
       "says -ERR and closes, whatever is refused (RFC 1939 3)",
       [](Options& o) { rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) { r.close = r.close || negative(r); }); },
       {},
       "marks and pipelines: they go with the session that a refusal ends"},
      {"pop3-closes-after-three-logins", "", "closes after three refused logins (RFC 1939 4)",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) { r.close = r.close || (is_refused_login(c, r) && s.refused_logins() >= 3); });
       }},

      // ---- limits
      {"pop3-temporary-now-and-then",
       "",
       "refuses each seventh login with [SYS/TEMP] (RFC 3206 4)",
       [](Options& o) { choose(o, "temporary-now-and-then"); },
       {},
       "logins: those that a scenario looks at are refused for the time being, too"},
      {"login-delay-of-the-user", "", "announces LOGIN-DELAY 10 USER before the login and 2 after it, and enforces 2 (RFC 2449 6.5)",
       [](Options& o) {
         if (!o.pop3.capa) return;
         o.pop3.login_delay = 2;
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* l = listing(c, r, "CAPA"); l && s.state() != Pop3State::transaction)
             for (auto& line : *l)
               if (istarts_with(line, "LOGIN-DELAY ")) line = "LOGIN-DELAY 10 USER";
         });
       }},
      {"autologout-10-minutes", "", "ends a silent session after 10 minutes, the least there may be (RFC 1939 3)", [](Options& o) { o.pop3.autologout = 600; }},

      // ---- how long an answer takes
      {"pop3-slow-refusals", "", "delays the answer to a refused login by 2 seconds, and more each time, up to 15",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (is_refused_login(c, r)) r.delay = delay_of_refusal(s.store().traffic.refused_logins);
         });
       }},
      {"pop3-slow-login", "", "takes 3 seconds for a login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (is_login(c) && positive(r)) r.delay = 3;
         });
       }},
      {"pop3-slow-noop", "", "takes 2 seconds for a NOOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "NOOP") r.delay = 2;
         });
       }},
      {"pop3-slow-greeting", "", "greets after 3 seconds",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "(greeting)") r.delay = 3;
         });
       }},
      {"pop3-slow-messages", "", "takes a second before it sends a message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (r.message || r.content) r.delay = 1;
         });
       }},
      {"pop3-closes-late", "", "closes the connection 3 seconds after QUIT was answered (RFC 1939 6)", [](Options& o) { choose(o, "closes-late"); }},

      // ---- TLS
      {"stls-refused-after-user",
       "",
       "refuses STLS after USER (RFC 2595 4)",
       [](Options& o) { choose(o, "stls-refused-after-user"); },
       {},
       "user-forgotten: what USER said before TLS cannot be looked at"},
  };
}

}  // namespace mailspec::reference
