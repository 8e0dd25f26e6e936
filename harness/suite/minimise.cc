#include "harness/suite/minimise.h"

#include <algorithm>
#include <chrono>

#include "harness/base/text.h"
#include "harness/net/haste.h"
#include "harness/suite/smaller.h"

namespace mailspec::suite {

using oracle::Finding;
using scenario::Case;
using scenario::CaseResult;
using scenario::Input;
using scenario::Stake;

namespace {

constexpr int kSought = 4;  // inputs of a kind that are looked into, until a smaller one has been found
constexpr int kTries = 400;
constexpr std::chrono::seconds kTime{30};

bool does_harm(const Stake& s) { return s.outcome == Stake::Outcome::broken && s.finding.kind != Finding::Kind::wrong; }

// One input, sent again and again.
class Search {
 public:
  Search(const Case& c, scenario::Stage& stage, const scenario::Account& account, scenario::RunOptions options, const RunCase& run, const Stake& harm)
      : x_case(c), x_stage(stage), x_account(account), x_options(std::move(options)), x_run(run), x_kind(harm.finding.kind), x_line(harm.line) {}

  // What the case sends as it stands.
  Input whole() { return again(nullptr).input; }

  // Does the harm show again?
  bool shows(const Input& input) {
    const auto result = again(&input);
    return std::ranges::any_of(result.stakes, [&](const Stake& s) { return does_harm(s) && s.finding.kind == x_kind && s.line == x_line; });
  }

  // The same, as one of the tries there are, and in the time that is left.
  bool tries(const Input& input) {
    --x_tries;
    x_options.patience = scenario::Patience::of(std::min(x_reply, std::max(1.0, left())));
    return shows(input);
  }

  bool over() const { return x_tries <= 0 || left() <= 0; }

 private:
  double left() const { return std::chrono::duration<double>(x_deadline - std::chrono::steady_clock::now()).count(); }

  CaseResult again(const Input* instead) {
    Input fenced;
    // An empty line need not be answered: a server hangs if a NOOP behind it is not, either.
    if (instead && x_kind == Finding::Kind::hang) {
      fenced = *instead;
      auto& [line, octets] = *fenced.rbegin();
      octets += x_case.protocol_of(x_case.connection_at(line)) == scenario::Protocol::imap ? "msfence NOOP\r\n" : "NOOP\r\n";
      instead = &fenced;
    }
    x_options.instead = instead;
    auto r = x_run(x_case, x_stage, x_account, x_options);
    if (r.locked_out() && x_stage.recover()) r = x_run(x_case, x_stage, x_account, x_options);
    // Who brings the server back might give up, were it brought down again and again.
    if (r.locked_out() || net::take_cut_short()) x_tries = 0, r.stakes.clear();
    return r;
  }

  const Case& x_case;
  scenario::Stage& x_stage;
  const scenario::Account& x_account;
  scenario::RunOptions x_options;
  const RunCase& x_run;
  Finding::Kind x_kind;
  int x_line;
  int x_tries = kTries;
  const double x_reply = x_options.patience.reply;
  const std::chrono::steady_clock::time_point x_deadline = std::chrono::steady_clock::now() + kTime;
};

}  // namespace

void Minimiser::search(const Case& c, scenario::Stage& stage, const scenario::Account& account, const scenario::RunOptions& options, CaseResult& result) {
  const auto harm = std::ranges::find_if(result.stakes, does_harm);
  if (harm == result.stakes.end() || !c.facts.attacks) return;
  const auto kind = harm->finding.kind;
  auto& sought = x_sought[static_cast<std::size_t>(kind)];
  if (sought++ >= kSought) return;
  auto own = options;
  own.watcher = {};
  own.keeps_input = true;
  if (kind == Finding::Kind::hang) own.patience = x_pace.smaller(own.patience);
  Search search(c, stage, account, std::move(own), x_run, *harm);
  const auto whole = search.whole();
  // A literal that is cut short is waited for, rightly.
  const bool literal = kind == Finding::Kind::hang && std::ranges::any_of(whole, [](const auto& line) { return line.second.find('{') != std::string::npos; });
  if (whole.empty() || literal || x_ending.stopped() || !search.shows(whole)) return;
  sought = kSought;
  const auto smallest = smaller(whole, [&](const Input& input) { return search.tries(input); }, [&] { return search.over() || x_ending.stopped(); });
  std::string octets;
  for (const auto& [step, line] : smallest) octets += line;
  auto& what = harm->finding.what;
  what += "; the smallest part of the input found to do so has " + std::to_string(octets.size()) + " of its " + std::to_string(size_of(whole)) + " octets: '" +
          visible(octets, 120) + "'";
  if (const auto file = x_evidence.input(c, octets)) what += ", in " + *file;
}

}  // namespace mailspec::suite
