#include "harness/scenario/pop3_dialogue.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "harness/base/text.h"
#include "harness/pop3/response.h"
#include "harness/pop3/response_reader.h"

namespace mailspec::scenario {

using oracle::Event;
using pop3::Command;

struct Pop3Dialogue::Pop3Wire : Wire {
  struct Due {
    Command command;
    bool greeting = false;
    int line = 0;
  };
  pop3::ResponseReader reader;
  std::deque<Due> due;
  std::string partial, partial_shown;  // of a line under way
  bool in_sasl = false;                // a challenge waits for its answer
};

Pop3Dialogue::~Pop3Dialogue() = default;

std::unique_ptr<Wires::Wire> Pop3Dialogue::make_wire(int line) {
  auto made = std::make_unique<Pop3Wire>();
  made->due.push_back({{}, true, line});
  return made;
}

void Pop3Dialogue::unfinished(Wire& w, Event& event) {
  auto& reader = static_cast<Pop3Wire&>(w).reader;
  if (reader.idle()) return;
  event.pop3_response = reader.abandon();
  elide_in(event.pop3_response);
}

void Pop3Dialogue::elide_in(pop3::Response& reply) const {
  reply.line = elide(std::move(reply.line));
  reply.text = elide(std::move(reply.text));
  if (reply.code) reply.code = elide(std::move(*reply.code));
  if (reply.multi_line) reply.content.head = elide(std::move(reply.content.head));
  reply.content.tail = elide(std::move(reply.content.tail));
}

Pop3Dialogue::Pop3Wire& Pop3Dialogue::pop3_wire(int connection) { return static_cast<Pop3Wire&>(wire(connection)); }

void Pop3Dialogue::forget(int connection) {
  flush();
  auto& w = pop3_wire(connection);
  w.due.clear();
  w.partial.clear();
  w.partial_shown.clear();
}

bool Pop3Dialogue::due(int connection) const {
  const auto* w = static_cast<const Pop3Wire*>(find(connection));
  return w && !w->due.empty();
}

bool Pop3Dialogue::greeting_due(int connection) const {
  const auto* w = static_cast<const Pop3Wire*>(find(connection));
  return w && !w->due.empty() && w->due.front().greeting;
}

void Pop3Dialogue::send(int connection, std::string_view octets, std::string_view shown, int line) {
  auto& w = pop3_wire(connection);
  write(w, octets);
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
    command.overlong = end + 2 > 255 && !command.sasl_response;
    w.partial.erase(0, end + 2);
    w.partial_shown.erase(0, std::min(shown_end + 2, w.partial_shown.size()));
    auto& event = record(Event::Kind::sent, connection, line);
    event.pop3_command = command;
    event.octets = elide(text.substr(0, kKeepOctets));
    w.due.push_back({std::move(command), false, line});
  }
}

Pop3Dialogue::Outcome Pop3Dialogue::receive(int connection) {
  auto& w = pop3_wire(connection);
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
      event.pop3_command = due.command;
      event.pop3_response = w.reader.abandon();
      elide_in(event.pop3_response);
      event.octets = "the response passed the harness's limits";
      w.ended = true;
      w.stream->close(true);
      return Outcome::flood;
    }
    if (w.ended) return Outcome::closed;
    // Who guesses passwords is made to wait.
    const double most = pop3::is_authentication(due.command) ? std::max(x_patience.reply, x_patience.login) : x_patience.reply;
    const double patience = w.reader.looks_ended() ? std::min(1.0, most) : most;
    auto read = Wires::read(w, patience);
    if (read.kind == net::Read::Kind::data) {
      w.reader.feed(read.octets);
      if (x_transport.now() - started < x_patience.total || x_transport.virtual_time()) continue;
      read.kind = net::Read::Kind::timeout;
    }
    if (read.kind == net::Read::Kind::timeout && w.reader.looks_ended()) {
      // It is over, if badly: lines ended in bare LF.
      auto reply = w.reader.abandon();
      elide_in(reply);
      w.due.pop_front();
      auto& event = record(Event::Kind::received, connection, due.line);
      event.pop3_command = due.command;
      event.octets = elide(reply.line.substr(0, kKeepOctets));
      event.pop3_response = std::move(reply);
      return Outcome::ok;
    }
    if (read.kind == net::Read::Kind::timeout) {
      auto& event = record(Event::Kind::hang, connection, due.line);
      event.pop3_command = due.command;
      event.pop3_response = w.reader.abandon();
      elide_in(event.pop3_response);
      event.octets = elide(event.pop3_response.line);
      w.ended = true;
      w.stream->close(false);
      return Outcome::hang;
    }
    closed(connection, read.kind == net::Read::Kind::reset);
    x_trace.events.back().pop3_command = due.command;
    x_trace.events.back().line = due.line;
    return Outcome::closed;
  }
  auto reply = w.reader.take();
  w.due.pop_front();
  w.in_sasl = reply.status == pop3::Status::challenge;
  const bool echoed = tells_secret(reply.line) || tells_secret(reply.content.head);
  elide_in(reply);
  auto& event = record(Event::Kind::received, connection, due.line);
  event.echoed = echoed;
  event.pop3_command = due.command;
  event.octets = reply.line.substr(0, kKeepOctets);
  event.pop3_response = std::move(reply);
  return Outcome::ok;
}

std::string Pop3Dialogue::unread(int connection) {
  auto& w = pop3_wire(connection);
  std::string out(w.reader.pending());
  w.reader.discard_pending();
  return out;
}

bool Pop3Dialogue::unasked(int connection, double seconds) {
  auto& w = pop3_wire(connection);
  if (!w.due.empty() || !w.reader.idle()) return false;
  std::string came(w.reader.pending());
  w.reader.discard_pending();
  while (!w.ended && came.size() < kKeepUnasked) {
    const auto read = Wires::read(w, came.empty() ? seconds : 0.02);
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

Pop3Dialogue::Outcome Pop3Dialogue::wait_closed(int connection) {
  auto& w = pop3_wire(connection);
  flush();
  const double started = x_transport.now();
  std::string came(w.reader.pending());
  w.reader.discard_pending();
  while (!w.ended) {
    const auto read = Wires::read(w, x_patience.reply);
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

}  // namespace mailspec::scenario
