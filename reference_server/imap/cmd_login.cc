// CAPABILITY, LOGIN, AUTHENTICATE.
#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/base64.h"

namespace mailspec::reference::imap {

std::vector<std::string> Session::capabilities() const {
  const auto& i = o();
  std::vector<std::string> out;
  if (i.rev1) out.emplace_back("IMAP4rev1");
  const bool untold = choice("works-untold");
  if (i.rev2 && !(untold && i.rev1)) out.emplace_back("IMAP4rev2");
  const auto announce = [&](bool before_login) {
    for (const auto& row : extensions()) {
      if (untold) return;
      if (row.before_login != before_login || !i.offered().has(row.id)) continue;
      out.emplace_back(row.name);
      out.insert(out.end(), row.also_announces.begin(), row.also_announces.end());
    }
  };
  announce(true);
  if (x_state != State::not_authenticated) {
    announce(false);
    return out;
  }
  if (i.starttls && !x_tls) out.emplace_back("STARTTLS");
  const bool no_passwords = i.logindisabled && !x_tls;
  if (no_passwords) out.emplace_back("LOGINDISABLED");
  for (const auto& m : x_options.sasl.mechanisms) {
    if (!no_passwords || choice("announces-refused") || (m != "PLAIN" && m != "LOGIN")) out.push_back("AUTH=" + m);
  }
  return out;
}

void Session::capability(const Head& c) {
  std::vector<Node> data;
  for (const auto& name : capabilities()) data.push_back(Node::atom(name));
  untagged("CAPABILITY", std::move(data));
  ok(c);
}

void Session::enter(Account& account) {
  x_account = &account;
  x_state = State::authenticated;
  auto& boxes = account.mailboxes;
  boxes.begin(o().first_uidvalidity, o().first_uid, o().uid_stride);
  if (!choice("special-boxes")) return;
  for (const auto* use : {"Archive", "Drafts", "Junk", "Sent", "Trash"}) {
    if (boxes.find(o().prefix + use)) continue;
    boxes.create(o().prefix + use).use = std::string("\\") + use;
    boxes.subscribed.insert(o().prefix + use);
  }
}

void Session::logged_in(const Head& c, Account& account) {
  ++x_store.traffic.logins;
  if (choice("unavailable-now-and-then") && x_store.traffic.logins % 7 == 0) return no(c, "come again", "UNAVAILABLE");
  if (choice("two-sessions-a-user") && account.imap_sessions >= 2) return no(c, "too many sessions of this user", "LIMIT");
  if (choice("ten-sessions-a-user") && account.imap_sessions >= 10) return no(c, "too many sessions of this user", "LIMIT");
  if (!std::exchange(x_counted, true)) ++account.imap_sessions;
  enter(account);
  std::vector<Node> caps;
  for (const auto& name : capabilities()) caps.push_back(Node::atom(name));
  ok(c, "CAPABILITY", std::move(caps));
}

void Session::login_failed(const Head& c) {
  ++x_refused_logins;
  ++x_store.traffic.refused_logins;
  no(c, "authentication failed", "AUTHENTICATIONFAILED");
}

void Session::login(const Head& c, const LoginArguments& a) {
  if (o().logindisabled && !x_tls && !fault(Fault::login_although_disabled)) return no(c, "LOGIN is disabled", "PRIVACYREQUIRED");
  if (fault(Fault::login_atoms_only) && a.quoted) return no(c, "authentication failed");
  auto* account = x_store.find(a.user);
  if (!account && fault(Fault::discloses_users)) return no(c, "no such user", "AUTHENTICATIONFAILED");
  if (!account || (account->password != a.password && !fault(Fault::any_password))) return login_failed(c);
  logged_in(c, *account);
}

void Session::authenticate(const Head& c, const AuthenticateArguments& a) {
  const bool plain = a.mechanism == "PLAIN" || a.mechanism == "LOGIN";
  const bool offered = std::ranges::find(x_options.sasl.mechanisms, a.mechanism) != x_options.sasl.mechanisms.end();
  if (!offered) return no(c, "no such mechanism", "CANNOT");
  if (plain && o().logindisabled && !x_tls) return no(c, "not in clear", "PRIVACYREQUIRED");
  const auto lookup = [this](std::string_view user) -> std::optional<std::string> {
    const auto* account = x_store.find(user);
    return account ? std::optional(account->password) : std::nullopt;
  };
  x_exchange = make_exchange(a.mechanism, lookup, x_nonce, x_options.scram_faults());
  x_authenticating = *x_current;
  std::optional<std::string> first;
  if (a.initial) {
    // RFC 4959 3: "=" is an initial response of no octets.
    first = *a.initial == "=" ? std::optional<std::string>("") : base64_decode(*a.initial);
    if (!first) {
      x_authenticating.reset();
      return bad(c, "that is no base64", Reason::not_base64);
    }
    if (!x_exchange->client_first()) {
      x_authenticating.reset();
      return bad(c, "the mechanism has no initial response", Reason::no_initial_response);
    }
  }
  if (!first && x_exchange->client_first()) return ask("");
  const auto step = x_exchange->step(first);
  if (step.kind == Exchange::Step::Kind::challenge) return ask(base64_encode(step.challenge));
  x_authenticating.reset();
  conclude(c, step);
}

void Session::sasl_step(const std::string& line) {
  // RFC 9051 6.2.2: "*" cancels the exchange.
  const bool cancelled = line == "*";
  const auto octets = cancelled ? std::nullopt : base64_decode(line);
  Exchange::Step step;
  if (octets) step = x_exchange->step(*octets);
  if (octets && step.kind == Exchange::Step::Kind::challenge) return ask(base64_encode(step.challenge));
  const Command c = *std::exchange(x_authenticating, std::nullopt);
  within(c, [&] {
    if (octets) return conclude(c, step);
    auto* account = cancelled && fault(Fault::cancel_logs_in) && !x_store.accounts().empty() ? &x_store.accounts().begin()->second : nullptr;
    if (account) enter(*account);
    if (cancelled) bad(c, "cancelled", Reason::cancelled);
    else bad(c, "that is no base64", Reason::not_base64);
  });
}

void Session::conclude(const Head& c, const Exchange::Step& step) {
  auto* account = step.kind == Exchange::Step::Kind::success ? x_store.find(step.user) : nullptr;
  if (!account) return login_failed(c);
  logged_in(c, *account);
}

}  // namespace mailspec::reference::imap
