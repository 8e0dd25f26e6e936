#include "harness/scenario/imap_dialogue.h"

#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/framer.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

using oracle::Event;

struct ImapDialogue::ImapWire : Wire {
  struct Due {
    std::string tag, name;
    int line = 0;
  };
  imap::Framer framer;
  std::vector<Due> due;
  bool greeting = true;
  bool rev2 = false;
  std::string partial;     // of a line under way, as shown
  bool lf_due = false;     // of a line that was told of at its CR
  imap::Command command;   // whose literals are still to follow
  bool announced = false;  // the last that was sent announces a literal
  bool continued = false;  // "+" has come for AUTHENTICATE or IDLE
};

namespace {
// Does a client's line end in "{n}" or "{n+}"?
bool announces(std::string_view line) {
  const auto open = line.rfind('{');
  if (!line.ends_with('}') || open == std::string_view::npos) return false;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  return parse_number(digits).has_value();
}
}  // namespace

ImapDialogue::~ImapDialogue() = default;

std::unique_ptr<Wires::Wire> ImapDialogue::make_wire(int) { return std::make_unique<ImapWire>(); }

void ImapDialogue::unfinished(Wire& w, Event& event) {
  auto& framer = static_cast<ImapWire&>(w).framer;
  if (!framer.idle()) event.imap_response.frame.octets = elide(framer.abandon().substr(0, kKeepOctets));
}

ImapDialogue::ImapWire& ImapDialogue::imap_wire(int connection) { return static_cast<ImapWire&>(wire(connection)); }

bool ImapDialogue::outstanding(int connection, const std::string& tag) const {
  const auto* w = static_cast<const ImapWire*>(find(connection));
  return w && std::ranges::any_of(w->due, [&](const auto& d) { return d.tag == tag; });
}

bool ImapDialogue::outstanding(int connection) const {
  const auto* w = static_cast<const ImapWire*>(find(connection));
  return w && !w->due.empty();
}

bool ImapDialogue::greeting_due(int connection) const {
  const auto* w = static_cast<const ImapWire*>(find(connection));
  return w && w->greeting;
}

bool ImapDialogue::rev2(int connection) const {
  const auto* w = static_cast<const ImapWire*>(find(connection));
  return (w && w->rev2) || (x_trace.offers("IMAP4rev2") && !x_trace.offers("IMAP4rev1"));
}

bool ImapDialogue::midway(int connection) const {
  const auto* w = static_cast<const ImapWire*>(find(connection));
  return w && !w->framer.idle();
}

void ImapDialogue::settle(int connection, const std::string& tag) {
  std::erase_if(imap_wire(connection).due, [&](const auto& d) { return d.tag == tag; });
}

void ImapDialogue::forget(int connection) {
  flush();
  auto& w = imap_wire(connection);
  w.due.clear();
  // What was begun and not ended goes, too: under TLS nobody remembers it.
  w.partial.clear();
  w.lf_due = false;
  w.command = {};
}

Wires::Outcome ImapDialogue::send(int connection, const std::vector<ImapPart>& parts, int line, bool raw) {
  auto& w = imap_wire(connection);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    write(w, part.octets);
    w.partial += part.shown;
    // Lines as they become whole; a line that ends in a literal's announcement goes on after it.
    const bool last = i + 1 == parts.size();
    std::vector<std::string> texts;
    if (part.waits || i > 0 || !raw) {
      // What follows a literal's announcement is one text, however many lines the literal has.
      texts.push_back(std::exchange(w.partial, {}));
    } else {
      if (std::exchange(w.lf_due, false) && w.partial.starts_with('\n')) w.partial.erase(0, 1);
      for (auto end = w.partial.find("\r\n"); end != std::string::npos; end = w.partial.find("\r\n")) {
        texts.push_back(w.partial.substr(0, end));
        w.partial.erase(0, end + 2);
      }
      // A server may know the end of a command by its CR, and answer while the LF is still to come.
      if (last && w.partial.size() > 1 && w.partial.ends_with('\r')) {
        w.partial.pop_back();
        texts.push_back(std::exchange(w.partial, {}));
        w.lf_due = true;
      }
    }
    for (auto& text : texts) {
      if (text.ends_with("\r\n")) text.resize(text.size() - 2);
      w.announced = text.ends_with('}');
      auto& event = record(Event::Kind::sent, connection, line);
      event.octets = elide(text.substr(0, kKeepOctets));
      if (w.command.tag.empty()) {
        // After "+" to AUTHENTICATE or IDLE a line is no command, whatever it looks like.
        const bool data = std::exchange(w.continued, false);
        event.imap_command = imap::parse_command(event.octets);
        if (data && event.imap_command.is_command()) event.imap_command = {"", "(data)", event.octets, true};
        if (event.imap_command.is_command()) w.due.push_back({event.imap_command.tag, event.imap_command.name, line});
      } else {
        event.imap_command = w.command;
        event.imap_command.args += "\r\n" + event.octets;
        if (event.imap_command.args.size() > kKeepOctets) event.imap_command.args.resize(kKeepOctets);
      }
      // A raw line that announces a literal goes on with the next one.
      const bool goes_on = raw && announces(text);
      event.imap_command.done = last && !goes_on;
      w.command = event.imap_command.done ? imap::Command{} : event.imap_command;
    }
    if (part.waits) {
      const std::string tag = w.command.tag;
      const auto outcome = await_continuation(connection, tag);
      if (outcome != Outcome::ok) {
        w.command = {};
        w.partial.clear();
        return outcome;
      }
    }
  }
  return Outcome::ok;
}

Wires::Outcome ImapDialogue::await_continuation(int connection, const std::string& tag) {
  for (;;) {
    const auto outcome = receive(connection);
    if (outcome != Outcome::ok) return outcome;
    const auto& said = last().imap_response;
    if (said.kind == imap::Response::Kind::continuation) return Outcome::ok;
    if (said.kind == imap::Response::Kind::tagged && said.tag == tag) return Outcome::none;
    // An untagged BAD may answer for what the server could not make out.
    if (said.kind == imap::Response::Kind::untagged && said.keyword == "BAD") return Outcome::none;
  }
}

// A frame that is there already, into the trace.
// About what a response takes in memory.
std::size_t ImapDialogue::weight(const imap::Response& r) {
  const auto of = [](const auto& self, const std::vector<imap::Value>& values) -> std::size_t {
    std::size_t n = 0;
    for (const auto& v : values) n += sizeof v + v.text.size() + self(self, v.items);
    return n;
  };
  return sizeof(Event) + r.frame.octets.size() + of(of, r.values) + of(of, r.code_values);
}

bool ImapDialogue::take(int connection) {
  auto& w = imap_wire(connection);
  auto frame = w.framer.next();
  if (!frame) return false;
  const bool echoed = tells_secret(frame->octets);
  if (const auto masked = elide(frame->octets); masked != frame->octets) {
    // Literals must keep their places: hidden octet by octet.
    if (masked.size() == frame->octets.size() || frame->literals.empty()) frame->octets = masked;
    else frame->octets.assign(frame->octets.size(), '*');
  }
  auto& event = record(Event::Kind::received, connection, 0);
  event.echoed = echoed;
  event.imap_response = imap::parse_response(std::move(*frame));
  w.greeting = false;
  if (event.imap_response.keyword == "ENABLED")
    w.rev2 = w.rev2 || std::ranges::any_of(event.imap_response.values, [](const auto& v) { return iequals(v.text, "IMAP4rev2"); });
  x_kept += weight(event.imap_response);
  // Neither a message of 25 MB nor a FETCH of 10,000 comes near it: the server does not stop. No fault of framing, so no `breach`.
  if (x_kept > kMostKept) event.imap_response.frame.lost = true;
  if (event.imap_response.kind == imap::Response::Kind::continuation && !w.due.empty()) {
    w.continued = !imap::facts_of(w.due.back().name).ended_by.empty();
  } else if (event.imap_response.kind == imap::Response::Kind::tagged) {
    w.continued = false;
    // Answered before it was whole: nothing more of it comes.
    if (!w.command.tag.empty() && w.command.tag == event.imap_response.tag) {
      w.command = {};
      w.partial.clear();
    }
  }
  if (event.imap_response.kind == imap::Response::Kind::tagged) {
    const auto it = std::ranges::find(w.due, event.imap_response.tag, &ImapWire::Due::tag);
    if (it != w.due.end()) {
      event.line = it->line;
      w.due.erase(it);
    }
  } else if (!w.due.empty()) {
    event.line = w.due.front().line;
  }
  return true;
}

std::string ImapDialogue::unread(int connection) {
  auto& w = imap_wire(connection);
  return w.framer.idle() ? std::string() : w.framer.abandon();
}

Wires::Outcome ImapDialogue::read(int connection, double seconds, bool hang_at_end) {
  auto& w = imap_wire(connection);
  flush();
  const double started = x_transport.now();
  for (;;) {
    // One response after another, without end, is no answer either, however slowly they come.
    const bool endless = !x_transport.virtual_time() && x_transport.now() - w.sent_at > 3 * x_patience.total;
    if (!endless && take(connection)) {
      if (!last().imap_response.frame.lost) return Outcome::ok;
      w.ended = true;
      w.stream->close(true);
      return Outcome::flood;
    }
    if (w.ended) return Outcome::closed;
    auto got = endless ? net::Read{} : Wires::read(w, seconds);
    if (got.kind == net::Read::Kind::data) {
      w.framer.feed(got.octets);
      if (x_transport.virtual_time() || x_transport.now() - started < x_patience.total) continue;
      got.kind = net::Read::Kind::timeout;
    }
    if (got.kind == net::Read::Kind::timeout) {
      if (!hang_at_end) return Outcome::none;
      auto& event = record(Event::Kind::hang, connection, w.due.empty() ? 0 : w.due.front().line);
      event.octets = elide(w.framer.abandon().substr(0, kKeepOctets));
      w.ended = true;
      w.stream->close(false);
      return Outcome::hang;
    }
    w.truncated = got.tls_truncated || (tls(connection) && got.kind == net::Read::Kind::reset);
    closed(connection, got.kind == net::Read::Kind::reset);
    return Outcome::closed;
  }
}

// RFC 9051 11.7: servers should limit or delay failed logins.
double ImapDialogue::patience(const ImapWire& w) const {
  const bool login = std::ranges::any_of(w.due, [](const auto& d) { return imap::facts_of(d.name).logs_in; });
  if (!login) return x_patience.reply;
  // A line that announces a literal is no login yet: it waits for a "+", or for a refusal, which may be late.
  return std::max(x_patience.reply, w.announced ? std::min(x_patience.login, 2 * x_patience.reply) : x_patience.login);
}

Wires::Outcome ImapDialogue::receive(int connection) { return read(connection, patience(imap_wire(connection)), true); }
Wires::Outcome ImapDialogue::receive_within(int connection, double seconds) { return read(connection, seconds, false); }

bool ImapDialogue::drain(int connection) {
  bool any = false;
  while (open(connection) && read(connection, 0, false) == Outcome::ok) any = true;
  return any;
}

Wires::Outcome ImapDialogue::wait_closed(int connection) {
  for (;;) {
    const auto outcome = read(connection, x_patience.reply, false);
    if (outcome == Outcome::none) return Outcome::hang;
    if (outcome != Outcome::ok) return outcome;
  }
}

}  // namespace mailspec::scenario
