// The reference server on loopback sockets: Asio below, the sans-I/O server above.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "reference_server/net/server.h"

namespace mailspec::reference {

struct Ports {
  std::uint16_t pop3 = 0;  // 0: any free port
  std::uint16_t pop3s = 0;
  std::uint16_t imap = 0;
  std::uint16_t imaps = 0;
};

// Serves until `stop`; `ready` is told the ports in use. Returns "" or why it could not start.
std::string serve(Server& server, const std::string& address, Ports ports, const std::function<void(Ports)>& ready, const std::atomic<bool>& stop);

}  // namespace mailspec::reference
