// The reference server without its sockets: connections take network octets and give network octets, TLS included.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "reference_server/net/protocol_session.h"
#include "reference_server/net/tls_server.h"
#include "reference_server/options.h"
#include "reference_server/store/maildrop.h"

namespace mailspec::reference {

class Connection {
 public:
  // `tls` begins TLS when it is needed: at once for implicit TLS, else after STLS or STARTTLS.
  // `down` is set when a frailty (Options) ends the service.
  Connection(std::unique_ptr<ProtocolSession> session, std::function<std::unique_ptr<TlsServer>()> tls, bool implicit_tls, bool& down);
  ~Connection();

  void feed(std::string_view octets, double now);
  void tick(double now);
  std::string output(std::size_t max, double now);
  bool closed() const { return x_closed || x_down; }  // all is said; the socket is to be closed
  void peer_closed();

 private:
  void start_tls(double now);
  void feed_session(std::string_view octets, double now);
  std::string output_piece(std::size_t piece, std::size_t max, double now);
  std::string output_all(std::size_t max, double now);

  std::unique_ptr<ProtocolSession> x_session;
  std::unique_ptr<TlsServer> x_tls;
  std::function<std::unique_ptr<TlsServer>()> x_begin_tls;
  bool x_closed = false, x_silent = false;
  bool& x_down;
  std::string x_sent;     // kept for frailties only
  std::string x_pending;  // of output sent in small pieces
};

enum class Protocol { pop3, imap };

class Server {
 public:
  // `repeatable`: its nonces are no secrets, so that two servers that are asked the same send the same octets.
  explicit Server(Options options, bool repeatable = false);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Store& store() { return x_store; }
  const Options& options() const { return x_options; }
  std::unique_ptr<Connection> accept(Protocol protocol, bool implicit_tls, double now);
  const TlsContext& tls();            // made when first asked for
  void restart() { x_down = false; }  // after a frailty has ended the service

 private:
  Options x_options;
  Store x_store;
  std::unique_ptr<TlsContext> x_tls;
  bool x_down = false;
  std::uint64_t x_connections = 0;
  bool x_repeatable = false;
};

}  // namespace mailspec::reference
