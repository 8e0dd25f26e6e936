// How IMAP responses are made of octets, and that each command has its one answer.
#include <algorithm>
#include <map>

#include "harness/base/ascii.h"
#include "harness/imap/grammar.h"
#include "harness/imap/vocabulary.h"
#include "harness/mime/base64.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;

constexpr const char* kFraming = "rfc9051/2.2/framing";
constexpr const char* kLiteral = "rfc9051/4.3/literal-octets";
constexpr const char* kNonSync = "rfc9051/4.3/no-non-synchronizing-from-server";
constexpr const char* kTagged = "rfc9051/2.2.2/tagged-once";
constexpr const char* kTagKnown = "rfc9051/2.2.2/tag-of-command";
constexpr const char* kGreeting = "rfc9051/7.1/greeting";
constexpr const char* kPreauth = "rfc9051/7.1.4/preauth-protected";
constexpr const char* kBye = "rfc9051/6.1.3/bye-before-ok";
constexpr const char* kCloses = "rfc9051/6.1.3/closes";
constexpr const char* kUnilateral = "rfc9051/3.4/bye-before-close";
constexpr const char* kStatus = "rfc9051/7.1/status-grammar";
constexpr const char* kContinuation = "rfc9051/7.6/continuation-grammar";
constexpr const char* kChallenge = "rfc9051/6.2.2/challenge-is-base64";
constexpr const char* kOther = "rfc9051/7/untagged-grammar";

// The requirement a response of this keyword keeps to by its grammar.
const char* grammar_of(const Response& r) {
  if (r.kind == Response::Kind::continuation) return kContinuation;
  if (r.is_status()) return kStatus;
  const auto* known = imap::find_untagged(r.keyword);
  return known ? known->requirement : kOther;
}

class Syntax : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override {
    std::vector<std::string> out{kFraming, kLiteral, kNonSync,    kTagged, kTagKnown,     kGreeting,  kPreauth,
                                 kBye,     kCloses,  kUnilateral, kStatus, kContinuation, kChallenge, kOther};
    for (const auto& extension : imap::vocabulary()) {
      for (const auto& word : extension.untagged) {
        if (std::ranges::find(out, word.requirement) == out.end()) out.emplace_back(word.requirement);
      }
    }
    return out;
  }

  void look(const Look& l) override {
    switch (l.event.kind) {
      case Event::Kind::connect: x_lost[l.event.connection] = false; break;
      case Event::Kind::received: received(l); break;
      case Event::Kind::closed: closed(l); break;
      case Event::Kind::hang:
        if (l.session.logout && l.session.running.empty()) l.find(kCloses, "the server did not close the connection after LOGOUT");
        break;
      default: break;
    }
  }

 private:
  void received(const Look& l) {
    const auto& r = l.response();
    auto& lost = x_lost[l.event.connection];
    if (lost) return;  // out of step: what follows has that one cause
    const bool greeting = !l.session.greeted;
    imap::Dialect dialect;
    dialect.rev2 = l.session.rev2;
    dialect.utf8 = l.session.utf8 || l.trace.offers("LANGUAGE");
    const auto& frame = r.frame;
    l.test(kFraming);
    if (!frame.breach.empty()) {
      lost = frame.lost;
      return l.find(kFraming, frame.breach + ": " + shown(r), frame.breach_at);
    }
    if (greeting) {
      l.test(kGreeting);
      // RFC 3501 does not ask for it.
      const bool in_clear = l.trace.offers("IMAP4rev2") && !l.session.tls && !l.session.implicit_tls;
      l.demand(kPreauth, r.keyword != "PREAUTH" || !in_clear, "PREAUTH on a connection in clear, which STARTTLS can no longer protect");
    }
    const auto* id = grammar_of(r);
    l.test(id);
    if (!frame.literals.empty()) l.test(kLiteral);
    if (const auto breach = imap::check_grammar(frame, dialect, greeting)) {
      const bool status_greeting = r.keyword == "OK" || r.keyword == "PREAUTH" || r.keyword == "BYE";
      if (greeting && (!status_greeting || r.kind != Response::Kind::untagged))
        return l.find(kGreeting, "the first response is to be '* OK', '* PREAUTH' or '* BYE'; " + shown(r) + " came");
      // {n+} is a client's.
      if (frame.octets.ends_with("+}")) return l.find(kNonSync, "a non-synchronizing literal came from the server: " + shown(r));
      // Right behind a literal: then the literal was not as long as it was said to be.
      const bool after = std::ranges::any_of(frame.literals, [&](const auto& lit) { return breach->offset >= lit.at && breach->offset <= lit.at + lit.kept; });
      const bool torn =
          r.kind == Response::Kind::tagged && std::ranges::find(l.session.tags, r.tag) == l.session.tags.end() && x_literal_before[l.event.connection];
      if (after || torn) {
        lost = true;
        return l.find(kLiteral, "after a literal's announced octets " + breach->production + " was due: " + shown(r), breach->offset);
      }
      if (r.kind == Response::Kind::tagged && std::ranges::find(l.session.tags, r.tag) == l.session.tags.end()) {
        return l.find(kTagKnown, "a response begins with '*', '+' or a command's tag; " + shown(r) + " came");
      }
      if (echoes(l, breach->offset)) return;
      return l.find(id, breach->production + " was due: " + shown(r), breach->offset);
    }
    x_literal_before[l.event.connection] = !frame.literals.empty();
    if (r.kind == Response::Kind::tagged) tagged(l);
    if (r.kind == Response::Kind::continuation) challenge(l);
    if (r.keyword == "OK" && r.kind == Response::Kind::tagged) {
      const auto* running = l.session.find(r.tag);
      if (running && running->name == "LOGOUT") l.demand(kBye, l.session.bye, "LOGOUT was answered without an untagged BYE before the tagged OK");
    }
  }

  // Is the section in which the grammar is broken what the client has asked for, ill-formed as it is? That it was not refused is another finding.
  static bool echoes(const Look& l, std::size_t offset) {
    const auto& line = l.response().frame.octets;
    const auto open = line.rfind('[', offset), close = line.find(']', offset);
    if (l.response().keyword != "FETCH" || open == std::string::npos || close == std::string::npos) return false;
    const auto section = upper(line.substr(open, close - open + 1));
    return std::ranges::any_of(l.session.running, [&](const auto& c) { return upper(c.args).find(section) != std::string::npos; });
  }

  // RFC 9051 6.2.2: while AUTHENTICATE alone is in progress, and its line has no literal that waits, "+" is a challenge.
  static void challenge(const Look& l) {
    const auto* only = l.session.only();
    if (!only || only->name != "AUTHENTICATE" || only->args.find('{') != std::string::npos) return;
    const auto& line = l.response().frame.octets;
    const auto text = std::string_view(line).substr(std::min<std::size_t>(line.size(), 2));
    l.demand(kChallenge, mime::decode_base64(text).has_value(), [&] { return "what follows '+ ' in a challenge is not base64: " + shown(l.response()); });
  }

  void tagged(const Look& l) {
    const auto& tag = l.response().tag;
    // No tag begins with "{": the trace has not all of a command so long, and who knows what its tag was.
    if (std::ranges::any_of(l.session.tags, [](const auto& sent) { return sent.starts_with('{'); })) return;
    if (l.session.find(tag)) {
      l.test(kTagged);
      l.test(kTagKnown);
      return;
    }
    if (std::ranges::find(l.views.stray(l.event.connection), tag) != l.views.stray(l.event.connection).end()) return;
    const bool known = std::ranges::find(l.session.tags, tag) != l.session.tags.end();
    if (known) l.demand(kTagged, false, [&] { return "the command " + tag + " was answered a second time: " + shown(l.response()); });
    else l.demand(kTagKnown, false, [&] { return "no command had the tag of " + shown(l.response()); });
  }

  void closed(const Look& l) {
    const auto& s = l.session;
    if (s.logout) {
      l.test(kCloses);
      return;
    }
    if (!s.greeted) return;
    // A reset destroys what was said and not yet read: nobody knows whether a BYE was among it.
    if (l.event.reset && !s.bye) return;
    // RFC 9051 3.4: a server should say BYE first. (RFC 3501 has a MUST.)
    l.demand(kUnilateral, s.bye, "the server closed the connection without an untagged BYE");
  }

  std::map<int, bool> x_lost, x_literal_before;
};

}  // namespace

std::unique_ptr<ImapCheck> imap_syntax_check() { return std::make_unique<Syntax>(); }

}  // namespace mailspec::oracle
