// A scenario as data: the header, and steps that look like the RFCs' own examples. Syntax: scenarios/SYNTAX.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace mailspec::scenario {

// A piece of a line with braces. In S lines it is a pattern, in C lines a template.
struct Piece {
  enum class Kind {
    literal,
    bind,       // {x=}
    use,        // {x}
    any,        // {_}
    rest,       // ...
    one_of,     // {r=A|B}
    file,       // @a.eml or @a.eml<top 3>, alone on an S line
    generator,  // {name args}, C lines only
    data,       // {@a.eml} {"text"} and the like, IMAP C lines only: a literal; `text` is the fixture, or args[0] the octets
  };
  Kind kind = Kind::literal;
  std::string text;  // the literal, or the name
  std::vector<std::string> choices;
  std::vector<std::vector<Piece>> args;
  int slice = -1;  // of @file<top n>: body lines
  int column = 0;
  bool non_synchronizing = false;  // of data: {n+}
  bool binary = false;             // of data: ~{n}
};
using Line = std::vector<Piece>;

struct Step {
  enum class Kind {
    stake,         // @id...
    send,          // C:
    send_raw,      // C~:
    attempt,       // C?: sent if the connection is open; its response is read and not judged
    expect,        // S:
    expect_not,    // S!:
    expect_maybe,  // S?: may come
    expect_after,  // S>: must come after the response of the line above
    eventually,    // as check, asked again for a while
    refused,       // refused [may close]
    survives,      // survives N: answered or closed, and everybody else is served
    taken,         // taken TAG: OK, or NO and the case does not apply
    given,         // given N SUBJECT ...: as in `check`; if it is not so, the rest of the case does not apply
    permanent,     // permanent FLAG: as SELECT has told, or the case does not apply
    check,         // check {a} = {b}; check N closed
    observe,       // observe NAME {r}
    answer,        // observe NAME answer [N] TAG: how a command is answered, on a scale
    logins,        // observe NAME logins ROUNDS: are a wrong password and an unknown user told apart, by text or by time
    told,          // observe NAME told [N] KEYWORD: with which command news has come, on a scale
    connect,       // connect N
    login,         // login N
    drop,          // drop N fin|rst
    tls,           // tls N [min V] [max V] [alpn NAME] [fails | may fail]
    hello,         // hello N VERSION FAMILY[,FAMILY...] DEMAND: what the server would negotiate
    wait,          // wait 30m
    within,        // within N 2m: what the next S lines of N wait for may take so long
    silence,       // silence N: nothing may come
    forget,        // forget N: responses still due need not come
    deliver,       // deliver a.eml
  };
  Kind kind = Kind::send;
  int line = 0;  // in the file
  int connection = 1;
  std::string text;                // as written, for reports
  Line pieces;                     // S and C lines
  std::vector<std::string> words;  // arguments of the other steps
  std::vector<std::string> ids;    // of a stake
  double seconds = 0;              // of wait and within
  Line left, right;                // of a comparison
  std::vector<Step> or_else;       // other comparisons, one of which will do as well
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

  int revision = 0;  // IMAP: 1 or 2, which the case is run as; 0 for POP3 alone

  bool imap() const { return revision != 0; }  // also where some connections speak POP3
  bool both() const { return !protocols.empty(); }
  Protocol protocol_of(int connection) const;
  bool speaks(Protocol protocol) const;
  bool needs(std::string_view feature) const;
  bool mutates() const;  // it may leave the maildrop other than it found it
  bool cites(std::string_view requirement) const;
  std::vector<std::string> stakes() const;  // requirement ids, each once
  // IMAP: what it does needs a mailbox, or mailboxes, of its own.
  bool uses_box() const;
  std::string name() const;
};

// What `check N` and `eventually N` can ask an IMAP server about.
const std::vector<std::string>& check_subjects();
// What a `hello` step may demand of the server's choice.
const std::vector<std::string>& hello_demands();

// Parses one file into its cases. An error says file:line:column, what is wrong and what to write instead.
Result<std::vector<Case>> parse_scenario(std::string_view path, std::string_view text);

// The pieces of one line with braces, outside a file: for tests and tools.
Result<Line> parse_pattern(std::string_view text, int column);
Result<Line> parse_template(std::string_view text, int column);

}  // namespace mailspec::scenario
