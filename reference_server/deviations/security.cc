// Family "security": what hostile peers make of a careless server. Some end the service, or fall silent, at what they cannot bear.
#include <algorithm>

#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/deviations/pop3_rewrite.h"
#include "reference_server/imap/names.h"

namespace mailspec::reference {

namespace {

using End = Options::Frailty::End;

void dies(Options& o, std::function<bool(std::string_view)> of) { o.frailties.push_back({.of = std::move(of), .end = End::service}); }
void falls_silent(Options& o, std::function<bool(std::string_view)> of) { o.frailties.push_back({.of = std::move(of), .end = End::silence}); }

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// `part` so many times in a row.
bool has_run(std::string_view text, std::string_view part, std::size_t times) {
  std::size_t run = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;) {
    if (++run >= times) return true;
    const auto next = text.find(part, at + part.size());
    if (next != at + part.size()) run = 0;
    at = next;
  }
  return false;
}

bool has_often(std::string_view text, std::string_view part, std::size_t times) {
  std::size_t seen = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++seen;
  return seen >= times;
}

// The longest line begins so far back.
bool has_line_of(std::string_view text, std::size_t octets) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end >= octets) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

// A quoted first argument of this command which is no modified UTF-7.
bool has_undecodable(std::string_view text, std::string_view command) {
  for (auto at = text.find(command); at != std::string_view::npos; at = text.find(command, at + 1)) {
    const auto open = at + command.size() + 1;
    if (open >= text.size() || text[open] != '"') continue;
    const auto close = text.find('"', open + 1);
    if (close != std::string_view::npos && !imap::from_modified_utf7(std::string(text.substr(open + 1, close - open - 1)))) return true;
  }
  return false;
}

// Does a mailbox's name have another account's in it?
bool names_another(std::string_view mailbox, const ImapSession& s) {
  return std::ranges::any_of(s.whole_store().accounts(), [&](const auto& entry) { return s.account() != &entry.second && has(mailbox, entry.first); });
}

}  // namespace

std::vector<Switch> security_deviations() {
  return {
      {"starttls-keeps-half-a-line", "security/starttls/no-injection", "reads on under TLS where a line that came in clear broke off",
       [](Options& o) {
         o.faults.insert(Fault::imap_keeps_half_a_line);
         o.faults.insert(Fault::pop3_keeps_half_a_line);
       }},
      {"starttls-keeps-lines",
       "security/starttls/no-injection",
       "does under TLS what was sent in clear",
       [](Options& o) {
         o.faults.insert(Fault::keeps_plaintext);
         o.faults.insert(Fault::keep_plaintext);
       },
       {{"rfc9051/6.2.1/starttls-discards",
         "In order to avoid this vulnerability, server implementations MUST do one of the following if any data is received in the same TCP buffer after "
         "the CRLF that starts the STARTTLS command: ... Extra data from the TCP buffer is thrown away."},
        {"rfc2595/4/nothing-crosses-tls", "A TLS negotiation begins immediately after the CRLF at the end of the +OK response from the server."}}},
      {"exchange-runs-commands", "security/auth/exchange-takes-no-command", "runs commands while AUTHENTICATE waits",
       [](Options& o) { o.faults.insert(Fault::exchange_runs_commands); }},
      {"exchange-dies-of-length", "security/auth/malformed-exchange", "dies of a SASL response of 300,000 octets",
       [](Options& o) {
         dies(o, [](std::string_view sent) { return has_line_of(sent, 300000); });
         o.frailties.back().in_exchange = true;
       }},
      {"exchange-hangs-at-nul", "security/auth/malformed-exchange", "says nothing any more after a SASL response of NUL octets",
       [](Options& o) { falls_silent(o, [](std::string_view sent) { return has_run(sent, "AAAA", 2) && has(sent, "AUTH"); }); }},
      {"cancelled-exchange-logs-in", "security/auth/cancelled-is-not-logged-in", "takes a cancelled exchange for a login",
       [](Options& o) { o.faults.insert(Fault::cancel_logs_in); }},
      {"refusal-repeats-password", "security/auth/no-secret-echoed", "repeats the password when it refuses a login",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::LoginArguments& a, ImapResponse& r, ImapSession&) {
           if (r.keyword == "NO") r.text += " for " + a.password;
         });
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "PASS" && negative(r)) r.text = "not " + c.rest.value_or("");
         });
       }},
      {"dot-dot-leads-out", "security/isolation/no-path-out", "finds a mailbox behind \"..\"",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::StatusArguments& a, ImapResponse& r, ImapSession&) {
           if (has(a.mailbox, "..") && r.keyword == "NO") r.keyword = "OK", r.code.clear();
         });
       }},
      {"other-mailbox-opens", "security/isolation/other-accounts", "lets everybody look at other users' mailboxes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::StatusArguments& a, ImapResponse& r, ImapSession& s) {
           if (r.keyword == "NO" && names_another(a.mailbox, s)) r.keyword = "OK", r.code.clear();
         });
       }},
      {"refusal-repeats-name", "security/parsing/no-response-splitting", "repeats a mailbox's name, CR LF and all, when it refuses it",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           const auto* name = mailbox_of(c);
           if (r.keyword == "NO" && name && has(*name, "\r\n")) r.text = "no " + *name;
         });
       }},
      {"envelope-decodes-words", "security/parsing/no-response-splitting", "decodes a subject and writes it as it comes out",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           auto* envelope = item(r, "ENVELOPE");
           if (envelope && envelope->items.size() > 1 && has(envelope->items[1].text, "=0D=0A")) envelope->items[1] = Node::atom("\"a\r\n* BYE subject\"");
         });
       }},
      {"dies-of-nul", "security/parsing/control-octets", "dies of a NUL octet",
       [](Options& o) { dies(o, [](std::string_view sent) { return has(sent, std::string_view("\0", 1)); }); }},
      {"silent-at-eight-bits", "security/parsing/control-octets", "says nothing any more after octets that are no text",
       [](Options& o) { falls_silent(o, [](std::string_view sent) { return has(sent, "\xFF\xFE\xFD\xFC"); }); }},
      {"number-wraps",
       "security/parsing/number-overflow",
       "takes a number modulo 2^32",
       [](Options& o) {
         o.faults.insert(Fault::imap_number_wraps);
         o.faults.insert(Fault::pop3_number_wraps);
       },
       {{"rfc9051/2.2.2/syntax-bad",
         "Any client command with a protocol syntax error, including (but not limited to) missing or extraneous spaces or arguments, SHOULD be rejected and "
         "the client given a BAD server completion response."}}},
      {"literal-size-wraps", "security/limits/literal-size-refused", "takes a literal's size modulo 2^64",
       [](Options& o) { o.faults.insert(Fault::literal_size_wraps); }},
      {"dies-of-4-gib", "security/limits/literal-size", "reserves what a literal announces, and dies of it",
       [](Options& o) { dies(o, [](std::string_view sent) { return has(sent, "{4294967295}"); }); }},
      {"large-literal-runs", "security/limits/refused-literal-not-run", "runs the octets of a literal it has refused",
       [](Options& o) { o.faults.insert(Fault::large_literal_runs); }},
      {"dies-of-long-line", "security/limits/long-line", "dies of a line of 200,000 octets",
       [](Options& o) { dies(o, [](std::string_view sent) { return has_line_of(sent, 200000); }); }},
      {"silent-at-long-line", "security/limits/long-line", "says nothing any more after a line of 200,000 octets",
       [](Options& o) { falls_silent(o, [](std::string_view sent) { return has_line_of(sent, 200000); }); }},
      {"dies-of-nesting", "security/limits/nesting", "dies of parentheses nested 15,000 deep",
       [](Options& o) { dies(o, [](std::string_view sent) { return has_run(sent, "(", 15000); }); }},
      {"dies-of-not", "security/limits/nesting", "dies of 1,500 NOT in a row",
       [](Options& o) { dies(o, [](std::string_view sent) { return has_run(sent, "NOT ", 1500); }); }},
      {"silent-at-ranges", "security/limits/numbers-of-ranges", "compares each range of a set with every other, which takes for ever",
       [](Options& o) { falls_silent(o, [](std::string_view sent) { return has_run(sent, "1:*,", 4000) || has_run(sent, "1:1,", 4000); }); }},
      {"silent-at-wildcards", "security/limits/wildcards", "tries every way in which wildcards can match",
       [](Options& o) { falls_silent(o, [](std::string_view sent) { return has_run(sent, "*a", 20); }); }},
      {"dies-of-parts", "security/limits/mime", "dies of a part 1,000 levels deep",
       [](Options& o) { dies(o, [](std::string_view sent) { return has_run(sent, "1.", 1000); }); }},
      {"silent-at-large-header", "security/limits/mime", "says nothing when TOP is to give a large header",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP" && r.message && r.message->octets.find("\r\n\r\n") > 500000) r = Pop3Reply::none();
         });
       }},
      {"silent-at-pipeline", "security/limits/pipeline", "says nothing any more after 1,000 times NOOP",
       [](Options& o) { falls_silent(o, [](std::string_view sent) { return has_often(sent, "NOOP\r\n", 1000); }); }},
      {"dies-of-20000-commands", "security/limits/pipeline", "dies of 20,000 commands that were not waited for",
       [](Options& o) { dies(o, [](std::string_view sent) { return std::count(sent.begin(), sent.end(), '\n') >= 20000; }); }},
      {"one-session-holds-up-all", "security/limits/half-open-sessions", "serves nobody while one session is in the middle of a command",
       [](Options& o) { dies(o, [](std::string_view sent) { return !sent.ends_with('\n'); }); }},
      {"dies-of-undecodable-name", "security/limits/odd-input", "dies of a reference that is no modified UTF-7",
       [](Options& o) { dies(o, [](std::string_view sent) { return has_undecodable(sent, "LSUB"); }); }},
      {"pop3-dies-of-format", "security/limits/odd-input", "uses what a client says as a format",
       [](Options& o) { dies(o, [](std::string_view sent) { return has(sent, "%n%n"); }); }},
  };
}

}  // namespace mailspec::reference
