#include "reference_server/serve/serve.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace mailspec::reference {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

double seconds_now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// One client: what it sends goes to the Connection, what that says goes back, in turn.
class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(tcp::socket socket, std::unique_ptr<Connection> connection)
      : x_socket(std::move(socket)), x_timer(x_socket.get_executor()), x_connection(std::move(connection)) {}

  void start() {
    Error ignored;
    x_socket.set_option(tcp::no_delay(true), ignored);
    write();
    read();
    tick();
  }

 private:
  void read() {
    x_socket.async_read_some(asio::buffer(x_in), [self = shared_from_this()](Error e, std::size_t n) {
      if (e) return self->end();
      self->x_connection->feed({self->x_in.data(), n}, seconds_now());
      if (!self->x_writing) self->write();
      if (!self->x_ended) self->read();
    });
  }

  void write() {
    x_out = x_connection->output(64 * 1024, seconds_now());
    if (x_out.empty()) {
      if (x_connection->closed()) end();
      return;
    }
    x_writing = true;
    asio::async_write(x_socket, asio::buffer(x_out), [self = shared_from_this()](Error e, std::size_t) {
      self->x_writing = false;
      if (e) return self->end();
      self->write();
    });
  }

  void tick() {
    x_timer.expires_after(std::chrono::seconds(1));
    x_timer.async_wait([self = shared_from_this()](Error e) {
      if (e || self->x_ended) return;
      self->x_connection->tick(seconds_now());
      if (!self->x_writing) self->write();
      if (!self->x_ended) self->tick();
    });
  }

  void end() {
    if (x_ended) return;
    x_ended = true;
    x_connection->peer_closed();
    x_timer.cancel();
    Error ignored;
    x_socket.shutdown(tcp::socket::shutdown_both, ignored);
    x_socket.close(ignored);
  }

  tcp::socket x_socket;
  asio::steady_timer x_timer;
  std::unique_ptr<Connection> x_connection;
  std::array<char, 16 * 1024> x_in{};
  std::string x_out;
  bool x_writing = false, x_ended = false;
};

class Listener {
 public:
  Listener(asio::io_context& context, Server& server, const tcp::endpoint& endpoint, Protocol protocol, bool implicit_tls)
      : x_acceptor(context, endpoint), x_pause(context), x_server(server), x_protocol(protocol), x_implicit_tls(implicit_tls) {
    accept();
  }
  std::uint16_t port() const { return x_acceptor.local_endpoint().port(); }

 private:
  void accept() {
    x_acceptor.async_accept([this](Error e, tcp::socket socket) {
      if (!e) std::make_shared<Client>(std::move(socket), x_server.accept(x_protocol, x_implicit_tls, seconds_now()))->start();
      if (!e) return accept();
      // Out of descriptors, most likely: those who are here go first.
      x_pause.expires_after(std::chrono::milliseconds(100));
      x_pause.async_wait([this](Error stopped) {
        if (!stopped) accept();
      });
    });
  }
  tcp::acceptor x_acceptor;
  asio::steady_timer x_pause;
  Server& x_server;
  Protocol x_protocol;
  bool x_implicit_tls;
};

}  // namespace

std::string serve(Server& server, const std::string& address, Ports ports, const std::function<void(Ports)>& ready, const std::atomic<bool>& stop) {
  try {
    asio::io_context context(1);
    const auto host = asio::ip::make_address(address);
    Listener pop3(context, server, {host, ports.pop3}, Protocol::pop3, false);
    Listener pop3s(context, server, {host, ports.pop3s}, Protocol::pop3, true);
    Listener imap(context, server, {host, ports.imap}, Protocol::imap, false);
    Listener imaps(context, server, {host, ports.imaps}, Protocol::imap, true);
    ready({pop3.port(), pop3s.port(), imap.port(), imaps.port()});
    while (!stop) context.run_for(std::chrono::milliseconds(100));
    return {};
  } catch (const boost::system::system_error& e) {
    return e.code().message();
  }
}

}  // namespace mailspec::reference
