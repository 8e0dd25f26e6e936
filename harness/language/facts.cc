#include "harness/language/facts.h"

#include <algorithm>
#include <array>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

namespace {

// What stands behind the mark of a line.
std::string_view behind_mark(const std::string& text) { return std::string_view(text).substr(text.find(':') + 1); }

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

// The command of a line, with UID where that is its form: "a1 UID FETCH ..." has the words for it.
std::string command_in(const std::vector<std::string>& said) {
  if (said.size() < 2) return {};
  const auto name = upper(said[1]);
  return name == "UID" && said.size() > 2 ? name + " " + upper(said[2]) : name;
}

// Is the line, by itself, what ends a command that listens?
bool ends_listening(std::string_view line) {
  return std::ranges::any_of(imap::vocabulary(), [&](const auto& extension) {
    return std::ranges::any_of(extension.commands, [&](const auto& word) { return word.listens && iequals(word.ended_by, line); });
  });
}

// Does it leave a mailbox as it was? What is not known is taken to change it.
bool keeps_messages(const std::vector<std::string>& said, std::string_view text) {
  if (said.size() == 1) return true;
  const auto at = said.size() > 1 && iequals(said[1], "UID") ? 2u : 1u;
  const auto* word = said.size() > at ? imap::find_command_word(upper(said[at])) : nullptr;
  return word && word->reads_only && !(word->changes_messages && imap::sets_seen(text));
}

// Does a line, in upper case, have a command about what all sessions of the account share? LIST of names of the case's own is none.
bool asks_for_the_account(std::string_view text) {
  for (const auto& extension : imap::vocabulary()) {
    for (const auto& word : extension.commands) {
      if (word.scope == imap::Scope::own) continue;
      const auto name = std::string(word.name) + (word.reads_only ? " " : "");
      if (has(text, name) && (word.scope == imap::Scope::account || !has(text, "{BOX"))) return true;
    }
  }
  return false;
}

void find_imap_facts(Sent& sent) {
  const auto text = behind_mark(sent.text);
  const auto said = words(text);
  const auto& word = imap::facts_of(command_in(said));
  sent.place = word.selects ? Place::selects : word.outside ? Place::outside : Place::inside;
  // A line without a tag ends or continues what another has begun.
  if (sent.raw) sent.looks = false;
  else if (said.size() < 2) sent.looks = !said.empty() && ends_listening(said[0]);
  else sent.looks = word.reads_only && !word.outside && !word.changes_session && !imap::sets_seen(text);
  sent.keeps_messages = keeps_messages(said, upper(text));
  sent.ends_idle = text.ends_with(" DONE");
  sent.uses_saved = has(text, " $");
  sent.about_account = asks_for_the_account(upper(sent.text));
}

// The pattern, in a case that does not matter: "TAG OK" and the like.
Demand::Answer answer_of(const ImapPattern& nodes) {
  if (nodes.size() != 2 || nodes[1].kind != ImapNode::Kind::leaf || nodes[1].quoted || nodes[1].pieces.size() != 1) return Demand::Answer::other;
  const auto& piece = nodes[1].pieces[0];
  if (piece.kind == Piece::Kind::any) return Demand::Answer::any;
  if (piece.kind != Piece::Kind::literal) return Demand::Answer::other;
  return piece.text == "OK" ? Demand::Answer::ok : piece.text == "BAD" ? Demand::Answer::bad : Demand::Answer::other;
}

bool is_bad(const ImapPattern& nodes) {
  const auto says_bad = [](const Piece& piece) {
    return (piece.kind == Piece::Kind::literal && piece.text == "BAD") || std::ranges::find(piece.choices, "BAD") != piece.choices.end();
  };
  return nodes.size() > 1 && std::ranges::any_of(nodes[1].pieces, says_bad);
}

// All lines of a case, with what is sent.
template <class F>
bool any_line(const Case& test, F&& is) {
  return std::ranges::any_of(test.steps, [&](const Step& step) {
    bool any = false;
    step.for_each_line([&](const Line& line) { any = any || is(line); });
    return any;
  });
}

template <class F>
bool any_sent(const Case& test, F&& is) {
  return std::ranges::any_of(test.steps, [&](const Step& step) { return std::ranges::any_of(step.all_sent(), [&](const Sent* sent) { return is(*sent); }); });
}

template <class T>
bool has_step(const Case& test) {
  return std::ranges::any_of(test.steps, [](const Step& step) { return step.is<T>(); });
}

bool makes(const Line& line, std::string_view generator) {
  bool any = false;
  for_each_piece(line, [&](const Piece& piece) { any = any || (piece.kind == Piece::Kind::generator && piece.text == generator); });
  return any;
}

bool uses_box(const Case& test) {
  if (!test.both() && (!test.messages.empty() || test.state == "selected")) return true;
  return any_line(test, [](const Line& line) { return uses(line, "box"); });
}

bool mutates(const Case& test) {
  if (test.both() || has_step<Deliver>(test)) return true;
  if (test.imap()) {
    // RFC 3501 2.3.2: \Recent shows in one session only.
    return test.messages.empty() || test.connections > 1 || any_sent(test, [](const Sent& sent) { return !sent.keeps_messages; }) ||
           any_line(test, [](const Line& line) { return has(literal_text(line), "RECENT") || uses(line, "box2"); });
  }
  // A server at fault may also remove what was only read, at the end of a session.
  return has_step<Drop>(test) || any_sent(test, [&](const Sent& sent) { return sent.has_dele || (test.state == "transaction" && sent.has_quit); });
}

bool needs_account(const Case& test) {
  if (test.both()) return true;
  if (test.imap()) return false;
  if (test.state == "transaction" || !test.messages.empty() || has_step<Login>(test) || has_step<Deliver>(test)) return true;
  return any_line(test, [](const Line& line) { return uses(line, "user") || uses(line, "password") || makes(line, "sasl") || makes(line, "apop"); });
}

// INBOX, subscriptions and the list of all names are the account's.
bool keeps_to_itself(const Case& test) {
  if (test.both() || test.empty_inbox || has_step<Deliver>(test)) return false;
  if (any_line(test, [](const Line& line) { return has(upper(literal_text(line)), "INBOX"); })) return false;
  if (any_sent(test, [](const Sent& sent) { return sent.about_account; })) return false;
  return std::ranges::none_of(test.steps, [](const Step& step) {
    return std::ranges::any_of(step.demands(), [](const Demand& demand) { return demand.about_account; }) || (step.asks() && step.asks()->about_account());
  });
}

bool lets_logins_fail(const Case& test) {
  if (test.needs("wrong-password")) return true;
  if (test.state != "authorization" && test.state != "not-authenticated" && test.state != "none") return false;
  const bool completes = any_line(test, [](const Line& line) { return makes(line, "sasl") || uses(line, "password"); });
  const bool refused = has_step<Refused>(test) || has_step<ObserveAnswer>(test) || std::ranges::any_of(test.steps, [](const Step& step) {
                         return std::ranges::any_of(step.demands(), [](const Demand& demand) { return demand.refusal; });
                       });
  // One that is given up is a failure, too.
  return (refused || !completes) && any_sent(test, [](const Sent& sent) { return sent.tries_login; });
}

}  // namespace

void find_facts(Sent& sent, Protocol protocol) {
  const auto text = upper(sent.text);
  sent.tries_login = std::ranges::any_of(std::array{"LOGIN ", "AUTH", "PASS ", "APOP ", "{SASL "}, [&](const char* word) { return has(text, word); });
  if (protocol == Protocol::imap) return find_imap_facts(sent);
  sent.deletes = istarts_with(trim(behind_mark(sent.text)), "DELE");
  sent.has_dele = has(text, "DELE");
  sent.has_quit = has(text, "QUIT");
  sent.starts_tls = has(text, "STLS");
}

void find_facts(Demand& demand, Protocol protocol) {
  const auto text = upper(demand.text);
  demand.refusal = has(text, "-ERR") || has(text, " NO") || has(text, " BAD");
  if (protocol != Protocol::imap) return;
  demand.answer = answer_of(demand.nodes);
  demand.waits_for_bad = is_bad(demand.nodes);
  demand.about_account = asks_for_the_account(text);
}

CaseFacts facts_of(const Case& test) {
  CaseFacts facts;
  facts.uses_box = uses_box(test);
  facts.mutates = mutates(test);
  facts.needs_account = needs_account(test);
  facts.has_own_account = test.needs("wrong-password") || test.needs("utf8-account") || test.needs("spaced-password");
  facts.keeps_to_itself = keeps_to_itself(test);
  facts.attacks = has_step<Survives>(test);
  facts.logs_in = has_step<Login>(test);
  facts.lets_logins_fail = lets_logins_fail(test);
  return facts;
}

}  // namespace mailspec::scenario
