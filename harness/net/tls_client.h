// The client's side of TLS, sans I/O, over OpenSSL. Used over sockets and in process alike.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/net/transport.h"

namespace mailspec::net {

// Whom to trust, and under what name.
struct TlsTrust {
  std::string host;    // the name the user gave
  std::string ca_pem;  // certificates to trust; "": the system's
};

class TlsClient {
 public:
  TlsClient(const TlsTrust& trust, const TlsWish& wish);
  ~TlsClient();

  void feed(std::string_view ciphertext);
  std::string take_plaintext();
  void write(std::string_view plaintext);
  std::string take_ciphertext();
  bool established() const;
  bool failed() const;
  bool broken() const;  // failed, and not by the server's alert: what it said is no proper TLS
  bool closed() const;  // close_notify came
  void shutdown();
  std::string trouble() const;
  TlsInfo info() const;

 private:
  struct State;
  std::unique_ptr<State> x;
};

// Runs TLS over any stream: reads and writes of the result are plaintext. Keeps the stream.
class TlsLayer {
 public:
  TlsLayer(Stream& below, const TlsTrust& trust, const TlsWish& wish) : x_below(below), x_client(trust, wish) {}
  Status handshake(double seconds);
  Read read(double seconds);
  Status write(std::string_view octets, double seconds);
  void close();
  const TlsInfo& info() const { return x_info; }

 private:
  Status flush(double seconds);
  Stream& x_below;
  TlsClient x_client;
  TlsInfo x_info;
};

}  // namespace mailspec::net
