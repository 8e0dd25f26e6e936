#include "harness/target/imap_probe.h"

#include <algorithm>
#include <array>
#include <memory>

#include "harness/base/ascii.h"
#include "harness/imap/vocabulary.h"
#include "harness/scenario/imap_lock.h"
#include "harness/target/imap_client.h"

namespace mailspec::target {

namespace {

bool holds(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::any_of(list, [&](const auto& c) { return iequals(c, name); });
}

// RFC 2342 5: ((prefix delimiter) ...) other shared; where there is no NAMESPACE, LIST "" "" tells the delimiter (RFC 3501 6.3.8).
// IMAP4rev2 has NAMESPACE, listed or not; but who refuses it may end the session, and is not asked again.
Status find_names(ImapClient& client, scenario::ImapOffer& offer, bool again) {
  if (offer.lists("NAMESPACE") || (offer.lists("IMAP4rev2") && !again)) {
    auto answer = client.ask("NAMESPACE");
    if (!answer) return answer.error();
    for (const auto& r : answer->untagged) {
      if (r.keyword != "NAMESPACE" || r.values.empty() || !r.values[0].is_list() || r.values[0].items.empty()) continue;
      const auto& first = r.values[0].items[0];
      if (!first.is_list() || first.items.size() < 2) continue;
      offer.prefix = first.items[0].text;
      if (!first.items[1].is_nil()) offer.separator = first.items[1].text;
      return ok();
    }
  }
  auto answer = client.ask("LIST \"\" \"\"");
  if (!answer) return answer.error();
  for (const auto& r : answer->untagged) {
    if (r.keyword == "LIST" && r.values.size() >= 3 && !r.values[1].is_nil()) offer.separator = r.values[1].text;
  }
  return ok();
}

// RFC 9051 7.1: \* in PERMANENTFLAGS says that clients may make keywords.
Status find_keywords(ImapClient& client, scenario::ImapOffer& offer) {
  auto answer = client.ask("SELECT INBOX");
  if (!answer) return answer.error();
  for (const auto& r : answer->untagged) {
    if (r.code != "PERMANENTFLAGS" || r.code_values.empty()) continue;
    if (std::ranges::any_of(r.code_values[0].items, [](const auto& v) { return v.text == "\\*"; })) offer.features.insert("keywords");
  }
  return ok();
}

// Is a mailbox kept to one session at a time, and how? RFC 9051 3.4 and 7.1.5 let the first be ended, 7.1 has INUSE for the second. "" where two may have it,
// and where that cannot be told.
std::string find_lock(net::Transport& transport, ImapClient& first, ImapClient& second) {
  constexpr double kWait = 3;  // seconds
  constexpr int kTries = 4;
  if (!first.ask("NOOP")) return {};  // who ends a session for that says nothing of locks
  auto answer = second.ask_within("SELECT INBOX", kWait);
  if (answer && answer->ok()) {
    if (first.ask("NOOP") || first.open()) return {};
    return "a second session that selects it ends the first";
  }
  if (!second.open()) return {};
  // Is it to be had once the first has left? Else the refusal has another reason.
  const bool waits = !answer;
  first.log_out();
  if (waits) answer = second.answer_within(kWait);
  for (int tries = 0; tries < kTries && !waits && answer && !answer->ok(); ++tries) {
    transport.wait(tries);
    answer = second.ask("SELECT INBOX");
  }
  if (!answer || !answer->ok()) return {};
  return waits ? "a second session's SELECT of it waits until the first has left" : "a second session is refused it";
}

// A refusal for the time being (RFC 9051 7.1) does not say what is offered; it may end the session, too.
bool may_pass(const Error& error) {
  if (error.kind == Error::Kind::closed) return true;
  const auto what = upper(error.what);
  return std::ranges::any_of(imap::vocabulary(), [&](const auto& extension) {
    return std::ranges::any_of(extension.codes,
                               [&](const auto& code) { return code.passes && what.find("[" + std::string(code.name) + "]") != std::string::npos; });
  });
}

// What is offered once logged in.
Status look_inside(ImapClient& client, const net::Endpoint& endpoint, const scenario::Account& account, scenario::ImapOffer& offer, bool again,
                   const std::function<std::unique_ptr<ImapClient>()>& another, net::Transport& transport) {
  scenario::Offer so_far;
  so_far.imap = offer;
  client.keep_secret(account.password);
  if (auto s = client.connect(endpoint); !s) return s;
  if (auto s = client.log_in(account, so_far); !s) return s;
  // Once found out, it is asked no more.
  if (client.login_refused()) offer.features.insert(scenario::ImapOffer::kLoginRefused);
  auto list = ask_capability(client);
  if (!list) return list.error();
  offer.after_login = *list;
  if (auto s = find_names(client, offer, again); !s) return s;
  if (auto s = find_keywords(client, offer); !s) return s;
  const auto second = another();
  second->keep_secret(account.password);
  if (second->connect(endpoint) && second->log_in(account, so_far)) {
    if (const auto lock = find_lock(transport, client, *second); !lock.empty()) offer.features.insert(std::string(scenario::kLock) + lock);
  }
  second->log_out();
  client.log_out();
  return ok();
}

}  // namespace

Result<scenario::ImapOffer> probe_imap(net::Transport& transport, const std::optional<net::Endpoint>& imap, const std::optional<net::Endpoint>& imaps,
                                       const scenario::Account& account, scenario::Patience patience, const Record& record, ProbeRules rules) {
  scenario::ImapOffer offer;
  offer.clear = imap.has_value();
  const auto& main = imap ? *imap : *imaps;
  {
    ImapClient client(transport, patience, record);
    client.keep_secret(account.password);
    if (auto s = client.connect(main); !s) {
      auto why = with_advice(s.error(), main, "imap");
      if (why.kind == Error::Kind::config) client.record_nothing();
      return why;
    }
    offer.greeting = client.greeting().frame.octets;
    offer.preauth = client.greeting().keyword == "PREAUTH";
    auto list = ask_capability(client);
    if (!list) return list.error();
    offer.before_tls = *list;
    const bool starttls = imap && holds(*list, "STARTTLS");
    if (rules.tls_only && imap && !starttls)
      return Error{Error::Kind::config, main.text() + " offers no STARTTLS, so passwords would cross the network in clear: give --imaps, or --insecure"};
    if (starttls && client.start_tls()) {
      if (auto after = ask_capability(client)) offer.after_tls = *after;
    }
    if (rules.tls_only && rules.verify) {
      if (auto s = trustworthy(client.tls()); !s) return s.error();
    }
    if (rules.tls_only && imap) offer.features.insert(scenario::kLoginUnderTls);
    client.log_out();
  }
  if (imaps) {
    ImapClient client(transport, patience, record);
    client.keep_secret(account.password);
    offer.implicit_tls = static_cast<bool>(client.connect(*imaps));
    if (offer.implicit_tls && offer.after_tls.empty()) {
      if (auto after = ask_capability(client)) offer.after_tls = *after;
    }
    client.log_out();
  }
  const auto look = [&](const net::Endpoint& endpoint, bool again) {
    ImapClient client(transport, patience, record);
    const auto another = [&] { return std::make_unique<ImapClient>(transport, patience, record); };
    return look_inside(client, endpoint, account, offer, again, another, transport);
  };
  auto s = look(main, false);
  for (int tries = 0; tries < 3 && !s && may_pass(s.error()); ++tries) s = look(main, true);
  if (!s && imap && !offer.after_tls.empty() && holds(offer.before_tls, "STARTTLS") && offer.features.insert(scenario::kLoginUnderTls).second) {
    // What is announced in clear may be refused there all the same.
    if (look(main, true)) return offer;
    offer.features.erase(scenario::kLoginUnderTls);
  }
  if (!s && imap && imaps && !holds(offer.before_tls, "STARTTLS")) {
    // Nobody can log in there: all is done under TLS.
    offer.clear = false;
    if (look(*imaps, true)) return offer;
  }
  if (!s) return s.error();
  return offer;
}

}  // namespace mailspec::target
