#include "harness/pop3/response_reader.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "harness/mime/base64.h"

namespace mailspec::pop3 {

namespace {

class Sha256 {
 public:
  Sha256() : x_context(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(x_context.get(), EVP_sha256(), nullptr); }
  void add(std::string_view octets) { EVP_DigestUpdate(x_context.get(), octets.data(), octets.size()); }
  std::string hex() {
    constexpr char kHex[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(x_context.get(), raw, &size);
    std::string out;
    for (unsigned i = 0; i < size; ++i) out += {kHex[raw[i] >> 4], kHex[raw[i] & 15]};
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> x_context;
};

bool lists(const Command& command) { return command.keyword != "RETR" && command.keyword != "TOP"; }

}  // namespace

struct ResponseReader::State {
  enum class Where { idle, first_line, line_start, in_line, done };

  Limits limits;
  Where where = Where::idle;
  bool listing = false;
  bool overflow = false;
  std::string buffer;
  std::size_t used = 0;  // octets of `buffer` already taken
  Response reply;

  // Content under way.
  std::unique_ptr<Sha256> all, body;
  std::string chunk;  // unstuffed octets not yet hashed
  bool in_body = false;
  bool after_bare_lf = false;
  std::uint64_t line_octets = 0;
  bool bare_end = false;  // LF "." LF was seen at the very end

  std::string_view rest() const { return std::string_view(buffer).substr(used); }

  void take(std::size_t n) {
    used += n;
    if (used == buffer.size()) {
      buffer.clear();
      used = 0;
    } else if (used > 256 * 1024) {
      buffer.erase(0, used);
      used = 0;
    }
  }

  void fault(std::string requirement, std::string what, std::size_t offset = 0, bool in_content = false) {
    // The first of a kind tells the story.
    for (const auto& f : reply.faults) {
      if (f.requirement == requirement) return;
    }
    reply.faults.push_back({std::move(requirement), std::move(what), offset, in_content});
  }

  bool read_first_line();
  void parse_first_line(std::string_view line);
  bool read_content();
  void add(std::string_view octets);
  void flush();
  void end_line();
  void finish_content();
};

ResponseReader::ResponseReader() : ResponseReader(Limits{}) {}
ResponseReader::ResponseReader(Limits limits) : x(std::make_unique<State>()) { x->limits = limits; }
ResponseReader::~ResponseReader() = default;
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;

void ResponseReader::expect(const Command& command) {
  assert(idle());
  x->reply = {};
  x->reply.shape = shape_of(command);
  x->listing = lists(command);
  x->where = State::Where::first_line;
}

void ResponseReader::expect_greeting() {
  assert(idle());
  x->reply = {};
  x->reply.shape = Shape::greeting;
  x->where = State::Where::first_line;
}

bool ResponseReader::idle() const { return x->where == State::Where::idle; }

void ResponseReader::feed(std::string_view octets) { x->buffer += octets; }

bool ResponseReader::advance() {
  if (x->where == State::Where::first_line && !x->read_first_line()) return false;
  if (x->where == State::Where::line_start || x->where == State::Where::in_line) {
    if (!x->read_content()) return false;
  }
  return x->where == State::Where::done;
}

Response ResponseReader::take() {
  assert(x->where == State::Where::done);
  x->where = State::Where::idle;
  return std::move(x->reply);
}

Response ResponseReader::abandon() {
  if (x->where == State::Where::first_line) {
    x->parse_first_line(x->rest().substr(0, x->limits.line));
    x->buffer.clear();
    x->used = 0;
  } else if (x->where == State::Where::line_start || x->where == State::Where::in_line) {
    x->finish_content();
    if (x->bare_end) discard_pending();
  }
  x->where = State::Where::idle;
  return std::move(x->reply);
}

bool ResponseReader::looks_ended() const { return x->bare_end; }
bool ResponseReader::overflow() const { return x->overflow; }
std::string_view ResponseReader::pending() const { return x->rest(); }

void ResponseReader::discard_pending() {
  x->buffer.clear();
  x->used = 0;
}

bool ResponseReader::State::read_first_line() {
  const auto data = rest();
  const auto lf = data.find('\n');
  if (lf == std::string_view::npos) {
    if (data.size() > limits.line) overflow = true;
    return false;
  }
  const bool crlf = lf > 0 && data[lf - 1] == '\r';
  const std::string line(data.substr(0, crlf ? lf - 1 : lf));
  take(lf + 1);
  parse_first_line(line);
  if (!crlf) fault("rfc1939/3/lines-end-in-crlf", "the line ends in a bare LF, not in CRLF", line.size());
  if (line.size() + 2 > 512) {
    fault("rfc1939/3/first-line-512", "the line has " + std::to_string(line.size() + 2) + " octets with its CRLF, 512 is the limit", 510);
  }
  const bool multi = reply.shape == Shape::multi_if_ok && reply.ok();
  if (!multi) {
    where = Where::done;
    return true;
  }
  reply.multi_line = true;
  all = std::make_unique<Sha256>();
  body = std::make_unique<Sha256>();
  chunk.clear();
  in_body = after_bare_lf = bare_end = false;
  line_octets = 0;
  where = Where::line_start;
  return true;
}

void ResponseReader::State::parse_first_line(std::string_view line) {
  reply.line = line;
  std::size_t indicator = 0;
  const auto indicated = [&](std::string_view word, Status status) {
    if (!istarts_with(line, word)) return false;
    reply.status = status;
    indicator = word.size();
    if (line.substr(0, word.size()) != word) {
      fault("rfc1939/3/status-upper-case", "the status indicator '" + std::string(line.substr(0, word.size())) + "' is not in upper case");
    }
    return true;
  };
  if (!indicated("+OK", Status::ok) && !indicated("-ERR", Status::err)) {
    if (reply.shape == Shape::sasl && line.starts_with('+')) {
      reply.status = Status::challenge;
      indicator = 1;
    } else {
      fault("rfc1939/3/status-indicator", "the line begins with neither '+OK' nor '-ERR'");
      return;
    }
  }
  auto after = line.substr(indicator);
  reply.space = after.starts_with(' ');
  if (reply.space) after.remove_prefix(1);
  reply.text = after;
  reply.code = response_code(after);

  if (reply.status == Status::challenge) {
    if (!reply.space) {
      fault("rfc5034/4/challenge-form", "a challenge is '+', one space and base64; here no space follows the '+'", 1);
    } else if (!mime::decode_base64(after)) {
      fault("rfc5034/4/challenge-only-base64", "what follows '+ ' is not base64", 2);
    }
    return;
  }
  // The greeting's ABNF has no space after "+OK" (RFC 2449 3), so only other lines are held to one.
  if (!after.empty() && !reply.space && reply.shape != Shape::greeting) {
    fault("rfc1939/3/status-indicator", "the status indicator is followed by neither a space nor the end of the line", indicator);
  }
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (c == 0) fault("rfc2449/3/no-nul-in-response", "a NUL octet stands in the line", i);
    else if (c >= 0x80) fault("rfc2449/3/response-ascii", "an octet above 0x7F stands in the line", i);
    else if (c < 0x20) fault("rfc2449/3/response-printable", "a control octet stands in the line", i);
  }
}

void ResponseReader::State::flush() {
  all->add(chunk);
  if (in_body) body->add(chunk);
  chunk.clear();
}

void ResponseReader::State::add(std::string_view octets) {
  auto& content = reply.content;
  content.octets += octets.size();
  line_octets += octets.size();
  const std::size_t keep = listing ? limits.keep_listing : limits.keep_message;
  if (content.head.size() < keep) {
    const auto room = keep - content.head.size();
    content.head += octets.substr(0, room);
    if (octets.size() > room) content.whole = false;
  } else if (!octets.empty()) {
    content.whole = false;
  }
  if (!content.whole) {
    constexpr std::size_t kTail = 4096;
    content.tail += octets.size() > kTail ? octets.substr(octets.size() - kTail) : octets;
    if (content.tail.size() > 4 * kTail) content.tail.erase(0, content.tail.size() - kTail);
  }
  chunk += octets;
  if (chunk.size() >= 64 * 1024) flush();
}

void ResponseReader::State::end_line() {
  auto& content = reply.content;
  ++content.lines;
  if (in_body) ++content.body_lines;
  if (!in_body && line_octets == 2) {
    flush();
    in_body = true;
    content.has_empty_line = true;
    content.header_octets = content.octets;
  }
  line_octets = 0;
}

bool ResponseReader::State::read_content() {
  for (;;) {
    auto data = rest();
    if (reply.content.octets > limits.content) {
      overflow = true;
      return false;
    }
    if (where == Where::line_start) {
      if (data.empty()) return false;
      if (data[0] == '.') {
        if (data.size() < 3 && std::string_view(".\r\n").starts_with(data) && !planted("reply-dot-at-cut")) return false;
        if (data.starts_with(".\r\n")) {
          take(3);
          finish_content();
          where = Where::done;
          return true;
        }
        // Only when a whole line is there can we tell a bare-LF terminator from text.
        if (data == ".\n") {
          bare_end = true;
          return false;
        }
        bare_end = false;
        if (data.size() > 1 && data[1] != '.') {
          fault("rfc1939/3/byte-stuffing", "a line that begins with '.' has not been byte-stuffed", static_cast<std::size_t>(reply.content.octets), true);
        }
        take(1);
        data = rest();
      }
      where = Where::in_line;
    }
    if (after_bare_lf) {
      if (data == ".") return false;
      if (data == ".\n") {
        bare_end = true;
        return false;
      }
      if (data.empty()) return false;
      after_bare_lf = bare_end = false;
    }
    const auto lf = data.find('\n');
    if (lf == std::string_view::npos) {
      // A CR at the end may be half of a CRLF: it stays.
      const auto n = !data.empty() && data.back() == '\r' && !planted("reply-cr-at-cut") ? data.size() - 1 : data.size();
      add(data.substr(0, n));
      take(n);
      return false;
    }
    const bool crlf = lf > 0 && data[lf - 1] == '\r';
    if (crlf) {
      add(data.substr(0, lf + 1));
      take(lf + 1);
      end_line();
      where = Where::line_start;
      continue;
    }
    ++reply.content.bare_lf;
    add(data.substr(0, lf + 1));
    take(lf + 1);
    after_bare_lf = true;
  }
}

void ResponseReader::State::finish_content() {
  auto& content = reply.content;
  flush();
  if (!content.has_empty_line) content.header_octets = content.octets;
  content.sha256 = all->hex();
  content.body_sha256 = body->hex();
  if (bare_end) {
    fault("rfc1939/3/lines-end-in-crlf", "the response ends in LF '.' LF: its lines end in a bare LF, not in CRLF", static_cast<std::size_t>(content.octets),
          true);
  }
  if (content.whole) content.tail.clear();
}

}  // namespace mailspec::pop3
