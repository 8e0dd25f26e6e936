#include "harness/oracle/footing.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::oracle {

using imap::Response;

namespace {

// Commands of POP3 that change nothing, and those every session needs.
constexpr std::array<std::string_view, 9> kPop3Looks{"RETR", "TOP", "UIDL", "STAT", "LIST", "NOOP", "CAPA", "USER", "PASS"};

// Does the command change nothing that a later one could rest on, beside what every session needs?
bool is_look(const Event& sent) {
  if (!sent.imap) return std::ranges::find(kPop3Looks, sent.pop3_command.keyword) != kPop3Looks.end();
  const auto& facts = imap::facts_of(sent.imap_command.name);
  return facts.logs_in || (facts.reads_only && !facts.changes_session);
}

std::string form_of(const Event& sent) { return sent.imap ? oracle::form_of(sent.imap_command) : sent.pop3_command.keyword; }

std::string symptom_of(const Event& e) {
  switch (e.kind) {
    case Event::Kind::closed:
    case Event::Kind::dropped: return "closed";
    case Event::Kind::hang: return "hang";
    case Event::Kind::sent: return "missing";
    case Event::Kind::received: break;
    default: return "wrong";
  }
  if (!e.imap) return e.pop3_response.ok() ? "wrong" : "refused";
  const bool status = e.imap_response.kind == Response::Kind::tagged || e.imap_response.keyword == "BAD";
  return status && (e.imap_response.keyword == "NO" || e.imap_response.keyword == "BAD") ? "refused" : "wrong";
}

}  // namespace

std::string form_of(const imap::Command& command) {
  if (command.name != "STORE" && command.name != "UID STORE") return command.name;
  const auto args = imap::arguments(command.args);
  return args.size() < 2 ? command.name : command.name + " " + upper(args[1]);
}

Footing footing_of(const Trace& trace, std::size_t broke_at, const std::string& item, bool filled) {
  Footing out;
  if (broke_at >= trace.events.size()) return out;
  const auto& at = trace.events[broke_at];
  for (std::size_t i = 0; i <= broke_at; ++i) {
    const auto& e = trace.events[i];
    if (e.kind != Event::Kind::sent || (e.imap && !e.imap_command.is_command())) continue;
    const auto form = form_of(e);
    if (e.connection == at.connection) out.form = form;
    out.uses.insert(form);
    if (!is_look(e)) out.acts.insert(form);
  }
  if (filled) out.acts.insert("APPEND");
  // What a tagged response is due for is the command with its tag.
  if (at.kind == Event::Kind::received && at.imap && at.imap_response.kind == Response::Kind::tagged) {
    for (std::size_t i = 0; i < broke_at; ++i) {
      const auto& e = trace.events[i];
      if (e.kind == Event::Kind::sent && e.connection == at.connection && e.imap_command.tag == at.imap_response.tag) out.form = form_of(e);
    }
  }
  if (filled) out.uses.insert("APPEND");
  out.symptom = symptom_of(at);
  if (!item.empty() && out.symptom == "wrong") out.form = (out.form == "FETCH" || out.form == "UID FETCH" ? "FETCH " : out.form + " ") + item;
  return out;
}

}  // namespace mailspec::oracle
