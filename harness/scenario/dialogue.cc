#include "harness/scenario/dialogue.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "harness/base/text.h"
#include "harness/pop3/reply.h"

namespace mailspec::scenario {

using oracle::Event;
using pop3::Command;

namespace {
constexpr std::size_t kKeepOctets = 8 * 1024;  // of one event in the trace
constexpr std::size_t kKeepUnasked = 64 * 1024;
}  // namespace

const char* name_of(Segmentation segmentation) {
  switch (segmentation) {
    case Segmentation::line: return "line";
    case Segmentation::octet: return "octet";
    case Segmentation::whole: return "whole";
    case Segmentation::random: return "random";
  }
  return "?";
}

struct Dialogue::Wire {
  struct Due {
    Command command;
    bool greeting = false;
    int line = 0;
  };
  std::unique_ptr<net::Stream> stream;
  pop3::ReplyReader reader;
  std::deque<Due> due;
  std::string partial, partial_shown;  // of a line under way
  std::string held;                    // for --segmentation whole
  bool ended = false;
  bool reset = false;
  bool unwritable = false;  // sending has failed; what the server said before is still to be read
  bool truncated = false;
  bool in_sasl = false;  // a challenge waits for its answer
  std::string user;
};

Dialogue::Dialogue(net::Transport& transport, oracle::Trace& trace, Segmentation segmentation, Patience patience)
    : x_transport(transport),
      x_trace(trace),
      x_segmentation(segmentation),
      x_patience(patience),
      x_random(static_cast<std::minstd_rand::result_type>(trace.seed)),
      x_start(transport.now()) {}

Dialogue::~Dialogue() = default;

void Dialogue::add_secret(std::string secret) {
  if (secret.size() < 3) return;  // too short to tell from ordinary text
  x_secrets.push_back(pop3::encode_base64(secret));
  x_secrets.push_back(std::move(secret));
}

std::string Dialogue::elide(std::string text) const {
  for (const auto& secret : x_secrets) text = replace_all(std::move(text), secret, "{secret:" + std::to_string(secret.size()) + "}");
  return text;
}

Event& Dialogue::record(Event::Kind kind, int connection, int line) {
  Event event;
  event.kind = kind;
  event.connection = connection;
  event.line = line;
  event.at_us = static_cast<std::int64_t>((x_transport.now() - x_start) * 1e6);
  if (const auto it = x_wires.find(connection); it != x_wires.end()) event.user = it->second->user;
  x_trace.events.push_back(std::move(event));
  x_last_event = x_trace.events.size() - 1;
  return x_trace.events.back();
}

void Dialogue::note(Event::Kind kind, int connection, std::string text, int line) { record(kind, connection, line).octets = elide(std::move(text)); }

void Dialogue::set_user(int connection, std::string user) { wire(connection).user = std::move(user); }

Dialogue::Wire& Dialogue::wire(int connection) {
  const auto it = x_wires.find(connection);
  assert(it != x_wires.end());
  return *it->second;
}

Status Dialogue::connect(int connection, const net::Endpoint& endpoint, std::string user, int line) {
  auto stream = x_transport.connect(endpoint, x_patience.reply);
  if (!stream) return stream.error();
  auto made = std::make_unique<Wire>();
  made->stream = std::move(*stream);
  made->user = std::move(user);
  made->due.push_back({{}, true, line});
  const bool tls = made->stream->tls() != nullptr;
  x_wires[connection] = std::move(made);
  record(Event::Kind::connect, connection, line).octets = endpoint.implicit_tls ? "implicit TLS" : "in clear";
  if (tls) note(Event::Kind::tls, connection, this->tls(connection)->version, line);
  return ok();
}

bool Dialogue::open(int connection) const {
  const auto it = x_wires.find(connection);
  return it != x_wires.end() && !it->second->ended;
}

void Dialogue::forget(int connection) {
  flush();
  wire(connection).due.clear();
}

bool Dialogue::truncated(int connection) const {
  const auto it = x_wires.find(connection);
  return it != x_wires.end() && it->second->truncated;
}

bool Dialogue::due(int connection) const {
  const auto it = x_wires.find(connection);
  return it != x_wires.end() && !it->second->due.empty();
}

void Dialogue::write(Wire& w, std::string_view octets) {
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

void Dialogue::send(int connection, std::string_view octets, std::string_view shown, int line) {
  auto& w = wire(connection);
  if (x_segmentation == Segmentation::whole) w.held += octets;
  else write(w, octets);
  w.partial += octets;
  w.partial_shown += shown;
  for (;;) {
    const auto end = w.partial.find("\r\n");
    if (end == std::string::npos) break;
    // Line by line the shown text has the same ends; secrets hold no CRLF.
    auto shown_end = w.partial_shown.find("\r\n");
    if (shown_end == std::string::npos) shown_end = w.partial_shown.size();
    const std::string text = w.partial_shown.substr(0, shown_end);
    Command command = pop3::parse_command(std::string_view(text).substr(0, kKeepOctets));
    if (w.in_sasl) {
      command = {};
      command.line = text.substr(0, kKeepOctets);
      command.sasl_response = true;
      w.in_sasl = false;
    }
    w.partial.erase(0, end + 2);
    w.partial_shown.erase(0, std::min(shown_end + 2, w.partial_shown.size()));
    auto& event = record(Event::Kind::sent, connection, line);
    event.command = command;
    event.octets = elide(text.substr(0, kKeepOctets));
    w.due.push_back({std::move(command), false, line});
  }
}

void Dialogue::flush() {
  for (auto& [number, w] : x_wires) {
    if (w->held.empty()) continue;
    const auto held = std::exchange(w->held, {});
    write(*w, held);
  }
}

void Dialogue::closed(int connection, bool reset) {
  auto& w = wire(connection);
  if (w.ended) return;
  w.ended = true;
  w.reset = reset;
  auto& event = record(Event::Kind::closed, connection, 0);
  event.reset = reset;
  if (!w.reader.idle()) event.reply = w.reader.abandon();
  w.stream->close(false);
}

Dialogue::Outcome Dialogue::receive(int connection) {
  auto& w = wire(connection);
  if (w.due.empty()) return Outcome::none;
  if (x_segmentation == Segmentation::whole) flush();
  const auto due = w.due.front();
  if (w.reader.idle()) {
    if (due.greeting) w.reader.expect_greeting();
    else w.reader.expect(due.command);
  }
  const double started = x_transport.now();
  for (;;) {
    if (w.reader.advance()) break;
    if (w.reader.overflow()) {
      auto& event = record(Event::Kind::hang, connection, due.line);
      event.command = due.command;
      event.reply = w.reader.abandon();
      event.octets = "the response passed the harness's limits";
      w.ended = true;
      w.stream->close(true);
      return Outcome::flood;
    }
    if (w.ended) return Outcome::closed;
    const double patience = w.reader.looks_ended() ? std::min(1.0, x_patience.reply) : x_patience.reply;
    auto read = w.stream->read(patience);
    if (read.kind == net::Read::Kind::data) {
      w.reader.feed(read.octets);
      if (x_transport.now() - started < x_patience.total || x_transport.virtual_time()) continue;
      read.kind = net::Read::Kind::timeout;
    }
    if (read.kind == net::Read::Kind::timeout && w.reader.looks_ended()) {
      // It is over, if badly: lines ended in bare LF.
      auto reply = w.reader.abandon();
      w.due.pop_front();
      auto& event = record(Event::Kind::received, connection, due.line);
      event.command = due.command;
      event.octets = elide(reply.line.substr(0, kKeepOctets));
      event.reply = std::move(reply);
      return Outcome::ok;
    }
    if (read.kind == net::Read::Kind::timeout) {
      auto& event = record(Event::Kind::hang, connection, due.line);
      event.command = due.command;
      event.reply = w.reader.abandon();
      event.octets = elide(event.reply.line);
      w.ended = true;
      w.stream->close(false);
      return Outcome::hang;
    }
    closed(connection, read.kind == net::Read::Kind::reset);
    x_trace.events.back().command = due.command;
    x_trace.events.back().line = due.line;
    return Outcome::closed;
  }
  auto reply = w.reader.take();
  w.due.pop_front();
  w.in_sasl = reply.status == pop3::Status::challenge;
  reply.line = elide(std::move(reply.line));
  reply.text = elide(std::move(reply.text));
  if (reply.multi_line) reply.content.head = elide(std::move(reply.content.head));
  auto& event = record(Event::Kind::received, connection, due.line);
  event.command = due.command;
  event.octets = reply.line.substr(0, kKeepOctets);
  event.reply = std::move(reply);
  return Outcome::ok;
}

bool Dialogue::unasked(int connection, double seconds) {
  auto& w = wire(connection);
  if (!w.due.empty() || !w.reader.idle()) return false;
  std::string came(w.reader.pending());
  w.reader.discard_pending();
  while (!w.ended && came.size() < kKeepUnasked) {
    const auto read = w.stream->read(came.empty() ? seconds : 0.02);
    if (read.kind == net::Read::Kind::data) {
      came += read.octets;
      continue;
    }
    if (!came.empty()) break;
    if (read.kind != net::Read::Kind::timeout) closed(connection, read.kind == net::Read::Kind::reset);
    break;
  }
  if (came.empty()) return false;
  record(Event::Kind::unasked, connection, 0).octets = elide(came.substr(0, kKeepOctets));
  return true;
}

Dialogue::Outcome Dialogue::wait_closed(int connection) {
  auto& w = wire(connection);
  flush();
  const double started = x_transport.now();
  std::string came(w.reader.pending());
  w.reader.discard_pending();
  while (!w.ended) {
    const auto read = w.stream->read(x_patience.reply);
    if (read.kind == net::Read::Kind::data) {
      if (came.size() < kKeepUnasked) came += read.octets;
      if (x_transport.virtual_time() || x_transport.now() - started < x_patience.total) continue;
      return Outcome::hang;
    }
    if (!came.empty()) record(Event::Kind::unasked, connection, 0).octets = elide(came.substr(0, kKeepOctets));
    came.clear();
    if (read.kind == net::Read::Kind::timeout) return Outcome::hang;
    w.truncated = read.tls_truncated || (tls(connection) && read.kind == net::Read::Kind::reset);
    closed(connection, read.kind == net::Read::Kind::reset);
  }
  return Outcome::closed;
}

Status Dialogue::start_tls(int connection, const net::TlsWish& wish, int line) {
  auto& w = wire(connection);
  if (w.ended) return Error{Error::Kind::closed, "the connection is closed"};
  flush();
  auto s = w.stream->start_tls(wish, x_patience.reply);
  if (s) {
    note(Event::Kind::tls, connection, tls(connection)->version, line);
  } else {
    w.ended = true;
    w.stream->close(false);
  }
  return s;
}

const net::TlsInfo* Dialogue::tls(int connection) const {
  const auto it = x_wires.find(connection);
  return it == x_wires.end() ? nullptr : it->second->stream->tls();
}

void Dialogue::drop(int connection, bool reset, int line) {
  auto& w = wire(connection);
  if (!w.ended) w.stream->close(reset);
  if (!w.ended) note(Event::Kind::dropped, connection, reset ? "rst" : "fin", line);
  w.ended = true;
}

}  // namespace mailspec::scenario
