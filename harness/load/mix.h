// What the sessions of a load run do: a mix of commands with weights, and the seeded sequence of intents drawn from it.
//
// A session's intents are fixed by the seed and its number alone: "FETCH the message two thirds down". Which number or UID that is depends on
// what the server has told by then.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace mailspec::load {

enum class Kind {
  // IMAP
  noop,
  fetch_flags,
  fetch_envelope,
  fetch_body,
  uid_fetch,
  store,
  store_silent,
  uid_store,
  search,
  uid_search,
  append,
  copy,
  expunge,  // marks one message as \Deleted, and expunges
  status,
  list,
  select,
  idle,
  logout,  // and a new connection
  // POP3; noop and logout (QUIT) are there, too
  stat,
  scan_list,
  uidl,
  retr,
  top,
};

struct Weight {
  Kind kind;
  double weight;
};

struct Mix {
  std::vector<Weight> weights;
  int messages = 20;        // in each mailbox at the start
  double think = 0;         // seconds between an answer and the next command, in the mean; closed loop
  double idle = 0.2;        // seconds in IDLE
  std::uint64_t most = 60;  // messages in a mailbox: beyond it APPEND and COPY give way to EXPUNGE
};

// The names that a mix file uses, as "UID FETCH".
const char* name_of(Kind kind);
// TOML: `messages`, `think`, `idle`, `most`, and a table [imap] or [pop3] of weights by command name. An error says file:line:column.
Result<Mix> parse_mix(const std::string& path, std::string_view text, bool imap);
const Mix& default_mix(bool imap);

struct Intent {
  Kind kind;
  double which;       // of the messages, from 0 up to 1
  std::uint32_t how;  // flag, search key, whatever the kind has to choose
};

class Plan {
 public:
  Plan(const Mix& mix, std::uint64_t seed, int session);
  Intent next();
  // A digest of all intents so far: the same for the same seed, session and count.
  std::uint64_t digest() const { return x_digest; }
  std::uint64_t count() const { return x_count; }

 private:
  const Mix& x_mix;
  std::uint64_t draw();
  std::uint64_t x_state;  // of SplitMix64: eight octets a session
  double x_total = 0;
  std::uint64_t x_digest = 14695981039346656037ull, x_count = 0;
};

}  // namespace mailspec::load
