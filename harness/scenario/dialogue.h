// The conversation with a server under test: sends commands, reads responses in order, and writes all of it into the trace.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "harness/net/transport.h"
#include "harness/oracle/trace.h"
#include "harness/pop3/reply_reader.h"

namespace mailspec::scenario {

enum class Segmentation { line, octet, whole, random };
const char* name_of(Segmentation segmentation);

struct Patience {
  double reply = 10;   // seconds for a response to come whole, counted anew whenever octets come
  double quiet = 0.2;  // seconds in which nothing may come where nothing is due
  double total = 120;  // seconds for one response, however it trickles
};

class Dialogue {
 public:
  enum class Outcome { ok, closed, hang, flood, none };

  Dialogue(net::Transport& transport, oracle::Trace& trace, Segmentation segmentation, Patience patience);
  ~Dialogue();

  // Octets that must never reach the trace.
  void add_secret(std::string secret);

  Status connect(int connection, const net::Endpoint& endpoint, std::string user, int line);
  bool open(int connection) const;
  // `shown` is `octets` with secrets elided. Both may hold several lines, whole or in part.
  void send(int connection, std::string_view octets, std::string_view shown, int line);
  // Sends what is held back for --segmentation whole.
  void flush();
  // The next response that is due, into the trace; its index there is `last_event`.
  Outcome receive(int connection);
  std::size_t last_event() const { return x_last_event; }
  const oracle::Event& last() const { return x_trace.events[x_last_event]; }
  bool truncated(int connection) const;  // the server ended TLS without close_notify
  void forget(int connection);           // what is due need not come
  bool due(int connection) const;        // a response has not been read yet
  // Reads what has come although nothing is due. True if anything had.
  bool unasked(int connection, double seconds);
  // Waits for the server's end of the connection.
  Outcome wait_closed(int connection);
  Status start_tls(int connection, const net::TlsWish& wish, int line);
  const net::TlsInfo* tls(int connection) const;
  void drop(int connection, bool reset, int line);
  void note(oracle::Event::Kind kind, int connection, std::string text, int line);
  void set_user(int connection, std::string user);

 private:
  struct Wire;
  Wire& wire(int connection);
  std::string elide(std::string text) const;
  oracle::Event& record(oracle::Event::Kind kind, int connection, int line);
  void write(Wire& wire, std::string_view octets);
  void closed(int connection, bool reset);

  net::Transport& x_transport;
  oracle::Trace& x_trace;
  Segmentation x_segmentation;
  Patience x_patience;
  std::vector<std::string> x_secrets;
  std::map<int, std::unique_ptr<Wire>> x_wires;
  std::minstd_rand x_random;
  std::size_t x_last_event = 0;
  double x_start;
};

}  // namespace mailspec::scenario
