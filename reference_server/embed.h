// The one place where both witnesses meet: the reference server as a Transport, in process, in virtual time.
// An endpoint's port is the protocol: "pop3" or "imap".
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/net/transport.h"
#include "reference_server/net/server.h"
#include "reference_server/pop3/order.h"

namespace mailspec {

class EmbeddedTransport : public net::Transport {
 public:
  // `said`, if given, is kept up to date: a digest of the octets the server sends, in clear, how they are cut, and when.
  explicit EmbeddedTransport(reference::Server& server, std::uint64_t* said = nullptr);
  ~EmbeddedTransport() override;
  Result<std::unique_ptr<net::Stream>> connect(const net::Endpoint& endpoint, double seconds) override;
  double now() override;
  void wait(double seconds) override;
  bool virtual_time() const override { return true; }

  struct World;

 private:
  std::unique_ptr<World> x;
};

}  // namespace mailspec
