#include "harness/scenario/case_runner.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <ranges>
#include <set>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"
#include "harness/scenario/ranks.h"

namespace mailspec::scenario {

using oracle::Event;
using oracle::Finding;

namespace {

constexpr double kQuietLive = 0.3;

CaseResult fresh_result(const Case& test, const Stage& stage, const RunOptions& options) {
  CaseResult result;
  auto& t = result.trace;
  t.scenario = test.path;
  t.row = test.row;
  t.seed = options.seed;
  t.revision = test.revision;
  t.both = test.both();
  t.segmentation = name_of(options.segmentation);
  t.offered = stage.offer().tags();
  t.hostile = std::ranges::any_of(test.messages, [](const auto& m) { return m.fixture.starts_with("hostile-"); });
  t.utf8_messages = std::ranges::any_of(test.messages, [](const auto& m) { return m.fixture.starts_with("utf8") || m.fixture == "hostile-8bitheader.eml"; });
  return result;
}

}  // namespace

CaseState::CaseState(const Case& c, Stage& s, Account a, const RunOptions& o)
    : test(c), stage(s), account(std::move(a)), options(o), result(fresh_result(c, s, o)) {
  for (const auto& step : test.steps) {
    if (!step.ids().empty()) result.stakes.push_back({step.ids(), step.line, Stake::Outcome::unreached, {}, {}, {}});
  }
}

Speaker::Speaker(CaseState& state)
    : x_case(state.test),
      x_stage(state.stage),
      x_account(state.account),
      x_options(state.options),
      x_result(state.result),
      x_bindings(state.bindings),
      x_workshop(state.workshop),
      x_stake(state.stake),
      x_begun(state.begun),
      x_waited(state.waited),
      x_stopped(state.stopped),
      x_over(state.over),
      x_line(state.line),
      x_state(state) {}

void Speaker::do_step(const Step& step) {
  const int n = step.connection, line = step.line;
  std::visit(Overloaded{
                 [&](const AtStake& stake) { open_stake(line, stake); },
                 [&](const Observe& s) { observe(s); },
                 [&](const ObserveLogins& s) { logins(s, line); },
                 [&](const Wait& s) {
                   x_stage.transport().wait(s.seconds);
                   x_waited = true;
                 },
                 [&](const StartTls& s) { tls(s, n, line); },
                 [&](const WrongTls& s) { wrong_tls(s, n, line); },
                 [&](const TlsHello& s) { hello(s, n, line); },
                 [&](const Survives&) { survives(n, line); },
                 [&](const Drop& s) { wires().drop(n, s.how, line); },
                 [&](const auto&) { perform(step); },
             },
             step.does);
  x_begun = !step.is<AtStake>();
}

CaseResult run_case(const Case& test, Stage& stage, const Account& account, const RunOptions& options) {
  CaseState state(test, stage, account, options);
  std::vector<std::unique_ptr<Speaker>> speakers;
  if (test.speaks(Protocol::pop3)) speakers.push_back(make_pop3_speaker(state));
  if (test.speaks(Protocol::imap)) speakers.push_back(make_imap_speaker(state));
  const auto speaker_of = [&](const Step& step) -> Speaker& {
    const bool imap = !step.is<Deliver>() && test.protocol_of(step.connection) == Protocol::imap;
    return imap ? *speakers.back() : *speakers.front();
  };
  if (std::ranges::all_of(speakers, [](const auto& s) { return s->set_up(); })) {
    for (const auto& step : test.steps) {
      if (state.stopped || state.over) break;
      state.line = step.line;
      speaker_of(step).do_step(step);
    }
    speakers.front()->close_stake();
    for (const auto& speaker : speakers) {
      if (!state.stopped) speaker->wind_up();
    }
  }
  for (const auto& speaker : speakers) {
    for (int n = 1; n <= 9; ++n) {
      if (speaker->wires().open(n)) speaker->wires().drop(n, Wires::End::fin, 0);
    }
  }
  for (const auto& speaker : speakers) speaker->clean_up();
  return std::move(state.result);
}

void Speaker::bind_account(const Account& account) {
  wires().add_secret(account.password);
  for (const auto& secret : x_stage.secrets()) wires().add_secret(secret);
  bind("user", account.name);
  bind("password", account.password, true);
  bind("nobody", x_stage.special("nobody").name);
  auto other = x_stage.special("other");
  if (other.name == account.name) other = x_stage.special("other than other");
  bind("other", other.name);
  bind("marker", "m" + std::to_string((x_options.seed * 2654435761u + 40503u) % 1000000007u));  // nobody's tag, and nobody's keyword
  x_workshop.credentials = {account.name, account.password, other.name};
  x_workshop.nonce = "mailspec" + std::to_string(x_options.seed * 2654435761u % 1000000007u);
}

double Speaker::quiet() const { return x_stage.transport().virtual_time() ? 0.001 : kQuietLive; }

bool Speaker::trouble(std::string why) {
  if (x_result.setup_trouble.empty()) x_result.setup_trouble = std::move(why);
  x_stopped = true;
  return false;
}

void Speaker::open_stake(int line, const AtStake& stake) {
  close_stake();
  x_waited = false;
  if (stake.ids.empty()) return;
  auto& count = x_state.stake_count;
  while (x_result.stakes[count].line != line) ++count;
  x_stake = &x_result.stakes[count++];
  if (x_case.facts.attacks) x_spent_before = x_stage.processor_time();
}

void Speaker::close_stake() {
  if (x_stake && !x_stopped) x_stake->outcome = Stake::Outcome::held;
  x_stake = nullptr;
}

void Speaker::fail_scenario(std::string what) {
  x_result.scenario_error = true;
  trouble(x_case.path + ":" + std::to_string(x_line) + ": " + std::move(what));
}

void Speaker::decline(std::string why) {
  x_result.declined = std::move(why);
  x_stake = nullptr;
  x_over = true;
}

void Speaker::broken(std::string what, Finding::Kind kind, std::size_t offset, bool in_content) {
  if (x_stopped) return;
  if (!x_stake) {
    trouble("line " + std::to_string(x_line) + ", before anything was at stake: " + std::move(what));
    return;
  }
  x_stake->outcome = Stake::Outcome::broken;
  x_stake->finding = {x_stake->ids[0], std::move(what), x_result.trace.events.empty() ? 0 : wires().last_event(), offset, in_content, kind};
  x_stopped = true;
}

void Speaker::ended_before(const std::string& text, const std::string& last_words) {
  const auto what = "the server ended the session before '" + text + "' could be sent" + (last_words.empty() ? "" : ": " + last_words);
  if (x_stake && !x_begun) return static_cast<void>(trouble(what));
  broken(what, Finding::Kind::closed);
}

bool Speaker::wait_out(std::size_t attempt) {
  const auto pause = x_options.patience.pause(attempt);
  if (pause) x_stage.transport().wait(*pause);
  return pause.has_value();
}

bool Speaker::limited(const std::string& refusal) {
  x_result.limited = true;
  return trouble("the server refuses for the time being, and waiting did not help: " + refusal +
                 "; raise its limits on connections, logins or sessions, or run with --jobs 1");
}

void Speaker::broken_by(Outcome outcome, int n, const std::string& wanted) {
  if (outcome == Outcome::flood && wires().overfull()) {
    trouble(wanted + " was due after more responses than the harness keeps of one case: its own limit");
    return;
  }
  if (outcome == Outcome::closed && ended_late(n)) {
    if (broken_by_end()) return;
    trouble("after a refusal the server ended the session, and " + wanted + " was still due");
    return;
  }
  const auto kind = outcome == Outcome::hang ? Finding::Kind::hang : outcome == Outcome::closed ? Finding::Kind::closed : Finding::Kind::wrong;
  broken(wanted + " was due; " + what_happened(n), kind);
}

// Who bans an address, for logins that were refused, say, looks the same to it; not so on one's own machine.
std::string Speaker::gone() {
  constexpr std::array kBetween{0.2, 1.0, 2.0};  // seconds
  constexpr int kConnection = 9;
  if (auto why = x_stage.harm(); !why.empty()) return why;
  const auto host = implicit_endpoint().host;
  if ((host != "localhost" && host != "::1" && !host.starts_with("127.")) || has_refused_a_login()) return {};
  for (int other = 1; other < kConnection; ++other) {
    if (wires().open(other) && serves(other)) return {};
  }
  for (const double pause : kBetween) {
    x_stage.transport().wait(pause);
    if (!greets(kConnection, x_line)) continue;
    wires().drop(kConnection, Wires::End::fin, x_line);
    return {};
  }
  return x_result.limited ? "" : "no other is served, and no new one begins";
}

bool Speaker::has_refused_a_login() const {
  std::set<std::pair<int, std::string>> logins;  // of IMAP: connection and tag
  for (const auto& e : x_result.trace.events) {
    if (e.kind == Event::Kind::sent && imap::facts_of(e.imap_command.name).logs_in) logins.emplace(e.connection, e.imap_command.tag);
    if (e.kind != Event::Kind::received) continue;
    const auto& k = e.pop3_command.keyword;
    const bool pop3 = k == "PASS" || k == "APOP" || k == "AUTH" || e.pop3_command.sasl_response;
    if (e.imap ? logins.contains({e.connection, e.imap_response.tag}) && e.imap_response.keyword != "OK" : pop3 && e.pop3_response.status == pop3::Status::err)
      return true;
  }
  return false;
}

bool Speaker::broken_by_end() {
  if (!x_stake || !x_begun) return false;
  const auto why = gone();
  if (why.empty()) return false;
  x_stopped = x_result.unreachable = x_result.not_greeted = x_result.limited = false;
  x_result.setup_trouble.clear();
  broken("after a refusal the server ended more than the session: " + why, Finding::Kind::crash);
  return true;
}

bool Speaker::handshake_due(int n) const {
  bool agreed = false;
  for (const auto& e : std::views::reverse(x_result.trace.events)) {
    if (e.connection != n) continue;
    if (e.kind == Event::Kind::tls || e.kind == Event::Kind::connect) return false;
    if (e.kind == Event::Kind::received) agreed = agreed || (e.imap ? e.imap_response.keyword == "OK" : e.pop3_response.ok());
    if (e.kind == Event::Kind::sent) return agreed && (e.imap ? e.imap_command.name == "STARTTLS" : e.pop3_command.keyword == "STLS");
  }
  return false;
}

std::string Speaker::reads(const Line& pattern) const {
  std::string out;
  for (const auto& piece : pattern) {
    switch (piece.kind) {
      case Piece::Kind::literal: out += piece.text; break;
      case Piece::Kind::rest: out += "..."; break;
      case Piece::Kind::use: {
        const auto it = x_bindings.find(piece.text);
        out += it == x_bindings.end() || it->second.secret ? "{" + piece.text + "}" : it->second.octets;
        break;
      }
      case Piece::Kind::bind: out += "{" + piece.text + (piece.choices.empty() ? "=}" : "=...}"); break;
      case Piece::Kind::one_of: out += "{" + join(piece.choices, "|") + "}"; break;
      case Piece::Kind::any: out += "{_}"; break;
      case Piece::Kind::file: out += "@" + piece.text; break;
      case Piece::Kind::data:
      case Piece::Kind::generator: out += "{" + piece.text + "}"; break;
    }
  }
  return out;
}

void Speaker::check_tls(int n, CheckTls::What what) {
  using What = CheckTls::What;
  const auto* info = wires().tls(n);
  if (!info) return broken("TLS is not active");
  // RFC 8314 4.2: who takes some certificates as a login may ask, and enables EXTERNAL for it.
  const bool takes_some = std::ranges::any_of(x_result.trace.offered, [](const auto& tag) { return upper(tag).find("EXTERNAL") != std::string::npos; });
  switch (what) {
    case What::name:
      if (!info->name_matches) broken("the certificate does not bear the server's name in subjectAltName");
      break;
    case What::dates:
      if (!info->dates_hold) broken("the certificate is not valid at this time");
      break;
    case What::chain:
      if (!info->chain_holds) broken("the certificate's chain does not verify: " + info->trouble);
      break;
    case What::signature:
      if (!info->signature_holds) broken("the certificate is signed over MD5 or SHA-1");
      break;
    case What::strength:
      if (info->security_bits < 112) broken("the certificate's key has only " + std::to_string(info->security_bits) + " bits of security; RSA 2048 has 112");
      break;
    case What::alpn:
      if (!info->alpn.empty() && info->alpn != x_alpn) broken("the server chose '" + visible(info->alpn, 80) + "' in ALPN, which was not offered");
      break;
    case What::unasked:
      if (info->asked_for_certificate && !takes_some) broken("the server asked for a client certificate");
      break;
  }
}

void Speaker::check_closed(int n, const CheckClosed& demand) {
  const auto outcome = wires().wait_closed(n);
  if (outcome == Outcome::hang) return broken("the server was to close the connection; it is still open", Finding::Kind::hang);
  if (demand.notified && wires().truncated(n)) broken("the server closed the connection without close_notify");
}

void Speaker::observe(const Observe& step) {
  auto value = expand(step.value, x_bindings, x_workshop, 1);
  if (!value) return fail_scenario(value.error().what);
  x_result.observations.emplace_back(step.name, visible(value->shown, 200));
}

// Logins that must fail, in turn for a user that there is, with a wrong password, and for one that there is not.
void Speaker::logins(const ObserveLogins& step, int line) {
  constexpr int kConnection = 9;
  constexpr double kNoChance = 0.01;
  struct Kind {
    std::string name;
    std::set<std::string> said;
    std::vector<double> took;  // milliseconds
  };
  Kind there{x_account.name, {}, {}}, not_there{x_stage.special("nobody").name, {}, {}};
  for (std::uint64_t i = 0; i < 2 * step.rounds; ++i) {
    auto& kind = (i + i / 2) % 2 ? there : not_there;  // now the one first, now the other
    if (!greets(kConnection, line)) return static_cast<void>(trouble("a new connection was not greeted"));
    auto said = logs_in(kConnection, {kind.name, x_account.password + "x"}, line);
    if (said.empty()) return static_cast<void>(trouble("a login with a wrong password went well"));
    // From the last that was sent to what came of it: a handshake before it does not count.
    std::int64_t sent = 0, came = 0;
    for (const auto& e : x_result.trace.events) {
      if (e.connection == kConnection && e.kind == Event::Kind::sent) sent = e.at_us;
      if (e.connection == kConnection) came = e.at_us;
    }
    kind.took.push_back(static_cast<double>(came - sent) / 1000);
    said = replace_all(said, kind.name, "{user}");
    // Tags, times and process ids: a "#" for each number.
    std::erase_if(said, [before = false](char c) mutable { return std::exchange(before, is_digit(c)) && before; });
    std::ranges::replace_if(said, is_digit, '#');
    kind.said.insert(said);
    if (wires().open(kConnection)) wires().drop(kConnection, Wires::End::fin, line);
  }
  const auto& name = step.name;
  const auto list = [](const std::set<std::string>& texts) { return join(std::vector<std::string>(texts.begin(), texts.end()), "; "); };
  x_result.observations.emplace_back(name + "-text", there.said == not_there.said ? "the same for a wrong password as for an unknown user"
                                                                                  : visible(list(there.said), 150) + " for a wrong password, " +
                                                                                        visible(list(not_there.said), 150) + " for an unknown user");
  const double likely = same_source(there.took, not_there.took);
  const auto number = [](double n, const char* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, n);
    return std::string(text);
  };
  const auto times = number(median(there.took), "%.1f") + " and " + number(median(not_there.took), "%.1f") + " ms, p = " + number(likely, "%.3f");
  x_result.observations.emplace_back(
      name + "-time", (likely < kNoChance ? "a wrong password and an unknown user can be told apart by time (" : "no difference by time (") + times + ")");
}

// A connection that the case has not opened yet goes to the port of implicit TLS, where a handshake is the first that is said.
bool Speaker::reached(int n, int line) {
  if (wires().begun(n)) return true;
  auto endpoint = implicit_endpoint();
  endpoint.implicit_tls = false;
  const auto s = wires().connect(n, endpoint, "", line);
  return s || trouble(s.error().what);
}

// RFC 8446 6.2, RFC 5246 7.2.2: a handshake that fails ends the connection. Waiting for the rest of a record is legal, so whole ones are sent that no
// handshake begins with.
void Speaker::wrong_tls(const WrongTls& step, int n, int line) {
  if (!reached(n, line)) return;
  using What = WrongTls::What;
  static const std::map<What, std::string> kOctets{
      {What::record, std::string("\x17\x03\x03\x00\x05hello", 10)},             // application data
      {What::message, std::string("\x16\x03\x01\x00\x04\x14\x00\x00\x00", 9)},  // Finished
      {What::alert, std::string("\x15\x03\x01\x00\x02\x02\x28", 7)},            // handshake_failure, fatal
      {What::text, "no handshake at all\r\n"},
  };
  const bool imap = x_case.protocol_of(n) == Protocol::imap;
  const auto tag = x_bindings.at("marker").octets;
  const auto came = wires().wrong_handshake(n, kOctets.at(step.what), imap ? tag + " CAPABILITY\r\n" : "CAPA\r\n", std::max(quiet(), 0.3), line);
  // That the handshake has failed may be said in clear, too.
  if (came.find(imap ? tag + " OK" : "+OK") != std::string::npos)
    broken("after a TLS handshake that had failed a command in clear was answered: '" + visible(came, 200) + "'");
}

void Speaker::tls(const StartTls& step, int n, int line) {
  if (!reached(n, line)) return;
  const auto& wish = step.wish;
  const auto done = wires().start_tls(n, wish, line);
  if (step.outcome == StartTls::Outcome::fails && done) {
    const auto* info = wires().tls(n);
    return broken("the handshake was to fail, but the server agreed to " + info->version +
                  (wish.alpn.empty() ? "" : ", though all that was offered in ALPN was '" + wish.alpn + "'"));
  }
  x_alpn = wish.alpn;
  // Who offered a protocol takes a refusal, but no answer that OpenSSL must refuse.
  const bool excused = done || wish.alpn.empty() || done.error().kind != Error::Kind::malformed;
  if (step.outcome == StartTls::Outcome::may_fail && !done && excused) {
    // Refusing to go on is a legal way to be safe; the rest of the case has nothing left to ask.
    close_stake();
    x_over = true;
    return;
  }
  if (step.outcome != StartTls::Outcome::fails && !done) return broken(done.error().what, Finding::Kind::closed);
}

// What the server would negotiate, if it were offered no more than this.
void Speaker::hello(const TlsHello& step, int n, int line) {
  using Wanted = TlsHello::Demand;
  if (!reached(n, line)) return;
  const auto demand = step.demand;
  tls::Hello hello;
  hello.version = step.version;
  for (const auto& family : step.families) {
    if (family == "small-curves") hello.small_curves = true;
    const auto suites = tls::suites_of(hello.small_curves ? "strong" : family);
    hello.suites.insert(hello.suites.end(), suites.begin(), suites.end());
  }
  hello.host = implicit_endpoint().host;
  hello.compression = demand == Wanted::uncompressed;
  const auto got = wires().hello(n, hello, line);
  const auto offered = tls::name_of(hello.version) + (hello.version == tls::HelloVersion::ssl2 ? "" : " with " + join(step.families, ","));
  const auto declined = [&](const std::string& why) {
    x_result.declined = "offered " + offered + ", " + why;
    x_stake = nullptr;
    x_over = true;
  };
  if (demand == Wanted::tls) {
    if (!got) return broken("nothing came in answer to a ClientHello", got.error().kind == Error::Kind::timeout ? Finding::Kind::hang : Finding::Kind::closed);
    if (got->kind == tls::HelloAnswer::Kind::no_tls) broken("what answers a ClientHello is no TLS");
    return;
  }
  if (!got) return declined("the server said nothing: could not tell");
  // A server may say in clear, too, that the handshake has failed: nothing is negotiated then.
  const bool refused = got->kind != tls::HelloAnswer::Kind::chosen;
  const auto chosen = got->version == static_cast<std::uint16_t>(tls::HelloVersion::ssl2)
                          ? std::string("SSL 2")
                          : tls::name_of(static_cast<tls::HelloVersion>(got->version)) + ", " + tls::suite_name(got->suite);
  const auto said = "offered " + offered + ", the server chose " + chosen;
  if (demand == Wanted::refused) {
    if (refused) return;
    // Who pays no heed to the curves that are offered may still use a good one.
    if (hello.small_curves && got->curve == 0) return declined("the server did not tell its curve");
    if (hello.small_curves && !tls::is_small_curve(got->curve)) return;
    return broken(said + (hello.small_curves ? ", and curve " + std::to_string(got->curve) : ""));
  }
  if (refused) return declined("the server refused (" + got->how + ")");
  const auto family = tls::family_of(got->suite);
  if (demand == Wanted::strong && family != "strong") return broken(said);
  if (demand == Wanted::forward_secret && family != "strong" && family != "cbc" && family != "dhe") return broken(said);
  if (demand == Wanted::uncompressed && got->compressed) return broken(said + ", and compression");
  if (demand == Wanted::renegotiation_info && !got->renegotiation_info) return broken(said + ", and did not acknowledge renegotiation_info");
  if (demand == Wanted::extended_master_secret && !got->extended_master_secret) return broken(said + ", and did not acknowledge extended_master_secret");
  if (demand == Wanted::encrypt_then_mac && !got->encrypt_then_mac) return broken(said + ", without encrypt_then_mac");
  if (demand == Wanted::group_2048) {
    if (got->dh_bits == 0) return declined("the server did not tell its group");
    if (got->dh_bits < 2048) return broken(said + ", and a group of " + std::to_string(got->dh_bits) + " bits");
  }
}

// Whatever a server makes of what came on one connection, it says so there, or ends that connection, and goes on serving all others. So a silence, an end
// of the session, and an end of the service are told apart. An answer too long to keep is an answer.
void Speaker::survives(int n, int line) {
  const auto outcome = wires().open(n) ? answered(n) : Outcome::closed;
  bool begun = false;
  for (auto& e : x_result.trace.events) {
    if (e.connection != n) continue;
    begun = begun || (x_stake && e.kind == Event::Kind::sent && e.line > x_stake->line);
    e.attacked = begun;
  }
  if (outcome == Outcome::hang) return broken("an answer or an end of the connection was due; nothing came in time", Finding::Kind::hang);
  // The bound of the whole case is reached: no other connection can be read any more.
  if (outcome == Outcome::flood && wires().overfull()) {
    trouble("the server's answer passes the harness's bound of what it reads for one case");
    return;
  }
  for (int other = 1; other <= 9; ++other) {
    if (other == n || !wires().open(other) || serves(other)) continue;
    return broken("connection " + std::to_string(other) + ", which did nothing wrong, is no longer served: " + what_happened(other), Finding::Kind::crash);
  }
  if (!greets(9, line)) {
    const auto why = what_happened(9);
    return broken("after it a new connection was not greeted: " + (why.empty() ? "no connection could be made" : why), Finding::Kind::crash);
  }
  wires().drop(9, Wires::End::fin, line);
  if (wires().open(n)) {
    wires().drop(n, Wires::End::fin, line);
    x_result.trace.events.back().attacked = true;
  }
  constexpr double kWorthTelling = 1;  // seconds of processor time
  if (const auto spent = x_stage.processor_time() - x_spent_before; spent >= kWorthTelling && x_options.alone)
    x_result.observations.emplace_back("processor time of an attack", std::to_string(std::lround(spent)) + " s");
  if (const auto why = x_stage.harm(); !why.empty()) return broken(why, Finding::Kind::crash);
  if (!x_options.alone) return;
  if (const auto why = x_stage.busy(); !why.empty()) x_result.observations.emplace_back("a process computes on", why);
}

const std::string* Speaker::sent_instead(const Sent& sent, const std::string& octets, const std::string& shown) {
  constexpr std::size_t kMostKept = 4 * 1024 * 1024;  // octets: what is longer takes too long to send again and again
  if (!x_stake || shown.find("{secret:") != std::string::npos) return nullptr;
  if (x_options.keeps_input && octets.size() <= kMostKept) x_result.input[sent.line] = octets;
  if (!x_options.instead) return nullptr;
  const auto it = x_options.instead->find(sent.line);
  return it == x_options.instead->end() ? nullptr : &it->second;
}

namespace {

// Numbers where both are, else text.
bool holds(const std::string& left, Comparison::Operator is, const std::string& right) {
  using Operator = Comparison::Operator;
  const auto a = parse_number(left), b = parse_number(right);
  const int order = a && b ? (*a < *b ? -1 : *a > *b) : left.compare(right);
  switch (is) {
    case Operator::equal: return order == 0;
    case Operator::not_equal: return order != 0;
    case Operator::less: return order < 0;
    case Operator::less_or_equal: return order <= 0;
    case Operator::greater: return order > 0;
    case Operator::greater_or_equal: return order >= 0;
  }
  return false;
}

}  // namespace

void Speaker::compare(const Compare& demand) {
  std::string were;  // both sides of the last
  for (const auto& one : demand.any_of) {
    auto left = expand(one.left, x_bindings, x_workshop, 1);
    if (!left) return fail_scenario(left.error().what);
    auto right = expand(one.right, x_bindings, x_workshop, 1);
    if (!right) return fail_scenario(right.error().what);
    if (holds(left->octets, one.is, right->octets)) return;
    were = visible(left->shown, 80) + " and " + visible(right->shown, 80);
  }
  broken("'" + demand.text + "' does not hold: " + were);
}

bool CaseResult::hung() const {
  return std::ranges::any_of(stakes, [](const Stake& s) { return s.outcome == Stake::Outcome::broken && s.finding.kind == Finding::Kind::hang; });
}

bool CaseResult::harmed() const {
  return std::ranges::any_of(stakes, [](const Stake& s) { return s.outcome == Stake::Outcome::broken && s.finding.kind == Finding::Kind::crash; });
}

std::string with_crlf(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() + octets.size() / 32);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r')) out += '\r';
    out += octets[i];
  }
  if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

}  // namespace mailspec::scenario
