// Puts messages into maildrops from outside: a command, LMTP or SMTP.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/target/config.h"

namespace mailspec::target {

class Delivery {
 public:
  virtual ~Delivery() = default;
  // `octets` is the message with CRLF line ends.
  virtual Status deliver(const std::string& user, std::string_view octets) = 0;
};

// Nothing if the target has no way to deliver. The transport serves LMTP and SMTP and must outlive the result.
std::unique_ptr<Delivery> make_delivery(const TargetConfig& config, net::Transport& transport);

// A shell command with `input` on its standard input. The Error holds what it wrote to standard error.
Status run_command(const std::string& command, std::string_view input, double seconds);

}  // namespace mailspec::target
