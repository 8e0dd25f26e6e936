// A scenario as data: the header, and steps that look like the RFCs' own examples. Syntax: scenarios/SYNTAX.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/language/imap_pattern.h"
#include "harness/language/line.h"
#include "harness/net/transport.h"
#include "harness/tls/hello.h"

namespace mailspec::scenario {

// Of IMAP: is something done in the selected mailbox, does it select one, or can it be done without any?
enum class Place { inside, selects, outside };

// A C line, and what is known of it before it is sent: from the vocabulary, for IMAP; by the command's name, for POP3.
struct Sent {
  int line = 0;  // in the file
  int connection = 1;
  std::string text;  // as written, with its mark, for reports
  Line pieces;
  bool raw = false;  // C~: nothing is added at its end
  // IMAP
  Place place = Place::inside;
  bool looks = false;               // it changes nothing, for nobody
  bool keeps_messages = false;      // it leaves the messages and flags of a mailbox as they were
  bool ends_idle = false;           // DONE, alone or behind something
  bool uses_saved = false;          // "$", the saved search result (RFC 5182)
  bool about_account = false;       // subscriptions, the list of all names: what all sessions of the account share
  bool any_answer_will_do = false;  // the server may end the session, too: an `observe NAME answer` follows
  // POP3
  bool deletes = false;                                         // it is a DELE
  bool has_dele = false, has_quit = false, starts_tls = false;  // anywhere in it, as in a pipeline
  bool tries_login = false;                                     // both protocols: it gives a password, or begins to
};

// An S line.
struct Demand {
  enum class Kind {
    due,    // S:
    never,  // S!:
    maybe,  // S?: may come
    after,  // S>: must come after the response of the line above
  };
  Kind kind = Kind::due;
  int line = 0;  // in the file
  int connection = 1;
  std::string text;  // as written, with its mark, for reports
  Line pattern;
  // IMAP
  ImapPattern nodes;
  enum class Answer { other, any, ok, bad } answer = Answer::other;  // "TAG {_}", "TAG OK", "TAG BAD", of a tagged one
  bool waits_for_bad = false;                                        // an untagged BAD
  bool about_account = false;                                        // as above
  bool refusal = false;                                              // both protocols: a NO, BAD or -ERR
  // POP3: the lines of a multi-line response up to "."; nothing where the scenario does not look at them. They are due, never, or "...".
  std::optional<std::vector<Demand>> lines;
};

// What is said in C lines, and what is due in answer. A step in between cuts an exchange in two, so either may be empty.
struct Exchange {
  std::vector<Sent> sends;
  std::vector<Demand> demands;  // IMAP: untagged responses come in any order, tagged ones and "+" are barriers
  // IMAP: an `observe NAME answer TAG` follows. What must not come is looked for once that answer is there.
  std::optional<std::pair<int, std::string>> then_answer;  // connection and tag
};

// C?: sent if the connection is open. Its response is read and not judged.
struct Attempt {
  Sent sent;
};

// @id...: what the following steps are judged for; none: @-
struct AtStake {
  std::vector<std::string> ids;
};

// refused [TAG] [may close]
struct Refused {
  std::string tag;  // IMAP
  bool may_close = false;
};
struct Survives {};  // answered or closed, and everybody else is served
struct Taken {       // TAG OK; with NO the case does not apply
  std::string tag;
  Demand demand;
};
struct Permanent {  // SELECT has told that the flag lasts, or the case does not apply
  std::string flag;
};

// What `check`, `eventually` and `given` can ask an IMAP server about.
enum class Subject { uids, exists, flags, state, listed, unlisted, subscribed, unsubscribed, status, agrees, present };
struct Asked {
  Subject subject = Subject::uids;
  Line wanted;
  Place place() const;
  bool about_account() const;
};
struct CheckSubject : Asked {};
struct Eventually : Asked {};  // asked again for a while
struct Given : Asked {};       // if it is not so, the rest of the case does not apply

struct CheckClosed {
  bool notified = false;  // under TLS with close_notify
};
struct CheckSoon {};  // little time has passed since the case began
struct CheckTls {
  enum class What { name, dates, chain, strength, signature, unasked, alpn } what = What::name;
};
// check {a} = {b} or {c} > {d}: numbers where both are, else text.
struct Comparison {
  enum class Operator { equal, not_equal, less, less_or_equal, greater, greater_or_equal } is = Operator::equal;
  Line left, right;
};
struct Compare {
  std::vector<Comparison> any_of;
  std::string text;  // as written, for reports
};

struct Observe {  // observe NAME {value}
  std::string name;
  Line value;
};
struct ObserveAnswer {  // how a command is answered, on a scale
  std::string name, tag;
};
struct ObserveTold {  // with which command news has come, on a scale
  std::string name, keyword;
};
struct ObserveLogins {  // are a wrong password and an unknown user told apart, by text or by time?
  std::string name;
  std::uint64_t rounds = 8;
};

struct Connect {
  bool greeting_is_judged = false;  // the next that the case does there is to look at the greeting
  bool before_stls = false;         // POP3: or to begin TLS
  bool is_last = false;             // or nothing
};
struct Login {};
struct Turn {};  // IMAP: where a mailbox is kept to one session at a time, this one has it from here on
struct Drop {
  enum class How { fin, rst, cut } how = How::fin;  // cut: FIN, but under TLS without close_notify
};
struct StartTls {
  net::TlsWish wish;
  enum class Outcome { holds, fails, may_fail } outcome = Outcome::holds;
};
struct WrongTls {  // no handshake, and then a command in clear
  enum class What { record, message, alert, text } what = What::record;
};
struct TlsHello {  // what would the server negotiate?
  tls::HelloVersion version = tls::HelloVersion::tls1_2;
  std::vector<std::string> families;  // of cipher suites, or small-curves
  enum class Demand {
    tls,
    refused,
    strong,
    forward_secret,
    uncompressed,
    renegotiation_info,
    extended_master_secret,
    encrypt_then_mac,
    group_2048
  } demand = Demand::tls;
};
struct Wait {
  double seconds = 0;
};
struct Within {  // IMAP: what the next S lines of the connection wait for may take so long
  double seconds = 0;
};
struct Silence {};  // nothing may come
struct Forget {};   // responses that are still due need not come
struct Deliver {
  std::string fixture;
};

struct Step {
  using Does = std::variant<Exchange, Attempt, AtStake, Refused, Survives, Taken, Permanent, CheckSubject, Eventually, Given, CheckClosed, CheckSoon, CheckTls,
                            Compare, Observe, ObserveAnswer, ObserveTold, ObserveLogins, Connect, Login, Turn, Drop, StartTls, WrongTls, TlsHello, Wait, Within,
                            Silence, Forget, Deliver>;
  int line = 0;        // in the file; of an exchange its first
  int connection = 1;  // of an exchange that of its first line; of what names none 1
  std::string text;    // as written, for reports
  Does does;

  template <class T>
  bool is() const {
    return std::holds_alternative<T>(does);
  }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&does);
  }
  const std::vector<Sent>& sends() const;       // of an exchange; none else
  std::vector<const Sent*> all_sent() const;    // of an exchange or an attempt
  const std::vector<Demand>& demands() const;   // of an exchange; none else
  const std::vector<std::string>& ids() const;  // at stake; none else
  const Asked* asks() const;                    // check, eventually and given, of a subject
  // All lines with braces of the step.
  void for_each_line(const std::function<void(const Line&)>& see) const;
};

// For std::visit: one function a kind of step.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

struct MessageSpec {
  std::string fixture;  // "a.eml", or "" for a made one
  std::uint64_t count = 1;
  std::uint64_t amount = 0;  // of a made one: octets of big(25MB) and header(10MB), levels of nested(5000), parts of parts(10000)
  std::string made;          // "big", "header", "nested", "parts"
  std::string flags, date;   // IMAP: a.eml(\Seen "10-Jul-2024 12:00:00 +0000")
  bool operator==(const MessageSpec&) const = default;
};

enum class Protocol { pop3, imap };

// What is to be known of a case before it runs.
struct CaseFacts {
  bool uses_box = false;          // IMAP: what it does needs a mailbox, or mailboxes, of its own
  bool mutates = false;           // it may leave the maildrop, or its mailbox, other than it found it
  bool needs_account = false;     // POP3, and both protocols at once: it logs in, or needs a maildrop; while it runs it has the account to itself
  bool has_own_account = false;   // it uses an account that is named for one role
  bool keeps_to_itself = false;   // IMAP: it keeps below mailboxes of its own, so that others may use the account beside it
  bool attacks = false;           // it sends what is to do harm
  bool logs_in = false;           // in a step of its own
  bool lets_logins_fail = false;  // many servers delay the next ones then, and not only those of the same account
};

// One row of a scenario, ready to run.
struct Case {
  std::string path;  // "pop3/rfc1939/5-transaction/stat.pop3"
  std::string row;   // "" or what identifies the row
  std::string title;
  std::string state = "authorization";  // none, authorization, transaction; IMAP: none, not-authenticated, authenticated, selected
  int connections = 1;
  std::vector<Protocol> protocols;     // below both/: what each connection speaks
  std::string endpoint = "pop3";       // pop3 or pop3s, imap or imaps
  std::vector<std::string> requires_;  // capabilities and features
  std::vector<std::string> tags;
  bool empty_inbox = false;  // INBOX is emptied first (IMAP)
  std::vector<MessageSpec> messages;
  int repeat = 1;
  std::vector<std::string> was;
  std::vector<Step> steps;
  CaseFacts facts;

  int revision = 0;  // IMAP: 1 or 2, which the case is run as; 0 for POP3 alone

  bool imap() const { return revision != 0; }  // also where some connections speak POP3
  bool both() const { return !protocols.empty(); }
  Protocol protocol_of(int connection) const;
  bool speaks(Protocol protocol) const;
  bool needs(std::string_view feature) const;
  bool cites(std::string_view requirement) const;
  std::vector<std::string> stakes() const;  // requirement ids, each once
  int connection_at(int line) const;        // of the C line that stands there in the file; 1 where none does
  std::string name() const;
};

// Parses one file into its cases. An error says file:line:column, what is wrong and what to write instead.
Result<std::vector<Case>> parse_scenario(std::string_view path, std::string_view text);

}  // namespace mailspec::scenario
