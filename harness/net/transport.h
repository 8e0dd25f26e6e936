// What the runner needs of a network: connections that block with a time-out, and a clock. No Asio here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace mailspec::net {

enum class TlsVersion { tls1_0, tls1_1, tls1_2, tls1_3 };

// What the client side asks of a handshake.
struct TlsWish {
  TlsVersion min = TlsVersion::tls1_2;
  TlsVersion max = TlsVersion::tls1_3;
  std::string alpn;  // the one protocol to offer (RFC 7301); "": none
};

// What a handshake gave.
struct TlsInfo {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  std::string alpn;           // what the server chose; "": nothing
  bool name_matches = false;  // the host name stands in subjectAltName (RFC 7817)
  bool dates_hold = false;    // not before and not after
  bool chain_holds = false;   // up to the CA of the target, or the system's
  bool asked_for_certificate = false;
  bool signature_holds = false;  // the certificate is not signed over MD5 or SHA-1, or by itself, where nobody relies on it
  int security_bits = 0;         // of the certificate's key (112 is RSA 2048)
  std::string trouble;           // what verification said
};

struct Read {
  enum class Kind { data, eof, reset, timeout } kind = Kind::timeout;
  std::string octets;
  bool tls_truncated = false;  // eof without close_notify
};

class Stream {
 public:
  virtual ~Stream() = default;
  // Waits for octets, an end, or `seconds`.
  virtual Read read(double seconds) = 0;
  // Sends all; what the peer sends meanwhile is kept for `read`, within bounds.
  virtual Status write(std::string_view octets, double seconds) = 0;
  virtual Status start_tls(const TlsWish& wish, double seconds) = 0;
  virtual const TlsInfo* tls() const = 0;  // nullptr in clear
  virtual void close(bool reset) = 0;
  // Ends the connection below TLS, without close_notify, as whoever stands between could.
  virtual void cut_off() { close(false); }
};

struct Endpoint {
  std::string host;
  std::string port;
  bool implicit_tls = false;
  std::string text() const { return host.ends_with(':') ? host + port : host + ":" + port; }
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<std::unique_ptr<Stream>> connect(const Endpoint& endpoint, double seconds) = 0;
  virtual double now() = 0;               // seconds, from any start
  virtual void wait(double seconds) = 0;  // virtual time passes at once
  virtual bool virtual_time() const = 0;
};

}  // namespace mailspec::net
