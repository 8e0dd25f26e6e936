// One session of a load run, sans I/O: octets in, octets out, time passed in. Whoever has sockets pumps it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/mix.h"
#include "harness/load/tally.h"
#include "harness/net/pumped.h"
#include "harness/oracle/rule.h"
#include "harness/oracle/trace.h"

namespace mailspec::load {

// What all sessions share.
struct Setting : net::Schedule {
  const Mix* mix = nullptr;
  std::uint64_t seed = 1;
  std::uint64_t most_commands = 0;  // of each session; 0: as many as time allows
  double interval = 0;              // open loop: seconds between one session's commands; 0: closed loop
  std::vector<std::string> offered;
  bool literal_plus = false, idle = false, uidplus = false;
  std::size_t epoch = 200;  // commands after which a session selects anew and its trace begins afresh
  Tally* tally = nullptr;
};

struct Login {
  std::string user, password;
  std::string mailbox;  // IMAP, as it is sent
};

class Talker : public net::Pumped {
 public:
  virtual std::uint64_t digest() const = 0;
  virtual std::uint64_t intents() const = 0;
  // What the session has in the end: UID to flags, sorted. Nothing if it could not tell.
  virtual const std::optional<std::map<std::uint64_t, std::string>>& picture() const = 0;
  virtual const std::string& place() const = 0;  // user and mailbox: sessions of one place must agree
  virtual const oracle::Trace& trace() const = 0;
  // Keywords that this session alone sets: UID to whether it is set, as far as it knows.
  virtual const std::map<std::uint64_t, bool>& owned() const = 0;
  virtual const std::string& keyword() const = 0;
};

std::unique_ptr<Talker> make_imap_talker(const Setting& setting, int number, Login login);
std::unique_ptr<Talker> make_pop3_talker(const Setting& setting, int number, Login login);

// Compares what the sessions of each place have in the end, and each session's own keyword with what it has set.
void compare(const std::vector<std::unique_ptr<Talker>>& talkers, Tally& tally);

}  // namespace mailspec::load
