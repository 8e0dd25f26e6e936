// The conversation with an IMAP server under test: sends commands, literal by literal, and reads whatever comes, into the trace.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/base/ascii.h"
#include "harness/scenario/wires.h"

namespace mailspec::scenario {

// A piece of a command: octets, and whether the server's "+" is awaited before the next (RFC 9051 4.3).
struct ImapPart {
  std::string octets;
  std::string shown;  // with secrets elided
  bool waits = false;
};

class ImapDialogue : public Wires {
 public:
  ImapDialogue(net::Transport& transport, oracle::Trace& trace, Segmentation segmentation, Patience patience)
      : Wires(Protocol::imap, transport, trace, segmentation, patience) {}
  ~ImapDialogue() override;

  // Sends the parts in turn. Outcome::none: the server refused a literal, the tagged response has been read and the rest was not sent.
  // `raw`: the octets may be several commands, or a piece of one; else they are one command to its end.
  Outcome send(int connection, const std::vector<ImapPart>& parts, int line, bool raw = false);
  // The next response, whatever it is, into the trace; its index there is `last_event`.
  Outcome receive(int connection);
  // The same, waiting no longer than `seconds`; Outcome::none when nothing came.
  Outcome receive_within(int connection, double seconds);
  // Reads all that has come already. True if anything had.
  bool drain(int connection);
  // Is the response to `tag` still due?
  bool outstanding(int connection, const std::string& tag) const;
  bool outstanding(int connection) const;
  bool greeting_due(int connection) const;
  // IMAP4rev2 was enabled, or is all there is.
  bool rev2(int connection) const;
  // The server is in the middle of a response.
  bool midway(int connection) const;
  // A tag no scenario uses, and no command before: "ms1", "ms2", ...
  std::string fresh_tag() { return "ms" + std::to_string(++x_serial); }
  static bool is_own(const std::string& tag) { return tag.starts_with("ms") && parse_number(std::string_view(tag).substr(2)).has_value(); }
  void forget(int connection);                          // no response is due any longer
  void settle(int connection, const std::string& tag);  // none to this command: an untagged BAD was its answer
  // The trace has been emptied: the bound on what it holds begins anew.
  void trace_emptied() { x_kept = 0; }
  // More has come than the harness keeps of one dialogue: its own limit, and nobody's fault.
  bool overfull() const override { return x_kept > kMostKept; }
  // Reads to the server's end of the connection.
  Outcome wait_closed(int connection) override;

 private:
  struct ImapWire;
  std::string unread(int connection) override;
  std::unique_ptr<Wire> make_wire(int line) override;
  void unfinished(Wire& wire, oracle::Event& event) override;
  ImapWire& imap_wire(int connection);
  Outcome read(int connection, double seconds, bool hang_at_end);
  double patience(const ImapWire& wire) const;
  bool take(int connection);
  Outcome await_continuation(int connection, const std::string& tag);

  static std::size_t weight(const imap::Response& response);

  static constexpr std::size_t kMostKept = 30 * 1024 * 1024;  // octets of responses in one dialogue
  std::size_t x_kept = 0;
  std::uint64_t x_serial = 0;
};

}  // namespace mailspec::scenario
