// RFC 6856: UTF8 and LANG.
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

std::vector<Switch> pop3_utf8_deviations() {
  return {
      {"utf8-argument", "rfc6856/2/utf8-argument", "announces UTF8 ALL",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "CAPA"))
             for (auto& line : *l)
               if (line.starts_with("UTF8")) line = "UTF8 ALL";
         });
       }},
      {"utf8-in-transaction", "rfc6856/2/utf8-only-in-authorization", "says +OK to UTF8 after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "UTF8" && negative(r) && r.reason == Pop3Reply::Reason::wrong_state) r = Pop3Reply::good("fine");
         });
       }},
      {"utf8-takes-parameters", "rfc6856/2.1/utf8-has-no-parameters", "says +OK to UTF8 with a parameter",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "UTF8" && !c.args.empty()) r = Pop3Reply::good("fine");
         });
       }},
      {"utf8-ignored", "rfc6856/2.1/utf8-mode-as-is", "says +OK to UTF8 and does nothing", [](Options& o) { o.faults.insert(Fault::utf8_ignored); }},
      {"utf8-recodes-ascii", "rfc6856/2.1/ascii-unaffected", "changes messages in ASCII in UTF-8 mode",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "UTF8" && positive(r)) s.counter = 1;
           if (s.counter && c.keyword == "RETR")
             if (auto* t = content(r)) *t += "appended\r\n";
         });
       }},
      {"utf8-sent-anyway", "rfc6856/2.1/no-utf8-without-mode", "sends UTF-8 headers outside UTF-8 mode",
       [](Options& o) { o.faults.insert(Fault::utf8_sent_anyway); }},
      {"surrogate-size-wrong", "rfc6856/2.1/list-size-as-sent", "lists another size than the surrogate it sends",
       [](Options& o) {
         o.pop3.surrogates = true;
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           const bool surrogate = positive(r) && r.multi && r.content;
           if (surrogate && (c.keyword == "RETR" || c.keyword == "TOP")) *r.content = "X-Surrogate: yes\r\n" + *r.content;
         });
       }},
      {"utf8-names-refused", "rfc6856/2.2/utf8-names-accepted", "announces UTF8 USER and refuses names in UTF-8",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "USER" && c.rest && c.rest->find('\xC3') != std::string::npos) r = Pop3Reply::bad("malformed name");
         });
       }},
      {"no-saslprep", "rfc6856/2.2/saslprep-applied", "compares names octet by octet", [](Options& o) { o.faults.insert(Fault::no_saslprep); }},
      {"prohibited-accepted", "rfc6856/2.2/prohibited-refused", "leaves prohibited characters out of names",
       [](Options& o) { o.faults.insert(Fault::prohibited_left_out); }},
      {"invalid-utf8-accepted", "rfc6856/2.2/invalid-utf8-refused", "leaves octets that are not UTF-8 out of names",
       [](Options& o) { o.faults.insert(Fault::bad_octets_left_out); }},
      {"lang-changes-data", "rfc6856/3.1/lang-in-both-states", "writes STAT in words once LANG was given",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "LANG" && positive(r)) s.counter = 1;
           if (one_line(c, r, "STAT") && s.counter) r.text += " octets", r.text = "two " + r.text;
         });
       }},
      {"lang-before-login-only", "rfc6856/3.1/lang-in-both-states", "refuses LANG after the login",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "LANG" && s.state() == Pop3State::transaction && c.args.size() == 1 && c.args[0] != "*") r = Pop3Reply::bad("not now");
         });
       }},
      {"lang-no-tag", "rfc6856/3.2/lang-selects", "does not name the language it has selected",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "LANG" && c.args.size() == 1 && c.args[0] != "*" && positive(r)) r.text = "language changed";
         });
       }},
      {"lang-star-refused", "rfc6856/3.2/lang-star", "refuses LANG *",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "LANG" && c.args.size() == 1 && c.args[0] == "*") r = Pop3Reply::bad("which?");
         });
       }},
      {"lang-anything", "rfc6856/3.2/unknown-language-refused", "says +OK to any language",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "LANG" && negative(r) && c.args.size() == 1) r = Pop3Reply::data("en fine");
         });
       }},
      {"lang-listing-one-line", "rfc6856/3.2/language-listing", "lists all languages on the first line",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (listing(c, r, "LANG")) r.lines = {"*English*"};
         });
       }},
  };
}

}  // namespace mailspec::reference
