#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <sstream>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/embedded_stage.h"
#include "harness/imap/vocabulary.h"
#include "harness/net/haste.h"
#include "harness/suite/standing.h"
#include "harness/target/imap_probe.h"
#include "harness/target/live_stage.h"
#include "harness/target/pop3_probe.h"
#include "harness/target/processes.h"
#include "reference_server/deviations/deviations.h"

namespace mailspec::cli {

namespace {

std::atomic<bool> g_interrupted{false};
std::atomic<int> g_signals{0};

std::vector<std::string> names_of(const std::vector<reference::Switch>& switches) {
  std::vector<std::string> out;
  for (const auto& s : switches) out.push_back(s.name);
  return out;
}

// Stages of a real server, kept until the run is over so that they can clean up.
struct LiveWorld {
  target::TargetConfig config;
  scenario::Offer offer;
};

// Cleans up after itself: what it delivered goes, also when the run was interrupted.
class CleaningStage : public target::LiveStage {
 public:
  CleaningStage(std::shared_ptr<LiveWorld> world, scenario::FixtureLookup fixture, const std::string& id, const suite::Lane& lane)
      : target::LiveStage(world->config, world->offer, std::move(fixture), id + "." + lane.name(), lane.number), x_world(std::move(world)) {}
  ~CleaningStage() override { (void)clean_up(); }

 private:
  std::shared_ptr<LiveWorld> x_world;
};

}  // namespace

Result<std::vector<ReportFile>> parse_reports(const std::vector<std::string>& given, const std::vector<std::string>& kinds) {
  std::vector<ReportFile> out;
  for (const auto& list : given) {
    for (const auto& item : split(list, ',')) {
      const auto equals = item.find('=');
      if (equals == std::string::npos || equals + 1 == item.size())
        return Error{Error::Kind::usage, "--report wants KIND=FILE, as in --report " + kinds.back() + "=FILE; got '" + item + "'"};
      const auto kind = item.substr(0, equals);
      if (std::ranges::find(kinds, kind) == kinds.end()) return Error{Error::Kind::usage, unknown("report", kind, kinds)};
      out.push_back({kind, item.substr(equals + 1)});
    }
  }
  return out;
}

Option scenarios_option(std::string& directory) { return {"--scenarios", &directory, "directory with scenarios of your own", "DIR"}; }

Option reports_option(std::vector<std::string>& reports, const std::vector<std::string>& kinds, const std::string& help) {
  return {.name = "--report", .into = &reports, .help = help, .value = "KIND=FILE", .offers = offer_reports(kinds)};
}

int complain(const Error& error) {
  std::fprintf(stderr, "mailspec: %s\n", error.what.c_str());
  switch (error.kind) {
    case Error::Kind::usage:
    case Error::Kind::config: return kUsage;
    case Error::Kind::unreachable:
    case Error::Kind::closed:
    case Error::Kind::timeout:
    case Error::Kind::malformed: return kUnreachable;
    default: return kHarness;
  }
}

std::string now_utc() {
  const auto t = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm tm{};
  gmtime_r(&t, &tm);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
  return text;
}

std::string fresh_id() {
  std::random_device device;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 12; ++i) out += kDigits[device() % 16];
  return out;
}

Status write_file(const std::string& path, const std::string& text) {
  std::error_code ignored;
  const auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, ignored);
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) return Error{Error::Kind::usage, "cannot write '" + path + "'"};
  return ok();
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Error::Kind::usage, "cannot read '" + path + "'"};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool on_terminal(int fd) { return ::isatty(fd) != 0; }

const std::atomic<bool>& interrupted() { return g_interrupted; }

void catch_signals() {
  // What is printed must not go to whatever is opened first.
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) == -1) ::open("/dev/null", O_RDWR);
  }
  struct sigaction action{};
  // The first lets the cases end that are running, the second does not, the third ends the process at once.
  action.sa_handler = [](int) {
    const int n = ++g_signals;
    if (n > 2) ::_exit(kInterrupted);
    g_interrupted = true;
    net::set_haste(n == 1 ? net::Haste::no_waits : net::Haste::give_up);
  };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  struct sigaction before{};
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);  // as nohup leaves it
  ::signal(SIGPIPE, SIG_IGN);
}

Result<reference::Options> make_options(const std::vector<std::string>& deviations, const std::vector<std::string>& variations) {
  reference::Options options;
  for (const auto& name : variations) {
    const auto* v = reference::find(reference::variations(), name);
    if (!v) return Error{Error::Kind::usage, unknown("variation", name, names_of(reference::variations()))};
    v->apply(options);
  }
  for (const auto& name : deviations) {
    const auto* d = reference::find(reference::deviations(), name);
    if (!d) return Error{Error::Kind::usage, unknown("deviation", name, names_of(reference::deviations()))};
    d->apply(options);
  }
  return options;
}

Result<target::TargetConfig> make_config(const TargetArgs& args) {
  target::TargetConfig config;
  if (!args.file.empty()) {
    auto text = read_file(args.file);
    if (!text) return text.error();
    auto parsed = target::parse_target(args.file, *text);
    if (!parsed) return parsed.error();
    config = *parsed;
  }
  const auto endpoint = [&](const std::string& given, bool tls, std::optional<net::Endpoint>& into) -> Status {
    if (given.empty()) return ok();
    auto e = target::parse_endpoint(given, tls);
    if (!e) return e.error();
    into = *e;
    return ok();
  };
  if (auto s = endpoint(args.pop3, false, config.pop3); !s) return s.error();
  if (auto s = endpoint(args.pop3s, true, config.pop3s); !s) return s.error();
  if (auto s = endpoint(args.imap, false, config.imap); !s) return s.error();
  if (auto s = endpoint(args.imaps, true, config.imaps); !s) return s.error();
  for (const auto& user : args.users) {
    std::string variable;
    for (const auto& env : args.password_envs) {
      const auto equals = env.find('=');
      if (equals == std::string::npos) {
        if (variable.empty()) variable = env;
      } else if (env.substr(0, equals) == user) {
        variable = env.substr(equals + 1);
      }
    }
    if (variable.empty()) return Error{Error::Kind::usage, "no password for " + user + ": give --password-env VAR, or --password-env " + user + "=VAR"};
    const char* password = std::getenv(variable.c_str());
    if (!password) return Error{Error::Kind::usage, "the environment variable " + variable + " is not set"};
    config.accounts.push_back({user, password});
  }
  if (!args.ca.empty()) {
    auto pem = read_file(args.ca);
    if (!pem) return pem.error();
    config.ca_pem = *pem;
  }
  if (!args.deliver.empty()) config.deliver = args.deliver;
  if (!args.recipient.empty()) config.recipient = args.recipient;
  if (!args.server_version.empty()) config.version = args.server_version;
  if (args.timeout > 0) config.timeout = args.timeout;
  if (!args.pid.empty()) config.pid = args.pid;
  if (!args.log.empty()) config.log = args.log;
  if (args.no_verify) config.verify = false;
  if (args.insecure) config.insecure = true;
  if (args.own_server) config.own_server = true;
  if (args.disposable) config.disposable = true;

  if (args.tls == "require") config.tls = target::TargetConfig::Tls::require;
  if (config.tls == target::TargetConfig::Tls::require) {
    if (config.pop3s) config.pop3.reset();
    if (config.imaps) config.imap.reset();
  }
  for (const auto* e : {&config.imap, &config.imaps, &config.pop3, &config.pop3s}) {
    if (config.name.empty() && *e) config.name = (*e)->text();
  }
  if (const auto missing = target::incomplete(config); !missing.empty()) return Error{Error::Kind::usage, missing};
  if (const auto wrong = target::cannot_deliver(config); !wrong.empty()) return Error{Error::Kind::usage, wrong};
  return config;
}

namespace {

// Until every endpoint takes connections, and says something where it speaks first in clear: what forwards a port may take them before the server does.
void wait_until_up(net::Transport& transport, const target::TargetConfig& config, double seconds) {
  constexpr double kBetween = 0.25, kGreeting = 2;
  const double end = transport.now() + seconds;
  for (const auto* e : {&config.imap, &config.imaps, &config.pop3, &config.pop3s}) {
    if (!*e || (*e)->host == net::kExecHost) continue;
    const auto up = [&] {
      auto stream = transport.connect(**e, kGreeting);
      return stream && ((*e)->implicit_tls || (*stream)->read(kGreeting).kind == net::Read::Kind::data);
    };
    while (!up() && transport.now() < end && !interrupted()) transport.wait(kBetween);
  }
}

// Before anything else: nobody's mail is in the way, and nothing of an earlier run. Where no way to deliver is given, IMAP APPEND is one if INBOX is the
// maildrop, which is looked at once.
Status prepare_delivery(LiveWorld& world, const scenario::FixtureLookup& fixture, std::vector<oracle::Trace>* traces) {
  auto& config = world.config;
  auto& offer = world.offer;
  const bool given = !config.deliver.empty();
  if (!given && offer.imap && offer.pop3) config.deliver = target::kAppend;
  if (config.deliver.empty()) return ok();
  offer.features.insert("deliver");
  if (!offer.pop3) return ok();
  target::LiveStage stage(config, offer, fixture, fresh_id() + ".0");
  const auto told = [&] {
    if (!traces) return;
    for (auto& trace : stage.take_traces()) traces->push_back(std::move(trace));
  };
  const auto do_without = [&](const std::string& why) {
    config.deliver.clear();
    offer.features.erase("deliver");
    offer.why_not["deliver"] = "no way to deliver messages is given, and IMAP APPEND will not do (" + why + "): give --deliver";
  };
  for (const auto& account : config.accounts) {
    const auto s = stage.prepare(account, {});
    told();
    // A server in which nothing can be set up is run against all the same: what it does is judged.
    if (s || s.error().kind != Error::Kind::config) continue;
    if (given) return s.error();
    do_without(s.error().what);
    return ok();
  }
  const auto why = stage.try_delivery(config.accounts[0]);
  if (!given && !why.empty()) do_without(why);
  if (stage.order() == target::Order::newest_first) offer.pop3->features.insert(scenario::Pop3Offer::kNewestFirst);
  if (stage.order() == target::Order::other) offer.pop3->features.insert(scenario::Pop3Offer::kOwnOrder);
  told();
  return ok();
}

}  // namespace

Result<Subject> make_subject(const TargetArgs& args, const suite::Library& library, bool slow, bool heavy, std::vector<oracle::Trace>* traces) {
  Subject subject;
  const scenario::FixtureLookup fixture = [&library](const std::string& name) { return library.fixture(name); };
  if (args.embedded) {
    if (!args.file.empty() || !args.no_endpoint()) return Error{Error::Kind::usage, "--embedded is a target of its own: leave out the other one"};
    auto options = make_options(args.deviations, args.variations);
    if (!options) return options.error();
    auto offer = probe_embedded(*options, fixture);
    if (!offer) return offer.error();
    subject.name = "embedded reference server";
    for (const auto& e : imap::left_out()) subject.name += " without " + std::string(e.name);
    for (const auto& d : args.deviations) subject.name += " with deviation " + d;
    for (const auto& v : args.variations) subject.name += " with variation " + v;
    subject.offer = *offer;
    subject.accounts = EmbeddedStage::accounts();
    subject.embedded = true;
    subject.make_stage = [options = *options, fixture, offer = *offer](const suite::Lane&) {
      auto stage = std::make_unique<EmbeddedStage>(options, fixture);
      stage->set_offer(offer);
      return stage;
    };
    return subject;
  }
  if (!args.deviations.empty() || !args.variations.empty()) return Error{Error::Kind::usage, "--deviation and --variation are for --embedded only"};
  if (args.file.empty() && args.no_endpoint()) {
    return Error{Error::Kind::usage, "no target: give a target file, --imap, --imaps, --pop3 or --pop3s HOST:PORT, or --embedded for the reference server"};
  }
  auto config = make_config(args);
  if (!config) return config.error();
  return make_live_subject(std::move(*config), args.wait, library, slow, heavy, traces);
}

Result<Subject> make_live_subject(target::TargetConfig given, double wait, const suite::Library& library, bool slow, bool heavy,
                                  std::vector<oracle::Trace>* traces) {
  Subject subject;
  const scenario::FixtureLookup fixture = [&library](const std::string& name) { return library.fixture(name); };
  Result<target::TargetConfig> config = std::move(given);
  if (auto watch = target::ProcessWatch::begin(config->pid, config->log); !watch) return watch.error();
  auto world = std::make_shared<LiveWorld>();
  world->config = *config;
  const auto patience = scenario::Patience::of(config->timeout);
  net::TcpTransport transport({config->host(), config->ca_pem});
  if (wait > 0) wait_until_up(transport, *config, wait);
  const auto record = [&](oracle::Trace trace) {
    if (traces) traces->push_back(std::move(trace));
  };
  const target::ProbeRules probing{config->tls == target::TargetConfig::Tls::require || (!config->loopback() && !config->insecure), config->verify};
  Result<scenario::Offer> offer = scenario::Offer{};
  if (config->pop3 || config->pop3s) {
    auto pop3 = target::probe_pop3(transport, config->pop3, config->pop3s, config->accounts[0], patience, record, probing);
    if (pop3) offer->pop3 = std::move(*pop3);
    else offer = pop3.error();
  }
  if (offer && (config->imap || config->imaps)) {
    auto imap = target::probe_imap(transport, config->imap, config->imaps, config->accounts[0], patience, record, probing);
    if (imap) offer->imap = std::move(*imap);
    else offer = imap.error();
  }
  if (traces && offer) {
    for (auto& trace : *traces) trace.offered = offer->tags();
  }
  if (!offer) {
    // The accounts are the user's to mend; all else is the server's.
    if (offer.error().kind == Error::Kind::setup) return Error{Error::Kind::config, offer.error().what};
    return offer.error();
  }
  auto& features = offer->features;
  const bool trusted = config->loopback() || config->own_server;
  // A certificate can be held to a name and an authority only by who says which.
  if (config->verify && (!config->ca_pem.empty() || !config->loopback())) features.insert("ca");
  if (config->accounts.size() > 1) features.insert("accounts:2");
  for (const auto& [given, feature] : {std::pair{slow, "slow"}, std::pair{heavy, "heavy"}}) {
    if (given && trusted) features.insert(feature);
    if (given && !trusted) offer->why_not[feature] = std::string("off loopback --") + feature + " wants --i-own-this-server, too";
  }
  if (trusted) {
    // A server may lock the account: one of the suite's own comes last.
    config->refuses_own = config->special.try_emplace("wrong-password", std::vector{config->accounts.back()}).second;
    world->config = *config;
    features.insert("wrong-password");
  } else {
    offer->why_not["wrong-password"] = "off loopback wrong passwords are tried with --i-own-this-server only";
  }
  if (config->special.contains("utf8")) features.insert("utf8-account");
  if (config->special.contains("apop")) features.insert("apop-account");
  if (config->special.contains("spaced")) features.insert("spaced-password");
  for (const auto& wanted : config->expect) {
    const auto& known = scenario::Offer::pop3_vocabulary();
    if (const auto& imap = scenario::Offer::imap_vocabulary(); std::ranges::find(imap, wanted) != imap.end()) continue;
    if (std::ranges::find(known, wanted) == known.end()) return Error{Error::Kind::config, "expect: " + unknown("capability", wanted, known)};
  }
  world->offer = *offer;
  if (auto s = prepare_delivery(*world, fixture, traces); !s) return s.error();
  *config = world->config;
  *offer = world->offer;
  subject.name = config->name;
  subject.offer = *offer;
  subject.accounts = config->accounts;
  subject.config = *config;
  const auto id = fresh_id();
  subject.make_stage = [world, fixture, id](const suite::Lane& lane) { return std::make_unique<CleaningStage>(world, fixture, id, lane); };
  subject.holds = world;
  return subject;
}

std::vector<std::string> all_check_ids(const suite::Library& library) {
  std::set<std::string> ids;
  for (const auto& c : library.cases) {
    for (const auto& id : c.stakes()) ids.insert(id + "@" + c.name());
  }
  for (const auto& id : suite::rule_requirements()) ids.insert(id);
  return {ids.begin(), ids.end()};
}

}  // namespace mailspec::cli
