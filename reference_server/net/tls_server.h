// The server's side of TLS, sans I/O: ciphertext in and out, plaintext in and out. OpenSSL does the work.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reference_server/options.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;

namespace mailspec::reference {

// A context with a fresh self-signed certificate for localhost (RFC 7817: names in subjectAltName), and its PEM.
class TlsContext {
 public:
  explicit TlsContext(const Options& options);  // which must outlive it
  SSL_CTX* get() const { return x_context.get(); }
  const Options& options() const { return x_options; }
  const std::string& certificate_pem() const { return x_pem; }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> x_context;
  std::string x_pem;
  const Options& x_options;
};

class TlsServer {
 public:
  // `alpn` is the name of what is spoken under it: "imap" or "pop3" (RFC 7301; IANA's registry).
  TlsServer(const TlsContext& context, std::string alpn);
  ~TlsServer();

  void feed(std::string_view ciphertext);
  std::string take_plaintext();
  void write(std::string_view plaintext);
  std::string take_ciphertext();
  bool established() const;
  bool failed() const;  // the handshake or the record layer broke
  bool closed() const;  // close_notify came
  void shutdown();      // sends close_notify

 private:
  friend class TlsContext;
  struct State;
  static int choose_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*);
  std::unique_ptr<State> x;
};

}  // namespace mailspec::reference
