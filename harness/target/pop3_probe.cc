#include "harness/target/pop3_probe.h"

#include "harness/base/text.h"
#include "harness/sasl/client.h"
#include "harness/target/pop3_client.h"

namespace mailspec::target {

namespace {

scenario::Offer whole(const scenario::Pop3Offer& pop3) {
  scenario::Offer offer;
  offer.pop3 = pop3;
  return offer;
}

Result<pop3::CapaList> ask_capa(Pop3Client& client, bool& answered) {
  auto reply = client.ask("CAPA");
  if (!reply) return reply.error();
  answered = reply->ok();
  return pop3::parse_capa(reply->content);
}

}  // namespace

Result<scenario::Pop3Offer> probe_pop3(net::Transport& transport, const std::optional<net::Endpoint>& pop3, const std::optional<net::Endpoint>& pop3s,
                                       const scenario::Account& account, scenario::Patience patience, const Record& record, ProbeRules rules) {
  scenario::Pop3Offer offer;
  offer.clear = pop3.has_value();
  const auto& main = pop3 ? *pop3 : *pop3s;
  bool answered = false;
  {
    Pop3Client client(transport, patience, record);
    client.keep_secret(account.password);
    if (auto s = client.connect(main); !s) {
      auto why = with_advice(s.error(), main, "pop3");
      if (why.kind == Error::Kind::config) client.record_nothing();
      return why;
    }
    offer.greeting = client.greeting().line;
    const auto from = offer.greeting.find('<'), at = offer.greeting.find('@', from), to = offer.greeting.find('>', at);
    offer.apop = from != std::string::npos && at != std::string::npos && to != std::string::npos;
    auto list = ask_capa(client, answered);
    if (!list) return list.error();
    offer.capa = answered;
    offer.before_tls = *list;
    if (pop3::find(*list, "STLS") && client.start_tls()) {
      if (rules.tls_only && rules.verify) {
        if (auto s = trustworthy(client.tls()); !s) return s.error();
      }
      if (auto after = ask_capa(client, answered)) offer.after_tls = *after;
    }
    (void)client.quit();
    if (rules.tls_only && pop3 && !pop3::find(*list, "STLS")) {
      return Error{Error::Kind::config, main.text() + " offers no STLS, so passwords would cross the network in clear: give --pop3s, or --insecure"};
    }
    if (rules.tls_only && pop3) offer.features.insert(scenario::kLoginUnderTls);
    if (rules.tls_only && rules.verify && !pop3) {
      if (auto s = trustworthy(client.tls()); !s) return s.error();
    }
  }
  if (pop3s) {
    Pop3Client client(transport, patience, record);
    client.keep_secret(account.password);
    offer.implicit_tls = static_cast<bool>(client.connect(*pop3s));
    if (offer.implicit_tls && offer.after_tls.empty()) {
      if (auto after = ask_capa(client, answered)) offer.after_tls = *after;
      (void)client.quit();
    }
  }
  auto client = open_maildrop(transport, main, account, whole(offer), patience, record);
  if (!client && !offer.capa) {
    // RFC 1939 makes USER and PASS optional; without CAPA there is only trying.
    auto other = offer;
    other.user_refused = true;
    other.probed.emplace_back("SASL:PLAIN");
    if (auto again = open_maildrop(transport, main, account, whole(other), patience, record)) {
      offer = other;
      offer.probed.emplace_back("SASL");
      client = std::move(again);
    }
  }
  if (!client && pop3 && !offer.features.contains(scenario::kLoginUnderTls) && !offer.after_tls.empty() && pop3::find(offer.before_tls, "STLS")) {
    // What is announced in clear may be refused there all the same.
    auto under_tls = offer;
    under_tls.features.insert(scenario::kLoginUnderTls);
    if (auto other = open_maildrop(transport, main, account, whole(under_tls), patience, record)) {
      offer = under_tls;
      client = std::move(other);
    }
  }
  if (!client && pop3 && pop3s && !pop3::find(offer.before_tls, "STLS")) {
    // Nobody can log in there: all is done under TLS.
    auto under_tls = offer;
    under_tls.clear = false;
    if (auto other = open_maildrop(transport, *pop3s, account, whole(under_tls), patience, record)) {
      offer = under_tls;
      client = std::move(other);
    }
  }
  if (!client) return client.error();
  if (offer.capa) {
    if (auto list = ask_capa(**client, answered)) offer.after_login = *list;
  } else {
    if (auto r = (*client)->ask("UIDL"); r && r->ok()) offer.probed.emplace_back("UIDL");
    // An empty maildrop can only be asked for a message it does not have; whether TOP is there shows at any message.
    auto stat = (*client)->ask("STAT");
    const auto drop = stat && stat->ok() ? pop3::parse_drop_listing(stat->text) : std::nullopt;
    if (drop && drop->count > 0) {
      if (auto r = (*client)->ask("TOP 1 0"); r && r->ok()) offer.probed.emplace_back("TOP");
    }
  }
  (void)(*client)->quit();
  if (offer.apop) {
    // A timestamp says that the server has APOP; whether this account has a secret for it is another matter.
    Pop3Client apop(transport, patience, record);
    apop.keep_secret(account.password);
    if (apop.connect(offer.clear || !pop3s ? main : *pop3s)) {
      const auto from = apop.greeting().line.find('<'), to = apop.greeting().line.find('>', from);
      const auto timestamp = apop.greeting().line.substr(from, to - from + 1);
      auto reply = apop.ask("APOP " + account.name + " " + sasl::apop_digest(timestamp, account.password));
      if (reply && reply->ok()) offer.features.insert("apop-account");
      if (reply) (void)apop.quit();
    }
  }
  if (pop3::find(offer.before_tls, "LOGIN-DELAY") || pop3::find(offer.after_tls, "LOGIN-DELAY")) {
    // Announced is not enforced; where it is, every case has to wait it out. It does not show where the way to another login takes as long as the delay.
    bool enforced = false;
    double last = 0;
    for (int login = 0; login < 2 && !enforced; ++login) {
      Pop3Client again(transport, patience, record);
      again.keep_secret(account.password);
      if (!again.connect(offer.clear || !pop3s ? main : *pop3s)) break;
      const bool too_late = login > 0 && transport.now() - last >= offer.announced_delay();
      last = transport.now();
      enforced = too_late || !again.log_in(account, whole(offer));
      if (!enforced) (void)again.quit();
    }
    if (enforced) offer.features.insert("login-delay-enforced");
  }
  return offer;
}

}  // namespace mailspec::target
