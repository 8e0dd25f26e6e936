// IMAP before and at the login: CAPABILITY, STARTTLS, AUTHENTICATE, LOGIN, ENABLE, ID, LOGOUT.
#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {

ImapResponse bye() {
  ImapResponse r;
  r.keyword = "BYE";
  r.text = "logging out";
  return r;
}

}  // namespace

std::vector<Switch> imap_login_deviations() {
  return {
      {"imap-challenge-is-text", "rfc9051/6.2.2/challenge-is-base64", "asks for an answer of SASL in words",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.kind == ImapResponse::Kind::continuation && c.name == "AUTHENTICATE" && r.text.empty()) r.text = "go ahead";
         });
       }},
      {"imap-no-capability-response", "rfc9051/6.1.1/capability-response", "answers CAPABILITY without the untagged response",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("CAPABILITY")) r.drop = true;
         });
       }},
      {"imap-base-not-listed", "rfc9051/6.1.1/base-listed", "does not list the base protocol",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           for (auto* list : {&r.data, &r.code_data})
             for (auto& n : *list)
               if (n.text == "IMAP4rev1" || n.text == "IMAP4rev2") n.text = "IMAP4";
         });
       }},
      {"imap-capability-double-space", "rfc9051/7.2.2/capability-grammar", "writes two spaces between capabilities",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("CAPABILITY")) r.data.insert(r.data.begin(), Node::atom(""));
         });
       }},
      {"imap-noop-no", "rfc9051/6.1.2/noop-ok", "says NO to NOOP before a mailbox is selected",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (r.tagged() && c.name == "NOOP" && s.state() == imap::State::authenticated) r.keyword = "NO";
         });
       }},
      {"imap-logout-without-bye", "rfc9051/6.1.3/bye-before-ok", "says no BYE at LOGOUT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("BYE") && c.name == "LOGOUT") r.drop = true;
         });
       }},
      {"imap-bye-after-ok", "rfc9051/6.1.3/bye-before-ok", "says BYE after the tagged OK",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name != "LOGOUT") return;
           if (r.is("BYE")) r.drop = true;
           else if (r.tagged()) r.after.push_back(bye());
         });
       }},
      {"imap-logout-unanswered", "rfc9051/6.1.3/bye-before-ok", "closes after BYE without the tagged OK",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "LOGOUT" && r.tagged()) r.drop = true;
         });
       }},
      {"imap-logout-stays-open", "rfc9051/6.1.3/closes", "does not close after LOGOUT", [](Options& o) { o.faults.insert(Fault::logout_stays_open); }},
      {"imap-starttls-no-tls", "rfc9051/6.2.1/starttls-works", "says OK to STARTTLS and does nothing",
       [](Options& o) { o.faults.insert(Fault::starttls_no_tls); }},
      {"imap-starttls-under-tls", "rfc9051/6.2.1/no-starttls-under-tls", "offers STARTTLS under TLS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.is("CAPABILITY") && s.tls()) r.data.push_back(Node::atom("STARTTLS"));
         });
       }},
      {"imap-starttls-injection",
       "rfc9051/6.2.1/starttls-discards",
       "carries out under TLS what was sent in clear",
       [](Options& o) { o.faults.insert(Fault::keeps_plaintext); },
       {{"security/starttls/no-injection",
         "In order to avoid this vulnerability, server implementations MUST do one of the following if any data is received in the same TCP buffer after "
         "the CRLF that starts the STARTTLS command: ... Extra data from the TCP buffer is thrown away."}}},
      {"imap-starttls-again", "rfc9051/6.2.1/starttls-refused-under-tls", "says OK to STARTTLS under TLS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.name == "STARTTLS" && s.tls()) r.keyword = "OK";
         });
       }},
      {"imap-challenge-no", "rfc9051/6.2.2/authenticate-secret", "refuses AUTHENTICATE with a challenge mechanism and the right credentials",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::AuthenticateArguments& a, ImapResponse& r, ImapSession&) {
           if (a.mechanism != "PLAIN" && r.tagged() && r.keyword == "OK") r.keyword = "NO";
         });
       }},
      {"imap-authenticate-no", "rfc9051/6.2.2/authenticate-plain", "refuses AUTHENTICATE with the right credentials",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "AUTHENTICATE" && r.tagged()) r.keyword = "NO";
         });
       }},
      {"imap-cancel-ok", "rfc9051/6.2.2/cancel", "says OK to a cancelled exchange",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::cancelled) r.keyword = "OK";
         });
       }},
      {"imap-cancel-no", "rfc9051/6.2.2/cancel", "says NO to a cancelled exchange",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::cancelled) r.keyword = "NO";
         });
       }},
      {"imap-base64-ok", "rfc9051/6.2.2/invalid-base64", "says OK to what is no base64",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::not_base64) r.keyword = "OK";
         });
       }},
      {"imap-base64-no", "rfc9051/6.2.2/invalid-base64", "says NO to what is no base64",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::not_base64) r.keyword = "NO";
         });
       }},
      {"imap-unknown-mechanism-bad", "rfc9051/6.2.2/unknown-mechanism", "says BAD to an unknown mechanism",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "AUTHENTICATE" && r.code == "CANNOT") r.keyword = "BAD";
         });
       }},
      {"imap-wrong-credentials-ok", "rfc9051/6.2.2/wrong-credentials", "says OK to wrong credentials",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "AUTHENTICATE" && r.code == "AUTHENTICATIONFAILED") r.keyword = "OK";
         });
       }},
      {"imap-login-no", "rfc9051/6.2.3/login", "refuses LOGIN in quoted strings", [](Options& o) { o.faults.insert(Fault::login_atoms_only); }},
      {"imap-any-password", "rfc9051/6.2.3/wrong-password", "takes any password", [](Options& o) { o.faults.insert(Fault::any_password); }},
      {"imap-wrong-password-ok", "rfc9051/6.2.3/wrong-password", "says OK to a wrong password",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "LOGIN" && r.code == "AUTHENTICATIONFAILED") r.keyword = "OK";
         });
       }},
      {"imap-login-although-disabled", "rfc9051/6.2.3/logindisabled", "announces LOGINDISABLED and takes LOGIN",
       [](Options& o) {
         o.imap.logindisabled = true;
         o.faults.insert(Fault::login_although_disabled);
       }},
      {"imap-imap4-last", "rfc9051/9/imap4-first", "offers IMAP4, and not as the first",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("CAPABILITY")) r.data.push_back(Node::atom("IMAP4"));
         });
       }},
      {"imap-mechanism-unlisted", "rfc9051/6.2.2/mechanisms-listed", "takes AUTHENTICATE PLAIN and does not list it",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           const auto plain = [](const Node& n) { return n.text == "AUTH=PLAIN"; };
           if (r.is("CAPABILITY")) std::erase_if(r.data, plain);
           if (r.code == "CAPABILITY") std::erase_if(r.code_data, plain);
         });
       }},
      {"imap-discloses-users", "rfc9051/11.7/no-user-disclosure", "says that there is no such user",
       [](Options& o) { o.faults.insert(Fault::discloses_users); }},
  };
}

}  // namespace mailspec::reference
