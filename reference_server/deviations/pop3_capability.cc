// CAPA, PIPELINING, response codes: what is promised, and whether it is kept.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

namespace {

// Rewrites the capability lines; `state` says where.
template <class F>
void capa(Options& o, F f) {
  rewrite_pop3(o, [f](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
    if (auto* lines = listing(c, r, "CAPA")) f(*lines, s);
  });
}

void rename_capability(std::vector<std::string>& lines, std::string_view tag, const std::string& to) {
  for (auto& line : lines) {
    if (line.substr(0, line.find(' ')) == tag) line = to + line.substr(tag.size());
  }
}

void drop(std::vector<std::string>& lines, std::string_view tag) {
  std::erase_if(lines, [&](const std::string& line) { return line.substr(0, line.find(' ')) == tag; });
}

bool transaction(const Pop3Session& s) { return s.state() == Pop3State::transaction; }

bool is_login(const Pop3Command& c) { return c.keyword == "PASS" || c.keyword == "APOP" || c.sasl_response || c.keyword == "AUTH"; }

}  // namespace

std::vector<Switch> pop3_capability_deviations() {
  return {
      {"capa-two-spaces", "rfc2449/3/capa-syntax", "puts two spaces before parameters",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines) l = replace_all(l, " ", "  ");
         });
       }},
      {"capability-trailing-space", "rfc2449/3/capa-syntax", "ends capability lines with a space",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines) l += " ";
         });
       }},
      {"capa-dotted-tag", "rfc2449/3/capa-syntax", "announces a tag with a '.'",
       [](Options& o) { capa(o, [](auto& lines, auto&) { lines.emplace_back("X.Y"); }); }},
      {"capa-empty-line", "rfc2449/3/capa-syntax", "has an empty line among the capabilities",
       [](Options& o) { capa(o, [](auto& lines, auto&) { lines.emplace_back(""); }); }},
      {"capa-long-line", "rfc2449/3/capability-512", "announces a capability of 600 octets",
       [](Options& o) { capa(o, [](auto& lines, auto&) { lines.push_back("X-LONG " + std::string(600, 'x')); }); }},
      {"command-limit-47", "rfc2449/4/commands-of-255", "takes commands of 47 octets, and takes longer ones for two",
       [](Options& o) {
         o.pop3.command_limit = 47;
         o.faults.insert(Fault::big_line_is_two);
       }},
      {"command-limit-250", "rfc2449/4/commands-of-255", "takes commands of 250 octets, and takes longer ones for two",
       [](Options& o) {
         o.pop3.command_limit = 250;
         o.faults.insert(Fault::big_line_is_two);
       }},
      {"pop3-capa-err-after-login", "rfc2449/5/capa-in-both-states", "refuses CAPA after the login",
       [](Options& o) { o.faults.insert(Fault::capa_err_in_transaction); }},
      {"capa-resets", "rfc2449/5/capa-changes-nothing", "takes marks back at CAPA", [](Options& o) { o.faults.insert(Fault::capa_resets); }},
      {"capa-drops-top-after-login", "rfc2449/5/announced-in-both-states", "no longer announces TOP after the login",
       [](Options& o) {
         capa(o, [](auto& lines, auto& s) {
           if (transaction(s)) drop(lines, "TOP");
         });
       }},
      {"capa-drops-resp-codes-after-login", "rfc2449/5/announced-in-both-states", "no longer announces RESP-CODES after the login",
       [](Options& o) {
         capa(o, [](auto& lines, auto& s) {
           if (transaction(s)) drop(lines, "RESP-CODES");
         });
       }},
      {"capa-uidl-only-after-login", "rfc2449/5/same-after-login", "announces UIDL only after the login",
       [](Options& o) {
         capa(o, [](auto& lines, auto& s) {
           if (!transaction(s)) drop(lines, "UIDL");
         });
       }},
      {"capa-expire-glued", "rfc2449/3/capa-syntax", "announces EXPIRENEVER",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& line : lines) {
             if (line.starts_with("EXPIRE ")) line.erase(6, 1);
           }
         });
       }},
      {"capa-sasl-equals", "rfc2449/3/capa-syntax", "announces SASL=PLAIN, as IMAP writes it",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& line : lines) {
             if (line.starts_with("SASL ")) line[4] = '=';
           }
         });
       }},
      {"top-announced-not-there", "rfc2449/6.1/top-works", "announces TOP and refuses it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP") r = Pop3Reply::bad("unknown command");
         });
       }},
      {"pipelining-argument", "rfc2449/6.1/no-arguments", "announces PIPELINING with an argument",
       [](Options& o) { capa(o, [](auto& lines, auto&) { rename_capability(lines, "PIPELINING", "PIPELINING 10"); }); }},
      {"user-announced-not-there", "rfc2449/6.2/user-works", "announces USER and refuses it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "USER") r = Pop3Reply::bad("use AUTH");
         });
       }},
      {"mechanism-announced-not-there", "rfc2449/6.3/announced-mechanism-works", "announces CRAM-MD5 and refuses it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "AUTH" && !c.args.empty() && iequals(c.args[0], "CRAM-MD5")) r = Pop3Reply::bad("not now");
         });
       }},
      {"sasl-commas", "rfc2449/6.3/sasl-names-mechanisms", "separates mechanisms by commas",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines)
             if (l.starts_with("SASL ")) l = "SASL " + replace_all(l.substr(5), " ", ",");
         });
       }},
      {"bracket-text", "rfc2449/6.4/bracket-is-code", "has text in brackets that is no code",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r) && r.code.empty()) r.text = "[no such thing] " + r.text;
         });
       }},
      {"bracket-open", "rfc2449/6.4/bracket-is-code", "opens a bracket and never closes it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r) && r.code.empty()) r.text = "[" + r.text;
         });
       }},
      {"login-delay-in-words", "rfc2449/6.5/login-delay-argument", "announces LOGIN-DELAY in words",
       [](Options& o) {
         o.pop3.login_delay = 5;
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines)
             if (l.starts_with("LOGIN-DELAY")) l = "LOGIN-DELAY five";
         });
       }},
      {"login-delay-not-enforced", "rfc2449/6.5/login-delay-enforced", "announces LOGIN-DELAY and does not enforce it",
       [](Options& o) {
         o.pop3.login_delay = 5;
         o.faults.insert(Fault::delay_not_enforced);
       }},
      {"login-delay-grows", "rfc2449/6.5/largest-delay-first", "announces a longer delay after the login",
       [](Options& o) {
         o.pop3.login_delay = 5;
         capa(o, [](auto& lines, auto& s) {
           for (auto& l : lines)
             if (l.starts_with("LOGIN-DELAY")) l = transaction(s) ? "LOGIN-DELAY 60" : "LOGIN-DELAY 5 USER";
         });
       }},
      {"login-delay-no-user-token", "rfc2449/6.5/delay-user-token", "announces another delay after the login, without USER before it",
       [](Options& o) {
         o.pop3.login_delay = 1;
         capa(o, [](auto& lines, auto& s) {
           for (auto& l : lines)
             if (l.starts_with("LOGIN-DELAY") && !transaction(s)) l = "LOGIN-DELAY 2";
         });
       }},
      {"pipelining-drops", "rfc2449/6.6/pipelining-in-order", "loses the second of two commands in one segment",
       [](Options& o) { o.faults.insert(Fault::pop3_pipeline_drops); }},
      {"pipelining-reorders", "rfc2449/6.6/pipelining-in-order", "does a short command before the long one in front of it",
       [](Options& o) { o.faults.insert(Fault::pipeline_reorders); }},
      {"pipelined-run-twice", "rfc2449/6.6/pipelining-in-order", "does pipelined commands twice", [](Options& o) { o.faults.insert(Fault::pipeline_twice); }},
      {"pipelining-lost-after-login", "rfc2449/6.6/pipelining-across-login", "forgets what was pipelined behind the login",
       [](Options& o) { o.faults.insert(Fault::pipeline_lost_after_login); }},
      {"expire-nothing", "rfc2449/6.7/expire-argument", "announces EXPIRE without an argument",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines)
             if (l.starts_with("EXPIRE")) l = "EXPIRE";
         });
       }},
      {"expire-glued", "rfc2449/6.7/expire-argument", "announces EXPIRE days in words",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines)
             if (l.starts_with("EXPIRE")) l = "EXPIRE ALWAYS";
         });
       }},
      {"expire-never-removes", "rfc2449/6.7/expire-never-keeps", "announces EXPIRE NEVER and removes what was read",
       [](Options& o) { o.faults.insert(Fault::expire_removes_read); }},
      {"expire-shrinks", "rfc2449/6.7/smallest-expiry-first", "announces a shorter retention after the login",
       [](Options& o) {
         capa(o, [](auto& lines, auto& s) {
           for (auto& l : lines)
             if (l.starts_with("EXPIRE")) l = transaction(s) ? "EXPIRE 5" : "EXPIRE 30 USER";
         });
       }},
      {"expire-no-user-token", "rfc2449/6.7/expire-user-token", "announces a longer retention after the login, without USER before it",
       [](Options& o) {
         capa(o, [](auto& lines, auto& s) {
           for (auto& l : lines)
             if (l.starts_with("EXPIRE") && !transaction(s)) l = "EXPIRE 30";
         });
       }},
      {"uidl-announced-not-there", "rfc2449/6.8/uidl-works", "announces UIDL and refuses it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "UIDL") r = Pop3Reply::bad("unknown command");
         });
       }},
      {"implementation-nothing", "rfc2449/6.9/implementation-argument", "announces IMPLEMENTATION without a name",
       [](Options& o) {
         capa(o, [](auto& lines, auto&) {
           for (auto& l : lines)
             if (l.starts_with("IMPLEMENTATION")) l = "IMPLEMENTATION";
         });
       }},
      {"codes-not-announced", "rfc2449/8/codes-announced", "sends response codes and does not announce them",
       [](Options& o) { capa(o, [](auto& lines, auto&) { drop(lines, "RESP-CODES"); }); }},
      {"in-use-misplaced", "rfc2449/8.1/code-where-valid", "says [IN-USE] when there is no such message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RETR" && negative(r)) r.code = "IN-USE";
         });
       }},
      {"auth-code-misplaced", "rfc2449/8.1/code-where-valid", "says [AUTH] to unknown commands",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (negative(r) && !is_login(c) && c.keyword != "USER") r.code = "AUTH";
         });
       }},
      {"code-on-ok", "rfc2449/8.1/code-where-valid", "says +OK [SYS/TEMP]",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RSET" && positive(r)) r.code = "SYS/TEMP";
         });
       }},
      {"login-delay-for-user", "rfc2449/8.1.1/no-login-delay-for-user", "says [LOGIN-DELAY] to USER",
       [](Options& o) {
         o.pop3.user_says_err_for_unknown = true;
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "USER" && negative(r)) r.code = "LOGIN-DELAY";
         });
       }},
      {"sys-alone", "rfc3206/4/sys-levels", "says [SYS] without a second level",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RETR" && negative(r)) r.code = "SYS";
         });
       }},
      {"sys-other", "rfc3206/4/sys-levels", "says [SYS/MAYBE]",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RETR" && negative(r)) r.code = "SYS/MAYBE";
         });
       }},
      {"auth-code-not-announced", "rfc3206/5/auth-code-announced", "says [AUTH] and does not announce AUTH-RESP-CODE",
       [](Options& o) { capa(o, [](auto& lines, auto&) { drop(lines, "AUTH-RESP-CODE"); }); }},
      {"auth-code-for-user", "rfc3206/5/no-auth-code-for-user", "says [AUTH] to USER",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "USER" && negative(r)) r.code = "AUTH";
         });
       }},
      {"auth-code-missing", "rfc3206/6/auth-code-for-credentials", "leaves [AUTH] off a wrong password",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "PASS") r.code.clear();
         });
       }},
      {"auth-code-missing-sasl", "rfc3206/6/auth-code-for-credentials", "leaves [AUTH] off a failed AUTH",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.sasl_response) r.code.clear();
         });
       }},
  };
}

}  // namespace mailspec::reference
