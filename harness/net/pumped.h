// A session without a socket, as the pump drives it: octets in, octets out, time passed in.
#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace mailspec::net {

class Pumped {
 public:
  virtual ~Pumped() = default;
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  virtual void connected(double now) = 0;
  // Octets to send now; empty when it waits for the server, or for `wake`.
  virtual std::string output(double now) = 0;
  virtual void feed(std::string_view octets, double now) = 0;
  // The connection has ended.
  virtual void ended(bool reset, double now) = 0;
  // When `output` is to be asked again although nothing has come.
  virtual double wake() const = 0;
  // Nothing more to say on this connection: it may be closed on our side.
  virtual bool wants_close() const = 0;
  // It wants another connection.
  virtual bool wants_connection() const = 0;
  // At the end of the run: says nothing of its own any longer until `checkpoint`.
  virtual bool resting() const = 0;
  // `round` counts from 1; in the last one the session says goodbye.
  virtual void checkpoint(int round) = 0;

  static constexpr int kLastRound = 4;
};

// When the sessions speak; seconds of the pump's clock.
struct Schedule {
  double begin = 0, end = 0;
  double patience = 30;    // seconds for a response
  bool just_idle = false;  // log in, select, and no more until the end
  std::string tls;         // the version under which all is said, when it is known; empty: in clear
};

}  // namespace mailspec::net
