// Family "framing": how responses are made of octets.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

namespace {

// An empty line is none, nor is what has octets that no command may have.
bool is_unknown_word(const Pop3Command& c, const Pop3Reply& r) {
  const bool word = !c.keyword.empty() && std::ranges::all_of(c.keyword, [](char ch) { return ch > 0x20 && ch < 0x7f; });
  return word && negative(r) && r.reason == Pop3Reply::Reason::unknown_command;
}

}  // namespace

std::vector<Switch> pop3_framing_deviations() {
  return {
      {"not-offered-unanswered", "rfc1939/3/unrecognized-refused", "has no TOP, and does not answer it",
       [](Options& o) {
         o.pop3.top = false;
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "TOP" && s.state() == Pop3State::transaction) r = Pop3Reply::none();
         });
       }},
      {"status-misspelt", "rfc1939/3/status-indicator", "says OK in place of +OK to NOOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "NOOP" && positive(r)) r.framing.positive = "OK";
         });
       }},
      {"stuffs-first-block", "rfc1939/3/byte-stuffing", "doubles dots in the first 4096 octets of a message only",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (auto* octets = content(r)) {
             constexpr std::size_t kBlock = 4096;
             r.framing.stuff = false;
             auto first = octets->substr(0, kBlock);
             const auto rest = octets->substr(first.size());
             if (first.starts_with('.')) first.insert(0, 1, '.');
             *octets = replace_all(first, "\r\n.", "\r\n..") + rest;
           }
         });
       }},
      {"status-glued", "rfc1939/3/status-indicator", "puts no space between -ERR and its text",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r)) r.framing.negative = "-ERR:no";
         });
       }},
      {"status-lower-case", "rfc1939/3/status-upper-case", "says +ok",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "STAT") r.framing.positive = "+ok";
         });
       }},
      {"err-lower-case", "rfc1939/3/status-upper-case", "says -err",
       [](Options& o) { rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) { r.framing.negative = "-err"; }); }},
      {"bare-lf", "rfc1939/3/lines-end-in-crlf", "ends single-line responses with LF",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (!r.multi) r.framing.line_end = "\n";
         });
       }},
      {"bare-lf-listing", "rfc1939/3/lines-end-in-crlf", "ends the lines of LIST with LF",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (listing(c, r, "LIST")) r.framing.line_end = "\n", r.framing.terminator = ".\n";
         });
       }},
      {"cr-cr-lf", "rfc2449/3/response-printable", "ends refusals with CR CR LF",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r)) r.framing.line_end = "\r\r\n";
         });
       }},
      {"first-line-600", "rfc1939/3/first-line-512", "repeats the argument of an unknown command until the line has 600 octets",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (negative(r) && c.keyword == "XYZZY") r.text = "no " + std::string(600, 'z');
         });
       }},
      {"retr-no-dot-stuffing", "rfc1939/3/byte-stuffing", "sends lines that begin with '.' as they are in RETR",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RETR") r.framing.stuff = false;
         });
       }},
      {"top-no-dot-stuffing", "rfc1939/3/byte-stuffing", "stuffs in RETR but not in TOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP") r.framing.stuff = false;
         });
       }},
      {"lone-dot-not-stuffed", "rfc1939/5/retr-sends-message", "stuffs all lines but those that are only '.'",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           auto* octets = c.keyword == "RETR" ? content(r) : nullptr;
           const auto at = octets ? octets->find("\r\n.\r\n") : std::string::npos;
           if (at == std::string::npos) return;
           r.after = "\r\n";
           octets->erase(at + 2);
         });
       }},
      {"bare-lf-dot-ends", "rfc1939/3/one-response-per-command", "turns a bare LF into CRLF after stuffing, so that a lone dot in a message ends it",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           const bool mended = c.keyword == "RETR" && r.message && r.message->mended;
           auto* octets = content(r);
           if (!octets || !mended) return;
           const auto at = octets->find("\r\n.\r\n");
           if (at == std::string::npos) return;
           r.after = octets->substr(at + 5) + ".\r\n";
           octets->erase(at + 2);
         });
       }},
      {"no-terminator", "rfc1939/3/multi-line-ends", "leaves the final '.' off UIDL and LIST",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (listing(c, r, "LIST") || listing(c, r, "UIDL")) r.framing.terminator.clear();
         });
       }},
      {"two-responses", "rfc1939/3/one-response-per-command", "answers RSET twice",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RSET") r.after = "+OK\r\n";
         });
       }},
      {"greeting-two-lines", "rfc1939/3/one-response-per-command", "greets with two lines",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "(greeting)") r.after = "+OK welcome\r\n";
         });
       }},
      {"extra-crlf-after-message", "rfc1939/3/one-response-per-command", "sends an empty line after the '.' of a message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RETR" && positive(r)) r.after = "\r\n";
         });
       }},
      {"nul-in-text", "rfc2449/3/no-nul-in-response", "has a NUL in its refusals",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r)) r.text += std::string(1, '\0') + "!";
         });
       }},
      {"eight-bit-text", "rfc2449/3/response-ascii", "has 8-bit text without LANG",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "QUIT") r.text = "auf Wiederh\xC3\xB6ren";
         });
       }},
      {"control-in-text", "rfc2449/3/response-printable", "has a bell in its refusals",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command&, Pop3Reply& r, Pop3Session&) {
           if (negative(r)) r.text += "\a";
         });
       }},
      {"case-sensitive", "rfc1939/3/keyword-any-case", "knows keywords in upper case only", [](Options& o) { o.faults.insert(Fault::pop3_case_sensitive); }},
      {"long-argument-ignored", "rfc1939/3/argument-40", "does not answer arguments of 40 characters",
       [](Options& o) { o.faults.insert(Fault::long_argument_hangs); }},
      {"segment-is-command", "rfc1939/3/command-ends-at-crlf", "takes each segment for a command",
       [](Options& o) { o.faults.insert(Fault::pop3_segment_is_command); }},
      {"unknown-accepted", "rfc1939/3/unrecognized-refused", "says +OK to commands it does not know",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (is_unknown_word(c, r)) r = Pop3Reply::good("fine");
         });
       }},
      {"unknown-silent", "rfc1939/3/unrecognized-refused", "does not answer commands it does not know",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (is_unknown_word(c, r)) r = Pop3Reply::none();
         });
       }},
      {"pop3-colon-command-crash", "rfc1939/3/unrecognized-refused", "ends the session at a command word with ':'",
       [](Options& o) { o.faults.insert(Fault::colon_closes); }},
      {"surplus-accepted", "rfc1939/3/syntax-refused", "says +OK to NOOP, RSET and DELE with surplus arguments or without them",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           const bool one = c.keyword == "NOOP" || c.keyword == "RSET" || c.keyword == "DELE";
           if (one && negative(r) && r.reason == Pop3Reply::Reason::wrong_arguments) r = Pop3Reply::good("fine");
         });
       }},
      {"pop3-empty-line-crash", "rfc1939/3/empty-line-refused", "ends the session at an empty line",
       [](Options& o) { o.faults.insert(Fault::empty_line_closes); }},
      {"empty-line-ignored", "rfc1939/3/empty-line-refused", "does not answer an empty line",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword.empty() && !c.sasl_response) r = Pop3Reply::none();
         });
       }},
      {"nul-cuts-line", "rfc1939/3/octets-refused", "takes a NUL for the end of the line", [](Options& o) { o.faults.insert(Fault::nul_cuts_line); }},
      {"big-line-is-two", "rfc1939/3/overlong-line-survived", "answers an over-long line twice", [](Options& o) { o.faults.insert(Fault::big_line_is_two); }},
      {"greeting-negative",
       "rfc1939/4/greeting-positive",
       "greets with -ERR and goes on",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "(greeting)") r = Pop3Reply::bad("not now");
         });
       },
       {},
       "no session of POP3 is greeted"},
  };
}

}  // namespace mailspec::reference
