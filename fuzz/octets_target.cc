// Sessions of the server and readers of the harness, over any octets: whole and cut, they say the same.
#include "fuzz/targets.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/properties.h"
#include "harness/base/text.h"
#include "harness/imap/framer.h"
#include "harness/imap/grammar.h"
#include "harness/imap/value.h"
#include "harness/language/scenario.h"
#include "harness/oracle/pop3_rules.h"
#include "harness/oracle/standing_rules.h"
#include "harness/pop3/response_reader.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/message.h"
#include "reference_server/mime/text.h"
#include "reference_server/net/server.h"
#include "reference_server/pop3/session.h"

namespace mailspec::fuzz {

namespace {

// All that an IMAP session says to `octets`, logged in and with a mailbox selected. `message` is one more in it.
std::string converse_imap(std::string_view octets, std::size_t cut, bool rev2, std::string_view message = {}) {
  reference::Options options;
  options.imap.starttls = false;
  options.imap.autologout = 1e12;
  options.imap.literal_limit = 4096;
  reference::Store store;
  auto& account = store.add("u", "p");
  if (account.mailboxes.next_uid_validity == 0) account.mailboxes.next_uid_validity = 1;
  auto& inbox = account.mailboxes.create("INBOX");
  inbox.append("Subject: a\r\nFrom: a@b\r\n\r\nbody\r\n", {}, 0, 0);
  inbox.append(
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ntwo\r\n--x--\r\n",
      {"\\Seen"}, 0, 0);
  if (!message.empty()) inbox.append(std::string(message), {}, 0, 0);
  reference::imap::Session session(store, options, false, "nonce", 0);
  std::string said;
  const auto listen = [&] {
    for (auto out = session.output(4096); !out.empty(); out = session.output(4096)) said += out;
  };
  const auto say = [&](std::string_view text) {
    session.feed(text, 0);
    listen();
  };
  listen();
  say("l LOGIN u p\r\n");
  if (rev2) say("e ENABLE IMAP4rev2\r\n");
  say("s SELECT INBOX\r\n");
  for (std::size_t at = 0; at < octets.size(); at += cut ? cut : octets.size()) say(octets.substr(at, cut ? cut : octets.size()));
  session.disconnected();
  return said;
}

// All that a session says to `octets`, fed in pieces of `cut` octets (0: whole).
std::string converse(std::string_view octets, std::size_t cut) {
  reference::Options options;
  options.pop3.stls = false;  // what follows STLS depends on where the cut lies
  options.pop3.autologout = 1e12;
  reference::Store store;
  auto& account = store.add("u", "p");
  account.deliver("Subject: a\r\n\r\n.\r\nbody\r\n");
  account.deliver("Subject: b\r\n\r\nsecond\r\n");
  reference::pop3::Session session(store, options, false, "nonce", 0);
  std::string said;
  const auto listen = [&] {
    for (auto out = session.output(4096); !out.empty(); out = session.output(4096)) said += out;
  };
  listen();
  for (std::size_t at = 0; at < octets.size(); at += cut ? cut : octets.size()) {
    session.feed(octets.substr(at, cut ? cut : octets.size()), 0);
    listen();
  }
  session.disconnected();
  return said;
}

// Whatever the server says, the other witness can read it.
void require_grammar(std::string_view said) {
  imap::Framer framer;
  framer.feed(said);
  imap::Dialect dialect;
  bool first = true;
  while (auto frame = framer.next()) {
    const auto response = imap::parse_response(*frame);
    if (response.keyword == "ENABLED" && !response.values.empty()) dialect.rev2 = dialect.utf8 = true;
    if (const auto breach = imap::check_grammar(*frame, dialect, std::exchange(first, false))) {
      std::fprintf(stderr, "%s was due at %zu of '%s'\n", breach->production.c_str(), breach->offset, visible(frame->octets, 2000).c_str());
      require(false);
    }
  }
  require(framer.idle());
}

bool within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// Every part lies within what it is a part of. `room`: how many more there may be; no input makes many more of them than it has octets.
void look_through(const reference::mime::Part& part, std::string_view whole, int depth, std::size_t& room) {
  require(depth <= 128);
  require(room-- > 0);
  require(within(part.header, whole) && within(part.body, whole));
  require(part.lines() <= part.body.size());
  if (const auto decoded = reference::mime::decode(part)) require(decoded->size() <= part.body.size());
  (void)reference::mime::decoded_text(part);
  for (const auto& p : reference::mime::joined(part.params)) (void)p;
  for (const auto& field : part.fields) {
    require(within(field.raw, whole));
    (void)reference::mime::parse_addresses(field.value);
    (void)reference::mime::decode_words(field.value);
    (void)reference::mime::parse_parameterized(field.value);
  }
  for (const auto& inner : part.parts) look_through(inner, part.body, depth + 1, room);
}

bool same(const pop3::Response& a, const pop3::Response& b) {
  return a.line == b.line && a.status == b.status && a.multi_line == b.multi_line && a.content.head == b.content.head && a.content.sha256 == b.content.sha256 &&
         a.content.lines == b.content.lines && a.content.body_lines == b.content.body_lines && a.faults.size() == b.faults.size();
}

}  // namespace

void pop3_dialogue(std::string_view octets) {
  if (octets.size() > 4096) return;
  const auto whole = converse(octets, 0);
  require(whole == converse(octets, 1));
  require(whole == converse(octets, 7));
}

void pop3_response(std::string_view octets) {
  if (octets.empty() || octets.size() > 16 * 1024) return;
  static constexpr const char* kCommands[] = {"NOOP", "LIST", "LIST 1", "RETR 1", "TOP 1 0", "UIDL", "CAPA", "AUTH PLAIN", "STAT", "QUIT", "LANG"};
  const auto command = pop3::parse_command(kCommands[static_cast<unsigned char>(octets[0]) % std::size(kCommands)]);
  octets.remove_prefix(1);
  const auto read = [&](std::string_view octets, std::size_t cut, auto&& each, const pop3::ResponseReader::Limits& limits = {1024, 4096, 256, 4096}) {
    pop3::ResponseReader reader(limits);
    for (std::size_t at = 0; at < octets.size(); at += cut ? cut : octets.size()) {
      reader.feed(octets.substr(at, cut ? cut : octets.size()));
      for (;;) {
        if (reader.idle()) reader.expect(command);
        if (!reader.advance()) break;
        each(reader.take());
      }
    }
    if (reader.looks_ended() || reader.overflow()) require(!reader.idle(), "nothing is awaited, and yet it looks ended or overflown");
    if (!reader.idle()) (void)reader.abandon();
  };
  std::vector<pop3::Response> whole, cut;
  read(octets, 0, [&](pop3::Response reply) { whole.push_back(std::move(reply)); });
  read(octets, 1, [&](pop3::Response reply) { cut.push_back(std::move(reply)); });
  // With limits that all inputs keep within, or all pass: octets within a content cost less than those behind one that was too long. No reply is kept:
  // fresh memory for thousands of them takes longer than what they are made of.
  const auto limits = octets.size() % 2 ? pop3::ResponseReader::Limits{65536, 65536, 65536, 65536} : pop3::ResponseReader::Limits{64, 64, 64, 64};
  require_linear(octets, 128, [&](std::string_view text) { read(text, 3, [](const pop3::Response&) {}, limits); });
  require(whole.size() == cut.size());
  oracle::Trace trace;
  trace.offered = {"CAPA", "RESP-CODES"};
  for (std::size_t i = 0; i < whole.size(); ++i) {
    require(same(whole[i], cut[i]));
    const auto& content = whole[i].content;
    require(content.header().size() + content.body().size() == content.head.size(), "a message is more or less than its header and its body");
    oracle::Event event;
    event.kind = oracle::Event::Kind::received;
    event.pop3_command = command;
    event.pop3_response = whole[i];
    trace.events.push_back(std::move(event));
  }
  (void)oracle::judge(trace, oracle::pop3_rules());
}

void imap_dialogue(std::string_view octets) {
  if (octets.size() > 4096) return;
  for (const bool rev2 : {false, true}) {
    const auto whole = converse_imap(octets, 0, rev2);
    require(whole == converse_imap(octets, 1, rev2));
    require(whole == converse_imap(octets, 7, rev2));
    require_grammar(whole);
  }
}

void mime(std::string_view octets) {
  if (octets.empty() || octets.size() > 16 * 1024) return;
  require_linear(octets, 128, [](std::string_view text) {
    const auto message = reference::mime::parse_message(text);
    std::size_t room = text.size() + 2;
    look_through(message, text, 0, room);
  });
  const auto message = reference::mime::parse_message(octets);
  std::size_t room = octets.size() + 2;
  look_through(message, octets, 0, room);
  const auto plain = reference::mime::without_binary(octets);
  if (plain.find('\0') != std::string::npos) return;  // APPEND refuses it
  static constexpr std::string_view kAsk =
      "1 FETCH 3 (ENVELOPE BODY BODYSTRUCTURE RFC822.SIZE BODY[HEADER.FIELDS (SUBJECT FROM)] BODY[1.MIME] BODY[2.1] BODY[TEXT]<3.9>)\r\n"
      "2 FETCH 3 (BINARY[1] BINARY.SIZE[1])\r\n3 SEARCH TEXT body SUBJECT a\r\n4 SEARCH HEADER content-type x SENTSINCE 1-Jan-2020\r\n";
  for (const bool rev2 : {false, true}) require_grammar(converse_imap(kAsk, 0, rev2, plain));
}

namespace {

std::vector<imap::Frame> frames_of(std::string_view octets, std::size_t cut, imap::Limits limits = {4096, 65536, 1024, 256, 64}) {
  imap::Framer framer(limits);
  std::vector<imap::Frame> out;
  for (std::size_t at = 0; at < octets.size(); at += cut ? cut : octets.size()) {
    framer.feed(octets.substr(at, cut ? cut : octets.size()));
    while (auto frame = framer.next()) {
      out.push_back(std::move(*frame));
      if (out.back().lost) return out;
    }
  }
  const bool idle = framer.idle();
  require(framer.abandon().empty() == idle && framer.idle(), "what is left over is not given out");
  return out;
}

}  // namespace

void imap_framer(std::string_view octets) {
  if (octets.size() > 64 * 1024) return;
  require_linear(octets, 128, [](std::string_view text) {
    imap::Framer framer;
    for (std::size_t at = 0; at < text.size(); at += 3) {
      framer.feed(text.substr(at, 3));
      while (framer.next()) {
      }
    }
  });
  const imap::Limits limits{512, 65536, 1024, 256, 8};
  const auto whole = frames_of(octets, 0, limits);
  for (const std::size_t cut : {1u, 5u}) {
    const auto pieces = frames_of(octets, cut, limits);
    require(whole.size() == pieces.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      require(whole[i].lost == pieces[i].lost);
      if (whole[i].lost) break;  // how much of it had come by then depends on the cut
      require(whole[i].octets == pieces[i].octets && whole[i].breach == pieces[i].breach && whole[i].literals.size() == pieces[i].literals.size());
      for (std::size_t k = 0; k < whole[i].literals.size(); ++k) {
        const auto &a = whole[i].literals[k], &b = pieces[i].literals[k];
        require(a.at == b.at && a.kept == b.kept && a.size == b.size && a.sha256 == b.sha256);
        require(a.at + a.kept <= whole[i].octets.size());
      }
    }
  }
}

void imap_response(std::string_view octets) {
  if (octets.size() > 16 * 1024) return;
  Turns turns(octets);
  // All of it, or one: the tree, or the grammar of one revision.
  const bool all = turns.next(6), tree = turns.next(3), newer = turns.next(2);
  if (all) (void)imap::parse_values(octets.substr(0, 200));
  for (auto& frame : frames_of(octets, 0)) {
    for (const bool rev2 : {false, true}) {
      if (!all && (tree || rev2 != newer)) continue;
      const auto breach = imap::check_grammar(frame, {rev2, rev2});
      if (breach) require(breach->offset <= frame.octets.size(), "a breach beyond the response");
      else if (rev2 && all) require(!imap::check_production("response", frame, {rev2, rev2}), "a response is none by the production of that name");
    }
    require_linear(frame.octets, 128, [](std::string_view text) {
      imap::Framer framer;
      framer.feed(text);
      framer.feed("\r\n");
      while (auto grown = framer.next()) {
        (void)imap::check_grammar(*grown, {true, true});
        (void)imap::fetch_items(imap::parse_response(std::move(*grown)));
      }
    });
    if (!all && !tree) continue;
    (void)imap::fetch_items(imap::parse_response(std::move(frame)));
  }
}

void imap_judge(std::string_view octets) {
  if (octets.size() > 16 * 1024) return;
  oracle::Trace trace;
  trace.revision = 1;
  trace.offered = {"IMAP4rev1"};
  oracle::Event connect;
  connect.kind = oracle::Event::Kind::connect;
  trace.events.push_back(connect);
  for (const auto* line : {"a1 LOGIN u {secret:1}", "a2 SELECT INBOX", "a3 UID FETCH 1:* (FLAGS BODY[])", "a4 SEARCH ALL"}) {
    oracle::Event sent;
    sent.kind = oracle::Event::Kind::sent;
    sent.imap = true;
    sent.octets = line;
    sent.imap_command = imap::parse_command(line);
    trace.events.push_back(sent);
  }
  for (auto& frame : frames_of(octets, 0)) {
    oracle::Event event;
    event.kind = oracle::Event::Kind::received;
    event.imap = true;
    event.imap_response = imap::parse_response(std::move(frame));
    trace.events.push_back(std::move(event));
  }
  for (const auto& finding : oracle::judge(trace, oracle::standing_rules(trace)).findings) {
    require(finding.event < trace.events.size(), "a finding beyond the trace");
    require(finding.offset <= trace.events[finding.event].imap_response.frame.octets.size(), "a finding beyond its response");
  }
}

void scenario(std::string_view text) {
  if (text.size() > 64 * 1024) return;
  for (const auto* path : {"fuzz.pop3", "fuzz.imap", "fuzz.both"}) {
    const auto cases = scenario::parse_scenario(path, text);
    if (!cases) require(cases.error().what.starts_with(std::string(path) + ":"));
    else require(!cases->empty());
  }
}

}  // namespace mailspec::fuzz
