#include "harness/net/tcp_transport.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "harness/net/haste.h"

namespace mailspec::net {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kSlice = std::chrono::milliseconds(100);  // after which it is looked whether the run is to end
constexpr std::size_t kMaxUnread = 1024 * 1024;          // what a peer may send while we write

Clock::duration duration_of(double seconds) { return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)); }

// One socket. Reading is always armed until the buffer is full, so that neither side can block the other for ever.
template <class Socket>
class Raw : public Stream {
 public:
  Raw(asio::io_context& context, Socket socket) : x_context(context), x_socket(std::move(socket)) { arm(); }
  ~Raw() override { close(false); }

  Read read(double seconds) override {
    run_until(seconds, [this] { return !x_unread.empty() || x_end; });
    if (!x_unread.empty()) {
      Read out{Read::Kind::data, std::move(x_unread)};
      x_unread.clear();
      arm();
      return out;
    }
    if (x_end) return {*x_end, {}};
    // Whoever asks again after a time-out is to ask no more.
    if (cut_short(Haste::give_up)) return {Read::Kind::eof, {}};
    return {Read::Kind::timeout, {}};
  }

  Status write(std::string_view octets, double seconds) override {
    if (!x_socket.is_open()) return Error{Error::Kind::closed, "the connection is closed"};
    bool done = false;
    boost::system::error_code failed;
    asio::async_write(x_socket, asio::buffer(octets), [&](boost::system::error_code e, std::size_t) {
      failed = e;
      done = true;
    });
    // A peer that does not read for so long is as good as gone.
    run_until(seconds, [&] { return done; });
    if (!done) {
      boost::system::error_code ignored;
      x_socket.cancel(ignored);
      run_until(1, [&] { return done; });
      return Error{Error::Kind::timeout, "the server does not read what it is sent"};
    }
    if (failed) return Error{Error::Kind::closed, "sending failed: " + failed.message()};
    return ok();
  }

  Status start_tls(const TlsWish&, double) override { return ok(); }
  const TlsInfo* tls() const override { return nullptr; }

  void close(bool reset) override {
    if (!x_socket.is_open()) return;
    boost::system::error_code ignored;
    if constexpr (std::is_same_v<Socket, asio::ip::tcp::socket>) {
      if (reset) x_socket.set_option(asio::socket_base::linger(true, 0), ignored);
      else x_socket.shutdown(asio::socket_base::shutdown_both, ignored);
    }
    x_socket.close(ignored);
    run_until(1, [this] { return !x_armed; });
  }

 private:
  void arm() {
    if (x_armed || x_end || x_unread.size() >= kMaxUnread || !x_socket.is_open()) return;
    x_armed = true;
    x_socket.async_read_some(asio::buffer(x_chunk), [this](boost::system::error_code e, std::size_t n) {
      x_armed = false;
      x_unread.append(x_chunk.data(), n);
      if (e == asio::error::eof) x_end = Read::Kind::eof;
      else if (e) x_end = Read::Kind::reset;
      else arm();
    });
  }

  template <class Until>
  void run_until(double seconds, Until until) {
    const auto end = Clock::now() + duration_of(seconds);
    if (x_context.stopped()) x_context.restart();
    x_context.poll();
    while (!until()) {
      if (x_context.stopped()) x_context.restart();
      if (x_context.run_one_until(std::min(end, Clock::now() + kSlice)) == 0 && (Clock::now() >= end || cut_short(Haste::give_up))) return;
      if (!x_armed && !until() && !x_socket.is_open()) return;
    }
  }

  asio::io_context& x_context;
  Socket x_socket;
  std::array<char, 64 * 1024> x_chunk{};
  std::string x_unread;
  std::optional<Read::Kind> x_end;
  bool x_armed = false;
};

// A stream that may raise TLS over itself, and may own the process at its other end.
class SocketStream : public Stream {
 public:
  SocketStream(std::unique_ptr<Stream> raw, const TlsTrust& trust, pid_t child = 0) : x_raw(std::move(raw)), x_trust(trust), x_child(child) {}
  ~SocketStream() override { close(false); }
  Read read(double seconds) override { return x_tls ? x_tls->read(seconds) : x_raw->read(seconds); }
  Status write(std::string_view octets, double seconds) override { return x_tls ? x_tls->write(octets, seconds) : x_raw->write(octets, seconds); }
  Status start_tls(const TlsWish& wish, double seconds) override {
    x_tls = std::make_unique<TlsLayer>(*x_raw, x_trust, wish);
    auto s = x_tls->handshake(seconds);
    if (!s) {
      x_tls.reset();
      close(false);
    }
    return s;
  }
  const TlsInfo* tls() const override { return x_tls ? &x_tls->info() : nullptr; }
  void cut_off() override {
    x_closed = true;  // nothing of TLS is said any more
    close(false);
  }

  void close(bool reset) override {
    if (x_tls && !reset && !x_closed) x_tls->close();
    x_closed = true;
    x_raw->close(reset);
    if (x_child > 0) {
      // The pipe is closed: a server on it ends by itself, or is ended.
      for (int i = 0; i < 100 && ::waitpid(x_child, nullptr, WNOHANG) == 0; ++i) {
        if (i == 50) ::kill(-x_child, SIGTERM);
        if (i == 80) ::kill(-x_child, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      x_child = 0;
    }
  }

 private:
  std::unique_ptr<Stream> x_raw;
  const TlsTrust& x_trust;
  std::unique_ptr<TlsLayer> x_tls;
  pid_t x_child;
  bool x_closed = false;
};

}  // namespace

struct TcpTransport::State {
  asio::io_context context{1};
  TlsTrust trust;
};

TcpTransport::TcpTransport(TlsTrust trust) : x(std::make_unique<State>()) { x->trust = std::move(trust); }
TcpTransport::~TcpTransport() = default;

namespace {

Result<std::unique_ptr<Stream>> spawn(asio::io_context& context, const std::string& command, const TlsTrust& trust) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return Error{Error::Kind::unreachable, "no socket pair for exec:"};
  const pid_t child = ::fork();
  if (child < 0) return Error{Error::Kind::unreachable, "fork failed for exec:" + command};
  if (child == 0) {
    ::setpgid(0, 0);
    ::dup2(pair[1], 0);
    ::dup2(pair[1], 1);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(pair[1]);
  using Local = asio::local::stream_protocol::socket;
  auto raw = std::make_unique<Raw<Local>>(context, Local(context, asio::local::stream_protocol(), pair[0]));
  return std::unique_ptr<Stream>(std::make_unique<SocketStream>(std::move(raw), trust, child));
}

}  // namespace

Result<std::unique_ptr<Stream>> TcpTransport::connect(const Endpoint& endpoint, double seconds) {
  if (endpoint.host == kExecHost) return spawn(x->context, endpoint.port, x->trust);
  using asio::ip::tcp;
  boost::system::error_code error;
  tcp::resolver resolver(x->context);
  const auto addresses = resolver.resolve(endpoint.host, endpoint.port, error);
  if (error) return Error{Error::Kind::unreachable, endpoint.text() + ": " + error.message()};
  tcp::socket socket(x->context);
  bool done = false;
  asio::async_connect(socket, addresses, [&](boost::system::error_code e, const tcp::endpoint&) {
    error = e;
    done = true;
  });
  const auto end = Clock::now() + duration_of(seconds);
  while (!done && Clock::now() < end && !cut_short(Haste::give_up)) {
    if (x->context.stopped()) x->context.restart();
    x->context.run_one_until(std::min(end, Clock::now() + kSlice));
  }
  if (!done) {
    boost::system::error_code ignored;
    socket.close(ignored);
    while (!done) {
      if (x->context.stopped()) x->context.restart();
      x->context.run_one();
    }
    return Error{Error::Kind::unreachable, endpoint.text() + ": no connection in time"};
  }
  if (error) return Error{Error::Kind::unreachable, endpoint.text() + ": " + error.message()};
  socket.set_option(tcp::no_delay(true), error);
  auto stream = std::make_unique<SocketStream>(std::make_unique<Raw<tcp::socket>>(x->context, std::move(socket)), x->trust);
  if (endpoint.implicit_tls) {
    if (auto s = stream->start_tls({}, seconds); !s) return s.error();
  }
  return std::unique_ptr<Stream>(std::move(stream));
}

double TcpTransport::now() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }
void TcpTransport::wait(double seconds) {
  for (const auto end = Clock::now() + duration_of(seconds); Clock::now() < end && !cut_short(Haste::no_waits);)
    std::this_thread::sleep_until(std::min(end, Clock::now() + kSlice));
}

}  // namespace mailspec::net
