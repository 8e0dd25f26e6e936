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

net::TlsVersion version_of(const std::string& word) {
  if (word == "1.0") return net::TlsVersion::tls1_0;
  if (word == "1.1") return net::TlsVersion::tls1_1;
  if (word == "1.2") return net::TlsVersion::tls1_2;
  return net::TlsVersion::tls1_3;
}

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
    if (step.kind == Step::Kind::stake && !step.ids.empty()) result.stakes.push_back({step.ids, step.line, Stake::Outcome::unreached, {}, {}, {}});
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

void Speaker::do_step(const Step& step, std::size_t here, std::size_t& at) {
  switch (step.kind) {
    case Step::Kind::stake: open_stake(step); break;
    case Step::Kind::observe: observe(step); break;
    case Step::Kind::wait:
      x_stage.transport().wait(step.seconds);
      x_waited = true;
      break;
    case Step::Kind::tls: tls(step); break;
    case Step::Kind::hello: hello(step); break;
    case Step::Kind::logins: logins(step); break;
    case Step::Kind::survives: survives(step); break;
    case Step::Kind::drop: wires().drop(step.connection, Wires::end_of(step.words[0]), step.line); break;
    default: perform(step, here, at);
  }
  x_begun = step.kind != Step::Kind::stake;
}

CaseResult run_case(const Case& test, Stage& stage, const Account& account, const RunOptions& options) {
  CaseState state(test, stage, account, options);
  std::vector<std::unique_ptr<Speaker>> speakers;
  if (test.speaks(Protocol::pop3)) speakers.push_back(make_pop3_speaker(state));
  if (test.speaks(Protocol::imap)) speakers.push_back(make_imap_speaker(state));
  const auto speaker_of = [&](const Step& step) -> Speaker& {
    const bool imap = step.kind != Step::Kind::deliver && test.protocol_of(step.connection) == Protocol::imap;
    return imap ? *speakers.back() : *speakers.front();
  };
  if (std::ranges::all_of(speakers, [](const auto& s) { return s->set_up(); })) {
    std::size_t at = 0;
    while (at < test.steps.size() && !state.stopped && !state.over) {
      const Step& step = test.steps[at];
      state.line = step.line;
      const std::size_t here = at++;
      speaker_of(step).do_step(step, here, at);
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

const Step* Speaker::next_of(std::size_t at, int connection) const {
  for (std::size_t i = at + 1; i < x_case.steps.size(); ++i) {
    const auto& s = x_case.steps[i];
    if (s.kind == Step::Kind::stake) continue;
    if (s.connection == connection) return &s;
  }
  return nullptr;
}

void Speaker::open_stake(const Step& step) {
  close_stake();
  x_waited = false;
  if (step.ids.empty()) return;
  auto& count = x_state.stake_count;
  while (x_result.stakes[count].line != step.line) ++count;
  x_stake = &x_result.stakes[count++];
  if (std::ranges::any_of(x_case.steps, [](const Step& s) { return s.kind == Step::Kind::survives; })) x_spent_before = x_stage.processor_time();
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

void Speaker::ended_before(const Step& step, const std::string& last_words) {
  const auto what = "the server ended the session before '" + step.text + "' could be sent" + (last_words.empty() ? "" : ": " + last_words);
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

std::string Speaker::text_of(const Line& pattern) const {
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

void Speaker::check_tls(const Step& step) {
  const auto* info = wires().tls(step.connection);
  if (!info) return broken("TLS is not active");
  const auto& what = step.words[1];
  if (what == "name" && !info->name_matches) return broken("the certificate does not bear the server's name in subjectAltName");
  if (what == "dates" && !info->dates_hold) return broken("the certificate is not valid at this time");
  if (what == "chain" && !info->chain_holds) return broken("the certificate's chain does not verify: " + info->trouble);
  if (what == "signature" && !info->signature_holds) return broken("the certificate is signed over MD5 or SHA-1");
  if (what == "strength" && info->security_bits < 112)
    return broken("the certificate's key has only " + std::to_string(info->security_bits) + " bits of security; RSA 2048 has 112");
  if (what == "alpn" && !info->alpn.empty() && info->alpn != x_alpn)
    return broken("the server chose '" + visible(info->alpn, 80) + "' in ALPN, which was not offered");
  // RFC 8314 4.2: who takes some certificates as a login may ask, and enables EXTERNAL for it.
  const bool takes_some = std::ranges::any_of(x_result.trace.offered, [](const auto& tag) { return upper(tag).find("EXTERNAL") != std::string::npos; });
  if (what == "unasked" && info->asked_for_certificate && !takes_some) return broken("the server asked for a client certificate");
}

void Speaker::observe(const Step& step) {
  auto value = expand(step.left, x_bindings, x_workshop, 1);
  if (!value) return fail_scenario(value.error().what);
  x_result.observations.emplace_back(step.words[0], visible(value->shown, 200));
}

// Logins that must fail, in turn for a user that there is, with a wrong password, and for one that there is not.
void Speaker::logins(const Step& step) {
  constexpr int kConnection = 9;
  constexpr double kNoChance = 0.01;
  struct Kind {
    std::string name;
    std::set<std::string> said;
    std::vector<double> took;  // milliseconds
  };
  Kind there{x_account.name, {}, {}}, not_there{x_stage.special("nobody").name, {}, {}};
  const auto rounds = *parse_number(step.words[2]);
  for (std::uint64_t i = 0; i < 2 * rounds; ++i) {
    auto& kind = (i + i / 2) % 2 ? there : not_there;  // now the one first, now the other
    if (!greets(kConnection, step.line)) return static_cast<void>(trouble("a new connection was not greeted"));
    auto said = logs_in(kConnection, {kind.name, x_account.password + "x"}, step.line);
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
    if (wires().open(kConnection)) wires().drop(kConnection, Wires::End::fin, step.line);
  }
  const auto& name = step.words[0];
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
bool Speaker::reached(const Step& step) {
  if (wires().begun(step.connection)) return true;
  auto endpoint = implicit_endpoint();
  endpoint.implicit_tls = false;
  const auto s = wires().connect(step.connection, endpoint, "", step.line);
  return s || trouble(s.error().what);
}

// RFC 8446 6.2, RFC 5246 7.2.2: a handshake that fails ends the connection. Waiting for the rest of a record is legal, so whole ones are sent that no
// handshake begins with.
void Speaker::wrong_tls(const Step& step) {
  static const std::map<std::string, std::string> kOctets{
      {"record", std::string("\x17\x03\x03\x00\x05hello", 10)},             // application data
      {"message", std::string("\x16\x03\x01\x00\x04\x14\x00\x00\x00", 9)},  // Finished
      {"alert", std::string("\x15\x03\x01\x00\x02\x02\x28", 7)},            // handshake_failure, fatal
      {"text", "no handshake at all\r\n"},
  };
  const bool imap = x_case.protocol_of(step.connection) == Protocol::imap;
  const auto tag = x_bindings.at("marker").octets;
  const auto came =
      wires().wrong_handshake(step.connection, kOctets.at(step.words[1]), imap ? tag + " CAPABILITY\r\n" : "CAPA\r\n", std::max(quiet(), 0.3), step.line);
  // That the handshake has failed may be said in clear, too.
  if (came.find(imap ? tag + " OK" : "+OK") != std::string::npos)
    broken("after a TLS handshake that had failed a command in clear was answered: '" + visible(came, 200) + "'");
}

void Speaker::tls(const Step& step) {
  if (!reached(step)) return;
  if (!step.words.empty() && step.words[0] == "wrong") return wrong_tls(step);
  net::TlsWish wish;
  bool fails = false, may_fail = false;
  for (std::size_t i = 0; i < step.words.size(); ++i) {
    if (step.words[i] == "fails") fails = true;
    if (step.words[i] == "may") may_fail = true;
    if (step.words[i] == "max" && i + 1 < step.words.size()) wish.max = version_of(step.words[i + 1]);
    if (step.words[i] == "min" && i + 1 < step.words.size()) wish.min = version_of(step.words[i + 1]);
    if (step.words[i] == "alpn" && i + 1 < step.words.size()) wish.alpn = step.words[i + 1];
  }
  wish.min = std::min(wish.min, wish.max);
  const auto done = wires().start_tls(step.connection, wish, step.line);
  if (fails && done) {
    const auto* info = wires().tls(step.connection);
    return broken("the handshake was to fail, but the server agreed to " + info->version +
                  (wish.alpn.empty() ? "" : ", though all that was offered in ALPN was '" + wish.alpn + "'"));
  }
  x_alpn = wish.alpn;
  // Who offered a protocol takes a refusal, but no answer that OpenSSL must refuse.
  const bool excused = done || wish.alpn.empty() || done.error().kind != Error::Kind::malformed;
  if (may_fail && !done && excused) {
    // Refusing to go on is a legal way to be safe; the rest of the case has nothing left to ask.
    close_stake();
    x_over = true;
    return;
  }
  if (!fails && !done) return broken(done.error().what, Finding::Kind::closed);
}

// What the server would negotiate, if it were offered no more than this.
void Speaker::hello(const Step& step) {
  if (!reached(step)) return;
  tls::Hello hello;
  hello.version = *tls::hello_version(step.words[0]);
  const auto& demand = step.words[2];
  for (const auto& family : split(step.words[1], ',')) {
    if (family == "small-curves") hello.small_curves = true;
    const auto suites = tls::suites_of(hello.small_curves ? "strong" : family);
    hello.suites.insert(hello.suites.end(), suites.begin(), suites.end());
  }
  hello.host = implicit_endpoint().host;
  hello.compression = demand == "uncompressed";
  const auto got = wires().hello(step.connection, hello, step.line);
  const auto offered = tls::text_of(hello.version) + (hello.version == tls::HelloVersion::ssl2 ? "" : " with " + step.words[1]);
  const auto declined = [&](const std::string& why) {
    x_result.declined = "offered " + offered + ", " + why;
    x_stake = nullptr;
    x_over = true;
  };
  if (demand == "tls") {
    if (!got) return broken("nothing came in answer to a ClientHello", got.error().kind == Error::Kind::timeout ? Finding::Kind::hang : Finding::Kind::closed);
    if (got->kind == tls::HelloAnswer::Kind::no_tls) broken("what answers a ClientHello is no TLS");
    return;
  }
  if (!got) return declined("the server said nothing: could not tell");
  // A server may say in clear, too, that the handshake has failed: nothing is negotiated then.
  const bool refused = got->kind != tls::HelloAnswer::Kind::chosen;
  const auto chosen = got->version == static_cast<std::uint16_t>(tls::HelloVersion::ssl2)
                          ? std::string("SSL 2")
                          : tls::text_of(static_cast<tls::HelloVersion>(got->version)) + ", " + tls::suite_name(got->suite);
  const auto said = "offered " + offered + ", the server chose " + chosen;
  if (demand == "refused") {
    if (refused) return;
    // Who pays no heed to the curves that are offered may still use a good one.
    if (hello.small_curves && got->curve == 0) return declined("the server did not tell its curve");
    if (hello.small_curves && !tls::is_small_curve(got->curve)) return;
    return broken(said + (hello.small_curves ? ", and curve " + std::to_string(got->curve) : ""));
  }
  if (refused) return declined("the server refused (" + got->how + ")");
  const auto family = tls::family_of(got->suite);
  if (demand == "strong" && family != "strong") return broken(said);
  if (demand == "forward-secret" && family != "strong" && family != "cbc" && family != "dhe") return broken(said);
  if (demand == "uncompressed" && got->compressed) return broken(said + ", and compression");
  if (demand == "renegotiation-info" && !got->renegotiation_info) return broken(said + ", and did not acknowledge renegotiation_info");
  if (demand == "extended-master-secret" && !got->extended_master_secret) return broken(said + ", and did not acknowledge extended_master_secret");
  if (demand == "encrypt-then-mac" && !got->encrypt_then_mac) return broken(said + ", without encrypt_then_mac");
  if (demand == "group-2048") {
    if (got->dh_bits == 0) return declined("the server did not tell its group");
    if (got->dh_bits < 2048) return broken(said + ", and a group of " + std::to_string(got->dh_bits) + " bits");
  }
}

// Whatever a server makes of what came on one connection, it says so there, or ends that connection, and goes on serving all others. So a silence, an end
// of the session, and an end of the service are told apart. An answer too long to keep is an answer.
void Speaker::survives(const Step& step) {
  const int n = step.connection;
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
  if (!greets(9, step.line)) {
    const auto why = what_happened(9);
    return broken("after it a new connection was not greeted: " + (why.empty() ? "no connection could be made" : why), Finding::Kind::crash);
  }
  wires().drop(9, Wires::End::fin, step.line);
  if (wires().open(n)) {
    wires().drop(n, Wires::End::fin, step.line);
    x_result.trace.events.back().attacked = true;
  }
  constexpr double kWorthTelling = 1;  // seconds of processor time
  if (const auto spent = x_stage.processor_time() - x_spent_before; spent >= kWorthTelling && x_options.alone)
    x_result.observations.emplace_back("processor time of an attack", std::to_string(std::lround(spent)) + " s");
  if (const auto why = x_stage.harm(); !why.empty()) return broken(why, Finding::Kind::crash);
  if (!x_options.alone) return;
  if (const auto why = x_stage.busy(); !why.empty()) x_result.observations.emplace_back("a process computes on", why);
}

const std::string* Speaker::sent_instead(const Step& step, const std::string& octets, const std::string& shown) {
  constexpr std::size_t kMostKept = 4 * 1024 * 1024;  // octets: what is longer takes too long to send again and again
  if (!x_stake || shown.find("{secret:") != std::string::npos) return nullptr;
  const auto place = static_cast<std::size_t>(&step - x_case.steps.data());
  if (x_options.keeps_input && octets.size() <= kMostKept) x_result.input[place] = octets;
  if (!x_options.instead) return nullptr;
  const auto it = x_options.instead->find(place);
  return it == x_options.instead->end() ? nullptr : &it->second;
}

void Speaker::compare(const Step& step) {
  auto left = expand(step.left, x_bindings, x_workshop, 1);
  if (!left) return fail_scenario(left.error().what);
  auto right = expand(step.right, x_bindings, x_workshop, 1);
  if (!right) return fail_scenario(right.error().what);
  const auto a = parse_number(left->octets), b = parse_number(right->octets);
  const auto& op = step.words[1];
  int order = a && b ? (*a < *b ? -1 : *a > *b) : left->octets.compare(right->octets);
  const bool holds = op == "=" ? order == 0 : op == "!=" ? order != 0 : op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0;
  const bool another = !holds && !step.or_else.empty();
  if (another) return compare(step.or_else[0]);
  if (!holds) broken("'" + step.text.substr(6) + "' does not hold: " + visible(left->shown, 80) + " and " + visible(right->shown, 80));
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
