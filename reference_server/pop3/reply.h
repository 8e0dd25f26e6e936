// A POP3 response before it is octets, and how it is to be framed.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "reference_server/store/maildrop.h"

namespace mailspec::reference::pop3 {

// The conforming framing; deviations spoil it.
struct Framing {
  std::string positive = "+OK";
  std::string negative = "-ERR";
  std::string line_end = "\r\n";
  std::string terminator = ".\r\n";
  std::string challenge = "+ ";
  bool stuff = true;
  bool operator==(const Framing&) const = default;
};

struct Reply {
  enum class Kind { positive, negative, challenge, silence };
  // Why a command was refused, for those who rewrite replies; not written.
  enum class Reason { none, line_too_long, not_base64, not_offered, syntax_error, unknown_command, wrong_arguments, wrong_state };
  Kind kind = Kind::positive;
  std::string code;  // response code without brackets
  Reason reason = Reason::none;
  std::string text;         // of STAT, LIST n and UIDL n: the listing; of a challenge: base64
  bool structured = false;  // `text` is protocol data, not for people
  bool multi = false;
  std::vector<std::string> lines;  // of a multi-line response without a message
  const StoredMessage* message = nullptr;
  std::uint64_t body_lines = std::numeric_limits<std::uint64_t>::max();  // TOP
  std::optional<std::string> content;                                    // in place of `message`: octets with CRLF, not yet stuffed
  std::string after;                                                     // octets that follow the whole response
  bool close = false;                                                    // once it is sent
  double delay = 0;                                                      // seconds until it is sent
  bool start_tls = false;                                                // once it is sent
  Framing framing;

  bool operator==(const Reply&) const = default;

  static Reply good(std::string text) { return make(Kind::positive, std::move(text)); }
  static Reply bad(std::string text, std::string code = {}) {
    auto reply = make(Kind::negative, std::move(text));
    reply.code = std::move(code);
    return reply;
  }
  static Reply refusal(Reason reason, std::string text) {
    auto reply = bad(std::move(text));
    reply.reason = reason;
    return reply;
  }
  static Reply data(std::string text) {
    auto reply = good(std::move(text));
    reply.structured = true;
    return reply;
  }
  static Reply ask(std::string base64) {
    auto reply = make(Kind::challenge, std::move(base64));
    reply.structured = true;
    return reply;
  }
  static Reply none() { return make(Kind::silence, {}); }

 private:
  static Reply make(Kind kind, std::string text) {
    Reply reply;
    reply.kind = kind;
    reply.text = std::move(text);
    return reply;
  }
};

// Writes the first line and, for lists, all lines. A message follows through `MessageWriter`.
std::string write_reply(const Reply& reply);

// The octets of a message's header with the empty line, and of the first `body_lines` lines of its body (RFC 1939 7, TOP).
std::string top_of(const std::string& octets, std::uint64_t body_lines);

// Sends message octets byte-stuffed, some at a time.
class MessageWriter {
 public:
  MessageWriter(std::string_view octets, std::uint64_t body_lines, Framing framing);
  // Appends about `n` octets to `out`; true when all is written, the terminator too.
  bool write(std::string& out, std::size_t n);

 private:
  std::string_view x_rest;
  std::uint64_t x_body_lines;
  bool x_in_body = false;
  Framing x_framing;
};

}  // namespace mailspec::reference::pop3
