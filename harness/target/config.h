// A target: the server under test, as a TOML file or the command line describes it (design section 8).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/scenario/runner.h"

namespace mailspec::target {

// Of this machine, and reached by nobody else: "localhost", "::1", 127.x.
bool is_loopback(std::string_view host);

struct TargetConfig {
  std::string name;
  std::optional<net::Endpoint> pop3, pop3s, imap, imaps;
  std::string ca_pem;
  bool verify = true;
  bool insecure = false;    // passwords in clear off loopback
  bool own_server = false;  // --i-own-this-server
  enum class Tls { automatic, require } tls = Tls::automatic;
  std::vector<scenario::Account> accounts;
  std::map<std::string, std::vector<scenario::Account>> special;  // by role: wrong-password, utf8, spaced
  bool refuses_own = false;          // no account is named for wrong passwords, and one of the suite's own is used for them, when all else is done
  std::string deliver;               // "", a command with {user}, lmtp://H:P or smtp://H:P
  std::string version;               // of the server, for reports and known failures
  std::string recipient = "{user}";  // of LMTP and SMTP
  std::vector<std::string> expect;
  bool disposable = false;  // other people's mail may be deleted
  int jobs = 0;             // cases at a time; 0: one on each account
  double timeout = 10;      // seconds, a day at most
  std::string pid, log;     // of the server, on this machine: its process (a number, or a file that holds one) and the file it logs to; "": not watched
  std::string hook_reset;   // a command that brings the server back when nobody can log in

  bool loopback() const;     // is every endpoint on this machine?
  std::string host() const;  // of the first endpoint there is
};

// Reads a target file. Unknown keys are refused with the nearest valid one; paths are relative to the file.
Result<TargetConfig> parse_target(const std::string& path, std::string_view text);
Result<net::Endpoint> parse_endpoint(std::string_view text, bool tls);
// "" when the target can be used; else what is missing.
std::string incomplete(const TargetConfig& config);

}  // namespace mailspec::target
