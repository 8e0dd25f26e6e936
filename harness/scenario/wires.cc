#include "harness/scenario/wires.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "harness/base/text.h"
#include "harness/mime/base64.h"
#include "harness/pop3/response.h"

namespace mailspec::scenario {

std::optional<double> Patience::pause(std::size_t attempt) const {
  constexpr std::array kPauses{0.2, 0.3, 0.5, 1.0, 2.0, 4.0, 8.0, 14.0, 30.0};
  double so_far = 0;
  for (std::size_t i = 0; i <= attempt && i < kPauses.size(); ++i) so_far += kPauses[i];
  if (attempt >= kPauses.size() || so_far > limits) return std::nullopt;
  return kPauses[attempt];
}

using oracle::Event;

const char* name_of(Segmentation segmentation) {
  switch (segmentation) {
    case Segmentation::line: return "line";
    case Segmentation::octet: return "octet";
    case Segmentation::whole: return "whole";
    case Segmentation::random: return "random";
  }
  return "?";
}

Wires::Wires(Protocol protocol, net::Transport& transport, oracle::Trace& trace, Segmentation segmentation, Patience patience)
    : x_transport(transport),
      x_trace(trace),
      x_segmentation(segmentation),
      x_patience(patience),
      x_protocol(protocol),
      x_random(static_cast<std::minstd_rand::result_type>(trace.seed)),
      x_start(transport.now()) {}

Wires::~Wires() { tell(); }

void Wires::tell() {
  if (x_watcher && x_untold && x_last_event < x_trace.events.size()) x_watcher(x_trace.events[x_last_event]);
  x_untold = false;
}

net::Read Wires::read(Wire& wire, double seconds) {
  tell();
  return wire.stream->read(seconds);
}

void Wires::add_secret(std::string secret) {
  if (secret.size() < 3) return;  // too short to tell from ordinary text
  if (std::ranges::find(x_secrets, secret) != x_secrets.end()) return;
  // As it stands in a quoted string, and in a SASL response of its own.
  if (const auto escaped = replace_all(replace_all(secret, "\\", "\\\\"), "\"", "\\\""); escaped != secret) x_secrets.push_back(escaped);
  x_secrets.push_back(mime::encode_base64(secret));
  x_secrets.push_back(std::move(secret));
}

std::string Wires::elide(std::string text) const {
  for (const auto& secret : x_secrets) text = replace_all(std::move(text), secret, "{secret:" + std::to_string(secret.size()) + "}");
  return text;
}

bool Wires::tells_secret(std::string_view text) const {
  constexpr std::size_t kNoChance = 8;  // octets
  return std::ranges::any_of(x_secrets, [&](const auto& secret) { return secret.size() >= kNoChance && text.find(secret) != std::string_view::npos; });
}

Event& Wires::record(Event::Kind kind, int connection, int line) {
  tell();
  x_untold = true;
  Event event;
  event.kind = kind;
  event.connection = connection;
  event.line = line;
  event.imap = x_protocol == Protocol::imap;
  event.at_us = static_cast<std::int64_t>((x_transport.now() - x_start) * 1e6);
  if (const auto it = x_wires.find(connection); it != x_wires.end()) event.user = it->second->user;
  x_trace.events.push_back(std::move(event));
  x_last_event = x_trace.events.size() - 1;
  return x_trace.events.back();
}

void Wires::note(Event::Kind kind, int connection, std::string text, int line) { record(kind, connection, line).octets = elide(std::move(text)); }

void Wires::set_user(int connection, std::string user) { wire(connection).user = std::move(user); }

Wires::Wire& Wires::wire(int connection) {
  const auto it = x_wires.find(connection);
  assert(it != x_wires.end());
  return *it->second;
}

const Wires::Wire* Wires::find(int connection) const {
  const auto it = x_wires.find(connection);
  return it == x_wires.end() ? nullptr : it->second.get();
}

Status Wires::connect(int connection, const net::Endpoint& endpoint, std::string user, int line) {
  auto stream = x_transport.connect(endpoint, x_patience.reply);
  if (!stream) return stream.error();
  auto made = make_wire(line);
  made->stream = std::move(*stream);
  made->user = std::move(user);
  made->sent_at = x_transport.now();
  const bool tls = made->stream->tls() != nullptr;
  x_wires[connection] = std::move(made);
  record(Event::Kind::connect, connection, line).octets = endpoint.implicit_tls ? "implicit TLS" : "in clear";
  if (tls) note(Event::Kind::tls, connection, this->tls(connection)->version, line);
  return ok();
}

bool Wires::open(int connection) const {
  const auto* w = find(connection);
  return w && !w->ended;
}

bool Wires::truncated(int connection) const {
  const auto* w = find(connection);
  return w && w->truncated;
}

void Wires::write(Wire& w, std::string_view octets) {
  w.sent_at = x_transport.now();
  if (x_segmentation == Segmentation::whole) w.held += octets;
  else cut(w, octets);
}

void Wires::cut(Wire& w, std::string_view octets) {
  const auto put = [&](std::string_view piece) {
    // A server that has stopped reading is waited for once, not once for each piece.
    if (w.ended || w.unwritable) return;
    if (!w.stream->write(piece, x_patience.reply)) {
      // What the server said before it closed is still to be read.
      w.unwritable = true;
    }
  };
  constexpr std::size_t kMostCuts = 4096;  // a megabyte octet by octet proves nothing more
  if (x_segmentation == Segmentation::octet) {
    for (std::size_t i = 0; i < std::min(octets.size(), kMostCuts); ++i) put(octets.substr(i, 1));
    if (octets.size() > kMostCuts) put(octets.substr(kMostCuts));
  } else if (x_segmentation == Segmentation::random) {
    for (std::size_t cuts = 0; !octets.empty(); ++cuts) {
      const std::size_t n = cuts < kMostCuts ? 1 + x_random() % std::min<std::size_t>(octets.size(), 40) : octets.size();
      put(octets.substr(0, n));
      octets.remove_prefix(n);
    }
  } else {
    put(octets);
  }
}

void Wires::flush() {
  for (auto& [number, w] : x_wires) {
    if (w->held.empty()) continue;
    const auto held = std::exchange(w->held, {});
    cut(*w, held);
  }
}

void Wires::closed(int connection, bool reset) {
  auto& w = wire(connection);
  if (w.ended) return;
  w.ended = true;
  auto& event = record(Event::Kind::closed, connection, 0);
  event.reset = reset;
  unfinished(w, event);
  w.stream->close(false);
}

Status Wires::start_tls(int connection, const net::TlsWish& wish, int line) {
  auto& w = wire(connection);
  if (w.ended) return Error{Error::Kind::closed, "the connection is closed"};
  flush();
  // RFC 9051 6.2.1, RFC 2595 4: TLS begins right behind the line that agrees to it. What stands there is whoever's who stands between.
  if (const auto early = unread(connection); !early.empty()) {
    const auto what = "'" + visible(elide(early.substr(0, kKeepOctets)), 80) + "' came in clear behind the response that agrees to TLS";
    note(Event::Kind::dropped, connection, what, line);
    w.ended = true;
    w.stream->close(false);
    return Error{Error::Kind::closed, what};
  }
  auto s = w.stream->start_tls(wish, x_patience.reply);
  if (s) {
    note(Event::Kind::tls, connection, tls(connection)->version, line);
  } else {
    w.ended = true;
    w.stream->close(false);
  }
  return s;
}

Result<tls::HelloAnswer> Wires::hello(int connection, const tls::Hello& hello, int line) {
  auto& w = wire(connection);
  if (w.ended) return Error{Error::Kind::closed, "the connection is closed"};
  flush();
  tls::HelloReader reader(hello.small_curves);
  const double started = x_transport.now();
  bool silent = !w.stream->write(tls::client_hello(hello), x_patience.reply);
  while (!silent && !reader.done()) {
    const auto got = read(w, x_patience.reply);
    if (got.kind == net::Read::Kind::data) reader.feed(got.octets);
    else if (got.kind != net::Read::Kind::timeout) reader.ended();
    silent = got.kind == net::Read::Kind::timeout || (!x_transport.virtual_time() && x_transport.now() - started > x_patience.total);
  }
  drop(connection, End::fin, line);
  if (silent && !reader.done()) return Error{Error::Kind::timeout, "no answer to the ClientHello"};
  return reader.answer();
}

std::string Wires::wrong_handshake(int connection, std::string_view octets, std::string_view command, double quiet, int line) {
  auto& w = wire(connection);
  std::string came;
  flush();
  const double started = x_transport.now();
  for (const auto& said : {octets, command}) {
    if (w.ended || !w.stream->write(said, x_patience.reply)) break;
    for (bool more = true; more && came.size() < kKeepOctets;) {
      const auto got = read(w, quiet);
      more = got.kind == net::Read::Kind::data && (x_transport.virtual_time() || x_transport.now() - started < x_patience.total);
      if (got.kind == net::Read::Kind::data) came += got.octets;
    }
  }
  note(Event::Kind::dropped, connection, "after a wrong handshake and a command in clear came '" + visible(elide(came), 300) + "'", line);
  w.ended = true;
  w.stream->close(false);
  return came;
}

const net::TlsInfo* Wires::tls(int connection) const {
  const auto* w = find(connection);
  return w ? w->stream->tls() : nullptr;
}

Wires::End Wires::end_of(std::string_view word) { return word == "rst" ? End::rst : word == "cut" ? End::cut : End::fin; }

void Wires::drop(int connection, End end, int line) {
  auto& w = wire(connection);
  static constexpr const char* kNames[] = {"fin", "rst", "cut"};
  if (!w.held.empty()) cut(w, std::exchange(w.held, {}));  // what was said before the end belongs to it
  if (!w.ended && end == End::cut) w.stream->cut_off();
  else if (!w.ended) w.stream->close(end == End::rst);
  if (!w.ended) note(Event::Kind::dropped, connection, kNames[static_cast<int>(end)], line);
  w.ended = true;
}

}  // namespace mailspec::scenario
