#include "reference_server/net/false_hello.h"

#include <cstdint>

namespace mailspec::reference {

namespace {

std::size_t number(std::string_view octets, std::size_t at, std::size_t size) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < size && at + i < octets.size(); ++i) n = n << 8 | static_cast<std::uint8_t>(octets[at + i]);
  return n;
}

std::string octets_of(std::size_t n, int size) {
  std::string out;
  while (size-- > 0) out += static_cast<char>(n >> (8 * size) & 0xFF);
  return out;
}

std::string message(int type, const std::string& body) { return octets_of(static_cast<std::size_t>(type), 1) + octets_of(body.size(), 3) + body; }

// RFC 8446 section 4.2.1: with supported_versions the client offers TLS 1.3, and TLS 1.2 is not what is chosen. `at`: the compression methods.
bool offers_later_versions(std::string_view hello, std::size_t at) {
  at += 1 + number(hello, at, 1) + 2;
  while (at + 4 <= hello.size()) {
    if (number(hello, at, 2) == 43) return true;
    at += 4 + number(hello, at + 2, 2);
  }
  return false;
}

bool wanted(std::string_view hello, const Options::TlsChoice& choice) {
  // Record header 5, message header 4, version 2, random 32, session id.
  if (number(hello, 9, 2) != choice.version) return false;
  const std::size_t at = 44 + number(hello, 43, 1), count = number(hello, at, 2);
  if (offers_later_versions(hello, at + 2 + count)) return false;
  bool offered = false, better = false;
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    const auto suite = number(hello, at + 2 + i, 2);
    offered = offered || suite == choice.suite;
    better = better || suite == 0xC02F || suite == 0xC030;
  }
  return offered && !(better && choice.last_resort);
}

}  // namespace

std::optional<std::string> false_hello(std::string_view hello, const Options::TlsChoice& choice) {
  if (hello.size() < 5) return std::nullopt;
  if (hello[0] & 0x80) {
    static const std::string ssl2_server_hello = octets_of(0x800B, 2) + octets_of(4, 1) + octets_of(0, 2) + octets_of(2, 2) + octets_of(0, 6);
    return choice.version == 2 && hello[2] == 1 ? ssl2_server_hello : "";
  }
  if (hello.size() < 5 + number(hello, 3, 2)) return std::nullopt;
  if (!wanted(hello, choice)) return "";
  std::string extensions;
  if (choice.renegotiation_info) extensions += octets_of(0xFF01, 2) + octets_of(1, 2) + octets_of(0, 1);
  if (choice.extended_master_secret) extensions += octets_of(23, 2) + octets_of(0, 2);
  if (choice.encrypt_then_mac) extensions += octets_of(22, 2) + octets_of(0, 2);
  auto said = message(2, octets_of(choice.version, 2) + std::string(32, 'r') + octets_of(0, 1) + octets_of(choice.suite, 2) +
                             octets_of(choice.compressed ? 1 : 0, 1) + octets_of(extensions.size(), 2) + extensions);
  if (choice.dh_bits) {
    const auto group = std::string(1, '\xC1') + std::string(static_cast<std::size_t>(choice.dh_bits) / 8 - 1, 'p');
    said += message(12, octets_of(group.size(), 2) + group + octets_of(1, 2) + octets_of(2, 1) + octets_of(1, 2) + octets_of(3, 1));
  }
  if (choice.curve) said += message(12, octets_of(3, 1) + octets_of(choice.curve, 2) + octets_of(1, 1) + octets_of(4, 1));
  return octets_of(22, 1) + octets_of(choice.version, 2) + octets_of(said.size(), 2) + said;
}

}  // namespace mailspec::reference
