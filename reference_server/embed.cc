#include "reference_server/embed.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/net/tls_client.h"
#include "reference_server/deviations/deviations.h"
#include "reference_server/imap/extensions.h"

namespace mailspec {

namespace {
class EmbeddedStream;
}

struct EmbeddedTransport::World {
  reference::Server& server;
  double now = 0;
  std::vector<EmbeddedStream*> open;
  std::uint64_t* said = nullptr;

  void pass(double seconds);
  void note(std::string_view octets);
};

namespace {

// One connection without a socket. Raw octets go straight to the server's Connection; TLS is real, over memory.
class EmbeddedStream : public net::Stream {
 public:
  EmbeddedStream(EmbeddedTransport::World& world, reference::Protocol protocol, bool implicit_tls)
      : x_world(world), x_raw(*this), x_connection(world.server.accept(protocol, implicit_tls, world.now)) {
    world.open.push_back(this);
  }
  ~EmbeddedStream() override {
    close(false);
    std::erase(x_world.open, this);
  }

  net::Read read(double seconds) override {
    auto read = x_tls ? x_tls->read(seconds) : x_raw.read(seconds);
    if (x_world.said) x_world.note(read.octets + static_cast<char>(read.kind));
    return read;
  }
  Status write(std::string_view octets, double seconds) override { return x_tls ? x_tls->write(octets, seconds) : x_raw.write(octets, seconds); }

  Status start_tls(const net::TlsWish& wish, double seconds) override {
    x_tls = std::make_unique<net::TlsLayer>(x_raw, net::TlsTrust{"localhost", x_world.server.tls().certificate_pem()}, wish);
    auto s = x_tls->handshake(seconds);
    if (!s) {
      x_tls.reset();
      close(false);
    } else if (x_world.said) {
      const auto& i = x_tls->info();
      x_world.note(i.version + i.cipher + i.alpn + i.trouble + (i.asked_for_certificate ? "asked" : ""));
    }
    return s;
  }
  const net::TlsInfo* tls() const override { return x_tls ? &x_tls->info() : nullptr; }

  void close(bool) override {
    if (!x_connection) return;
    x_connection->peer_closed();
    x_connection.reset();
  }

  void tick(double now) {
    if (x_connection) x_connection->tick(now);
  }

 private:
  struct Raw : net::Stream {
    explicit Raw(EmbeddedStream& owner) : x(owner) {}
    net::Read read(double seconds) override {
      if (!x.x_connection) return {net::Read::Kind::reset, {}};
      // What a server delays comes when it is due, and no later.
      constexpr double kStep = 0.5;
      for (double left = seconds;; left -= kStep) {
        auto out = x.x_connection->output(64 * 1024, x.x_world.now);
        if (!out.empty()) return {net::Read::Kind::data, std::move(out)};
        if (x.x_connection->closed()) return {net::Read::Kind::eof, {}};
        if (left <= 0) return {net::Read::Kind::timeout, {}};
        x.x_world.pass(std::min(left, kStep));
      }
    }
    Status write(std::string_view octets, double) override {
      if (!x.x_connection || x.x_connection->closed()) return Error{Error::Kind::closed, "the server has closed the connection"};
      x.x_connection->feed(octets, x.x_world.now);
      return ok();
    }
    Status start_tls(const net::TlsWish&, double) override { return ok(); }
    const net::TlsInfo* tls() const override { return nullptr; }
    void close(bool) override {}
    EmbeddedStream& x;
  };

  EmbeddedTransport::World& x_world;
  Raw x_raw;
  std::unique_ptr<reference::Connection> x_connection;
  std::unique_ptr<net::TlsLayer> x_tls;
};

}  // namespace

void EmbeddedTransport::World::pass(double seconds) {
  now += seconds;
  for (auto* stream : open) stream->tick(now);
}

// FNV-1a.
void EmbeddedTransport::World::note(std::string_view octets) {
  const auto add = [this](std::uint64_t octet) { *said = (*said ^ octet) * 1099511628211u; };
  for (const char c : octets) add(static_cast<unsigned char>(c));
  add(static_cast<std::uint64_t>(now * 1000) + 256);
}

EmbeddedTransport::EmbeddedTransport(reference::Server& server, std::uint64_t* said) : x(std::make_unique<World>(World{server, 0, {}, said})) {}
EmbeddedTransport::~EmbeddedTransport() = default;

Result<std::unique_ptr<net::Stream>> EmbeddedTransport::connect(const net::Endpoint& endpoint, double seconds) {
  const auto protocol = endpoint.port.starts_with("imap") ? reference::Protocol::imap : reference::Protocol::pop3;
  // What the server waits for is the port's; whether we begin with a handshake is the caller's.
  auto stream = std::make_unique<EmbeddedStream>(*x, protocol, endpoint.implicit_tls || endpoint.port.ends_with('s'));
  if (endpoint.implicit_tls) {
    if (auto s = stream->start_tls({}, seconds); !s) return s.error();
  }
  return std::unique_ptr<net::Stream>(std::move(stream));
}

double EmbeddedTransport::now() { return x->now; }
void EmbeddedTransport::wait(double seconds) { x->pass(seconds); }

Status leave_out_of_server(std::string_view extension) { return reference::imap::leave_out_extension(extension); }

LeftOutOfServer left_out_of_server() {
  LeftOutOfServer out;
  for (const auto& row : reference::imap::left_out()) {
    out.extensions.emplace_back(row.name);
    if (!row.in_rev2 && row.deviations) out.deviations += row.deviations().size();
  }
  return out;
}

}  // namespace mailspec
