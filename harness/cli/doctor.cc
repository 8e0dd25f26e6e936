#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/net/tcp_transport.h"
#include "harness/result/skips.h"
#include "harness/scenario/imap_lock.h"
#include "harness/suite/offered.h"
#include "harness/target/delivery.h"
#include "harness/target/imap_client.h"
#include "harness/target/live_stage.h"
#include "harness/target/pop3_client.h"

namespace mailspec::cli {

namespace {

std::string lines_of(const pop3::CapaList& list) {
  std::vector<std::string> all;
  for (const auto& c : list) all.push_back(visible(c.line, 80));
  return all.empty() ? "nothing" : join(all, ", ");
}

// Where the target does not work as a whole: what there is of it, each protocol by itself. What does not work is told.
Result<Subject> in_parts(const TargetArgs& args, const suite::Library& library, const Error& whole) {
  if (args.embedded) return whole;
  auto config = make_config(args);
  if (!config) return whole;
  if (!((config->imap || config->imaps) && (config->pop3 || config->pop3s))) return whole;
  auto imap_alone = *config, pop3_alone = *config;
  imap_alone.pop3 = imap_alone.pop3s = std::nullopt;
  pop3_alone.imap = pop3_alone.imaps = std::nullopt;
  auto imap = make_live_subject(imap_alone, 0, library, false, false, nullptr), pop3 = make_live_subject(pop3_alone, 0, library, false, false, nullptr);
  for (const auto& [name, part] : {std::pair{"IMAP", &imap}, std::pair{"POP3", &pop3}}) {
    if (!*part) std::printf("trouble    %s DOES NOT WORK: %s\n", name, visible(part->error().what, 600).c_str());
  }
  if (!imap && !pop3) return whole;
  if (imap && pop3) std::printf("trouble    %s\n", visible(whole.what, 600).c_str());
  return imap ? imap : pop3;
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", seconds);
  return text;
}

std::string time_text(double seconds) {
  return seconds < 90 ? std::to_string(static_cast<int>(seconds) + 1) + " s" : std::to_string(static_cast<int>(seconds / 60) + 1) + " minutes";
}

double seconds_since(std::chrono::steady_clock::time_point from) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count(); }

// A login that is to be refused: how long the server takes for it, in seconds; an Error if it was not refused.
Result<double> refused_login(net::Transport& transport, const Subject& subject, scenario::Account account, scenario::Patience patience) {
  constexpr double kMost = 60;
  account.password += "-wrong";
  patience.reply = std::max(patience.reply, kMost);
  const auto& config = subject.config;
  Status s = ok();
  std::chrono::steady_clock::time_point from;
  if (subject.offer.imap) {
    target::ImapClient client(transport, patience);
    if (auto c = client.connect(config.imap ? *config.imap : *config.imaps); !c) return c.error();
    from = std::chrono::steady_clock::now();
    s = client.log_in(account, subject.offer);
  } else {
    target::Pop3Client client(transport, patience);
    if (auto c = client.connect(config.pop3 ? *config.pop3 : *config.pop3s); !c) return c.error();
    from = std::chrono::steady_clock::now();
    s = client.log_in(account, subject.offer);
  }
  if (s) return Error{Error::Kind::setup, "a wrong password is TAKEN"};
  return seconds_since(from);
}

// Seconds that the cases will take, more or less: each is a few sessions, and refused logins are what servers delay.
double time_of_a_run(const std::vector<const scenario::Case*>& cases, double session, double refusal, std::size_t lanes) {
  constexpr double kQuiet = 0.15, kSessions = 2.5, kRefusals = 2;
  std::size_t refused = 0;
  for (const auto* c : cases) {
    const bool before_login = c->state == "not-authenticated" || c->state == "authorization";
    refused += before_login && std::ranges::any_of(c->steps, [](const auto& s) { return s.template is<scenario::Refused>(); });
  }
  return (static_cast<double>(cases.size()) * (kSessions * session + kQuiet) + static_cast<double>(refused) * kRefusals * refusal) / static_cast<double>(lanes);
}

// Does the case log in by POP3? One that wants messages is prepared so, too.
bool logs_in_by_pop3(const scenario::Case& c) { return (!c.imap() || c.both()) && (c.state == "transaction" || !c.messages.empty() || c.facts.logs_in); }

}  // namespace

int doctor(const TargetArgs& args, const std::string& scenarios) {
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  auto subject = make_subject(args, *library, false, false);
  bool healthy = true;
  if (!subject) {
    healthy = false;
    auto parts = in_parts(args, *library, subject.error());
    if (!parts) return complain(parts.error());
    subject = std::move(parts);
  }
  const auto& offer = subject->offer;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what is found shows at once in a file, too
  std::printf("target     %s\n", visible(subject->name).c_str());
  if (offer.imap) {
    const auto& imap = *offer.imap;
    std::printf("IMAP       %s\n", visible(imap.greeting, 200).c_str());
    std::printf("CAPABILITY at first:    %s\n", visible(join(imap.before_tls, " "), 400).c_str());
    if (!imap.after_tls.empty()) std::printf("           under TLS:   %s\n", visible(join(imap.after_tls, " "), 400).c_str());
    std::printf("           after login: %s\n", visible(join(imap.after_login, " "), 600).c_str());
    std::printf("names      begin with '%s', levels are separated by '%s'\n", visible(imap.prefix).c_str(), visible(imap.separator).c_str());
    if (const auto lock = scenario::lock_of(imap); !lock.empty()) std::printf("locks      a mailbox is one session's at a time: %s\n", visible(lock).c_str());
  }
  if (offer.pop3) {
    const auto& pop3 = *offer.pop3;
    std::printf("greeting   %s\n", visible(pop3.greeting, 200).c_str());
    std::printf("endpoints  %s%s\n", pop3.clear ? "POP3 in clear" : "", pop3.implicit_tls ? (pop3.clear ? ", POP3 over TLS" : "POP3 over TLS") : "");
    if (pop3.capa) {
      std::printf("CAPA       at first:    %s\n", lines_of(pop3.before_tls).c_str());
      if (!pop3.after_tls.empty()) std::printf("           under TLS:   %s\n", lines_of(pop3.after_tls).c_str());
      std::printf("           after login: %s\n", lines_of(pop3.after_login).c_str());
    } else {
      std::printf("CAPA       is refused; probed by trying: %s\n", pop3.probed.empty() ? "nothing optional found" : join(pop3.probed, ", ").c_str());
    }
    std::printf("APOP       %s\n", pop3.apop ? "offered by the greeting's timestamp" : "not offered");
  }
  double session = 0, refusal = 0;
  if (!subject->embedded) {
    const auto& config = subject->config;
    net::TcpTransport transport({config.host(), config.ca_pem});
    scenario::Patience patience;
    patience.reply = config.timeout;
    const auto look_imap = [&](const scenario::Account& account) {
      target::ImapClient client(transport, patience);
      const auto from = std::chrono::steady_clock::now();
      auto s = client.connect(config.imap ? *config.imap : *config.imaps);
      if (s) s = client.log_in(account, offer);
      if (s) client.log_out();
      session = std::max(session, seconds_since(from));
      healthy = healthy && static_cast<bool>(s);
      std::printf("account    %s (IMAP): %s\n", visible(account.name).c_str(), s ? "works" : ("DOES NOT WORK: " + s.error().what).c_str());
    };
    const auto look = [&](const scenario::Account& account, const std::string& role) {
      const auto from = std::chrono::steady_clock::now();
      auto client = target::open_maildrop(transport, config.pop3 ? *config.pop3 : *config.pop3s, account, offer, patience);
      std::string what;
      if (client) {
        auto stat = (*client)->ask("STAT");
        const auto drop = stat && stat->ok() ? pop3::parse_drop_listing(stat->text) : std::nullopt;
        what = drop ? "works, " + std::to_string(drop->count) + " messages" : "works, but STAT does not";
        (void)(*client)->quit();
        session = std::max(session, seconds_since(from));
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
        if (role != "wrong-password") {
          if (offer.pop3) look(account, role);
          continue;
        }
        if (!config.loopback() && !config.own_server) {
          std::printf("account    %s (wrong-password): not tried off loopback (--i-own-this-server)\n", visible(account.name).c_str());
          continue;
        }
        const auto took = refused_login(transport, *subject, account, patience);
        healthy = healthy && took;
        if (took) refusal = std::max(refusal, *took);
        std::printf("account    %s (wrong-password): %s\n", visible(account.name).c_str(),
                    took ? ("a wrong password is refused after " + seconds_text(*took)).c_str() : visible(took.error().what, 400).c_str());
      }
    }
    if (config.pop3s) {
      target::Pop3Client client(transport, patience);
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
    if (refusal > 1) std::puts("           servers delay refused logins, and more each time: a test instance needs no delay, and the run is shorter");
    if (config.deliver.empty()) {
      const auto why = offer.why_not.find("deliver");
      std::printf("delivery   none: %s\n",
                  why == offer.why_not.end() ? "--deliver HOW; cases that need messages will be skipped" : visible(why->second, 600).c_str());
    } else if (!offer.pop3) {
      std::printf("delivery   %s: not tried, POP3 alone needs it\n", visible(config.deliver).c_str());
    } else {
      const auto from = std::chrono::steady_clock::now();
      target::LiveStage stage(config, offer, [&](const std::string& name) { return library->fixture(name); }, fresh_id() + ".0");
      const auto why = stage.try_delivery(config.accounts[0]);
      healthy = healthy && why.empty();
      std::printf("delivery   %s: %s\n", config.deliver == target::kAppend ? "IMAP APPEND to INBOX" : visible(config.deliver).c_str(),
                  why.empty()
                      ? ("a message came to " + visible(config.accounts[0].name) + " and was taken away again, in " + seconds_text(seconds_since(from))).c_str()
                      : ("DOES NOT WORK: " + visible(why, 600)).c_str());
    }
  }
  std::map<std::string, std::size_t> skipped;
  std::vector<const scenario::Case*> runs;
  std::size_t in_all = 0;
  for (const auto& c : library->cases) {
    if (!suite::in_question(c, offer)) continue;  // of another protocol or revision
    ++in_all;
    const auto why = suite::reason_to_skip(c, offer);
    if (why) ++skipped[*why];
    else runs.push_back(&c);
  }
  const auto lanes = std::max<std::size_t>(1, subject->accounts.size());
  const double delay = (offer.pop3 ? offer.pop3->login_delay() : 0);
  const auto delayed = static_cast<std::size_t>(std::ranges::count_if(runs, [](const auto* c) { return logs_in_by_pop3(*c); }));
  const double time = time_of_a_run(runs, session, refusal, lanes) + static_cast<double>(delayed) * delay / static_cast<double>(lanes);
  std::printf("cases      %zu of %zu will run%s\n", runs.size(), in_all, subject->embedded ? "" : (", in about " + time_text(time)).c_str());
  if (delay > 0 && delayed > 0)
    std::printf("           %zu of them log in by POP3, and have to wait %.0f s each (LOGIN-DELAY): a test instance needs no delay\n", delayed, delay);
  for (const auto& line : result::skip_lines(skipped)) std::printf("           will be skipped: %s\n", line.c_str());
  return healthy ? 0 : kUsage;
}

Subcommand doctor_subcommand() {
  struct Given {
    TargetArgs target;
    std::string scenarios;
  };
  auto given = std::make_shared<Given>();
  Options options{{"target", &given->target.file, "target file (TOML); see ci/servers/README.md"}};
  std::ranges::move(target_options(given->target), std::back_inserter(options));
  options.push_back(scenarios_option(given->scenarios));
  return {"doctor", "before a run: does the server answer, what does it offer, which accounts work, what will be skipped", std::move(options),
          [given] { return doctor(given->target, given->scenarios); }};
}

}  // namespace mailspec::cli
