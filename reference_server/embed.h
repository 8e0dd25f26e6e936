// The one place where both witnesses meet: the reference server as a Transport, in process, in virtual time.
// An endpoint's port is the protocol: "pop3" or "imap".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

// Leaves an extension of IMAP out of the reference server: reference_server/imap/extensions.h.
Status leave_out_of_server(std::string_view extension);
// What has gone so; of an extension that IMAP4rev2 has taken in the deviations stay.
struct LeftOutOfServer {
  std::vector<std::string> extensions;
  std::size_t deviations = 0;
};
LeftOutOfServer left_out_of_server();

}  // namespace mailspec
