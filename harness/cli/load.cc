// load: many sessions at once, judged by all standing rules.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/load/talker.h"
#include "harness/net/pump.h"
#include "harness/oracle/standing_rules.h"
#include "harness/result/trace_json.h"
#include "reports/load_report.h"

namespace mailspec::cli {

namespace {

double cpu_seconds() {
  struct rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t most_memory() {
  struct rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// The embedded server has no sockets: its sessions are pumped in turn, in virtual time, so that a run can be had again to the octet.
class EmbeddedPump {
 public:
  EmbeddedPump(net::Transport& transport, net::Endpoint endpoint, std::vector<std::unique_ptr<load::Talker>>& talkers)
      : x_transport(transport), x_endpoint(std::move(endpoint)), x_talkers(talkers), x_streams(talkers.size()) {}

  void run() {
    constexpr double kStep = 0.001;  // seconds for a turn of all
    for (int round = 0; round <= net::Pumped::kLastRound && !interrupted();) {
      bool rest = true, gone = true;
      for (std::size_t i = 0; i < x_talkers.size(); ++i) {
        turn(i);
        rest = rest && x_talkers[i]->resting();
        gone = gone && !x_streams[i] && !x_talkers[i]->wants_connection();
      }
      x_transport.wait(kStep);
      if (gone) break;
      if (rest && ++round <= net::Pumped::kLastRound) {
        for (auto& t : x_talkers) t->checkpoint(round);
      }
    }
    for (int i = 0; i < 100; ++i) {
      for (std::size_t k = 0; k < x_talkers.size(); ++k) turn(k);
    }
  }

 private:
  void turn(std::size_t i) {
    auto& talker = *x_talkers[i];
    auto& stream = x_streams[i];
    const double now = x_transport.now();
    if (!stream) {
      if (!talker.wants_connection() || (std::isfinite(talker.wake()) && talker.wake() > now)) return;
      auto made = x_transport.connect(x_endpoint, 10);
      if (!made) return;
      stream = std::move(*made);
      talker.connected(now);
    }
    for (auto out = talker.output(now); !out.empty(); out = talker.output(now)) (void)stream->write(out, 10);
    auto got = stream->read(0);
    if (got.kind == net::Read::Kind::data) return talker.feed(got.octets, now);
    if (got.kind == net::Read::Kind::timeout && !talker.wants_close()) return;
    talker.ended(got.kind == net::Read::Kind::reset, now);
    stream->close(false);
    stream.reset();
  }

  net::Transport& x_transport;
  net::Endpoint x_endpoint;
  std::vector<std::unique_ptr<load::Talker>>& x_talkers;
  std::vector<std::unique_ptr<net::Stream>> x_streams;
};

// One place for each account: a mailbox of its own, or its maildrop, with the messages the mix wants.
Result<std::vector<load::Login>> make_places(scenario::Stage& stage, const Subject& subject, bool imap, const load::Mix& mix) {
  std::vector<load::Login> out;
  const scenario::MessageSpec spec{"plain.eml", static_cast<std::uint64_t>(mix.messages), 0, {}, {}, {}};
  const std::vector<scenario::MessageSpec> messages = mix.messages ? std::vector{spec} : std::vector<scenario::MessageSpec>{};
  for (const auto& account : subject.accounts) {
    load::Login login{account.name, account.password, {}};
    if (imap) {
      auto box = stage.mailbox(account, messages, false);
      if (!box) return box.error();
      login.mailbox = box->name;
    } else if (subject.offer.features.contains("deliver")) {
      if (auto s = stage.prepare(account, messages); !s) return s.error();
    }
    out.push_back(std::move(login));
  }
  return out;
}

struct LoadArgs {
  TargetArgs target;
  int sessions = 10;
  double seconds = 10, rate = 0;
  std::uint64_t seed = 1, commands = 0;
  std::string mix, protocol = "imap", traces = "mailspec-out/traces";
  std::vector<std::string> reports;
  bool just_idle = false;
};

std::string usage_trouble(const LoadArgs& args) {
  if (args.sessions < 1 || args.sessions > 60000) return "--sessions wants a number from 1 to 60000";
  if (args.seconds <= 0 || args.seconds > 86400) return "--seconds wants a number above 0, at most 86400";
  if (args.rate < 0) return "--rate wants commands a second, all sessions together; 0 is a closed loop";
  if (args.protocol != "imap" && args.protocol != "pop3") return unknown("protocol", args.protocol, std::vector<std::string>{"imap", "pop3"});
  return {};
}

int load(const LoadArgs& args) {
  if (const auto why = usage_trouble(args); !why.empty()) return complain({Error::Kind::usage, why});
  auto reports = parse_reports(args.reports, kinds_of(reports::load_formats()));
  if (!reports) return complain(reports.error());
  auto library = suite::load_library("");
  if (!library) return complain(library.error());
  const bool imap = args.protocol == "imap";
  load::Mix mix = load::default_mix(imap);
  if (!args.mix.empty()) {
    auto text = read_file(args.mix);
    if (!text) return complain(text.error());
    auto parsed = load::parse_mix(args.mix, *text, imap);
    if (!parsed) return complain(parsed.error());
    mix = std::move(*parsed);
  }
  auto subject = make_subject(args.target, *library, false, true);
  if (!subject) return complain(subject.error());
  const auto& offer = subject->offer;
  if (imap ? !offer.imap : !offer.pop3) return complain({Error::Kind::usage, "the target has no " + args.protocol + " endpoint"});
  const bool in_clear = imap ? offer.imap->clear && !offer.imap_login_needs_tls() : offer.pop3->clear && !offer.pop3_login_needs_tls();
  const bool tls = !in_clear || (imap && offer.imap->lists("LOGINDISABLED"));
  if (tls && (subject->embedded || !(imap ? offer.imap->implicit_tls : offer.pop3->implicit_tls)))
    return complain({Error::Kind::usage, "this server takes no password in clear, and the target has no " + args.protocol +
                                             "s endpoint: load speaks in clear or under implicit TLS"});
  auto stage = subject->make_stage({});
  auto places = make_places(*stage, *subject, imap, mix);
  if (!places) return complain(places.error());

  load::Tally tally;
  load::Setting setting;
  setting.mix = &mix;
  setting.seed = args.seed;
  setting.most_commands = args.commands;
  setting.interval = args.rate > 0 ? args.sessions / args.rate : 0;
  setting.patience = subject->embedded ? 10 : std::max(subject->config.timeout, 10.0);
  setting.offered = offer.tags();
  setting.literal_plus = imap && offer.imap->lists("LITERAL+");
  setting.idle = imap && offer.imap->lists("IDLE");
  setting.just_idle = args.just_idle;
  setting.epoch = static_cast<std::size_t>(std::clamp(20000 / args.sessions, 20, 400));
  setting.tally = &tally;
  std::vector<std::unique_ptr<load::Talker>> talkers;
  for (int i = 0; i < args.sessions; ++i) {
    const auto& place = (*places)[static_cast<std::size_t>(i) % places->size()];
    talkers.push_back(imap ? load::make_imap_talker(setting, i, place) : load::make_pop3_talker(setting, i, place));
  }

  reports::LoadHead head;
  head.suite_version = MAILSPEC_VERSION;
  head.target = subject->name;
  head.server = imap ? offer.imap->greeting : offer.pop3->greeting;
  head.protocol = std::string(imap ? "IMAP" : "POP3") + (tls ? " under TLS" : "");
  head.started = now_utc();
  head.mix = args.mix.empty() ? "the default one" : args.mix;
  head.seed = args.seed;
  head.sessions = args.sessions;
  head.rate = args.rate;
  const auto before = cpu_seconds();
  const auto began = net::pump_clock();
  std::string trouble;
  if (subject->embedded) {
    setting.begin = stage->transport().now();
    setting.end = setting.begin + args.seconds;
    EmbeddedPump(stage->transport(), imap ? stage->imap_endpoint(false) : stage->pop3_endpoint(false), talkers).run();
  } else {
    const bool show = on_terminal(STDERR_FILENO);
    setting.begin = began;
    setting.end = began + args.seconds;
    const net::TlsTrust trust{subject->config.host(), subject->config.ca_pem};
    std::vector<net::Pumped*> sessions;
    for (const auto& t : talkers) sessions.push_back(t.get());
    trouble = net::pump(setting, sessions, imap ? stage->imap_endpoint(tls) : stage->pop3_endpoint(tls), trust, interrupted(), [&](double seconds) {
      if (show)
        std::fprintf(stderr, "\r\x1b[K%.0f s, %llu commands, %zu findings", seconds, static_cast<unsigned long long>(tally.commands), tally.findings.size());
    });
    if (show) std::fputs("\r\x1b[K", stderr);
  }
  if (!trouble.empty()) return complain({Error::Kind::unreachable, trouble});
  head.seconds = net::pump_clock() - began;
  head.cpu_seconds = cpu_seconds() - before;
  head.memory = most_memory();
  head.interrupted = interrupted();
  head.replay = "mailspec replay " +
                (subject->embedded          ? std::string("--embedded ")
                 : args.target.file.empty() ? ""
                                            : args.target.file + " ") +
                args.traces + "/";
  for (const auto& t : talkers) {
    tally.digest = tally.digest * 31 + t->digest();
    tally.intents += t->intents();
  }
  load::compare(talkers, tally);
  talkers.clear();
  for (const auto& account : subject->accounts) {
    for (const auto& place : *places) {
      if (imap && place.user == account.name) stage->discard(account, place.mailbox);
    }
    if (!imap) stage->touched(account);
  }
  std::error_code ignored;
  if (!tally.findings.empty()) std::filesystem::create_directories(args.traces, ignored);
  for (auto& [id, f] : tally.findings) {
    f.trace = load::with_values(std::move(f.trace));
    auto judged = oracle::judge(f.trace, oracle::standing_rules(f.trace)).findings;
    const auto file = args.traces + "/" + reports::load_trace_name(f);
    if (auto s = result::write_trace(file, f.trace, judged, MAILSPEC_VERSION); !s) tally.troubles.push_back(s.error().what);
  }
  std::fputs(reports::load_text(head, tally, library->catalogue).c_str(), stdout);
  if (const int trouble = write_reports(*reports, reports::load_formats(), true, head, tally, library->catalogue)) return trouble;
  if (head.interrupted) return kInterrupted;
  if (!tally.findings.empty()) return 1;
  return tally.commands == 0 ? 6 : 0;
}

}  // namespace

Subcommand load_subcommand() {
  auto a = std::make_shared<LoadArgs>();
  Options options{{"target", &a->target.file, "target file (TOML); see ci/servers/README.md"}};
  std::ranges::move(target_options(a->target), std::back_inserter(options));
  std::ranges::move(
      Options{
          {.name = "--sessions", .into = &a->sessions, .help = "how many at a time", .tells_default = true},
          {.name = "--seconds", .into = &a->seconds, .help = "how long commands are sent", .tells_default = true},
          {"--commands", &a->commands, "commands of each session, after which it stops (default: as many as time allows)"},
          {"--mix", &a->mix, "TOML: weights of commands; see harness/load/README.md", "FILE"},
          {.name = "--seed", .into = &a->seed, .help = "fixes what every session intends", .tells_default = true},
          {.name = "--protocol", .into = &a->protocol, .help = "imap or pop3", .tells_default = true, .offers = offer_words({"imap", "pop3"})},
          {"--rate", &a->rate, "open loop: commands a second, all sessions together (default: closed loop, each as fast as it is answered)"},
          {"--just-idle", &a->just_idle, "log in, select, and stay"},
          {.name = "--traces", .into = &a->traces, .help = "where traces of findings are kept", .value = "DIR", .tells_default = true},
          reports_option(a->reports, kinds_of(reports::load_formats()), "text=FILE, json=FILE, html=FILE; repeatable, or with commas"),
      },
      std::back_inserter(options));
  return {"load", "many sessions at once in a seeded random mix, judged by all standing rules; latencies", std::move(options), [a] { return load(*a); }};
}

}  // namespace mailspec::cli
