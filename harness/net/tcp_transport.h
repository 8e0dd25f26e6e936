// Connections over TCP, and a child process on pipes, in real time. The only home of Asio in the harness.
#pragma once

#include <memory>
#include <string>

#include "harness/net/tls_client.h"
#include "harness/net/transport.h"

namespace mailspec::net {

// An endpoint whose host is "exec:" has a shell command for a port: the server speaks on its standard input and output.
inline constexpr const char* kExecHost = "exec:";

// Not for use by several threads at once; each worker has its own.
class TcpTransport : public Transport {
 public:
  explicit TcpTransport(TlsTrust trust);
  ~TcpTransport() override;
  Result<std::unique_ptr<Stream>> connect(const Endpoint& endpoint, double seconds) override;
  double now() override;
  void wait(double seconds) override;
  bool virtual_time() const override { return false; }

 private:
  struct State;
  std::unique_ptr<State> x;
};

}  // namespace mailspec::net
