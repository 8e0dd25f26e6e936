// What C lines become, and what S lines match: bindings, templates and patterns at work.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/language/scenario.h"
#include "harness/sasl/client.h"

namespace mailspec::scenario {

struct Value {
  std::string octets;
  bool secret = false;
};
using Bindings = std::map<std::string, Value, std::less<>>;

// May it be the argument of a POP3 command (rfc1939 3), or stand in a quoted string of ASCII?
bool is_pop3_argument(std::string_view octets);
bool is_quotable(std::string_view octets);

// Text to send, and the same with `{secret:n}` for every secret.
struct Expansion {
  std::string octets;
  std::string shown;
  bool secret = false;
  std::vector<std::string> secrets;  // what is made of passwords: it is not to be seen either, should the server repeat it
  std::string breach;                // a generator found that the server broke a mechanism
  std::string declined;              // what is to be sent has no such form: why; nobody is to blame
};

// What generators need beside the bindings.
struct Workshop {
  std::map<std::string, sasl::Client> exchanges;  // by connection and mechanism
  sasl::Credentials credentials;
  std::string nonce;
  std::string banner;  // APOP timestamp of the connection
};

// An Error is the scenario's: an unknown name, a generator's wrong argument.
Result<Expansion> expand(const Line& line, const Bindings& bindings, Workshop& workshop, int connection);

struct Match {
  bool matched = false;
  std::size_t offset = 0;  // where the text stops fitting
};
// `open_end`: text after the pattern is tolerated when it begins with a space. Binds into `bindings` only on success.
Match match(const Line& pattern, std::string_view text, Bindings& bindings, bool open_end, bool any_case);

}  // namespace mailspec::scenario
