// What RFC 3501 and RFC 9051 allow of sessions: how they begin and end, what they are limited to, what holds a mailbox, and how long an answer takes.
#include <algorithm>

#include "harness/base/text.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

namespace {

bool is_refusal(const ImapResponse& r) { return r.keyword == "NO" || r.keyword == "BAD"; }
bool is_refused_login(const ImapCommand& c, const ImapResponse& r) { return r.tagged() && is_refusal(r) && (c.name == "LOGIN" || c.name == "AUTHENTICATE"); }

void choose(Options& o, const char* name) { o.imap.choices.insert(name); }

}  // namespace

double delay_of_refusal(std::uint64_t refused) { return std::min(15.0, 2.0 * static_cast<double>(refused)); }

std::vector<Switch> imap_session_variations() {
  return {
      // ---- who holds a mailbox
      {"imap-select-takes-over",
       "",
       "ends a session with BYE when another selects its mailbox (RFC 9051 3.4, 7.1.5)",
       [](Options& o) { choose(o, "select-takes-over"); },
       {},
       "shared-select: two sessions cannot look at one mailbox"},
      {"imap-select-waits",
       "",
       "answers SELECT when no other session has the mailbox selected any longer (RFC 9051 6.3.2)",
       [](Options& o) { choose(o, "select-waits"); },
       {},
       "shared-select: two sessions cannot look at one mailbox"},
      {"imap-select-in-use",
       "",
       "refuses to select what another session has selected, with NO [INUSE] (RFC 9051 7.1)",
       [](Options& o) { choose(o, "select-in-use"); },
       {},
       "shared-select: two sessions cannot look at one mailbox"},
      {"imap-lock-outlives-drop",
       "",
       "holds a mailbox for 5 seconds after its session was dropped: NO [INUSE] (RFC 9051 7.1)",
       [](Options& o) { choose(o, "lock-outlives-drop"); },
       {},
       "drops: the mailbox cannot be had so soon after its session was dropped"},
      {"imap-in-use-by-pop3",
       "",
       "refuses to select INBOX while POP3 has the maildrop, with NO [INUSE] (RFC 9051 7.1)",
       [](Options& o) { choose(o, "in-use-by-pop3"); },
       {},
       "pop3-beside-imap: INBOX cannot be selected while POP3 has it"},

      // ---- refusals that end the session
      {"imap-ends-at-bad",
       "",
       "says BAD to what it cannot read, then BYE, and closes (RFC 9051 3.4, 7.1.5)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.keyword == "BAD") r.ends = "what was that";
         });
       },
       {},
       "saved searches: they go with the session that a refusal ends"},
      {"imap-ends-at-refusals",
       "",
       "says NO or BAD, then BYE, and closes, whatever is refused (RFC 9051 3.4, 7.1.5)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (is_refusal(r)) r.ends = "enough";
         });
       },
       {},
       "saved searches: they go with the session that a refusal ends"},
      {"imap-ends-at-third-bad", "", "ends the session with BYE after three bad commands (RFC 9051 7.1.5)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.keyword == "BAD" && s.bads() >= 2) r.ends = "too many bad commands";
         });
       }},
      {"imap-ends-after-refused-login", "", "ends the session with BYE after one refused login (RFC 9051 11.7)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (is_refused_login(c, r)) r.ends = "authentication failed";
         });
       }},
      {"imap-ends-after-three-logins", "", "ends the session with BYE after three refused logins (RFC 9051 11.7)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (is_refused_login(c, r) && s.refused_logins() >= 3) r.ends = "too many authentication failures";
         });
       }},
      {"imap-ends-at-second-login", "", "ends the session with BYE at a login when somebody is logged in (RFC 9051 7.1.5)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (is_refused_login(c, r) && s.logged_in()) r.ends = "somebody is logged in";
         });
       }},

      // ---- limits
      {"imap-bye-at-connection-rate", "", "greets with BYE whoever comes when twenty have come in ten seconds (RFC 9051 7.1.5)",
       [](Options& o) { choose(o, "bye-at-connection-rate"); }},
      {"imap-closes-at-connection-rate", "", "closes the connection of whoever comes when twenty have come in ten seconds, without a word",
       [](Options& o) { choose(o, "closes-at-connection-rate"); }},
      {"imap-unavailable-now-and-then",
       "",
       "refuses each seventh login with NO [UNAVAILABLE] (RFC 9051 7.1)",
       [](Options& o) { choose(o, "unavailable-now-and-then"); },
       {},
       "logins: those that a scenario looks at are refused for the time being, too"},
      {"imap-two-sessions-a-user",
       "",
       "lets a user have two sessions, and refuses more with NO [LIMIT] (RFC 9051 7.1)",
       [](Options& o) { choose(o, "two-sessions-a-user"); },
       {},
       "three-sessions: a third session of the user is refused"},
      {"imap-slow-after-commands", "", "delays each tagged response by a second after fifty commands of a session",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.tagged() && ++s.counter > 50) r.delay = 1;
         });
       }},

      // ---- how long an answer takes
      {"imap-slow-refusals", "", "delays the answer to a refused login by 2 seconds, and more each time, up to 15 (RFC 9051 11.7)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (is_refused_login(c, r)) r.delay = delay_of_refusal(s.whole_store().traffic.refused_logins);
         });
       }},
      {"imap-slow-login", "", "takes 3 seconds for a login",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.keyword == "OK" && (c.name == "LOGIN" || c.name == "AUTHENTICATE")) r.delay = 3;
         });
       }},
      {"imap-slow-noop", "", "takes 2 seconds for a NOOP",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") r.delay = 2;
         });
       }},
      {"imap-answers-at-cr", "", "knows a command's end by its CR, and answers before the LF has come", [](Options& o) { choose(o, "answers-at-cr"); }},
      {"imap-slow-greeting", "", "greets after 3 seconds",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "(greeting)") r.delay = 3;
         });
       }},
      {"imap-closes-late", "", "closes the connection 3 seconds after LOGOUT was answered (RFC 9051 6.1.3)", [](Options& o) { choose(o, "closes-late"); }},

      // ---- IDLE

      // ---- logins
      {"scram-errors-told", "", "tells what is wrong with a SCRAM message in a challenge, and fails after the client's answer (RFC 5802 5.1, 7)",
       [](Options& o) { o.sasl.errors_told = true; }},
      {"imap-bad-login", "", "gives no code with a refused login (RFC 9051 7.1: codes are optional)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (is_refused_login(c, r) && r.code == "AUTHENTICATIONFAILED") r.code.clear();
         });
       }},
      {"imap-capability-untagged", "", "tells capabilities in an untagged response at the login, in no response code (RFC 9051 7.2.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code != "CAPABILITY") return;
           ImapResponse list;
           list.keyword = "CAPABILITY";
           list.data = std::exchange(r.code_data, {});
           r.code.clear();
           if (r.tagged()) r.before.push_back(std::move(list));
         });
       }},
      {"imap-capability-unsaid", "", "tells capabilities only when they are asked for (RFC 9051 6.1.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code != "CAPABILITY") return;
           r.code.clear();
           r.code_data.clear();
         });
       }},
      {"imap-bad-for-long-lines", "", "answers a line beyond its limit of 8192 octets with an untagged BAD (RFC 9051 7.1.3)",
       [](Options& o) {
         o.imap.line_limit = 8192;
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.keyword == "BAD" && r.reason == imap::Reason::line_too_long) r.kind = imap::Response::Kind::untagged, r.tag.clear();
         });
       }},
      {"tls-takes-client-certificates", "", "asks for a client certificate, and offers EXTERNAL for it (RFC 8314 4.2)",
       [](Options& o) {
         o.tls_asks_client_certificate = true;
         o.sasl.mechanisms.emplace_back("EXTERNAL");
       }},
  };
}

}  // namespace mailspec::reference
