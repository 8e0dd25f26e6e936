#include "harness/tls/hello.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mailspec::tls {

namespace {

constexpr std::size_t kMost = 128 * 1024;
constexpr std::uint8_t kAlert = 21, kHandshake = 22;                                 // RFC 5246 6.2.1
constexpr std::uint8_t kServerHello = 2, kServerKeyExchange = 12, kServerDone = 14;  // RFC 5246 7.4
constexpr std::uint16_t kServerName = 0, kGroups = 10, kPointFormats = 11, kSignatures = 13, kEncryptThenMac = 22, kExtendedMasterSecret = 23,
                        kRenegotiationInfo = 0xFF01;

const std::vector<std::uint16_t> kSmallCurves{1, 2, 3, 4, 5, 15, 16, 17, 18, 19};  // sect163k1 to sect193r2, secp160k1 to secp192r1 (RFC 8422 5.1.1)

std::string u8(std::size_t n) { return {static_cast<char>(n)}; }
std::string u16(std::size_t n) { return u8(n >> 8) + u8(n & 0xFF); }
std::string u24(std::size_t n) { return u8(n >> 16) + u16(n & 0xFFFF); }
std::string sized8(const std::string& s) { return u8(s.size()) + s; }
std::string sized16(const std::string& s) { return u16(s.size()) + s; }
std::string extension(std::uint16_t type, const std::string& body) { return u16(type) + sized16(body); }

std::string list(const std::vector<std::uint16_t>& numbers) {
  std::string out;
  for (const auto n : numbers) out += u16(n);
  return out;
}

// Thirty-two octets that nothing rests on: no handshake is finished.
std::string filler(std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += static_cast<char>(0x51 + i * 7 % 0x61);
  return out;
}

bool is_name(const std::string& host) {
  return !host.empty() && host.find(':') == std::string::npos && host.find_first_not_of("0123456789.") != std::string::npos;
}

std::string extensions(const Hello& hello) {
  std::string out;
  if (is_name(hello.host)) out += extension(kServerName, sized16(u8(0) + sized16(hello.host)));
  static const std::vector<std::uint16_t> usual{29, 23, 24, 25};  // x25519, secp256r1, secp384r1, secp521r1
  out += extension(kGroups, sized16(list(hello.small_curves ? kSmallCurves : usual)));
  out += extension(kPointFormats, sized8(u8(0)));
  // SHA-256, SHA-384 and SHA-512 with RSA-PSS, RSA and ECDSA; SHA-1 last, for what is old.
  out += extension(kSignatures, sized16(list({0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203, 0x0202})));
  out += extension(kEncryptThenMac, "");
  out += extension(kExtendedMasterSecret, "");
  out += extension(kRenegotiationInfo, u8(0));
  return out;
}

// RFC 6101 appendix E: the hello of SSL 2, with its seven ciphers.
std::string ssl2_hello() {
  static const std::string ciphers("\x01\x00\x80\x02\x00\x80\x03\x00\x80\x04\x00\x80\x05\x00\x80\x06\x00\x40\x07\x00\xC0", 21);
  const auto body = u8(1) + u16(0x0002) + u16(ciphers.size()) + u16(0) + u16(16) + ciphers + filler(16);
  return u16(0x8000 | body.size()) + body;
}

// Reads big-endian numbers and counted pieces; what is not there makes it `bad`, and reads as nothing.
struct Reader {
  std::string_view left;
  bool bad = false;

  std::size_t number(int octets) {
    std::size_t n = 0;
    for (const char c : take(static_cast<std::size_t>(octets))) n = n << 8 | static_cast<std::uint8_t>(c);
    return n;
  }
  std::string_view take(std::size_t n) {
    if (n > left.size()) {
      bad = true;
      n = 0;
    }
    const auto piece = left.substr(0, n);
    left.remove_prefix(n);
    return piece;
  }
};

}  // namespace

std::optional<HelloVersion> hello_version(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, HelloVersion>, 5> words{{{"ssl2", HelloVersion::ssl2},
                                                                                   {"ssl3", HelloVersion::ssl3},
                                                                                   {"1.0", HelloVersion::tls1_0},
                                                                                   {"1.1", HelloVersion::tls1_1},
                                                                                   {"1.2", HelloVersion::tls1_2}}};
  for (const auto& [text, version] : words) {
    if (text == word) return version;
  }
  return std::nullopt;
}

bool is_small_curve(std::uint16_t curve) { return std::ranges::find(kSmallCurves, curve) != kSmallCurves.end(); }

std::string name_of(HelloVersion version) {
  if (version == HelloVersion::ssl2) return "SSL 2";
  if (version == HelloVersion::ssl3) return "SSL 3";
  return "TLS 1." + std::to_string(static_cast<int>(version) - static_cast<int>(HelloVersion::tls1_0));
}

std::string client_hello(const Hello& hello) {
  if (hello.version == HelloVersion::ssl2) return ssl2_hello();
  const auto version = static_cast<std::uint16_t>(hello.version);
  auto body = u16(version) + filler(32) + sized8("") + sized16(list(hello.suites));
  body += sized8(hello.compression ? std::string("\x01\x00", 2) : u8(0));
  if (hello.version != HelloVersion::ssl3) body += sized16(extensions(hello));
  const auto message = u8(1) + u24(body.size()) + body;
  return u8(kHandshake) + u16(std::min<std::uint16_t>(version, 0x0301)) + sized16(message);
}

void HelloReader::finish(HelloAnswer::Kind kind, std::string how) {
  x_answer.kind = kind;
  x_answer.how = kind == HelloAnswer::Kind::no_tls ? "what came is no TLS" : std::move(how);
  x_done = true;
  x_in.clear();
  x_handshake.clear();
}

void HelloReader::ended() {
  if (!x_done) finish(x_chosen ? HelloAnswer::Kind::chosen : HelloAnswer::Kind::refused, "closed");
}

void HelloReader::feed(std::string_view octets) {
  if (x_done) return;
  octets = octets.substr(0, kMost - x_fed);
  x_fed += octets.size();
  x_in += octets;
  records();
  if (!x_done && x_fed == kMost) finish(x_chosen ? HelloAnswer::Kind::chosen : HelloAnswer::Kind::no_tls);
}

void HelloReader::records() {
  // SSL 2's SERVER-HELLO: a length with its highest bit set, and 4.
  if (!x_begun && x_in.size() >= 3 && (static_cast<std::uint8_t>(x_in[0]) & 0x80) && x_in[2] == 4) {
    x_answer.version = static_cast<std::uint16_t>(HelloVersion::ssl2);
    return finish(HelloAnswer::Kind::chosen);
  }
  std::string_view left = x_in;
  while (!x_done && left.size() >= 5) {
    Reader head{left.substr(0, 5)};
    const auto type = head.number(1), major = head.number(1);
    head.number(1);
    const auto length = head.number(2);
    if ((type != kAlert && type != kHandshake) || major != 3) return finish(x_chosen ? HelloAnswer::Kind::chosen : HelloAnswer::Kind::no_tls);
    if (left.size() < 5 + length) break;
    const auto body = left.substr(5, length);
    left.remove_prefix(5 + length);
    x_begun = true;
    if (type == kHandshake) {
      x_handshake += body;
      messages();
      continue;
    }
    // A warning, such as unrecognized_name, ends nothing.
    if (body.size() < 2) return finish(x_chosen ? HelloAnswer::Kind::chosen : HelloAnswer::Kind::no_tls);
    if (body[0] == 1 && body[1] != 0) continue;
    return finish(x_chosen ? HelloAnswer::Kind::chosen : HelloAnswer::Kind::refused, "alert " + std::to_string(static_cast<std::uint8_t>(body[1])));
  }
  if (!x_done) x_in.erase(0, x_in.size() - left.size());
}

void HelloReader::messages() {
  std::string_view left = x_handshake;
  while (!x_done && left.size() >= 4) {
    Reader head{left.substr(0, 4)};
    const auto type = head.number(1), length = head.number(3);
    if (left.size() < 4 + length) break;
    const auto body = left.substr(4, length);
    left.remove_prefix(4 + length);
    if (!x_chosen && type != kServerHello) return finish(HelloAnswer::Kind::no_tls);
    if (type == kServerHello) server_hello(body);
    else if (type == kServerKeyExchange) key_exchange(body);
    else if (type == kServerDone) finish(HelloAnswer::Kind::chosen);
  }
  if (!x_done) x_handshake.erase(0, x_handshake.size() - left.size());
}

void HelloReader::server_hello(std::string_view body) {
  Reader r{body};
  x_answer.version = static_cast<std::uint16_t>(r.number(2));
  r.take(32);
  r.take(r.number(1));
  x_answer.suite = static_cast<std::uint16_t>(r.number(2));
  x_answer.compressed = r.number(1) != 0;
  if (r.bad) return finish(HelloAnswer::Kind::no_tls);
  if (!r.left.empty()) {
    Reader all{r.take(r.number(2))};
    while (!all.left.empty() && !all.bad) {
      const auto type = all.number(2);
      all.take(all.number(2));
      x_answer.renegotiation_info |= type == kRenegotiationInfo;
      x_answer.extended_master_secret |= type == kExtendedMasterSecret;
      x_answer.encrypt_then_mac |= type == kEncryptThenMac;
    }
  }
  x_chosen = true;
  // The size of the group stands in a later message.
  if (family_of(x_answer.suite) != "dhe" && !x_wants_curve) finish(HelloAnswer::Kind::chosen);
}

void HelloReader::key_exchange(std::string_view body) {
  Reader r{body};
  if (family_of(x_answer.suite) != "dhe") {
    constexpr std::size_t kNamedCurve = 3;  // RFC 8422 5.4
    if (r.number(1) == kNamedCurve) x_answer.curve = static_cast<std::uint16_t>(r.number(2));
    return finish(HelloAnswer::Kind::chosen);
  }
  auto prime = r.take(r.number(2));
  while (!prime.empty() && prime[0] == 0) prime.remove_prefix(1);
  int bits = static_cast<int>(prime.size()) * 8;
  for (int top = prime.empty() ? 0x80 : static_cast<std::uint8_t>(prime[0]); top < 0x80; top <<= 1) --bits;
  x_answer.dh_bits = bits;
  finish(HelloAnswer::Kind::chosen);
}

}  // namespace mailspec::tls
