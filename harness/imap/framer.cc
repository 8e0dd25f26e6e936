#include "harness/imap/framer.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"

namespace mailspec::imap {

struct Framer::Digest {
  Digest() : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~Digest() { EVP_MD_CTX_free(context); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view octets) { EVP_DigestUpdate(context, octets.data(), octets.size()); }
  std::string hex() {
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    EVP_DigestFinal_ex(context, raw, &n);
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (unsigned i = 0; i < n; ++i) out += {kDigits[raw[i] >> 4], kDigits[raw[i] & 15]};
    return out;
  }
  EVP_MD_CTX* context;
};

const Literal* Frame::literal_at(std::size_t place) const {
  const auto at = [&](std::size_t n) { return n < octets.size() ? octets[n] : '\0'; };
  auto end = place + (at(place) == '~');
  if (at(end++) != '{') return nullptr;
  while (is_digit(at(end))) ++end;
  if (octets.compare(std::min(end, octets.size()), 3, "}\r\n") != 0) return nullptr;
  const auto it = std::ranges::lower_bound(literals, end + 3, {}, &Literal::at);
  return it != literals.end() && it->at == end + 3 ? &*it : nullptr;
}

Framer::Framer(Limits limits) : x_limits(limits) {}
Framer::~Framer() = default;
Framer::Framer(Framer&&) noexcept = default;
Framer& Framer::operator=(Framer&&) noexcept = default;

void Framer::feed(std::string_view octets) {
  if (x_at > 0 && x_at >= x_in.size() / 2) {
    x_in.erase(0, x_at);
    x_scanned -= x_at;
    x_at = 0;
  }
  x_in += octets;
}

void Framer::consume(std::size_t n) {
  x_at += n;
  x_scanned = x_at;
  if (x_at < x_in.size()) return;
  x_in.clear();
  x_at = x_scanned = 0;
}

std::string Framer::abandon() {
  std::string out = std::exchange(x_frame, {}).octets + std::exchange(x_in, {}).substr(x_at);
  x_at = x_scanned = x_outside = 0;
  x_in_literal = false;
  x_digest.reset();
  return out;
}

namespace {

// Is this a status response, and if so, is its response code still open at the end of `line`?
bool in_human_text(std::string_view line) {
  auto space = line.find(' ');
  if (space == std::string_view::npos) return false;
  if (line.substr(0, space) == "+") return true;
  const auto rest = line.substr(space + 1);
  const auto word = rest.substr(0, rest.find(' '));
  const bool status = iequals(word, "OK") || iequals(word, "NO") || iequals(word, "BAD") || iequals(word, "BYE") || iequals(word, "PREAUTH");
  if (!status) return false;
  const auto text = rest.substr(std::min(word.size() + 1, rest.size()));
  return !text.starts_with('[') || text.find(']') != std::string_view::npos;
}

}  // namespace

bool announces_literal(std::string_view so_far, std::size_t line, std::uint64_t& size, bool& binary) {
  if (!so_far.ends_with('}')) return false;
  const auto open = so_far.rfind('{');
  if (open == std::string_view::npos || open < line) return false;
  const auto n = parse_number(so_far.substr(open + 1, so_far.size() - open - 2));
  if (!n) return false;
  if (in_human_text(so_far)) return false;
  size = *n;
  binary = open > 0 && so_far[open - 1] == '~';
  return true;
}

bool Framer::take_literal() {
  auto& l = x_frame.literals.back();
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(x_literal_left, x_in.size() - x_at));
  const auto piece = std::string_view(x_in).substr(x_at, n);
  if (x_digest) x_digest->add(planted("framer-digest-loses-octet") ? piece.substr(0, piece.size() - 1) : piece);
  if (piece.find('\0') != std::string_view::npos) l.has_nul = true;
  const auto room = (x_digest ? x_limits.keep_end : x_limits.keep) - std::min(l.kept, x_digest ? x_limits.keep_end : x_limits.keep);
  const auto keep = std::min(room, n);
  x_frame.octets += piece.substr(0, keep);
  l.kept += keep;
  x_literal_left -= n;
  consume(n);
  if (x_literal_left > 0) return false;
  if (x_digest) l.sha256 = x_digest->hex();
  x_digest.reset();
  x_in_literal = false;
  return true;
}

// True when a whole response stands in x_frame.
bool Framer::take_line() {
  const auto lf = x_in.find('\n', x_scanned);
  const auto n = (lf == std::string::npos ? x_in.size() : lf + 1) - x_at;
  if (x_outside + n > x_limits.line) {
    x_frame.octets += x_in.substr(x_at, std::min(n, x_limits.keep_end));
    x_frame.breach = "the response is longer than " + std::to_string(x_limits.line) + " octets without its literals";
    x_frame.breach_at = x_frame.octets.size();
    x_frame.lost = true;
    consume(x_in.size() - x_at);
    return true;
  }
  if (lf == std::string::npos) {
    x_scanned = x_in.size() + (!x_frame.literals.empty() && planted("framer-lf-after-literal"));
    return false;
  }
  auto line = std::string_view(x_in).substr(x_at, lf - x_at);
  const auto from = x_frame.octets.size();
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  } else if (x_frame.breach.empty()) {
    x_frame.breach = "the line ends in LF without CR";
    x_frame.breach_at = from + line.size();
  }
  if (const auto bad = line.find_first_of(std::string_view("\r\0", 2)); bad != std::string_view::npos && x_frame.breach.empty()) {
    x_frame.breach = line[bad] == '\r' ? "a bare CR stands in the line" : "a NUL stands in the line";
    x_frame.breach_at = from + bad;
  }
  x_frame.octets += line;
  x_outside += n;
  std::uint64_t size = 0;
  bool binary = false;
  // What a literal is can be seen from the line as a whole: of a status response only the code has some.
  const bool literal = announces_literal(x_frame.octets, from, size, binary);
  consume(n);
  if (!literal) return true;
  if (size > x_limits.literal || x_frame.literals.size() >= x_limits.literals) {
    x_frame.breach = size > x_limits.literal ? "a literal of " + std::to_string(size) + " octets is announced"
                                             : "the response has more than " + std::to_string(x_limits.literals) + " literals";
    x_frame.breach_at = x_frame.octets.size();
    x_frame.lost = true;
    consume(x_in.size() - x_at);
    return true;
  }
  x_frame.octets += "\r\n";
  Literal l;
  l.at = x_frame.octets.size() + (planted("framer-second-literal") && !x_frame.literals.empty());
  l.size = size;
  l.binary = binary;
  x_frame.literals.push_back(std::move(l));
  if (size > x_limits.keep) x_digest = std::make_unique<Digest>();
  x_literal_left = size;
  x_in_literal = true;
  return false;
}

std::optional<Frame> Framer::next() {
  for (;;) {
    if (x_in_literal) {
      if (!take_literal()) return std::nullopt;
      continue;
    }
    if (x_at == x_in.size()) return std::nullopt;
    if (take_line()) {
      x_outside = 0;
      return std::exchange(x_frame, {});
    }
    if (!x_in_literal) return std::nullopt;
  }
}

}  // namespace mailspec::imap
