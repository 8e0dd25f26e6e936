// What the RFCs allow: under each of these, and any mix of them, the suite finds nothing to complain of.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/deviations/pop3_rewrite.h"
#include "reference_server/mime/base64.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

// Octets of text that the first line of a response has room for (RFC 2449 4: 512 with the CRLF).
static std::size_t room_for_text(const Pop3Reply& r) {
  return 512 - ((r.kind == Pop3Reply::Kind::positive ? 4 : 5) + (r.code.empty() ? 0 : r.code.size() + 3) + 2);
}

std::vector<Switch> pop3_variations() {
  return {
      {"no-capa", "", "has no CAPA, and so no STLS and no response codes",
       [](Options& o) { o.pop3.capa = o.pop3.stls = o.pop3.resp_codes = o.pop3.auth_resp_code = false; }},
      {"no-top", "", "has no TOP", [](Options& o) { o.pop3.top = false; }},
      {"no-uidl", "", "has no UIDL", [](Options& o) { o.pop3.uidl = false; }},
      {"no-apop", "", "has no APOP", [](Options& o) { o.pop3.apop = false; }},
      {"no-user", "", "has no USER and PASS",
       [](Options& o) {
         o.pop3.user = false;
         if (o.sasl.mechanisms.empty()) o.sasl.mechanisms = {"PLAIN"};
       }},
      {"no-sasl", "", "has no AUTH",
       [](Options& o) {
         o.sasl.mechanisms.clear();
         o.pop3.user = true;
       }},
      {"only-plain", "", "has no SASL mechanism but PLAIN", [](Options& o) { std::erase_if(o.sasl.mechanisms, [](const auto& m) { return m != "PLAIN"; }); }},
      {"works-untold", "", "tells CAPA of nothing that serves after the login, and has all of it", [](Options& o) { o.pop3.choices.insert("works-untold"); }},
      {"no-stls", "", "has no STLS", [](Options& o) { o.pop3.stls = false; }},
      {"no-pipelining", "", "does not announce PIPELINING", [](Options& o) { o.pop3.pipelining = false; }},
      {"no-resp-codes", "", "has no response codes", [](Options& o) { o.pop3.resp_codes = o.pop3.auth_resp_code = false; }},
      {"no-auth-resp-code", "", "has no [AUTH]", [](Options& o) { o.pop3.auth_resp_code = false; }},
      {"no-utf8", "", "has no UTF8", [](Options& o) { o.pop3.utf8 = o.pop3.utf8_user = false; }},
      {"utf8-without-user", "", "has UTF8, but names in ASCII only", [](Options& o) { o.pop3.utf8_user = false; }},
      {"no-lang", "", "has no LANG", [](Options& o) { o.pop3.lang = false; }},
      {"lang-not-listed", "", "refuses to list languages", [](Options& o) { o.pop3.lists_languages = false; }},
      {"no-implementation", "", "does not say what it is", [](Options& o) { o.pop3.implementation = false; }},
      {"no-expire", "", "does not announce EXPIRE", [](Options& o) { o.pop3.expire.clear(); }},
      {"expire-30", "", "announces EXPIRE 30", [](Options& o) { o.pop3.expire = "30"; }},
      {"expire-0", "", "announces EXPIRE 0, and keeps messages all the same", [](Options& o) { o.pop3.expire = "0"; }},
      {"login-delay", "", "announces and enforces LOGIN-DELAY 5", [](Options& o) { o.pop3.login_delay = o.pop3.capa ? 5 : 0; }},
      {"plaintext-needs-tls", "", "takes plain text passwords under TLS only",
       [](Options& o) {
         if (o.pop3.stls && o.pop3.capa && o.pop3.user) o.pop3.plaintext_needs_tls = true;
       }},
      {"pop3-announces-refused", "", "takes plain text passwords under TLS only, and announces them in clear all the same (RFC 2449 6.3)",
       [](Options& o) {
         o.pop3.plaintext_needs_tls = o.pop3.stls;
         if (o.pop3.stls) o.pop3.choices.insert("announces-refused");
       }},
      {"hash-uids", "", "makes unique-ids from the messages' octets", [](Options& o) { o.pop3.hash_uids = true; }},
      {"close-after-failed-login", "", "closes the connection after a refused login", [](Options& o) { o.pop3.close_after_failed_login = true; }},
      {"retr-sets-seen", "", "sets \\Seen for IMAP at RETR", [](Options& o) { o.pop3.retr_sets_seen = true; }},
      {"shared-maildrop", "", "lets two sessions read one maildrop, each its own view", [](Options& o) { o.pop3.shared_maildrop = true; }},
      {"surrogates", "", "sends a surrogate for a message that needs UTF-8 mode", [](Options& o) { o.pop3.surrogates = true; }},
      {"bare-lf-commands", "", "takes commands that end in LF", [](Options& o) { o.pop3.accept_bare_lf = true; }},
      {"unknown-user-refused", "", "says -ERR to USER of a name that does not exist", [](Options& o) { o.pop3.user_says_err_for_unknown = true; }},
      {"close-on-bad-line", "", "ends the session at an over-long line", [](Options& o) { o.pop3.close_on_bad_line = true; }},
      {"pass-is-one-word", "", "takes the first word after PASS for the password", [](Options& o) { o.pop3.pass_is_one_word = true; }},
      {"stls-refused-after-utf8", "", "refuses STLS after UTF8", [](Options& o) { o.pop3.stls_refused_after_utf8 = true; }},
      {"command-limit-2000", "", "takes commands of up to 2000 octets", [](Options& o) { o.pop3.command_limit = 2000; }},
      {"tls-1-2-only", "", "speaks TLS 1.2, not 1.3", [](Options& o) { o.tls_no_13 = true; }},
      {"autologout-11-minutes", "", "ends a silent session after 11 minutes", [](Options& o) { o.pop3.autologout = 660; }},
      {"listings-backwards", "", "lists messages from the last to the first (RFC 1939 5 and 7 say nothing of the order)",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST")) std::ranges::reverse(*l);
           if (auto* l = listing(c, r, "UIDL")) std::ranges::reverse(*l);
         });
       }},
      {"scram-final-extension", "", "adds an extension to SCRAM's last message (RFC 5802 7)",
       [](Options& o) {
         const auto extended = [](std::string& text) {
           if (const auto octets = base64_decode(text); octets && octets->starts_with("v=")) text = base64_encode(*octets + ",ext=1");
         };
         rewrite_pop3(o, [extended](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (r.kind == Pop3Reply::Kind::challenge) extended(r.text);
         });
         rewrite_imap(o, [extended](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.kind == ImapResponse::Kind::continuation) extended(r.text);
         });
       }},
      {"text-after-stat", "", "adds text after STAT's and LIST's numbers (RFC 1939 5 makes no requirement on it)",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT") || one_line(c, r, "LIST")) r.text += " and more";
           if (auto* l = listing(c, r, "LIST"))
             for (auto& line : *l) line += " Subject: hello";
         });
       }},
      {"no-text", "", "adds no text for people",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (!r.structured && c.keyword != "(greeting)" && r.kind != Pop3Reply::Kind::challenge) r.text.clear();
         });
       }},
      {"capa-lower-case", "", "writes capability tags in lower case",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "CAPA"))
             for (auto& line : *l) line = lower(line);
         });
       }},
      {"capa-unknown-tags", "", "announces capabilities of its own",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "CAPA")) l->insert(l->begin(), {"X-MAILSPEC-OWN one two", "FUTURE"});
         });
       }},
      {"capa-other-order", "", "announces capabilities in the opposite order",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "CAPA")) *l = {l->rbegin(), l->rend()};
         });
       }},
      {"implementation-after-login", "", "says what it is only after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* l = listing(c, r, "CAPA"); l && s.state() != Pop3State::transaction)
             std::erase_if(*l, [](const auto& line) { return line.starts_with("IMPL"); });
         });
       }},
      {"expire-per-user", "", "announces EXPIRE 30 USER before the login and NEVER after it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* l = listing(c, r, "CAPA"); l && s.state() != Pop3State::transaction)
             for (auto& line : *l)
               if (istarts_with(line, "EXPIRE NEVER")) line = "EXPIRE 30 USER";
         });
       }},
      {"deeper-codes", "", "adds levels of its own to response codes (RFC 2449 8)",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (r.code.empty()) return;
           r.code += "/DETAIL";
           if (r.text.size() > room_for_text(r)) r.text.resize(room_for_text(r));
         });
       }},
      {"codes-lower-case", "", "writes response codes in lower case",
       [](Options& o) { rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) { r.code = lower(r.code); }); }},
      {"greeting-talks", "", "greets with more words",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "(greeting)") r.text = "welcome to POP3, " + r.text + " at your service";
         });
       }},
      {"much-text", "", "writes first lines of 512 octets",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (r.structured || c.keyword == "(greeting)" || r.kind == Pop3Reply::Kind::challenge) return;
           r.text = std::string(room_for_text(r), 't');
         });
       }},
      {"in-small-pieces", "", "sends its octets a few at a time, terminators split, too", [](Options& o) { o.output_piece = 3; }},
  };
}

}  // namespace mailspec::reference
