// A server that is only what a test says of it: whether it greets, and what each run of a case gives.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/suite/run_case.h"

namespace mailspec::suite {

inline scenario::Case parse_case(const std::string& path, const std::string& text) {
  auto cases = scenario::parse_scenario(path, text);
  EXPECT_TRUE(cases) << (cases ? "" : cases.error().what);
  return cases ? cases->front() : scenario::Case{};
}

inline scenario::Case plain_case(const std::string& header = "") {
  return parse_case("pop3/plain.pop3", "title: x\nstate: authorization\n" + header + "\n@rfc1939/5/noop-positive\nC: NOOP\nS: +OK\n");
}

inline scenario::Case attacking_case() {
  return parse_case("pop3/attack.pop3", "title: x\nstate: authorization\nconnections: 2\n\n@security/limits/long-line\nC~: AUTH x\\r\\n\nsurvives 1\n");
}

inline scenario::CaseResult with(scenario::Stake::Outcome outcome, oracle::Finding::Kind kind = oracle::Finding::Kind::wrong) {
  scenario::CaseResult out;
  scenario::Stake stake;
  stake.ids = {"rfc1939/5/noop-positive"};
  stake.outcome = outcome;
  stake.finding.kind = kind;
  stake.finding.what = "it is broken";
  out.stakes.push_back(stake);
  return out;
}
inline scenario::CaseResult held() { return with(scenario::Stake::Outcome::held); }
inline scenario::CaseResult hung() { return with(scenario::Stake::Outcome::broken, oracle::Finding::Kind::hang); }
inline scenario::CaseResult crashed() { return with(scenario::Stake::Outcome::broken, oracle::Finding::Kind::crash); }
inline scenario::CaseResult wrong() { return with(scenario::Stake::Outcome::broken); }
// A session ended, and so the stake is broken.
inline scenario::CaseResult cut_off() {
  auto out = with(scenario::Stake::Outcome::broken, oracle::Finding::Kind::closed);
  oracle::Event closed;
  closed.kind = oracle::Event::Kind::closed;
  out.trace.events.push_back(closed);
  return out;
}
inline scenario::CaseResult unreachable() {
  auto out = with(scenario::Stake::Outcome::unreached);
  out.unreachable = true;
  out.setup_trouble = "no connection";
  return out;
}

class ScriptedStage : public scenario::Stage, private net::Transport {
 public:
  ScriptedStage() { x_offer.pop3.emplace().clear = true; }

  bool up = true;             // it greets
  bool recovers = false;      // something can be done about it
  std::function<void()> met;  // called before each greeting
  int restarts = 0, recoveries = 0;

  net::Transport& transport() override { return *this; }
  net::Endpoint pop3_endpoint(bool) const override { return {}; }
  net::Endpoint imap_endpoint(bool) const override { return {}; }
  const scenario::Offer& offer() const override { return x_offer; }
  Status prepare(const scenario::Account&, const std::vector<scenario::MessageSpec>&) override { return ok(); }
  Status deliver(const scenario::Account&, const std::string&) override { return ok(); }
  void touched(const scenario::Account&) override {}
  std::string fresh_name(const scenario::Account&) override { return "box"; }
  Result<scenario::Mailbox> mailbox(const scenario::Account&, const std::vector<scenario::MessageSpec>&, bool) override { return scenario::Mailbox{}; }
  void discard(const scenario::Account&, const std::string&) override {}
  scenario::Account special(const std::string&) const override { return {}; }
  bool recover() override { return recovers && ++recoveries; }
  void restarted() override { ++restarts; }

 private:
  struct Greeting : net::Stream {
    net::Read read(double) override { return {net::Read::Kind::data, "+OK\r\n"}; }
    Status write(std::string_view, double) override { return ok(); }
    Status start_tls(const net::TlsWish&, double) override { return ok(); }
    const net::TlsInfo* tls() const override { return nullptr; }
    void close(bool) override {}
  };
  Result<std::unique_ptr<net::Stream>> connect(const net::Endpoint&, double) override {
    if (met) met();
    if (!up) return Error{Error::Kind::unreachable, "down"};
    return std::unique_ptr<net::Stream>(std::make_unique<Greeting>());
  }
  double now() override { return 0; }
  void wait(double) override {}
  bool virtual_time() const override { return false; }

  scenario::Offer x_offer;
};

// What each run of a case gives, one after another; it fails the test where there are more runs.
class Script {
 public:
  explicit Script(std::vector<scenario::CaseResult> results) : x_results(results.begin(), results.end()) {}

  RunCase runner() {
    return [this](const scenario::Case&, scenario::Stage&, const scenario::Account&, const scenario::RunOptions& options) {
      asked.push_back(options);
      if (x_results.empty()) {
        ADD_FAILURE() << "run once more";
        return scenario::CaseResult{};
      }
      auto out = std::move(x_results.front());
      x_results.pop_front();
      return out;
    };
  }
  bool over() const { return x_results.empty(); }

  std::vector<scenario::RunOptions> asked;  // with what each was run

 private:
  std::deque<scenario::CaseResult> x_results;
};

}  // namespace mailspec::suite
