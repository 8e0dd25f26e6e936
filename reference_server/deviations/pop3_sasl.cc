// Family "trust boundary", authentication: AUTH and its exchanges.
#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/pop3_rewrite.h"
#include "reference_server/mime/base64.h"

namespace mailspec::reference {

namespace {
bool challenge(const Pop3Reply& r) { return r.kind == Pop3Reply::Kind::challenge; }
bool asks_for(const Pop3Command& c, std::string_view mechanism) { return c.keyword == "AUTH" && !c.args.empty() && iequals(c.args[0], mechanism); }
}  // namespace

std::vector<Switch> pop3_sasl_deviations() {
  return {
      {"apop-compares-the-beginning", "rfc1939/7/apop-wrong-digest", "compares as much of APOP's digest as the client has sent",
       [](Options& o) { o.faults.insert(Fault::apop_compares_the_beginning); }},
      {"cram-cut-digest", "rfc5034/4/wrong-credentials-refused", "takes a CRAM-MD5 digest that is cut off",
       [](Options& o) { o.faults.insert(Fault::cram_cut_digest); }},
      {"cram-no-msg-id", "rfc2195/2/challenge-is-msg-id", "sends a CRAM-MD5 challenge that is no msg-id",
       [](Options& o) { o.faults.insert(Fault::cram_no_msg_id); }},
      {"plain-authzid-is-enough", "rfc5034/4/wrong-credentials-refused", "takes the authorization identity of a PLAIN message without a name for its name",
       [](Options& o) { o.faults.insert(Fault::plain_authzid_is_enough); }},
      {"sasl-gone-after-auth", "rfc5034/3/sasl-stays-after-auth", "no longer announces SASL after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* l = listing(c, r, "CAPA"); l && s.state() == Pop3State::transaction)
             std::erase_if(*l, [](const auto& line) { return line.starts_with("SASL"); });
         });
       }},
      {"auth-twice", "rfc5034/4/auth-after-auth-refused", "begins another exchange after a successful AUTH",
       [](Options& o) { o.faults.insert(Fault::sasl_auth_twice); }},
      {"unknown-mechanism-challenged", "rfc5034/4/unknown-mechanism-refused", "begins an exchange for any mechanism",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "AUTH" && negative(r) && r.reason == Pop3Reply::Reason::not_offered) r = Pop3Reply::good("fine");
         });
       }},
      {"auth-unsupported-accepted", "rfc1734/2/unsupported-refused", "has no SASL, and says +OK to AUTH",
       [](Options& o) {
         o.sasl.mechanisms.clear();
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "AUTH" && negative(r)) r = Pop3Reply::good("fine");
         });
       }},
      {"challenge-no-space", "rfc5034/4/challenge-form", "sends '+' without a space as the empty challenge",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (challenge(r) && r.text.empty()) r.framing.challenge = "+";
         });
       }},
      {"challenge-two-spaces", "rfc5034/4/challenge-only-base64", "puts two spaces before the challenge",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (challenge(r)) r.framing.challenge = "+  ";
         });
       }},
      {"challenge-text", "rfc5034/4/challenge-only-base64", "has text in place of the empty challenge",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (challenge(r) && r.text.empty()) r.text = "go ahead";
         });
       }},
      {"challenge-no-padding", "rfc5034/4/challenge-only-base64", "leaves the padding off its challenges",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (challenge(r))
             while (r.text.ends_with('=')) r.text.pop_back();
         });
       }},
      {"pop3-sasl-ok-continuation", "rfc5034/4/empty-challenge", "says +OK in place of the empty challenge",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (challenge(r) && r.text.empty()) r.framing.challenge = "+OK ";
         });
       }},
      {"first-challenge-not-empty", "rfc5034/4/empty-challenge", "sends octets where the client is to speak first",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (asks_for(c, "PLAIN") && challenge(r)) r.text = "Z28=";
         });
       }},
      {"cancel-accepted", "rfc5034/4/cancel-refused", "says +OK to '*'",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.sasl_response && c.rest == "*") r = Pop3Reply::good("cancelled");
         });
       }},
      {"cancel-ignored", "rfc5034/4/cancel-refused", "takes '*' for an answer that is not base64, and asks again",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.sasl_response && c.rest == "*") r = Pop3Reply::none();
         });
       }},
      {"initial-response-ignored", "rfc5034/4/initial-response", "ignores initial responses",
       [](Options& o) { o.faults.insert(Fault::sasl_no_initial_response); }},
      {"initial-response-refused", "rfc5034/4/initial-response", "refuses initial responses",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "AUTH" && c.args.size() == 2 && !negative(r)) r = Pop3Reply::bad("no initial response here");
         });
       }},
      {"initial-response-for-server-first", "rfc5034/4/initial-response-refused", "takes and ignores an initial response where the server speaks first",
       [](Options& o) { o.faults.insert(Fault::sasl_initial_for_server_first); }},
      {"sasl-equals-empty-ir", "rfc5034/4/equals-is-empty", "goes on with a challenge after '='",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "AUTH" && c.args.size() == 2 && c.args[1] == "=") r = Pop3Reply::ask("");
         });
       }},
      {"base64-lenient", "rfc5034/4/bad-base64-refused", "skips octets that are not base64", [](Options& o) { o.faults.insert(Fault::sasl_lenient_base64); }},
      {"base64-silent", "rfc5034/4/bad-base64-refused", "does not answer what is not base64",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r) && r.reason == Pop3Reply::Reason::not_base64) r = Pop3Reply::none();
         });
       }},
      {"base64-challenged", "rfc5034/4/bad-base64-refused", "sends another challenge after what is not base64",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r) && r.reason == Pop3Reply::Reason::not_base64) r = Pop3Reply::ask("");
         });
       }},
      {"pop3-long-sasl-response", "rfc5034/4/long-responses", "takes no answers longer than a command, and says so twice",
       [](Options& o) {
         o.faults.insert(Fault::sasl_short_line);
         o.faults.insert(Fault::big_response_is_two);
       }},
      {"long-response-twice", "rfc5034/4/long-response-survived", "answers an over-long response twice",
       [](Options& o) { o.faults.insert(Fault::big_response_is_two); }},
      {"credentials-not-checked", "rfc5034/4/wrong-credentials-refused", "says +OK to wrong credentials",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.sasl_response && negative(r) && c.rest != "*" && r.reason != Pop3Reply::Reason::not_base64) r = Pop3Reply::good("welcome");
         });
       }},
      {"sasl-failure-no-reply", "rfc5034/4/wrong-credentials-refused", "does not answer a failed exchange",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.sasl_response && negative(r) && c.rest != "*") r = Pop3Reply::none();
         });
       }},
      {"sasl-nul-truncation", "rfc5034/4/nul-does-not-cut", "cuts a password at NUL", [](Options& o) { o.faults.insert(Fault::sasl_nul_cuts); }},
      {"auth-opens-nothing", "rfc5034/4/success-enters-transaction", "refuses all but QUIT after AUTH",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.sasl_response && positive(r)) s.counter = 1;
           else if (c.keyword != "QUIT" && s.counter) r = Pop3Reply::bad("log in first");
         });
       }},
      {"auth-failure-ends-all", "rfc5034/4/as-if-not-issued", "refuses AUTH after a failed AUTH",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.sasl_response && negative(r)) s.counter = 1;
           else if (c.keyword == "AUTH" && s.counter) r = Pop3Reply::bad("no more tries");
         });
       }},
      {"auth-failure-opens", "rfc5034/4/as-if-not-issued", "answers STAT after a failed AUTH",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.sasl_response && negative(r)) s.counter = 1;
           else if (c.keyword == "STAT" && s.counter) r = Pop3Reply::data("0 0");
         });
       }},
      {"user-refused-after-auth", "rfc1734/2/other-login-after-failure", "refuses USER after a failed AUTH",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.sasl_response && negative(r)) s.counter = 1;
           else if (c.keyword == "USER" && s.counter) r = Pop3Reply::bad("use AUTH");
         });
       }},
      {"no-plain-under-tls", "rfc5034/4/plain-under-tls", "has no PLAIN mechanism",
       [](Options& o) { o.sasl.mechanisms = {"CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}; }},
      {"mechanism-case-sensitive", "rfc5034/5/any-case", "knows mechanisms in upper case only",
       [](Options& o) { o.faults.insert(Fault::mechanism_case_sensitive); }},
      {"auth-case-sensitive", "rfc1734/3/any-case", "knows AUTH in upper case only", [](Options& o) { o.faults.insert(Fault::auth_case_sensitive); }},
      {"any-authzid", "rfc4616/2/authzid-authorized", "lets a user act as any other", [](Options& o) { o.faults.insert(Fault::sasl_any_authzid); }},
      {"cram-challenge-constant", "rfc2195/2/challenge-fresh", "sends the same CRAM-MD5 challenge each time",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (asks_for(c, "CRAM-MD5") && challenge(r)) r.text = base64_encode("<1896.697170952@localhost>");
         });
       }},
      {"scram-signature-wrong", "rfc5802/5.1/server-signature", "sends a wrong server signature",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.sasl_response && challenge(r) && base64_decode(r.text).value_or("").starts_with("v="))
             r.text = base64_encode("v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
         });
       }},
      {"scram-nonce-ignored", "rfc5802/5.1/nonce-and-binding-checked", "does not look at the nonce",
       [](Options& o) { o.faults.insert(Fault::scram_any_nonce); }},
      {"scram-proof-ignored", "rfc5802/5.1/proof-checked", "does not look at the proof", [](Options& o) { o.faults.insert(Fault::scram_any_proof); }},
      {"scram-extension-taken", "rfc5802/5.1/reserved-attribute", "goes on where the reserved attribute stands",
       [](Options& o) { o.faults.insert(Fault::scram_any_extension); }},
      {"scram-few-iterations", "rfc5802/5.1/iterations", "hashes passwords 1024 times only", [](Options& o) { o.faults.insert(Fault::scram_few_iterations); }},
  };
}

}  // namespace mailspec::reference
