// What happened, as data: everything a rule may look at, and everything a report may show.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "harness/imap/command.h"
#include "harness/imap/value.h"
#include "harness/pop3/command.h"
#include "harness/pop3/response.h"

namespace mailspec::oracle {

struct Event {
  enum class Kind {
    connect,    // a connection was made
    tls,        // a TLS handshake was completed
    sent,       // a command, or an answer to a challenge, was sent whole; in IMAP also the part of one up to a literal's announcement
    received,   // a response came whole; in POP3 `pop3_command` is what it answers
    unasked,    // octets came that no command asked for
    closed,     // the server closed or reset
    dropped,    // we closed, without QUIT's leave
    hang,       // a response was due and did not come in time
    delivered,  // a message was put into the maildrop behind the session's back
    prepared,   // the maildrop was given new contents: nothing known of it holds any longer
  };
  Kind kind = Kind::sent;
  int connection = 1;
  std::int64_t at_us = 0;  // since the start of the trace, by the transport's clock
  int line = 0;            // of the scenario file, 0 for set-up
  std::string user;        // the account this connection is about
  std::string octets;      // as on the wire, secrets elided, bounded
  // In POP3. `received`: the command is the one that is answered. `hang` and `closed`: the response is what had come of it.
  pop3::Command pop3_command;
  pop3::Response pop3_response;
  // In IMAP.
  imap::Command imap_command;
  imap::Response imap_response;
  bool reset = false;     // `closed` by a reset, not an orderly end
  bool imap = false;      // of an IMAP connection
  bool echoed = false;    // `received`: a secret that had been sent stood in it
  bool attacked = false;  // what was sent there was to do harm: the case judges what comes of it, no standing rule does
};

struct Trace {
  std::string scenario;  // path
  std::string row;
  std::string segmentation = "line";
  std::uint64_t seed = 0;
  int revision = 0;                  // of IMAP, which this case is run as: 1 or 2; 0 for POP3
  bool both = false;                 // some connections speak POP3, others IMAP
  bool others = false;               // sessions that are not in this trace write to the same mailbox
  bool hostile = false;              // the maildrop holds messages that break the message format: sizes may be off by the last line end
  bool utf8_messages = false;        // the maildrop holds messages that need UTF-8 mode (RFC 6856)
  std::vector<std::string> offered;  // capability tags seen in this run, before and after TLS and login
  std::deque<Event> events;          // which never moves what it holds: a flood is not held twice

  bool offers(std::string_view tag) const;
};

const char* name_of(Event::Kind kind);

}  // namespace mailspec::oracle
