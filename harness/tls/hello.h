// A ClientHello of one's own making (RFC 5246 section 7.4.1.2, RFC 6101 for SSL 3), to learn what a server would negotiate that today's OpenSSL no longer
// offers. No handshake is finished: the answer is read as far as the server's choice. Sans I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::tls {

enum class HelloVersion : std::uint16_t { ssl2 = 0x0002, ssl3 = 0x0300, tls1_0 = 0x0301, tls1_1 = 0x0302, tls1_2 = 0x0303 };

std::optional<HelloVersion> hello_version(std::string_view word);  // "ssl2", "ssl3", "1.0", "1.1", "1.2"
std::string name_of(HelloVersion version);                         // "TLS 1.2"

// Cipher suites by what is to be said of them: null, anonymous, rc4, weak (less than 112 bits), 3des, rsa (key transport), static (Diffie-Hellman),
// dhe, cbc (with ECDHE), strong (ECDHE with AEAD). A suite's own name gives that one alone. Empty for any other word.
std::vector<std::uint16_t> suites_of(std::string_view family);
const std::vector<std::string>& suite_families();
bool is_small_curve(std::uint16_t curve);         // of less than 224 bits
std::string_view family_of(std::uint16_t suite);  // "" if it is in none
std::string suite_name(std::uint16_t suite);      // "TLS_RSA_WITH_RC4_128_SHA", or "0x1301"

struct Hello {
  HelloVersion version = HelloVersion::tls1_2;
  std::vector<std::uint16_t> suites{};  // in order of preference
  std::string host{};                   // server_name; "" or an address: none is sent
  bool compression = false;             // offers DEFLATE (RFC 3749) beside none
  bool small_curves = false;            // offers curves of less than 224 bits only
};

std::string client_hello(const Hello& hello);

// What the server made of it.
struct HelloAnswer {
  enum class Kind { refused, chosen, no_tls } kind = Kind::refused;  // no_tls: what came is no TLS
  std::string how;                                                   // of a refusal: "alert 40", "closed"
  std::uint16_t version = 0, suite = 0;
  bool compressed = false, renegotiation_info = false, extended_master_secret = false, encrypt_then_mac = false;
  int dh_bits = 0;          // of the prime of ServerKeyExchange, with DHE suites; 0: not told
  std::uint16_t curve = 0;  // that ServerKeyExchange names, with ECDHE suites; 0: not told
  bool operator==(const HelloAnswer&) const = default;
};

// Reads the answer, fed in any pieces; at most 128 KiB are kept.
class HelloReader {
 public:
  // `curve`: reads on to the curve of an ECDHE suite, as with DHE suites to the group.
  explicit HelloReader(bool curve = false) : x_wants_curve(curve) {}
  void feed(std::string_view octets);
  void ended();  // the server closed
  bool done() const { return x_done; }
  const HelloAnswer& answer() const { return x_answer; }

 private:
  void records();
  void messages();
  void server_hello(std::string_view body);
  void key_exchange(std::string_view body);
  void finish(HelloAnswer::Kind kind, std::string how = {});

  std::string x_in, x_handshake;
  std::size_t x_fed = 0;
  bool x_wants_curve;
  bool x_begun = false;  // a record was read
  bool x_done = false;
  bool x_chosen = false;  // ServerHello came; the key exchange of DHE is awaited
  HelloAnswer x_answer;
};

}  // namespace mailspec::tls
