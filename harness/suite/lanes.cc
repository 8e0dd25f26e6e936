#include "harness/suite/lanes.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace mailspec::suite {

using scenario::Account;

namespace {

constexpr int kFreeLanes = 6;
constexpr std::size_t kBlock = 6;  // cases

Queue one_by_one(const Places& places) {
  Queue out;
  for (const auto i : places) out.push_back({i});
  return out;
}

// Blocks of cases with the same messages, so that little is provisioned twice.
Queue by_messages(const Places& places, const Cases& cases) {
  Queue out;
  for (const auto i : places) {
    if (out.empty() || out.back().size() == kBlock || cases[out.back()[0]]->messages != cases[i]->messages) out.emplace_back();
    out.back().push_back(i);
  }
  return out;
}

Account account_of(const std::vector<Account>& accounts, std::size_t n) { return accounts.empty() ? Account{} : accounts[n % accounts.size()]; }

Wave side_by_side(const Cases& cases, const Plan& plan, const std::vector<Account>& accounts, const LaneOptions& options) {
  const auto jobs = options.jobs > 0 ? static_cast<std::size_t>(options.jobs) : accounts.size();
  const auto own = std::min(accounts.size(), jobs), sharers = jobs - own;
  Places alone, sharing, lockout, roles;
  for (const auto i : plan.special) (cases[i]->needs("wrong-password") ? lockout : roles).push_back(i);
  for (const auto i : plan.imap) (sharers > 0 && cases[i]->facts.keeps_to_itself ? sharing : alone).push_back(i);
  enum { kLeased, kAlone, kSharing, kRoles, kLockout, kFree };
  Wave wave;
  wave.queues = {by_messages(plan.leased, cases), one_by_one(alone), one_by_one(sharing), one_by_one(roles), one_by_one(lockout), one_by_one(plan.free)};
  // One lane has what is the account's: servers are not asked here what POP3 and IMAP do to each other.
  for (std::size_t n = 0; n < own; ++n) wave.workers.push_back({{Lane::Kind::account, static_cast<int>(n)}, accounts[n], {kLeased, kAlone, kSharing}});
  for (std::size_t n = 0; n < sharers && !sharing.empty(); ++n)
    wave.workers.push_back({{Lane::Kind::sharing, static_cast<int>(n)}, account_of(accounts, n), {kSharing}});
  // One lane for each account of wrong passwords; the other accounts of a role are one each, and all the first lane's.
  for (int n = 0; n < std::max(1, options.lockout_accounts); ++n) {
    wave.workers.push_back({{Lane::Kind::role, n}, {}, {kLockout}});
    if (n == 0) wave.workers.back().queues = {kRoles, kLockout};
  }
  for (int n = 0; n < std::max(kFreeLanes, options.jobs); ++n) wave.workers.push_back({{Lane::Kind::free, n}, {}, {kFree}});
  return wave;
}

// Refused logins mostly wait, so many go beside one another. But first, by itself, what logs in as well: a login that succeeds ends the delays.
std::vector<Wave> of_refused(const Cases& cases, const Places& refused, const Account& account) {
  Places first, then;
  for (const auto i : refused) {
    const auto& c = *cases[i];
    const bool holds_maildrop = c.speaks(scenario::Protocol::pop3) && c.facts.needs_account && !c.needs("wrong-password");
    (c.facts.logs_in || holds_maildrop ? first : then).push_back(i);
  }
  std::vector<Wave> out{{{one_by_one(first)}, {{{Lane::Kind::refused, 0}, account, {0}}}}, {{one_by_one(then)}, {}}};
  for (int n = 1; n <= kFreeLanes; ++n) out[1].workers.push_back({{Lane::Kind::refused, n}, account, {0}});
  return out;
}

}  // namespace

std::string Lane::name() const {
  constexpr std::string_view kLetters = "asrfx";
  return kLetters[static_cast<std::size_t>(kind)] + std::to_string(number);
}

std::vector<Wave> make_waves(const Cases& cases, const Plan& plan, const std::vector<Account>& accounts, const LaneOptions& options) {
  if (options.jobs == 1) return {{{one_by_one(plan.in_order())}, {{{Lane::Kind::account, 0}, account_of(accounts, 0), {0}}}}};
  std::vector<Wave> out{side_by_side(cases, plan, accounts, options)};
  if (plan.refused.empty()) return out;
  for (auto& wave : of_refused(cases, plan.refused, accounts.empty() ? Account{} : accounts.back())) out.push_back(std::move(wave));
  return out;
}

void run_wave(const Wave& wave, const StageMaker& make_stage, const std::function<void(scenario::Stage&, const Account&, std::size_t)>& perform) {
  std::vector<std::atomic<std::size_t>> next(wave.queues.size());
  const auto work = [&](const Wave::Worker& worker) {
    std::unique_ptr<scenario::Stage> stage;
    for (const auto q : worker.queues) {
      const auto& queue = wave.queues[q];
      for (auto at = next[q]++; at < queue.size(); at = next[q]++) {
        if (!stage) stage = make_stage(worker.lane);
        for (const auto place : queue[at]) perform(*stage, worker.account, place);
      }
    }
  };
  if (wave.workers.size() == 1) return work(wave.workers[0]);
  std::vector<std::jthread> threads;  // last: they end before what they use
  for (const auto& worker : wave.workers) threads.emplace_back([&] { work(worker); });
}

}  // namespace mailspec::suite
