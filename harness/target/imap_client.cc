#include "harness/target/imap_client.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"
#include "harness/scenario/imap_ask.h"
#include "harness/scenario/imap_other_ways.h"

namespace mailspec::target {

using Outcome = scenario::Wires::Outcome;
using imap::Response;

bool refuses_message(const imap::Response& tagged) {
  const auto* code = imap::find_code(tagged.code);
  return tagged.keyword == "NO" && !(code && code->passes) && tagged.code != "OVERQUOTA" && tagged.code != "TRYCREATE";
}

ImapClient::ImapClient(net::Transport& transport, scenario::Patience patience, Record record)
    : x_record(std::move(record)), x_dialogue(transport, x_trace, scenario::Segmentation::line, patience) {
  x_trace.scenario = "(set-up)";
  x_trace.revision = 1;
  x_trace.hostile = true;
}

ImapClient::~ImapClient() {
  if (x_dialogue.open(1)) x_dialogue.drop(1, scenario::Wires::End::fin, 0);
  if (x_record) x_record(std::move(x_trace));
}

Status ImapClient::connect(const net::Endpoint& endpoint) {
  x_turned_away = false;
  if (auto s = x_dialogue.connect(1, endpoint, "", 0); !s) return s;
  switch (x_dialogue.receive(1)) {
    case Outcome::ok: break;
    case Outcome::closed: x_turned_away = true; return Error{Error::Kind::unreachable, endpoint.text() + " closes the connection without a greeting"};
    default: return Error{Error::Kind::unreachable, endpoint.text() + " sends no greeting"};
  }
  x_greeting = x_dialogue.last().imap_response;
  x_turned_away = x_greeting.keyword == "BYE";
  if (x_greeting.keyword != "OK" && x_greeting.keyword != "PREAUTH")
    return Error{Error::Kind::unreachable, endpoint.text() + " greets with '" + visible(x_greeting.frame.octets, 120) + "'"};
  return ok();
}

Status ImapClient::start_tls() {
  auto answer = ask("STARTTLS");
  if (!answer) return answer.error();
  if (!answer->ok()) return Error{Error::Kind::setup, "STARTTLS was refused: " + visible(answer->tagged.frame.octets, 120)};
  return x_dialogue.start_tls(1, {}, 0);
}

Status ImapClient::log_in(const scenario::Account& account, const scenario::Offer& offer) {
  x_dialogue.add_secret(account.password);
  if (x_greeting.keyword == "PREAUTH") return ok();
  const auto why = scenario::log_in(x_dialogue, 1, account, offer, 0);
  if (!why.empty()) return Error{Error::Kind::setup, "login of " + account.name + ": " + why};
  return ok();
}

Result<ImapClient::Answer> ImapClient::await(const std::string& tag, const std::string& shown) {
  Answer answer;
  for (;;) {
    switch (x_dialogue.receive(1)) {
      case Outcome::ok: break;
      case Outcome::closed: return Error{Error::Kind::closed, "the server closed the connection after " + shown};
      default: return Error{Error::Kind::timeout, "no response to " + shown};
    }
    const auto& said = x_dialogue.last().imap_response;
    if (said.kind == Response::Kind::untagged) {
      answer.untagged.push_back(said);
    } else if (said.kind == Response::Kind::tagged && (said.tag == tag || !x_dialogue.outstanding(1, tag))) {
      answer.tagged = said;
      return answer;
    }
  }
}

void ImapClient::make_room() {
  if (outgrown(x_trace, x_record)) x_dialogue.trace_emptied();
}

Result<ImapClient::Answer> ImapClient::ask(const std::string& command) {
  return ask(std::vector<scenario::ImapPart>{{command + "\r\n", command + "\r\n", false}});
}

Result<ImapClient::Answer> ImapClient::ask_somehow(const std::string& command, const scenario::Offer& offer, const std::string& selection) {
  auto first = ask(command);
  if (!first || first->ok() || !scenario::may_be_for_its_form(first->tagged)) return first;
  const auto uids = [&] {
    std::set<std::uint64_t> found;
    if (const auto fetched = ask("FETCH 1:* UID")) {
      for (const auto& r : fetched->untagged) {
        if (const auto* uid = imap::fetch_item(r, "UID"); uid && uid->number()) found.insert(*uid->number());
      }
    }
    return std::vector<std::uint64_t>(found.begin(), found.end());
  };
  const auto offers = [&](std::string_view capability) { return offer.imap_has(capability, 1); };
  for (const auto& way : scenario::other_ways(imap::parse_command("a " + command), {uids, offers, selection})) {
    Answer all;
    bool good = true;
    for (const auto& c : way) {
      auto one = ask(c);
      if (!one) return one;
      std::ranges::move(one->untagged, std::back_inserter(all.untagged));
      all.tagged = one->tagged;
      good = one->ok();
      if (!good) break;
    }
    if (good) return all;
  }
  return first;
}

bool ImapClient::login_refused() const {
  bool refused = false, other = false;
  std::string login;
  for (const auto& e : x_trace.events) {
    if (e.kind == oracle::Event::Kind::sent && e.imap_command.name == "LOGIN") login = e.imap_command.tag;
    if (e.kind == oracle::Event::Kind::sent && e.imap_command.name == "AUTHENTICATE") other = true;
    if (e.kind == oracle::Event::Kind::received && e.imap_response.kind == Response::Kind::tagged && e.imap_response.tag == login)
      refused = e.imap_response.keyword != "OK";
  }
  return refused && other;
}

Result<ImapClient::Answer> ImapClient::ask(std::vector<scenario::ImapPart> parts) {
  if (!open()) return Error{Error::Kind::closed, "the connection is closed"};
  make_room();
  const auto tag = x_dialogue.fresh_tag();
  parts[0].octets.insert(0, tag + " ");
  parts[0].shown.insert(0, tag + " ");
  const auto begin = x_trace.events.size();
  const auto shown = parts[0].shown.substr(0, parts[0].shown.find('\r'));
  const auto sent = x_dialogue.send(1, parts, 0);
  if (sent == Outcome::none) {
    Answer refused;
    refused.tagged = x_dialogue.last().imap_response;
    return refused;
  }
  if (sent != Outcome::ok) return Error{Error::Kind::closed, "'" + shown + "' could not be sent"};
  auto answer = await(tag, shown);
  if (answer) {
    for (auto i = begin; i < x_trace.events.size(); ++i) {
      const auto& e = x_trace.events[i];
      const bool early = e.kind == oracle::Event::Kind::received && e.imap_response.kind == Response::Kind::untagged;
      if (early && parts.size() > 1) answer->untagged.push_back(e.imap_response);
    }
  }
  return answer;
}

Result<ImapClient::Answer> ImapClient::ask_within(const std::string& command, double seconds) {
  if (!open()) return Error{Error::Kind::closed, "the connection is closed"};
  make_room();
  x_kept_back = x_dialogue.fresh_tag();
  const auto line = x_kept_back + " " + command + "\r\n";
  if (x_dialogue.send(1, {{line, line, false}}, 0) != Outcome::ok) return Error{Error::Kind::closed, "'" + command + "' could not be sent"};
  return answer_within(seconds);
}

Result<ImapClient::Answer> ImapClient::answer_within(double seconds) {
  Answer answer;
  for (;;) {
    const auto outcome = open() ? x_dialogue.receive_within(1, seconds) : Outcome::closed;
    if (outcome == Outcome::closed) return Error{Error::Kind::closed, "the server closed the connection"};
    if (outcome != Outcome::ok) return Error{Error::Kind::timeout, "no response so far"};
    const auto& said = x_dialogue.last().imap_response;
    if (said.kind == Response::Kind::untagged) answer.untagged.push_back(said);
    if (said.kind != Response::Kind::tagged || said.tag != x_kept_back) continue;
    answer.tagged = said;
    return answer;
  }
}

Result<std::vector<ImapClient::Answer>> ImapClient::ask_all(std::vector<std::string> commands) {
  auto asked = send_all(std::move(commands));
  if (!asked) return asked.error();
  return read_all(*asked);
}

Result<ImapClient::Asked> ImapClient::send_all(std::vector<std::string> commands) {
  std::vector<std::string> tags;
  make_room();
  std::vector<scenario::ImapPart> part(1);
  for (auto& c : commands) {
    if (!open()) return Error{Error::Kind::closed, "the connection is closed"};
    tags.push_back(x_dialogue.fresh_tag());
    // Of a message the trace needs no more than its beginning.
    part[0].shown = tags.back() + " " + c.substr(0, 400) + "\r\n";
    part[0].octets = std::move(c);
    part[0].octets.insert(0, tags.back() + " ");
    part[0].octets += "\r\n";
    x_dialogue.send(1, part, 0);
    c = part[0].shown.substr(0, 100);
    part[0].octets = {};
  }
  return Asked{std::move(tags), std::move(commands)};
}

Result<std::vector<ImapClient::Answer>> ImapClient::read_all(const Asked& asked) {
  const auto& [tags, commands] = asked;
  // A server may answer what is independent in any order (RFC 9051 5.5); untagged data counts for the first that is not answered yet.
  std::vector<Answer> out(tags.size());
  std::vector<bool> answered(tags.size());
  for (std::size_t left = tags.size(); left > 0;) {
    const auto first = static_cast<std::size_t>(std::ranges::find(answered, false) - answered.begin());
    switch (x_dialogue.receive(1)) {
      case Outcome::ok: break;
      case Outcome::closed: return Error{Error::Kind::closed, "the server closed the connection after " + commands[first].substr(0, 60)};
      default: return Error{Error::Kind::timeout, "no response to " + commands[first].substr(0, 60)};
    }
    const auto& said = x_dialogue.last().imap_response;
    if (said.kind == Response::Kind::untagged) out[first].untagged.push_back(said);
    if (said.kind != Response::Kind::tagged) continue;
    const auto at = static_cast<std::size_t>(std::ranges::find(tags, said.tag) - tags.begin());
    const auto which = at < tags.size() && !answered[at] ? at : first;
    answered[which] = true;
    out[which].tagged = said;
    --left;
  }
  return out;
}

void ImapClient::log_out() {
  if (!open()) return;
  (void)ask("LOGOUT");
  if (open()) x_dialogue.wait_closed(1);
}

Result<std::vector<std::string>> ask_capability(ImapClient& client) {
  auto answer = client.ask("CAPABILITY");
  if (!answer) return answer.error();
  std::vector<std::string> out;
  for (const auto& r : answer->untagged) {
    if (r.keyword != "CAPABILITY") continue;
    for (const auto& v : r.values) out.push_back(v.text);
  }
  return out;
}

}  // namespace mailspec::target
