// The conversation with a POP3 server under test: sends commands, reads responses in order, and writes all of it into the trace.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/scenario/wires.h"

namespace mailspec::scenario {

class Pop3Dialogue : public Wires {
 public:
  Pop3Dialogue(net::Transport& transport, oracle::Trace& trace, Segmentation segmentation, Patience patience)
      : Wires(Protocol::pop3, transport, trace, segmentation, patience) {}
  ~Pop3Dialogue() override;

  // `shown` is `octets` with secrets elided. Both may hold several lines, whole or in part.
  void send(int connection, std::string_view octets, std::string_view shown, int line);
  // The next response that is due, into the trace; its index there is `last_event`.
  Outcome receive(int connection);
  void forget(int connection);     // what is due need not come
  bool due(int connection) const;  // a response has not been read yet
  bool greeting_due(int connection) const;
  // Reads what has come although nothing is due. True if anything had.
  bool unasked(int connection, double seconds);
  // Waits for the server's end of the connection.
  Outcome wait_closed(int connection) override;

 private:
  struct Pop3Wire;
  std::string unread(int connection) override;
  std::unique_ptr<Wire> make_wire(int line) override;
  void unfinished(Wire& wire, oracle::Event& event) override;
  void elide_in(pop3::Response& reply) const;
  Pop3Wire& pop3_wire(int connection);
};

}  // namespace mailspec::scenario
