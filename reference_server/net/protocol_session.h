// A session of any protocol as the network side sees it, sans I/O: octets in, octets out, time passed in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reference_server/options.h"

namespace mailspec::reference {

class ProtocolSession {
 public:
  ProtocolSession() = default;
  virtual ~ProtocolSession() = default;
  ProtocolSession(const ProtocolSession&) = delete;
  ProtocolSession& operator=(const ProtocolSession&) = delete;

  virtual void feed(std::string_view octets, double now) = 0;
  virtual void tick(double now) = 0;  // lets the inactivity timer run
  // Up to about `max` octets to send; empty when there is nothing to say now.
  virtual std::string output(std::size_t max) = 0;
  virtual void disconnected() = 0;  // the peer is gone
  virtual bool wants_close() const = 0;
  virtual bool wants_tls() const = 0;
  virtual void tls_started(double now) = 0;
  virtual const Options& options() const = 0;
  virtual bool in_exchange() const = 0;  // of SASL: the next line is an answer to a challenge
};

}  // namespace mailspec::reference
