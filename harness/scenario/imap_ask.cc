#include "harness/scenario/imap_ask.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/imap/search_return.h"
#include "harness/mime/base64.h"
#include "harness/oracle/imap_view.h"
#include "harness/pop3/response.h"
#include "harness/scenario/imap_matcher.h"
#include "harness/scenario/imap_other_ways.h"
#include "harness/scenario/runner.h"
#include "harness/scenario/template.h"

namespace mailspec::scenario {

using imap::Response;
using oracle::Event;
using Outcome = Wires::Outcome;

std::string ask(ImapDialogue& dialogue, int connection, const std::string& command, const std::string& shown, int line) {
  const std::string tag = dialogue.fresh_tag();
  if (!dialogue.open(connection)) return "the connection is closed";
  const auto sent = dialogue.send(connection, {{tag + " " + command + "\r\n", tag + " " + shown + "\r\n", false}}, line);
  if (sent != Outcome::ok) return "it could not be sent";
  std::string bye;
  for (;;) {
    switch (dialogue.receive(connection)) {
      case Outcome::ok: break;
      case Outcome::closed: return "the server closed the connection after " + shown + bye;
      default: return "no response to " + shown;
    }
    const auto& said = dialogue.last().imap_response;
    if (said.kind == Response::Kind::untagged && said.keyword == "BYE") bye = ": '" + visible(said.frame.octets, 200) + "'";
    if (said.kind == Response::Kind::tagged && said.tag == tag) return said.keyword == "OK" ? "" : "'" + visible(said.frame.octets, 200) + "' came";
    if (said.kind == Response::Kind::tagged && !dialogue.outstanding(connection, tag)) return "'" + visible(said.frame.octets, 200) + "' came";
  }
}

namespace {

std::vector<std::uint64_t> uids_of_selection(ImapDialogue& dialogue, const oracle::Trace& trace, int n, int line) {
  const auto begin = trace.events.size();
  if (!ask(dialogue, n, "UID SEARCH ALL", "UID SEARCH ALL", line).empty() && !ask(dialogue, n, "FETCH 1:* UID", "FETCH 1:* UID", line).empty()) return {};
  std::set<std::uint64_t> uids;
  for (auto i = begin; i < trace.events.size(); ++i) {
    const auto& e = trace.events[i];
    if (e.kind != Event::Kind::received || e.connection != n) continue;
    if (const auto* uid = imap::fetch_item(e.imap_response, "UID"); uid && uid->number()) uids.insert(*uid->number());
    const auto set = imap::numbers_found(e.imap_response);
    if (imap::size_of(set) > 100000) return {};
    for (const auto& [low, high] : set) {
      for (auto uid = low; uid <= high; ++uid) uids.insert(uid);
    }
  }
  return {uids.begin(), uids.end()};
}

}  // namespace

bool other_way_works(ImapDialogue& dialogue, const oracle::Trace& trace, int connection, const imap::Command& refused, const Response& answer, int line,
                     const std::string& selection) {
  if (!may_be_for_its_form(answer)) return false;
  const Surroundings around{[&] { return uids_of_selection(dialogue, trace, connection, line); },
                            [&](std::string_view capability) { return trace.offers(std::string(capability)); }, selection};
  for (const auto& way : other_ways(refused, around)) {
    if (!dialogue.open(connection) || dialogue.outstanding(connection)) return false;
    if (std::ranges::all_of(way, [&](const auto& command) { return ask(dialogue, connection, command, command, line).empty(); })) return true;
  }
  return false;
}

std::string ask_somehow(ImapDialogue& dialogue, const oracle::Trace& trace, int connection, const std::string& command, int line) {
  auto why = ask(dialogue, connection, command, command, line);
  if (why.empty() || !dialogue.open(connection) || dialogue.last().kind != Event::Kind::received) return why;
  const auto answer = dialogue.last().imap_response;
  return other_way_works(dialogue, trace, connection, imap::parse_command("a " + command), answer, line) ? std::string() : why;
}

namespace {

std::string secret(const std::string& text) { return "{secret:" + std::to_string(text.size()) + "}"; }

// LOGIN with its arguments in quotes, or as literals.
std::string log_in_plainly(ImapDialogue& dialogue, int connection, const Account& account, bool literals, int line) {
  if (!literals) {
    return ask(dialogue, connection, "LOGIN " + quoted(account.name) + " " + quoted(account.password),
               "LOGIN " + quoted(account.name) + " " + secret(quoted(account.password)), line);
  }
  const auto tag = dialogue.fresh_tag();
  const auto head = tag + " LOGIN {" + std::to_string(account.name.size()) + "}\r\n";
  const auto between = account.name + " {" + std::to_string(account.password.size()) + "}\r\n";
  const auto sent =
      dialogue.send(connection, {{head, head, true}, {between, between, true}, {account.password + "\r\n", secret(account.password) + "\r\n", false}}, line);
  while (dialogue.open(connection) && dialogue.outstanding(connection, tag)) {
    if (dialogue.receive(connection) != Outcome::ok) return "no response to LOGIN";
  }
  if (sent == Outcome::closed || sent == Outcome::hang || !dialogue.open(connection)) return "no response to LOGIN";
  const auto& said = dialogue.last().imap_response;
  return said.tag == tag && said.keyword == "OK" ? "" : "'" + visible(said.frame.octets, 200) + "' came";
}

std::string log_in_by_sasl(ImapDialogue& dialogue, int connection, const Account& account, int line) {
  const auto message = mime::encode_base64(std::string(1, '\0') + account.name + '\0' + account.password);
  dialogue.add_secret(message);
  const std::string tag = dialogue.fresh_tag();
  if (dialogue.send(connection, {{tag + " AUTHENTICATE PLAIN\r\n", tag + " AUTHENTICATE PLAIN\r\n", false}}, line) != Outcome::ok)
    return "it could not be sent";
  for (bool answered = false;;) {
    if (dialogue.receive(connection) != Outcome::ok) return "no response to AUTHENTICATE";
    const auto said = dialogue.last().imap_response;
    if (said.kind == Response::Kind::tagged) return said.keyword == "OK" ? "" : visible(said.frame.octets, 200);
    if (said.kind != Response::Kind::continuation) continue;
    if (answered) return "a second challenge came for PLAIN";
    answered = true;
    dialogue.send(connection, {{message + "\r\n", secret(message) + "\r\n", false}}, line);
  }
}

}  // namespace

std::string log_in(ImapDialogue& dialogue, int connection, const Account& account, const Offer& offer, int line, Ways ways) {
  if (!dialogue.tls(connection) && offer.imap_login_needs_tls()) {
    if (auto why = ask(dialogue, connection, "STARTTLS", "STARTTLS", line); !why.empty()) return why;
    if (auto s = dialogue.start_tls(connection, {}, line); !s) return s.error().what;
  }
  dialogue.set_user(connection, account.name);
  const auto& list = dialogue.tls(connection) ? offer.imap->after_tls : offer.imap->before_tls;
  const bool disabled = std::ranges::any_of(list, [](const auto& c) { return iequals(c, "LOGINDISABLED"); });
  // rfc9755 5: LOGIN is not extended; what is not ASCII takes AUTHENTICATE.
  const bool plain = std::ranges::any_of(list, [](const auto& c) { return iequals(c, "AUTH=PLAIN"); });
  const bool sendable = is_quotable(account.name) && is_quotable(account.password);
  if (!sendable && !disabled && !plain)
    return "the name or the password is not ASCII, so LOGIN cannot hold it (RFC 9755 section 5), and AUTH=PLAIN is not offered";
  using Login = std::function<std::string()>;
  std::vector<Login> table;
  if (!disabled && sendable) table.emplace_back([&] { return log_in_plainly(dialogue, connection, account, false, line); });
  if (plain) table.emplace_back([&] { return log_in_by_sasl(dialogue, connection, account, line); });
  if (!disabled && sendable) table.emplace_back([&] { return log_in_plainly(dialogue, connection, account, true, line); });
  if (table.empty()) table.emplace_back([&] { return log_in_by_sasl(dialogue, connection, account, line); });
  if (plain && table.size() > 1 && offer.imap->features.contains(ImapOffer::kLoginRefused)) std::swap(table[0], table[1]);
  if (ways == Ways::one) table.resize(1);
  std::string first;
  for (const auto& login : table) {
    const auto why = login();
    if (why.empty()) return {};
    if (first.empty()) first = why;
    // A limit, or the end of the session, has nothing to do with the form. What is refused twice is refused for what it says: who guesses is made to wait.
    const auto& answer = dialogue.last();
    if (!dialogue.open(connection) || answer.kind != Event::Kind::received ||
        (answer.imap_response.keyword == "NO" && (&login != &table[0] || !may_be_for_its_form(answer.imap_response))))
      break;
  }
  return first;
}

namespace {

// Is the name among those that LIST or LSUB gives?
template <class F>
std::string ask_for_name(ImapDialogue& dialogue, const oracle::Trace& trace, int n, Subject subject, const std::string& name, int line, F came) {
  const bool subscriptions = subject == Subject::subscribed || subject == Subject::unsubscribed;
  const bool rev2 = subscriptions && dialogue.rev2(n);
  const std::string command = (rev2 ? "LIST (SUBSCRIBED) \"\" " : subscriptions ? "LSUB \"\" " : "LIST \"\" ") + quoted(name);
  if (const auto why = ask_somehow(dialogue, trace, n, command, line); !why.empty()) return command + ": " + why;
  bool there = false;
  came([&](const Response& r) {
    if ((r.keyword != "LIST" && r.keyword != "LSUB") || r.values.size() < 3 || r.values[2].text != name) return;
    const auto is = [&](const char* attribute) { return std::ranges::any_of(r.values[0].items, [&](const auto& v) { return iequals(v.text, attribute); }); };
    // What is deleted may stay as a level above others, or as a subscription.
    there = subscriptions || !(is("\\Noselect") || is("\\NonExistent"));
  });
  const bool wanted = subject == Subject::listed || subject == Subject::subscribed;
  if (there == wanted) return {};
  return name + (there ? " is still " : " is not ") + (subscriptions ? "subscribed" : "listed");
}

// The session's picture of its mailbox, from what it was told, against what the server has.
template <class F>
std::string ask_whether_agreed(ImapDialogue& dialogue, const oracle::Trace& trace, int n, int line, F came) {
  oracle::ImapViews views;
  for (std::size_t i = 0; i < trace.events.size(); ++i) views.update(trace, i);
  const auto told = views.of(n).selection;
  const std::string command = "UID FETCH 1:* (UID)";
  auto why = ask(dialogue, n, command, command, line);
  const bool untold = dialogue.last().imap_response.keyword == "NO" && dialogue.last().imap_response.code == "EXPUNGEISSUED";
  // rfc2180 4.1.2: FETCH may be refused where another session has expunged; NOOP then tells of it.
  if (untold) why = ask(dialogue, n, "NOOP", "NOOP", line);
  if (!why.empty()) return command + ": " + why;
  std::map<std::uint64_t, std::uint64_t> there;  // number to UID
  bool news = false;
  came([&](const Response& r) {
    news = news || r.keyword == "EXISTS" || r.keyword == "EXPUNGE";
    const auto* uid = imap::fetch_item(r, "UID");
    if (uid && r.number) there[*r.number] = uid->number().value_or(0);
  });
  if (news) return {};  // told just now
  if (untold) return command + " was refused for an EXPUNGE that NOOP does not tell of";
  if (told.exists != there.size()) return "the session was told of " + std::to_string(told.exists) + " messages; there are " + std::to_string(there.size());
  for (const auto& [number, uid] : there) {
    const auto known = number <= told.uids.size() ? told.uids[number - 1] : 0;
    if (known && known != uid)
      return "to the session message " + std::to_string(number) + " is UID " + std::to_string(known) + "; the server has UID " + std::to_string(uid) + " there";
  }
  return {};
}

// By something that is allowed only where a mailbox is selected.
std::string ask_for_state(ImapDialogue& dialogue, int n, const std::string& wanted, int line) {
  const auto why = ask(dialogue, n, "UID SEARCH ALL", "UID SEARCH ALL", line);
  const bool selected = why.empty();
  if (!dialogue.open(n)) return "the connection is closed";
  return selected == (wanted == "selected") ? "" : selected ? "a mailbox is still selected" : "no mailbox is selected: " + why;
}

// INTERNALDATE, of a message that has just come. Clocks may be wrong, but not by days.
std::string about_now(const std::string& written) {
  constexpr std::int64_t kMost = 36 * 3600;
  const auto moment = instant(written);
  if (!moment) return "'" + written + "' is no date";
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return std::abs(*moment - now) <= kMost ? "" : "the date was to be the present; it is '" + written + "'";
}

template <class F>
std::string ask_status(ImapDialogue& dialogue, const oracle::Trace& trace, int n, const std::string& wanted, int line, F came) {
  const auto parts = words(wanted);
  if (parts.size() != 3) return "check status wants a name, an item and a number";
  const auto command = "STATUS " + quoted(parts[0]) + " (" + parts[1] + ")";
  if (const auto why = ask_somehow(dialogue, trace, n, command, line); !why.empty()) return command + ": " + why;
  std::string told = "nothing";
  came([&](const Response& r) {
    if (r.keyword != "STATUS" || r.values.size() < 2) return;
    const auto& items = r.values[1].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (iequals(items[i].text, parts[1])) told = items[i + 1].text;
    }
  });
  return told == parts[2] ? "" : "STATUS of " + parts[0] + " was to say " + parts[1] + " " + parts[2] + "; it says " + told;
}

}  // namespace

std::string ask_about(ImapDialogue& dialogue, const oracle::Trace& trace, int n, Subject subject, const std::string& wanted, int line, const OwnKeyword& own) {
  const auto begin = trace.events.size();
  const auto came = [&](auto&& take) {
    for (std::size_t i = begin; i < trace.events.size(); ++i) {
      const auto& e = trace.events[i];
      if (e.kind == Event::Kind::received && e.connection == n && e.imap_response.kind == Response::Kind::untagged) take(e.imap_response);
    }
  };
  switch (subject) {
    case Subject::listed:
    case Subject::unlisted:
    case Subject::subscribed:
    case Subject::unsubscribed: return ask_for_name(dialogue, trace, n, subject, wanted, line, came);
    case Subject::status: return ask_status(dialogue, trace, n, wanted, line, came);
    case Subject::present: return about_now(wanted);
    case Subject::state: return ask_for_state(dialogue, n, wanted, line);
    case Subject::agrees: return ask_whether_agreed(dialogue, trace, n, line, came);
    case Subject::uids:
    case Subject::exists:
    case Subject::flags: break;
  }
  const std::string command = subject == Subject::exists ? "SEARCH ALL" : "UID FETCH 1:* (UID FLAGS)";
  const auto why = ask_somehow(dialogue, trace, n, command, line);
  if (!why.empty()) return command + ": " + why;
  if (subject == Subject::exists) {
    std::uint64_t count = 0;
    came([&](const Response& r) { count += imap::size_of(imap::numbers_found(r)); });
    return std::to_string(count) == wanted ? "" : wanted + " messages were to be there; there are " + std::to_string(count);
  }
  std::map<std::uint64_t, std::string> flags;
  std::vector<std::string> uids;
  // What is asked for may come in several responses, in any order; then the message's number says what belongs together.
  std::map<std::uint64_t, std::uint64_t> uid_of;
  std::map<std::uint64_t, std::string> flags_of;
  came([&](const Response& r) {
    if (r.keyword != "FETCH" || !r.number) return;
    const auto* uid = imap::fetch_item(r, "UID");
    if (uid && uid->number()) {
      uids.push_back(uid->text);
      uid_of[*r.number] = *uid->number();
      flags.try_emplace(*uid->number());
    }
    const auto* f = imap::fetch_item(r, "FLAGS");
    if (!f) return;
    std::vector<std::string> names;
    for (const auto& v : f->items) {
      if (!iequals(v.text, "\\Recent") && !(own && own(v.text))) names.push_back(lower(v.text));
    }
    std::ranges::sort(names);
    if (uid && uid->number()) flags[*uid->number()] = join(names, " ");
    else flags_of[*r.number] = join(names, " ");
  });
  for (const auto& [number, list] : flags_of) {
    if (const auto it = uid_of.find(number); it != uid_of.end()) flags[it->second] = list;
  }
  std::ranges::sort(uids, {}, [](const auto& u) { return parse_number(u).value_or(0); });
  const auto repeated = std::ranges::unique(uids);
  uids.erase(repeated.begin(), repeated.end());
  if (subject == Subject::uids) {
    const auto there = join(uids, " ");
    const auto due = join(words(wanted), " ");
    return there == due ? "" : "the UIDs " + (due.empty() ? "(none)" : due) + " were to be there; there are " + (there.empty() ? "none" : there);
  }
  auto parts = words(wanted);
  if (parts.empty()) return "check flags wants a UID";
  const auto uid = parse_number(parts[0]).value_or(0);
  parts.erase(parts.begin());
  for (auto& p : parts) p = lower(p);
  std::ranges::sort(parts);
  if (!flags.contains(uid)) return "there is no message with the UID " + std::to_string(uid);
  const auto due = join(parts, " ");
  return flags[uid] == due ? "" : "the flags of UID " + std::to_string(uid) + " were to be (" + due + "); they are (" + flags[uid] + ")";
}

}  // namespace mailspec::scenario
