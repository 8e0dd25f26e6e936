// Three IMAP sessions on one mailbox of the reference server, led by octets: whatever they do to one another, no standing rule may complain, and in
// the end each has been told what there is. A finding is a fault of the server, or an accusation without cause.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/properties.h"
#include "fuzz/scenario_of.h"
#include "fuzz/targets.h"
#include "harness/imap/framer.h"
#include "harness/oracle/imap_view.h"
#include "harness/oracle/standing_rules.h"
#include "reference_server/imap/session.h"

namespace mailspec::fuzz {

namespace {

using oracle::Event;

class Sessions {
 public:
  explicit Sessions(std::uint8_t choices) {
    auto& o = x_options.imap;
    o.starttls = false;
    o.autologout = 1e12;
    o.early_exists = choices & 1;
    o.ghosts = choices & 2;
    o.expunges_backwards = choices & 4;
    o.expunges_one_by_one = choices & 8;
    o.tells_unasked = choices & 16;
    o.refuses_in_use = choices & 32;
    o.uid_in_fetch = choices & 64;
    x_rev2 = choices & 128;
    x_trace.revision = x_rev2 ? 2 : 1;
    x_trace.offered = {"IMAP4rev1", "IMAP4rev2", "IDLE", "UIDPLUS", "MOVE", "ESEARCH", "UNSELECT", "ENABLE", "NAMESPACE", "LITERAL+"};
    auto& account = x_store.add("u", "p");
    account.mailboxes.next_uid_validity = 5;
    auto& box = account.mailboxes.create("box");
    box.uid_next = 11;
    for (int i = 0; i < 5; ++i) box.append("Subject: " + std::to_string(i) + "\r\n\r\nbody\r\n", {}, 0, 0);
  }

  void act(std::uint8_t who, std::uint8_t how) {
    const int n = 1 + who % 3;
    auto& peer = x_peers[static_cast<std::size_t>(n - 1)];
    if (!peer.session) open(n);
    if (peer.idling) {
      peer.idling = false;
      return say(n, "DONE", false);
    }
    x_waits = who < 144;  // else the next command is sent ahead of the answer
    act_at(n, who / 3 % 16, how);
    x_waits = true;
  }

  // Nothing found, and all agree.
  void end() {
    // A server that tells of one message at a time needs as many rounds.
    for (int round = 0; round < 300 && (round < 1 || !agreed()); ++round) {
      for (int n = 1; n <= 3; ++n) {
        const auto& peer = x_peers[static_cast<std::size_t>(n - 1)];
        if (!peer.session) continue;
        if (peer.idling) act(static_cast<std::uint8_t>(n - 1), 0);
        if (!x_views.of(n).bye) command(n, "NOOP");
      }
    }
    const auto judgement = oracle::judge(x_trace, oracle::standing_rules(x_trace));
    std::vector<int> open;
    for (int n = 1; n <= 3; ++n) {
      if (x_views.of(n).selected && !x_views.of(n).bye) open.push_back(n);
    }
    const bool found = !judgement.findings.empty();
    tell_scenario(x_trace, "Three sessions, as the fuzzer led them", found ? judgement.findings[0].requirement : "rfc9051/7/expunge-told", open);
    if (!agreed()) complain("a session was not told of all that has happened");
    if (found) complain(judgement.findings[0].requirement + ": " + judgement.findings[0].what);
  }

 private:
  struct Peer {
    std::unique_ptr<reference::imap::Session> session;
    imap::Framer framer;
    bool idling = false;
    bool ahead = false;  // of answers that have not been read
  };

  void act_at(int n, int what, std::uint8_t how) {
    if (x_views.of(n).bye) return;
    const auto exists = x_views.of(n).selection.exists;
    const auto number = std::to_string(exists ? 1 + how % exists : 1);
    const std::string flag = how & 1 ? "\\Deleted" : how & 2 ? "\\Flagged" : "$Key", sign = how & 4 ? "+" : "-";
    const bool selected = x_views.of(n).selected;
    if (!selected) return command(n, how & 1 ? "SELECT box" : "EXAMINE box");
    switch (what) {
      case 0: return command(n, "NOOP");
      case 1: return exists ? command(n, "FETCH " + number + " (UID FLAGS)") : command(n, "NOOP");
      case 2: return exists ? command(n, "FETCH " + number + " (BODY.PEEK[] RFC822.SIZE)") : command(n, "NOOP");
      case 3: return exists ? command(n, "STORE " + number + " " + sign + "FLAGS (" + flag + ")") : command(n, "NOOP");
      case 4: return exists ? command(n, "STORE " + number + " " + sign + "FLAGS.SILENT (" + flag + ")") : command(n, "NOOP");
      case 5: return command(n, "EXPUNGE");
      case 6: return command(n, "APPEND box (\\Seen) {17+}\r\nSubject: n\r\n\r\nx\r\n");
      case 7: return exists ? command(n, "COPY " + number + " box") : command(n, "NOOP");
      case 8: return command(n, how & 1 ? "SEARCH ALL" : "SEARCH NOT DELETED");
      case 9: return command(n, "UID SEARCH ALL");
      case 10: return command(n, "UID FETCH 1:* (FLAGS)");
      case 11: return command(n, "STATUS box (MESSAGES UIDNEXT UNSEEN)");
      case 12: return command(n, how & 1 ? "CLOSE" : "UNSELECT");
      case 13: return command(n, "SELECT box");
      case 14: return exists ? command(n, "MOVE " + number + " box") : command(n, "NOOP");
      default: x_waits = x_peers[static_cast<std::size_t>(n - 1)].idling = true; return command(n, "IDLE");
    }
  }

  bool agreed() {
    const auto* box = x_store.find("u")->mailboxes.find("box");
    for (int n = 1; n <= 3; ++n) {
      auto& view = x_views.of(n);
      if (view.selected && !view.bye && view.selection.exists != box->messages.size()) return false;
    }
    return true;
  }

  void open(int n) {
    auto& peer = x_peers[static_cast<std::size_t>(n - 1)];
    add(n, Event::Kind::connect);
    peer.session = std::make_unique<reference::imap::Session>(x_store, x_options, false, "nonce", 0);
    listen(n);
    command(n, "LOGIN u p");
    if (x_rev2) command(n, "ENABLE IMAP4rev2");
    command(n, "SELECT box");
  }

  Event& add(int n, Event::Kind kind) {
    Event e;
    e.kind = kind;
    e.connection = n;
    e.imap = true;
    e.user = "u";
    x_trace.events.push_back(std::move(e));
    return x_trace.events.back();
  }

  void command(int n, const std::string& text) { say(n, "t" + std::to_string(++x_serial) + " " + text, true); }

  void say(int n, const std::string& line, bool is_command) {
    auto& peer = x_peers[static_cast<std::size_t>(n - 1)];
    // What others have made it say meanwhile came before.
    if (!peer.ahead) listen(n);
    auto& e = add(n, Event::Kind::sent);
    e.octets = line;
    e.imap_command = imap::parse_command(line);
    if (!is_command) e.imap_command = {"", "DONE", "", true};
    x_views.update(x_trace, x_trace.events.size() - 1);
    peer.session->feed(line + "\r\n", 0);
    peer.ahead = !x_waits;
    if (x_waits) listen(n);
  }

  void listen(int n) {
    auto& peer = x_peers[static_cast<std::size_t>(n - 1)];
    for (auto out = peer.session->output(4096); !out.empty(); out = peer.session->output(4096)) peer.framer.feed(out);
    while (auto frame = peer.framer.next()) {
      add(n, Event::Kind::received).imap_response = imap::parse_response(std::move(*frame));
      x_views.update(x_trace, x_trace.events.size() - 1);
    }
  }

  void complain(const std::string& what) const {
    for (const auto& e : x_trace.events) {
      const bool sent = e.kind == Event::Kind::sent;
      if (sent || e.kind == Event::Kind::received)
        std::fprintf(stderr, "%c%d: %s\n", sent ? 'C' : 'S', e.connection, (sent ? e.octets : e.imap_response.frame.octets).c_str());
    }
    std::fprintf(stderr, "%s\nas a scenario: ci/fuzz scenario imap_sessions FILE\n", what.c_str());
    std::abort();
  }

  reference::Options x_options;
  reference::Store x_store;
  bool x_rev2 = false, x_waits = true;
  Peer x_peers[3];
  oracle::Trace x_trace;
  oracle::ImapViews x_views;
  std::uint64_t x_serial = 0;
};

}  // namespace

void imap_sessions(std::string_view octets) {
  if (octets.empty() || octets.size() > 128) return;  // short dialogues, and many of them
  Sessions sessions(static_cast<std::uint8_t>(octets[0]));
  for (std::size_t i = 1; i + 1 < octets.size(); i += 2) sessions.act(static_cast<std::uint8_t>(octets[i]), static_cast<std::uint8_t>(octets[i + 1]));
  sessions.end();
}

}  // namespace mailspec::fuzz
