// Turns octets from a server into responses, whatever the cuts between them, in bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/pop3/response.h"

namespace mailspec::pop3 {

class ResponseReader {
 public:
  struct Limits {
    std::size_t line = 64 * 1024;                // of a first line: beyond it the reader gives up
    std::uint64_t content = 1ull << 30;          // octets of one multi-line response
    std::size_t keep_message = 64 * 1024;        // octets of a message kept as they are
    std::size_t keep_listing = 4 * 1024 * 1024;  // octets of a listing kept as they are
  };

  ResponseReader();
  explicit ResponseReader(Limits limits);
  ~ResponseReader();
  ResponseReader(ResponseReader&&) noexcept;
  ResponseReader& operator=(ResponseReader&&) noexcept;

  // Says what is due next. The reader must be idle.
  void expect(const Command& command);
  void expect_greeting();
  bool idle() const;

  // Takes octets from the network. They wait in the reader until a response is due.
  void feed(std::string_view octets);

  // True when the response that is due is complete; `take` then gives it and the reader is idle again.
  bool advance();
  Response take();

  // What has been read of an incomplete response; the reader is idle afterwards. For reports on hangs and closes.
  Response abandon();

  // The octets look like the end of a response written with bare LF: no use to wait long for more.
  bool looks_ended() const;
  // A limit was passed; the connection is of no further use.
  bool overflow() const;

  // Octets that belong to no response so far.
  std::string_view pending() const;
  void discard_pending();

 private:
  struct State;
  std::unique_ptr<State> x;
};

}  // namespace mailspec::pop3
