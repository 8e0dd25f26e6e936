// Puts messages into maildrops from outside: a command, LMTP or SMTP, or IMAP APPEND to INBOX.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/scenario/runner.h"
#include "harness/target/config.h"
#include "harness/target/pop3_client.h"

namespace mailspec::target {

class Delivery {
 public:
  virtual ~Delivery() = default;
  // `octets` is the message with CRLF line ends. Error::Kind::limit: this way does not take this message.
  virtual Status deliver(const scenario::Account& account, std::string_view octets) = 0;
  // Takes away what was delivered with this mark, where POP3 does not find it.
  virtual void take_back(const scenario::Account& /*account*/, const std::string& /*mark*/) {}
};

// `deliver = "append"`: by IMAP APPEND to INBOX. What a target does whose INBOX was found to be the maildrop.
inline constexpr const char* kAppend = "append";

// "" if it can be tried; else what is wrong with the target's `deliver`.
std::string cannot_deliver(const TargetConfig& config);
// Nothing if the target has no way to deliver. The transport and the offer must outlive the result.
std::unique_ptr<Delivery> make_delivery(const TargetConfig& config, const scenario::Offer& offer, net::Transport& transport, const Record& record);

// A shell command with `input` on its standard input. The Error holds what it wrote to standard error.
Status run_command(const std::string& command, std::string_view input, double seconds);

}  // namespace mailspec::target
