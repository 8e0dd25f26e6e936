#include "reference_server/net/server.h"

#include <openssl/rand.h>

#include "reference_server/imap/session.h"
#include "reference_server/mime/base64.h"
#include "reference_server/pop3/session.h"

namespace mailspec::reference {

namespace {

std::string fresh_nonce(std::uint64_t serial, bool repeatable) {
  unsigned char raw[9];
  for (std::size_t i = 0; i < sizeof raw; ++i) raw[i] = static_cast<unsigned char>(serial * 2654435761u >> 3 * i);
  if (!repeatable) RAND_bytes(raw, sizeof raw);
  std::string octets(reinterpret_cast<char*>(raw), sizeof raw);
  std::string text = base64_encode(octets);
  for (char& c : text) {
    if (c == '+' || c == '/' || c == '=') c = 'x';
  }
  return text + "." + std::to_string(serial);
}

}  // namespace

Connection::Connection(std::unique_ptr<ProtocolSession> session, std::function<std::unique_ptr<TlsServer>()> tls, bool implicit_tls, bool& down)
    : x_session(std::move(session)), x_begin_tls(std::move(tls)), x_down(down) {
  if (implicit_tls) x_tls = x_begin_tls();
}

Connection::~Connection() = default;

void Connection::feed(std::string_view octets, double now) {
  if (x_closed) return;
  if (!x_tls && x_session->wants_tls() && x_pending.empty()) start_tls(now);
  if (!x_tls) return feed_session(octets, now);
  x_tls->feed(octets);
  if (auto plain = x_tls->take_plaintext(); !plain.empty()) feed_session(plain, now);
  if (x_tls->failed() && !x_tls->established() && x_session->options().fault(Fault::clear_after_failed_handshake)) {
    x_tls.reset();
    return;
  }
  if (x_tls->failed() || x_tls->closed()) peer_closed();
}

void Connection::feed_session(std::string_view octets, double now) {
  constexpr std::size_t kRemembered = 320 * 1024;
  if (const auto& frailties = x_session->options().frailties; !frailties.empty()) {
    x_sent += octets;
    if (x_sent.size() > kRemembered) x_sent.erase(0, x_sent.size() - kRemembered);
    for (const auto& frailty : frailties) {
      if ((frailty.in_exchange && !x_session->in_exchange()) || !frailty.of(x_sent)) continue;
      (frailty.end == Options::Frailty::End::service ? x_down : x_silent) = true;
    }
  }
  if (!x_silent && !x_down) x_session->feed(octets, now);
}

void Connection::start_tls(double now) {
  x_tls = x_begin_tls();
  x_session->tls_started(now);
}

void Connection::tick(double now) {
  if (!x_closed) x_session->tick(now);
}

std::string Connection::output(std::size_t max, double now) {
  if (closed() || x_silent) return {};
  if (const auto piece = x_session->options().output_piece) return output_piece(piece, max, now);
  return output_all(max, now);
}

std::string Connection::output_piece(std::size_t piece, std::size_t max, double now) {
  if (x_pending.empty()) x_pending = output_all(max, now);
  auto out = x_pending.substr(0, piece);
  x_pending.erase(0, out.size());
  return out;
}

std::string Connection::output_all(std::size_t max, double now) {
  std::string out;
  if (!x_tls) {
    out = x_session->output(max);
    if (!out.empty() && x_session->wants_tls()) return out + x_session->options().said_before_tls;
    if (out.empty() && x_session->wants_tls()) {
      start_tls(now);
      return output_all(max, now);
    }
    x_closed = out.empty() && x_session->wants_close();
    return out;
  }
  if (x_tls->established()) x_tls->write(x_session->output(max));
  if (x_session->wants_close() && !x_session->options().tls_no_close_notify) x_tls->shutdown();
  out = x_tls->take_ciphertext();
  x_closed = out.empty() && (x_session->wants_close() || x_tls->failed());
  return out;
}

void Connection::peer_closed() {
  if (x_closed) return;
  if (x_tls && !x_tls->closed() && x_session->options().cut_off_is_whole) x_session->feed("\r\n" + std::string(4096, ' ') + "\r\n", 0);
  x_session->disconnected();
  x_closed = true;
}

Server::Server(Options options, bool repeatable) : x_options(std::move(options)), x_repeatable(repeatable) {}
Server::~Server() = default;

const TlsContext& Server::tls() {
  if (!x_tls) x_tls = std::make_unique<TlsContext>(x_options);
  return *x_tls;
}

std::unique_ptr<Connection> Server::accept(Protocol protocol, bool implicit_tls, double now) {
  std::unique_ptr<ProtocolSession> session;
  const auto nonce = fresh_nonce(++x_connections, x_repeatable);
  if (protocol == Protocol::imap) session = std::make_unique<imap::Session>(x_store, x_options, implicit_tls, nonce, now);
  else session = std::make_unique<pop3::Session>(x_store, x_options, implicit_tls, nonce, now);
  const auto* alpn = protocol == Protocol::imap ? "imap" : "pop3";
  return std::make_unique<Connection>(std::move(session), [this, alpn] { return std::make_unique<TlsServer>(tls(), alpn); }, implicit_tls, x_down);
}

}  // namespace mailspec::reference
