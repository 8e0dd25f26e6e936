// A plain POP3 client for set-up: probing, emptying and counting maildrops. It judges nothing.
#pragma once

#include <cstdint>
#include <string>

#include "harness/net/transport.h"
#include "harness/scenario/dialogue.h"
#include "harness/scenario/runner.h"

namespace mailspec::target {

class Client {
 public:
  Client(net::Transport& transport, scenario::Patience patience);

  Status connect(const net::Endpoint& endpoint);
  Status start_tls();
  Status log_in(const scenario::Account& account, const scenario::Offer& offer);
  // Sends one line and reads one response, whatever its status.
  Result<pop3::Reply> ask(const std::string& line);
  // QUIT, and the end of the connection.
  Status quit();
  const pop3::Reply& greeting() const { return x_greeting; }
  const net::TlsInfo* tls() const { return x_dialogue.tls(1); }

 private:
  oracle::Trace x_trace;
  scenario::Dialogue x_dialogue;
  pop3::Reply x_greeting;
};

// Logs in, trying again for a while where the maildrop is held or a login delay runs.
Result<std::unique_ptr<Client>> open_maildrop(net::Transport& transport, const net::Endpoint& endpoint, const scenario::Account& account,
                                              const scenario::Offer& offer, scenario::Patience patience);

}  // namespace mailspec::target
