#include <cstdio>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/embedded_stage.h"
#include "harness/target/config.h"
#include "reference_server/deviations/deviations.h"
#include "reference_server/serve/serve.h"

namespace mailspec::cli {

namespace {

struct ServeArgs {
  std::string address = "127.0.0.1";
  std::uint16_t pop3 = 0, pop3s = 0, imap = 0, imaps = 0;
  std::vector<std::string> deviations, variations, users, messages;
  std::string certificate_out;
  bool list = false;
};

int serve(const ServeArgs& args) {
  if (args.list) {
    std::puts("Deviations (--deviation), each of which breaks the requirement beside it:");
    for (const auto& d : reference::deviations()) std::printf("  %-34s %-44s %s\n", d.name.c_str(), d.requirement.c_str(), d.about.c_str());
    std::puts("\nVariations (--variation), which the RFCs allow:");
    for (const auto& v : reference::variations()) std::printf("  %-34s %s\n", v.name.c_str(), v.about.c_str());
    return 0;
  }
  auto options = make_options(args.deviations, args.variations);
  if (!options) return complain(options.error());
  reference::Server server(*options);
  for (const auto& user : args.users) {
    const auto colon = user.find(':');
    if (colon == std::string::npos) return complain({Error::Kind::usage, "--user wants NAME:PASSWORD; got '" + user + "'"});
    server.store().add(user.substr(0, colon), user.substr(colon + 1));
  }
  if (args.users.empty()) add_accounts(server.store());
  for (const auto& file : args.messages) {
    auto octets = read_file(file);
    if (!octets) return complain(octets.error());
    for (auto& [name, account] : server.store().accounts()) account.deliver(*octets);
  }
  if (!args.certificate_out.empty()) {
    if (auto s = write_file(args.certificate_out, server.tls().certificate_pem()); !s) return complain(s.error());
  }
  const auto ready = [&](reference::Ports ports) {
    std::printf("pop3=%s:%u\npop3s=%s:%u\n", args.address.c_str(), ports.pop3, args.address.c_str(), ports.pop3s);
    std::printf("imap=%s:%u\nimaps=%s:%u\n", args.address.c_str(), ports.imap, args.address.c_str(), ports.imaps);
    for (const auto& [name, account] : server.store().accounts()) std::printf("account=%s:%s\n", name.c_str(), account.password.c_str());
    std::fflush(stdout);
    std::fprintf(
        stderr, "mailspec: serving on %s, %s\n", args.address.c_str(),
        target::is_loopback(args.address) ? "which only this machine reaches" : "which other machines reach, too: its passwords and faults are no secret");
  };
  const auto trouble = reference::serve(server, args.address, {args.pop3, args.pop3s, args.imap, args.imaps}, ready, interrupted());
  if (!trouble.empty()) {
    std::string ports;
    for (const auto port : {args.pop3, args.pop3s, args.imap, args.imaps}) {
      if (port) ports += (ports.empty() ? ", port " : " or ") + std::to_string(port);
    }
    return complain({Error::Kind::usage, "cannot serve on " + args.address + ports + ": " + trouble});
  }
  return 0;
}

}  // namespace

Subcommand serve_subcommand() {
  auto a = std::make_shared<ServeArgs>();
  return {"serve",
          "the reference server on sockets, for client authors; faults on demand",
          {{.name = "--address", .into = &a->address, .help = "where to listen", .tells_default = true},
           {"--pop3", &a->pop3, "port in clear (default: any free one, printed)", "PORT"},
           {"--pop3s", &a->pop3s, "port with TLS (default: any free one, printed)", "PORT"},
           {"--imap", &a->imap, "IMAP port in clear (default: any free one, printed)", "PORT"},
           {"--imaps", &a->imaps, "IMAP port with TLS (default: any free one, printed)", "PORT"},
           {"--user", &a->users, "NAME:PASSWORD; repeatable (default: the suite's own accounts)"},
           {"--message", &a->messages, "file put into every maildrop; repeatable", "FILE"},
           {.name = "--deviation", .into = &a->deviations, .help = "break a requirement; repeatable", .value = "NAME", .offers = offer_deviations()},
           {.name = "--variation", .into = &a->variations, .help = "make another legal choice; repeatable", .value = "NAME", .offers = offer_variations()},
           {"--certificate-out", &a->certificate_out, "write the server's certificate (PEM)", "FILE"},
           {"--list", &a->list, "list deviations and variations"}},
          [a] { return serve(*a); }};
}

}  // namespace mailspec::cli
