// Family "trust boundary", TLS: STLS, implicit TLS, certificates, versions.
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

using Choice = Options::TlsChoice;

std::vector<Switch> tls_deviations() {
  return {
      {"stls-never-begins", "rfc2595/4/stls-begins-tls", "says +OK to STLS and goes on in clear", [](Options& o) { o.faults.insert(Fault::stls_breaks); }},
      {"stls-failed-goes-on", "rfc8446/6.2/failed-handshake-ends", "goes on in clear when the handshake behind STLS has failed",
       [](Options& o) { o.faults.insert(Fault::clear_after_failed_handshake); }},
      {"imap-starttls-failed-goes-on", "rfc8446/6.2/failed-handshake-ends", "goes on in clear when the handshake behind STARTTLS has failed",
       [](Options& o) { o.faults.insert(Fault::clear_after_failed_handshake); }},
      {"stls-leaves-authorization", "rfc2595/4/stays-in-authorization", "answers STAT under TLS before the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "STAT" && s.upgraded() && negative(r)) r = Pop3Reply::data("0 0");
         });
       }},
      {"no-login-under-tls", "rfc2595/4/login-after-stls", "refuses logins under TLS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "PASS" && s.upgraded()) r = Pop3Reply::bad("not here");
         });
       }},
      {"no-capa-under-tls", "rfc2595/4/capa-with-stls", "refuses CAPA under TLS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "CAPA" && s.tls()) r = Pop3Reply::bad("not here");
         });
       }},
      {"stls-announced-under-tls", "rfc2595/4/stls-announced-when-permitted", "announces STLS under TLS, too",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* l = listing(c, r, "CAPA"); l && s.tls()) l->emplace_back("STLS");
         });
       }},
      {"stls-announced-after-login", "rfc2595/4/stls-announced-when-permitted", "announces STLS after the login, too",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* l = listing(c, r, "CAPA"); l && s.state() == Pop3State::transaction) l->emplace_back("STLS");
         });
       }},
      {"capa-stls-misspelt", "rfc2595/4/announced-if-there", "announces STARTTLS where it means STLS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "CAPA"))
             for (auto& line : *l)
               if (line == "STLS") line = "STARTTLS";
         });
       }},
      {"stls-again", "rfc2595/4/stls-again", "says +OK to STLS under TLS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "STLS" && s.tls() && negative(r)) r = Pop3Reply::good("again");
         });
       }},
      {"stls-in-transaction", "rfc2595/4/stls-only-in-authorization", "says +OK to STLS after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "STLS" && s.state() == Pop3State::transaction) r = Pop3Reply::good("fine");
         });
       }},
      {"stls-argument", "rfc2595/4/stls-has-no-arguments", "says +OK to STLS with an argument",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "STLS" && !c.args.empty()) r = Pop3Reply::good("fine");
         });
       }},
      {"starttls-plaintext-injection",
       "rfc2595/4/nothing-crosses-tls",
       "does under TLS what was sent in clear behind STLS",
       [](Options& o) { o.faults.insert(Fault::keep_plaintext); },
       {{"security/starttls/no-injection", "A TLS negotiation begins immediately after the CRLF at the end of the +OK response from the server."}}},
      {"implicit-tls-broken-login", "rfc8314/3.1/pop3-inside-tls", "refuses logins under implicit TLS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "PASS" && s.tls() && !s.upgraded()) r = Pop3Reply::bad("not here");
         });
       }},
      {"implicit-tls-logged-in", "rfc8314/3.1/authorization-after-greeting", "answers STAT before the login under TLS",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "STAT" && s.tls() && !s.upgraded() && negative(r)) r = Pop3Reply::data("0 0");
         });
       }},
      {"no-close-notify", "rfc8314/3.4/close-notify", "closes TLS connections without close_notify", [](Options& o) { o.tls_no_close_notify = true; }},
      {"tls-1-1-only", "rfc8314/4/tls-1-2-or-later", "speaks TLS 1.1 at best", [](Options& o) { o.tls_old_only = true; }},
      {"cleartext-reveals", "rfc8314/4.1/cleartext-reveals-nothing", "denies logins in clear, but tells right from wrong passwords",
       [](Options& o) {
         o.pop3.plaintext_needs_tls = true;
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "USER" && !s.tls()) r = Pop3Reply::good("send PASS");
           if (c.keyword == "PASS" && !s.tls()) r = Pop3Reply::bad(c.rest && c.rest->starts_with("right") ? "right but not here" : "wrong");
         });
       }},
      {"asks-for-certificate", "rfc8314/4.2/no-client-certificate-asked", "asks every client for a certificate",
       [](Options& o) { o.tls_asks_client_certificate = true; }},
      {"certificate-expired", "rfc8314/4.4/certificate-valid-now", "has an expired certificate", [](Options& o) { o.tls_expired = true; }},
      {"certificate-untrusted", "rfc8314/4.4/certificate-chain", "has a certificate that nobody vouches for", [](Options& o) { o.tls_untrusted = true; }},
      {"certificate-wrong-name", "rfc7817/5/certificate-names-server", "has a certificate for another name", [](Options& o) { o.tls_wrong_name = true; }},
      {"tls-1-0", "rfc8996/4/no-tls-1-0", "negotiates TLS 1.0", [](Options& o) { o.tls_1_0_too = true; }},
      {"tls-1-1", "rfc8996/5/no-tls-1-1", "negotiates TLS 1.1", [](Options& o) { o.tls_1_1_too = true; }},
      {"weak-key", "rfc9325/4.5/key-strength", "has a certificate with a key of 1024 bits", [](Options& o) { o.tls_weak_key = true; }},
      {"starttls-says-more", "security/starttls/nothing-behind-agreement", "says more in clear behind its agreement to STARTTLS",
       [](Options& o) { o.said_before_tls = "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n"; }},
      {"tls-cut-off-is-whole",
       "security/tls/truncated-is-not-whole",
       "carries out what TLS was cut off in",
       [](Options& o) { o.cut_off_is_whole = true; },
       {{"rfc1939/6/half-quit",
         "Commands in the POP3 consist of a case-insensitive keyword, possibly followed by one or more arguments. All commands are terminated by a CRLF "
         "pair."}}},
      {"certificate-sha-1", "rfc9325/4.5/certificate-signature", "has a certificate that is signed over SHA-1", [](Options& o) { o.tls_old_signature = true; }},
      {"tls-ssl-2", "rfc9325/3.1.1/no-ssl-2", "answers a hello of SSL 2", [](Options& o) { o.tls_choice = Choice{.version = 0x0002}; }},
      {"tls-ssl-3", "rfc9325/3.1.1/no-ssl-3", "negotiates SSL 3", [](Options& o) { o.tls_choice = Choice{.version = 0x0300, .suite = 0x000A}; }},
      {"tls-compresses", "rfc9325/3.3/no-compression", "compresses under TLS", [](Options& o) { o.tls_choice = Choice{.compressed = true}; }},
      {"tls-no-renegotiation-info", "rfc9325/3.5/renegotiation-info", "does not know renegotiation_info",
       [](Options& o) { o.tls_choice = Choice{.renegotiation_info = false}; }},
      {"tls-no-extended-master-secret", "rfc9325/3.5/extended-master-secret", "does not know extended_master_secret",
       [](Options& o) { o.tls_choice = Choice{.extended_master_secret = false}; }},
      {"tls-any-alpn", "rfc9325/3.8/alpn-other-protocol-refused", "goes on with clients of other protocols", [](Options& o) { o.tls_any_alpn = true; }},
      {"tls-foreign-alpn", "rfc9325/3.8/alpn-chosen-from-list", "chooses in ALPN what was not offered", [](Options& o) { o.tls_foreign_alpn = true; }},
      {"tls-null", "rfc9325/4.1/no-null", "negotiates suites without encryption", [](Options& o) { o.tls_choice = Choice{.suite = 0x003B}; }},
      {"tls-anonymous", "security/tls/no-anonymous", "negotiates suites without a certificate", [](Options& o) { o.tls_choice = Choice{.suite = 0xC018}; }},
      {"tls-rc4", "rfc9325/4.1/no-rc4", "negotiates RC4", [](Options& o) { o.tls_choice = Choice{.suite = 0x0005}; }},
      {"tls-export", "rfc9325/4.1/no-weak", "negotiates a suite for export", [](Options& o) { o.tls_choice = Choice{.suite = 0x0008}; }},
      {"tls-3des", "rfc9325/4.1/no-112-bits", "negotiates 3DES", [](Options& o) { o.tls_choice = Choice{.suite = 0xC012}; }},
      {"tls-rsa-key-transport", "rfc9325/4.1/no-rsa-key-transport", "negotiates RSA key transport",
       [](Options& o) { o.tls_choice = Choice{.suite = 0x009C, .last_resort = true}; }},
      {"tls-static-ecdh", "rfc9325/4.1/no-static-diffie-hellman", "negotiates static Diffie-Hellman keys",
       [](Options& o) { o.tls_choice = Choice{.suite = 0xC031}; }},
      {"tls-dhe", "rfc9325/4.1/no-finite-field-diffie-hellman", "negotiates DHE", [](Options& o) { o.tls_choice = Choice{.suite = 0x009E, .dh_bits = 2048}; }},
      {"tls-prefers-rsa",
       "rfc9325/4.1/prefers-forward-secrecy",
       "takes RSA key transport where the client prefers it",
       [](Options& o) { o.tls_choice = Choice{.suite = 0x002F}; },
       {{"rfc9325/4.1/no-rsa-key-transport", "Implementations SHOULD NOT negotiate cipher suites based on RSA key transport, a.k.a. \"static RSA\"."}}},
      {"tls-cbc-mac-first", "rfc9325/4.2/cbc-with-encrypt-then-mac", "negotiates CBC without encrypt_then_mac",
       [](Options& o) { o.tls_choice = Choice{.suite = 0xC027}; }},
      {"tls-prefers-cbc", "rfc9325/4.2.1/prefers-aead", "takes CBC where the client prefers it",
       [](Options& o) { o.tls_choice = Choice{.suite = 0xC013, .encrypt_then_mac = true}; }},
      {"tls-small-group",
       "rfc9325/4.5/group-strength",
       "has a Diffie-Hellman group of 1024 bits",
       [](Options& o) { o.tls_choice = Choice{.suite = 0x0039, .dh_bits = 1024}; },
       {{"rfc9325/4.1/no-finite-field-diffie-hellman",
         "However, TLS 1.2 implementations SHOULD NOT negotiate cipher suites based on ephemeral finite-field Diffie-Hellman key agreement (i.e., "
         "\"TLS_DHE_*\" suites)."}}},
      {"tls-small-curve", "rfc9325/4.5/curve-strength", "negotiates curves of 192 bits",
       [](Options& o) { o.tls_choice = Choice{.suite = 0xC030, .curve = 19}; }},
      {"imaps-broken-login", "rfc8314/3.2/imap-inside-tls", "refuses IMAP logins under TLS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.name == "LOGIN" && r.tagged() && s.tls()) r.keyword = "NO";
         });
       }},
  };
}

}  // namespace mailspec::reference
