#include <cstdio>
#include <map>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/net/tcp_transport.h"
#include "harness/target/client.h"
#include "harness/target/delivery.h"
#include "harness/target/imap_client.h"

namespace mailspec::cli {

namespace {

std::string lines_of(const pop3::CapaList& list) {
  std::vector<std::string> all;
  for (const auto& c : list) all.push_back(visible(c.line, 80));
  return all.empty() ? "nothing" : join(all, ", ");
}

}  // namespace

int doctor(const TargetArgs& args, const std::string& scenarios) {
  auto library = load_library(scenarios);
  if (!library) return complain(library.error());
  auto subject = make_subject(args, *library, false, false);
  if (!subject) return complain(subject.error());
  const auto& offer = subject->offer;
  bool healthy = true;
  std::printf("target     %s\n", visible(subject->name).c_str());
  if (offer.imap) {
    const auto& imap = *offer.imap;
    std::printf("IMAP       %s\n", visible(imap.greeting, 200).c_str());
    std::printf("CAPABILITY at first:    %s\n", visible(join(imap.before_tls, " "), 400).c_str());
    if (!imap.after_tls.empty()) std::printf("           under TLS:   %s\n", visible(join(imap.after_tls, " "), 400).c_str());
    std::printf("           after login: %s\n", visible(join(imap.after_login, " "), 600).c_str());
    std::printf("names      begin with '%s', levels are separated by '%s'\n", visible(imap.prefix).c_str(), visible(imap.separator).c_str());
  }
  if (offer.pop3) std::printf("greeting   %s\n", visible(offer.greeting, 200).c_str());
  if (offer.pop3)
    std::printf("endpoints  %s%s\n", offer.clear ? "POP3 in clear" : "", offer.implicit_tls ? (offer.clear ? ", POP3 over TLS" : "POP3 over TLS") : "");
  if (!offer.pop3) {
  } else if (offer.capa) {
    std::printf("CAPA       at first:    %s\n", lines_of(offer.before_tls).c_str());
    if (!offer.after_tls.empty()) std::printf("           under TLS:   %s\n", lines_of(offer.after_tls).c_str());
    std::printf("           after login: %s\n", lines_of(offer.after_login).c_str());
  } else {
    std::printf("CAPA       is refused; probed by trying: %s\n", offer.probed.empty() ? "nothing optional found" : join(offer.probed, ", ").c_str());
  }
  if (offer.pop3) std::printf("APOP       %s\n", offer.apop ? "offered by the greeting's timestamp" : "not offered");
  if (!subject->embedded) {
    const auto& config = subject->config;
    net::TcpTransport transport({config.host(), config.ca_pem});
    scenario::Patience patience;
    patience.reply = config.timeout;
    const auto look_imap = [&](const scenario::Account& account) {
      target::ImapClient client(transport, patience);
      auto s = client.connect(config.imap ? *config.imap : *config.imaps);
      if (s) s = client.log_in(account, offer);
      if (s) client.log_out();
      healthy = healthy && static_cast<bool>(s);
      std::printf("account    %s (IMAP): %s\n", visible(account.name).c_str(), s ? "works" : ("DOES NOT WORK: " + s.error().what).c_str());
    };
    const auto look = [&](const scenario::Account& account, const std::string& role) {
      auto client = target::open_maildrop(transport, config.pop3 ? *config.pop3 : *config.pop3s, account, offer, patience);
      std::string what;
      if (client) {
        auto stat = (*client)->ask("STAT");
        const auto drop = stat && stat->ok() ? pop3::parse_drop_listing(stat->text) : std::nullopt;
        what = drop ? "works, " + std::to_string(drop->count) + " messages" : "works, but STAT does not";
        (void)(*client)->quit();
      } else {
        what = "DOES NOT WORK: " + client.error().what;
        healthy = false;
      }
      std::printf("account    %s%s: %s\n", visible(account.name).c_str(), role.empty() ? "" : (" (" + role + ")").c_str(), what.c_str());
    };
    for (const auto& account : config.accounts) {
      if (offer.imap) look_imap(account);
      if (offer.pop3) look(account, "");
    }
    for (const auto& [role, accounts] : config.special) {
      for (const auto& account : accounts) {
        if (role == "wrong-password") std::printf("account    %s (for wrong passwords; not tried)\n", visible(account.name).c_str());
        else if (offer.pop3) look(account, role);
      }
    }
    if (config.pop3s) {
      target::Client client(transport, patience);
      if (auto s = client.connect(*config.pop3s); s && client.tls()) {
        const auto& info = *client.tls();
        std::printf("TLS        %s, %s; name %s, dates %s, chain %s%s\n", info.version.c_str(), info.cipher.c_str(),
                    info.name_matches ? "matches" : "DOES NOT MATCH", info.dates_hold ? "hold" : "DO NOT HOLD", info.chain_holds ? "holds" : "DOES NOT HOLD",
                    info.trouble.empty() ? "" : (" (" + info.trouble + ")").c_str());
      } else {
        std::printf("TLS        %s: %s\n", config.pop3s->text().c_str(), s ? "no TLS" : s.error().what.c_str());
        healthy = false;
      }
    }
    std::printf("delivery   %s\n", config.deliver.empty() ? "none: cases that need messages will be skipped (--deliver)" : visible(config.deliver).c_str());
  }
  std::map<std::string, std::size_t> skipped;
  std::size_t runs = 0;
  for (const auto& c : library->cases) {
    const auto why = reason_to_skip(c, offer);
    if (why.empty()) ++runs;
    else ++skipped[why];
  }
  std::printf("cases      %zu of %zu will run\n", runs, library->cases.size());
  for (const auto& [why, n] : skipped) std::printf("           %zu will be skipped: %s\n", n, why.c_str());
  return healthy ? 0 : kUsage;
}

}  // namespace mailspec::cli
