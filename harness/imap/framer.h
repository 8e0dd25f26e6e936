// Cuts what an IMAP server sends into responses: a line, and the literals it announces, and what follows them (RFC 9051 2.2.2, 4.3).
// Any split of the octets gives the same frames. What is no response at all is told from what is a response with a fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::imap {

// Bounds against hostile servers, in octets where nothing else is said.
struct Limits {
  std::size_t line = 4 * 1024 * 1024;             // of a response outside its literals
  std::uint64_t literal = 1024ull * 1024 * 1024;  // as announced
  std::size_t keep = 2 * 1024 * 1024;             // of a literal, whole
  std::size_t keep_end = 64 * 1024;               // of a longer one, its beginning
  std::size_t literals = 100000;                  // in one response
};

// A literal within a frame. Of one longer than Limits::keep only the beginning stands in the frame; the digest is of all.
struct Literal {
  std::size_t at = 0;      // where its octets begin in Frame::octets
  std::size_t kept = 0;    // how many of them are there
  std::uint64_t size = 0;  // as announced and as came
  std::string sha256;      // in hexadecimal, when kept < size
  bool binary = false;     // ~{n}
  bool has_nul = false;
};

struct Frame {
  std::string octets;  // without the last CRLF; literals in place, after their "{n}" CRLF
  std::vector<Literal> literals;
  std::string breach;         // of the framing itself: a bare LF, a limit
  std::size_t breach_at = 0;  // in `octets`
  bool lost = false;          // after this the stream cannot be followed any longer

  // The literal whose "{n}" or "~{n}" begins at `place` of `octets`.
  const Literal* literal_at(std::size_t place) const;
};

class Framer {
 public:
  explicit Framer(Limits limits = {});
  ~Framer();
  Framer(Framer&&) noexcept;
  Framer& operator=(Framer&&) noexcept;

  void feed(std::string_view octets);
  // The next whole response, if it has come.
  std::optional<Frame> next();
  // Nothing of a response has come that was not given out.
  bool idle() const { return x_at == x_in.size() && x_frame.octets.empty() && !x_in_literal; }
  // What has come of an unfinished response; the framer is as new afterwards.
  std::string abandon();

 private:
  struct Digest;
  bool take_literal();
  bool take_line();
  void consume(std::size_t n);

  Limits x_limits;
  std::string x_in;
  std::size_t x_at = 0;       // of x_in, what is used up
  std::size_t x_scanned = 0;  // of x_in, no LF there
  Frame x_frame;
  std::uint64_t x_literal_left = 0;
  std::size_t x_outside = 0;  // octets of the frame outside literals
  bool x_in_literal = false;
  std::unique_ptr<Digest> x_digest;
};

// Does a line that ends in "{n}" announce a literal there? Text for people may end so, too: a status response has literals in its response code only.
// `line`: where the last line begins in `so_far`.
bool announces_literal(std::string_view so_far, std::size_t line, std::uint64_t& size, bool& binary);

}  // namespace mailspec::imap
