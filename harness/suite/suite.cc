#include "harness/suite/suite.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"
#include "harness/net/haste.h"
#include "harness/oracle/standing_rules.h"
#include "harness/result/causes.h"
#include "harness/result/skips.h"
#include "harness/result/trace_json.h"
#include "harness/suite/case_facts.h"
#include "harness/suite/offered.h"
#include "harness/suite/smaller.h"
#include "harness/suite/standing.h"

namespace mailspec::suite {

using oracle::Finding;
using result::Check;
using result::Verdict;
using scenario::Case;
using scenario::CaseResult;
using scenario::Stake;

namespace {

constexpr int kFreeLanes = 6;                   // for cases that need no account; they mostly wait
constexpr int kPatientHangs = 4;                // after so many hangs the suite stops being patient
constexpr int kMaxHangs = 40;                   // after so many it stops
constexpr int kPatientLimits = 4;               // after so many limits that were waited out in vain no other is waited for as long
constexpr double kShortLimits = 4;              // seconds
constexpr double kShortLogin = 20;              // seconds for the answer to a login, once one has been waited for in vain
constexpr double kLateGreeting = 30;            // seconds: a machine that is busy greets late
constexpr std::chrono::seconds kComesBack{90};  // for a server that no longer serves to be started anew
// What the search for a smaller input may take.
constexpr int kSmallerInputs = 4;  // until one has been found
constexpr int kSmallerTries = 400;
constexpr std::chrono::seconds kSmallerTime{30};

const char* kind_name(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::wrong: return "wrong";
    case Finding::Kind::closed: return "close";
    case Finding::Kind::hang: return "hang";
    case Finding::Kind::crash: return "crash";
  }
  return "wrong";
}

// What is known of one standing rule's requirement over the whole run.
struct Standing {
  bool exercised = false;
  bool fails = false;  // in a case whose protocol revision has the rule at the level "must"
  std::vector<std::string> broken_in;
  Finding first;
  std::vector<std::string> wire;
  std::string trace;
};

// The cases in flight. Who would be alone waits until all others have left, and those who come wait for him.
class Turnstile {
 public:
  class Inside {
   public:
    explicit Inside(Turnstile& t) : x(t) {
      std::unique_lock lock(x.x_mutex);
      x.x_changed.wait(lock, [&] { return x.x_wish_to_be_alone == 0; });
      ++x.x_inside;
    }
    ~Inside() {
      const std::scoped_lock lock(x.x_mutex);
      --x.x_inside;
      x.x_changed.notify_all();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    Turnstile& x;
  };

  // For who is inside already.
  class Alone {
   public:
    explicit Alone(Turnstile& t) : x(t) {
      std::unique_lock lock(x.x_mutex);
      ++x.x_wish_to_be_alone;
      --x.x_inside;
      x.x_changed.notify_all();
      x.x_changed.wait(lock, [&] { return x.x_inside == 0; });
      ++x.x_inside;
    }
    ~Alone() {
      const std::scoped_lock lock(x.x_mutex);
      --x.x_wish_to_be_alone;
      x.x_changed.notify_all();
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

   private:
    Turnstile& x;
  };

 private:
  std::mutex x_mutex;
  std::condition_variable x_changed;
  int x_inside = 0, x_wish_to_be_alone = 0;
};

class Suite {
 public:
  Suite(const Library& library, const std::vector<const Case*>& plan, const scenario::Offer& offer, const StageMaker& make_stage, const Options& options)
      : x_library(library),
        x_plan(plan),
        x_offer(offer),
        x_make_stage(make_stage),
        x_options(options),
        x_results(plan.size()),
        x_state(plan.size(), State::waiting) {}

  result::Run run(const std::vector<scenario::Account>& accounts) {
    const auto started = std::chrono::steady_clock::now();
    std::vector<std::size_t> leased, special, free, imap;
    for (std::size_t i = 0; i < x_plan.size(); ++i) {
      const auto& c = *x_plan[i];
      if (!in_question(c, x_offer)) {
        x_state[i] = State::other_shard;  // not this target's affair: no check at all
      } else if (static_cast<int>(i % static_cast<std::size_t>(x_options.shards)) != x_options.shard - 1) {
        x_state[i] = State::other_shard;
      } else if (x_options.done.contains(c.name())) {
        x_state[i] = State::other_shard;
      } else if (const auto why = reason_to_skip(c, x_offer)) {
        x_state[i] = State::skipped;
        x_skips[i] = *why;
      } else {
        // IMAP takes no lock: attempts with wrong passwords may run beside one another.
        const bool on_a_lane = c.imap() && !c.both() && !c.needs("wrong-password");
        (on_a_lane ? imap : has_own_account(c) && !c.imap() ? special : needs_account(c) ? leased : free).push_back(i);
      }
    }
    for (const auto& trace : x_options.probe_traces) absorb(trace, judge_in_step(trace), "(set-up)", "");
    if (x_options.watch) x_options.watch->planned(leased.size() + special.size() + free.size() + imap.size());
    // Cases with the same messages follow one another, those that change the maildrop last.
    std::ranges::sort(leased, [&](std::size_t a, std::size_t b) {
      const auto key = [&](std::size_t i) {
        std::string k;
        for (const auto& m : x_plan[i]->messages) k += m.fixture + m.made + "*" + std::to_string(m.count) + "+" + std::to_string(m.amount) + " ";
        return std::tuple(k, x_plan[i]->mutates(), i);
      };
      return key(a) < key(b);
    });
    std::vector<std::size_t> all, last;
    if (x_options.refusals_last) {
      // First those that log in afterwards: servers lock accounts after several failures.
      std::vector<std::size_t> then;
      for (auto* list : {&leased, &special, &free, &imap}) {
        for (const auto i : *list) {
          if (lets_logins_fail(*x_plan[i])) (logs_in(*x_plan[i]) ? last : then).push_back(i);
        }
        std::erase_if(*list, [&](std::size_t i) { return lets_logins_fail(*x_plan[i]); });
      }
      last.insert(last.end(), then.begin(), then.end());
    }
    if (x_options.jobs == 1) {
      for (const auto* list : {&leased, &special, &free, &imap, &last}) all.insert(all.end(), list->begin(), list->end());
      work(0, accounts.empty() ? scenario::Account{} : accounts[0], all);
    } else {
      parallel(accounts, leased, special, free, imap);
      if (!last.empty()) refuse(accounts, last);
    }
    auto run = assemble();
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return run;
  }

 private:
  enum class State { waiting, skipped, other_shard, done, abandoned };

  void parallel(const std::vector<scenario::Account>& accounts, const std::vector<std::size_t>& leased, const std::vector<std::size_t>& special,
                const std::vector<std::size_t>& free, const std::vector<std::size_t>& imap) {
    const auto jobs = x_options.jobs > 0 ? static_cast<std::size_t>(x_options.jobs) : accounts.size();
    const auto lanes = std::min(accounts.size(), jobs), sharers = jobs - lanes;
    std::mutex mutex;
    std::size_t next = 0;
    std::atomic<std::size_t> at{0}, next_alone{0}, next_sharing{0}, next_lockout{0};
    std::vector<std::size_t> alone, sharing, lockout, roles;
    for (const auto i : special) (x_plan[i]->needs("wrong-password") ? lockout : roles).push_back(i);
    for (const auto i : imap) (sharers > 0 && keeps_to_itself(*x_plan[i]) ? sharing : alone).push_back(i);
    const auto perform_all = [&](scenario::Stage& stage, const scenario::Account& account, const std::vector<std::size_t>& cases,
                                 std::atomic<std::size_t>& from) {
      for (std::size_t k = from++; k < cases.size(); k = from++) perform(stage, account, cases[k]);
    };
    // Lanes take blocks of cases with equal messages, so that little is provisioned twice.
    const auto take = [&]() -> std::vector<std::size_t> {
      const std::scoped_lock lock(mutex);
      std::vector<std::size_t> block;
      // A block: up to a lane's fair share of cases with the same messages.
      while (next < leased.size() && (block.empty() || (x_plan[leased[next]]->messages == x_plan[block[0]]->messages && block.size() < 6)))
        block.push_back(leased[next++]);
      return block;
    };
    std::vector<std::jthread> threads;  // last: they end before what they use
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      threads.emplace_back([&, lane] {
        auto stage = x_make_stage(static_cast<int>(lane));
        for (auto block = take(); !block.empty() && !stopped(); block = take()) {
          for (const auto i : block) perform(*stage, accounts[lane], i);
        }
        // One lane has what is the account's: servers are not asked here what POP3 and IMAP do to each other.
        perform_all(*stage, accounts[lane], alone, next_alone);
        perform_all(*stage, accounts[lane], sharing, next_sharing);
      });
    }
    for (std::size_t lane = 0; lane < sharers && !sharing.empty(); ++lane) {
      threads.emplace_back([&, lane] {
        auto stage = x_make_stage(static_cast<int>(300 + lane));
        perform_all(*stage, accounts[lane % accounts.size()], sharing, next_sharing);
      });
    }
    // One lane for each account of wrong passwords; the other accounts of a role are one each, and all the first lane's.
    for (int lane = 0; lane < std::max(1, x_options.lockout_accounts); ++lane) {
      threads.emplace_back([&, lane] {
        auto stage = x_make_stage(100 + lane);
        for (std::size_t k = 0; lane == 0 && k < roles.size(); ++k) perform(*stage, {}, roles[k]);
        perform_all(*stage, {}, lockout, next_lockout);
      });
    }
    for (int lane = 0; lane < std::max(kFreeLanes, x_options.jobs); ++lane) {
      threads.emplace_back([&, lane] {
        auto stage = x_make_stage(200 + lane);
        perform_all(*stage, {}, free, at);
      });
    }
  }

  // Refused logins mostly wait, so many go beside one another. But first, by itself, what logs in as well: a login that succeeds ends the delays.
  void refuse(const std::vector<scenario::Account>& accounts, const std::vector<std::size_t>& cases) {
    std::vector<std::size_t> one_by_one, side_by_side;
    for (const auto i : cases) {
      const auto& c = *x_plan[i];
      const bool holds_maildrop = c.speaks(scenario::Protocol::pop3) && needs_account(c) && !c.needs("wrong-password");
      (logs_in(c) || holds_maildrop ? one_by_one : side_by_side).push_back(i);
    }
    work(400, accounts.back(), one_by_one);
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (int lane = 0; lane < kFreeLanes; ++lane) {
      threads.emplace_back([&, lane] {
        auto stage = x_make_stage(401 + lane);
        for (std::size_t k = next++; k < side_by_side.size(); k = next++) perform(*stage, accounts.back(), side_by_side[k]);
      });
    }
  }

  void work(int lane, const scenario::Account& account, const std::vector<std::size_t>& cases) {
    if (cases.empty()) return;
    auto stage = x_make_stage(lane);
    for (const auto i : cases) perform(*stage, account, i);
  }

  bool stopped() const { return x_stop || (x_options.interrupt && *x_options.interrupt); }

  void perform(scenario::Stage& stage, const scenario::Account& account, std::size_t i) {
    if (stopped()) {
      x_state[i] = State::abandoned;
      return;
    }
    const auto& c = *x_plan[i];
    scenario::RunOptions options;
    options.segmentation = x_options.segmentation;
    options.seed = x_options.seed;
    options.patience = x_options.patience;
    options.alone = x_options.jobs == 1;
    if (x_limited >= kPatientLimits) options.patience.limits = std::min(options.patience.limits, kShortLimits);
    // What is sent to do harm may be a login, and its refusal late, but the server need not be waited for as long as for a login of ours.
    const double shorter = attacks(c) && x_hangs > 0 ? 0 : kShortLogin;
    if (attacks(c) || x_hangs > 0) options.patience.login = std::min(options.patience.login, std::max(options.patience.reply, shorter));
    // Never less than what the server has been seen to need.
    if (x_hangs >= kPatientHangs) options.patience = scenario::Patience::short_of(std::min(options.patience.reply, std::max(3.0, 1.5 * x_slowest)));
    options.fixture = [this](const std::string& name) { return x_library.fixture(name); };
    const auto name = c.name();
    if (auto* watch = x_options.watch) {
      if (watch->wants_wire()) options.watcher = [watch, name](const oracle::Event& e) { watch->said(name, e); };
      const std::scoped_lock lock(x_mutex);
      watch->begins(name);
    }
    (void)net::take_cut_short();
    const Turnstile::Inside inside(x_turnstile);
    const auto began = std::chrono::steady_clock::now();
    const int resets = x_resets, outages = x_outages;
    auto result = run_served(c, stage, account, options);
    // What our own reset has ended accuses nobody.
    if (!options.alone && x_resets != resets) result = run_served(c, stage, account, options);
    bool confirmed = false;
    if (!stage.transport().virtual_time() && was_cut_off(result)) {
      if (!serves(stage, c)) {
        const auto seen = after_outage(c, stage, account, options, result);
        confirmed = seen == Outage::its_own;
        if (seen == Outage::the_end) {
          (void)stage.take_traces();
          x_state[i] = State::abandoned;
          return;
        }
      } else if (!options.alone && outages != x_outages) {
        (void)stage.take_traces();
        result = run_served(c, stage, account, options);
      }
    }
    if (c.repeat > 1) result = race(c, stage, account, options, std::move(result));
    if (result.limited) ++x_limited;
    bool flaky = false;
    if (result.hung()) ++x_hangs;
    if (!confirmed && (result.hung() || (!options.alone && result.harmed()))) flaky = confirm(c, stage, account, options, result);
    if (x_hangs > kMaxHangs) stop("the server hung in " + std::to_string(kMaxHangs) + " cases; the rest was not tried");
    if (net::take_cut_short()) {
      // It was not let to its end: what it saw accuses nobody.
      (void)stage.take_traces();
      x_state[i] = State::abandoned;
      return;
    }
    absorb_set_up(stage);
    learn_pace(result.trace);
    if (x_options.finds_smaller && !x_stop) find_smaller(stage, account, c, std::move(options), result);
    finish(i, std::move(result), flaky, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }

  // Where nobody can log in, or even connect, something may be done about it.
  CaseResult run_served(const Case& c, scenario::Stage& stage, const scenario::Account& account, const scenario::RunOptions& options) {
    tell_of_restarts(stage);
    auto result = scenario::run_case(c, stage, account, options);
    // Set-up may have lost the server by other words than those.
    const bool lost = !result.setup_trouble.empty() && !result.limited && !result.scenario_error && result.declined.empty();
    const bool down = result.locked_out() || (lost && !stage.transport().virtual_time() && !serves(stage, c));
    if (!down || !stage.recover()) return result;
    ++x_resets;
    tell_of_restarts(stage);
    return scenario::run_case(c, stage, account, options);
  }

  // Each lane has prepared things of its own.
  void tell_of_restarts(scenario::Stage& stage) {
    {
      const std::scoped_lock lock(x_mutex);
      const int now = x_resets + x_outages;
      auto& told = x_told[&stage];
      if (told == now) return;
      told = now;
    }
    stage.restarted();
  }

  // The server serves nobody any longer. That accuses no case, but for the first that sent what is to do harm, or that ran alone: where the server comes
  // back such a case is tried again, and where it does not, what was seen first counts.
  enum class Outage { its_own, tried_again, the_end };
  Outage after_outage(const Case& c, scenario::Stage& stage, const scenario::Account& account, const scenario::RunOptions& options, CaseResult& result) {
    const bool its_own = result.setup_trouble.empty() && (options.alone || attacks(c)) && !x_down.exchange(true);
    const bool back = comes_back(stage, c, result);
    if (!back) return its_own ? Outage::its_own : Outage::the_end;
    x_down = false;
    (void)stage.take_traces();
    auto second = run_served(c, stage, account, options);
    if (!was_cut_off(second) || serves(stage, c)) {
      result = std::move(second);
      return Outage::tried_again;
    }
    (void)comes_back(stage, c, second);
    return its_own ? Outage::its_own : Outage::the_end;
  }

  // A hang or a crash counts if it comes again while no other case is in flight, whose input might be to blame. Where the server serves nobody any longer
  // the first that has brought it there keeps its verdict. True if it did not come again.
  bool confirm(const Case& c, scenario::Stage& stage, const scenario::Account& account, scenario::RunOptions options, CaseResult& result) {
    const Turnstile::Alone alone(x_turnstile);
    options.patience.login = std::min(options.patience.login, std::max(options.patience.reply, kShortLogin));
    auto second = run_served(c, stage, account, options);
    const bool again = second.hung() || second.harmed();
    if (serves(stage, c)) {
      x_down = false;
      if (!again) result = std::move(second);
      return !again;
    }
    const bool may_have = options.alone || attacks(c);
    const bool accused = may_have && !x_down.exchange(true);
    if (!accused) blame_nobody(result);
    if (!comes_back(stage, c, second)) return false;
    x_down = false;
    if (!accused) result = run_served(c, stage, account, options);
    return false;
  }

  // How long the slowest response has taken so far.
  void learn_pace(const oracle::Trace& trace) {
    std::map<int, std::int64_t> before;
    double slowest = 0;
    for (const auto& e : trace.events) {
      if (e.kind == oracle::Event::Kind::received && before.contains(e.connection))
        slowest = std::max(slowest, static_cast<double>(e.at_us - before[e.connection]) * 1e-6);
      before[e.connection] = e.at_us;
    }
    const std::scoped_lock lock(x_mutex);
    if (slowest > x_slowest) x_slowest = slowest;
  }

  // A race is run so many times; the first that goes wrong is told of, and how many did.
  static CaseResult race(const Case& c, scenario::Stage& stage, const scenario::Account& account, scenario::RunOptions& options, CaseResult first) {
    const auto is_broken = [](const Stake& s) { return s.outcome == Stake::Outcome::broken; };
    const auto is_held = [](const CaseResult& r) { return std::ranges::all_of(r.stakes, [](const Stake& s) { return s.outcome == Stake::Outcome::held; }); };
    const auto is_bad = [&](const CaseResult& r) { return std::ranges::any_of(r.stakes, is_broken) || !judge_in_step(r.trace).findings.empty(); };
    int wrong = std::ranges::any_of(first.stakes, is_broken);
    CaseResult told = std::move(first);
    bool bad = is_bad(told);
    for (int again = 1; again < c.repeat; ++again) {
      if (!bad && !is_held(told)) return told;  // set-up failed, or the server has declined
      ++options.seed;
      auto next = scenario::run_case(c, stage, account, options);
      wrong += std::ranges::any_of(next.stakes, is_broken);
      if (bad) continue;
      bad = is_bad(next);
      told = std::move(next);
    }
    for (auto& s : told.stakes) {
      if (is_broken(s)) s.finding.what += " (in " + std::to_string(wrong) + " of " + std::to_string(c.repeat) + " runs)";
    }
    return told;
  }

  // The first input of a case with `survives` that brings on a hang, an end or a crash is sent again, smaller and smaller: what is left of it tells more,
  // and is kept beside the trace.
  void find_smaller(scenario::Stage& stage, const scenario::Account& account, const Case& c, scenario::RunOptions options, CaseResult& result) {
    const auto harmed = [](const Stake& s) { return s.outcome == Stake::Outcome::broken && s.finding.kind != Finding::Kind::wrong; };
    const auto harm = std::ranges::find_if(result.stakes, harmed);
    if (harm == result.stakes.end() || !attacks(c)) return;
    const auto kind = harm->finding.kind;
    auto& sought = x_sought[static_cast<std::size_t>(kind)];
    if (sought++ >= kSmallerInputs) return;
    options.watcher = {};
    options.keeps_input = true;
    if (kind == Finding::Kind::hang) options.patience = scenario::Patience::of(std::min(options.patience.reply, std::max(1.0, 4 * x_slowest)));
    const auto deadline = std::chrono::steady_clock::now() + kSmallerTime;
    int tries = kSmallerTries;
    const auto again = [&](const scenario::Input* instead) {
      scenario::Input fenced;
      // An empty line need not be answered: a server hangs if a NOOP behind it is not, either.
      if (instead && kind == Finding::Kind::hang) {
        fenced = *instead;
        auto& [step, octets] = *fenced.rbegin();
        octets += c.protocol_of(c.steps[step].connection) == scenario::Protocol::imap ? "msfence NOOP\r\n" : "NOOP\r\n";
        instead = &fenced;
      }
      options.instead = instead;
      auto r = scenario::run_case(c, stage, account, options);
      if (r.locked_out() && stage.recover()) r = scenario::run_case(c, stage, account, options);
      // Who brings the server back might give up, were it brought down again and again.
      if (r.locked_out() || net::take_cut_short()) tries = 0, r.stakes.clear();
      return r;
    };
    const auto shows = [&](const CaseResult& r) {
      return std::ranges::any_of(r.stakes, [&](const Stake& s) { return harmed(s) && s.finding.kind == kind && s.line == harm->line; });
    };
    const auto whole = again(nullptr).input;
    // A literal that is cut short is waited for, rightly.
    const bool literal = kind == Finding::Kind::hang && std::ranges::any_of(whole, [](const auto& line) { return line.second.find('{') != std::string::npos; });
    if (whole.empty() || literal || stopped() || !shows(again(&whole))) return;
    sought = kSmallerInputs;
    const auto left = [&] { return std::chrono::duration<double>(deadline - std::chrono::steady_clock::now()).count(); };
    const auto patience = options.patience.reply;
    const auto smallest = smaller(
        whole,
        [&](const scenario::Input& input) {
          --tries;
          options.patience = scenario::Patience::of(std::min(patience, std::max(1.0, left())));
          return shows(again(&input));
        },
        [&] { return tries <= 0 || left() <= 0 || stopped(); });
    std::string octets;
    for (const auto& [step, line] : smallest) octets += line;
    auto& what = harm->finding.what;
    what += "; the smallest part of the input found to do so has " + std::to_string(octets.size()) + " of its " + std::to_string(size_of(whole)) +
            " octets: '" + visible(octets, 120) + "'";
    if (x_options.trace_directory.empty()) return;
    const auto file = file_name(c) + ".input";
    std::ofstream out(x_options.trace_directory + "/" + file, std::ios::binary);
    out << octets;
    if (out.flush()) what += ", in " + file;
  }

  // Of what is kept of a case: letters, digits and what no shell minds. What is left out makes no two names alike.
  static std::string file_name(const Case& c) {
    std::string out;
    std::uint32_t hash = 2166136261u;  // FNV-1a
    bool changed = false;
    for (const char ch : c.name()) {
      hash = (hash ^ static_cast<unsigned char>(ch)) * 16777619u;
      const bool plain = is_digit(ch) || (to_upper(ch) >= 'A' && to_upper(ch) <= 'Z') || ch == '.' || ch == '-' || ch == '_' || ch == '~';
      if (plain) out += ch;
      else if (ch == '/') out += '.';
      else if (ch == '#') out += '_';
      else changed = true;
    }
    if (!changed) return out;
    char mark[16];
    std::snprintf(mark, sizeof mark, "-%04x", hash & 0xffffu);
    return out + mark;
  }

  // Is a fresh connection answered? Where it is not, what has come, or has not, says nothing about the case.
  static bool answers(scenario::Stage& stage, bool imap, double seconds = 10) {
    const auto& offer = stage.offer();
    const bool tls = imap ? !offer.imap->clear : !offer.pop3->clear;
    auto stream = stage.transport().connect(imap ? stage.imap_endpoint(tls) : stage.pop3_endpoint(tls), seconds);
    return stream && (*stream)->read(seconds).kind == net::Read::Kind::data;
  }
  static bool serves(scenario::Stage& stage, const Case& c) { return answers(stage, c.imap()); }

  // Has a session of the case, or of its set-up, come to an end that may be the server's own?
  static bool was_cut_off(const CaseResult& result) {
    if (result.limited || result.scenario_error || !result.declined.empty()) return false;
    if (result.locked_out() || !result.setup_trouble.empty()) return true;
    const auto& events = result.trace.events;
    const auto ended = [](const oracle::Event& e) { return e.kind == oracle::Event::Kind::closed; };
    if (std::ranges::none_of(events, ended)) return false;
    const auto is_broken = [](const Stake& s) { return s.outcome == Stake::Outcome::broken; };
    return std::ranges::any_of(result.stakes, is_broken) || !judge_in_step(result.trace).findings.empty();
  }

  // Waits for a server that serves nobody to be started anew, and ends the run if it is not. All cases in flight wait for the same.
  bool comes_back(scenario::Stage& stage, const Case& c, const CaseResult& result) {
    using Clock = std::chrono::steady_clock;
    if (stage.transport().virtual_time()) return false;
    const std::scoped_lock lock(x_waits);
    if (x_lost_server) return false;
    const auto began = Clock::now();
    ++x_outages;
    const bool same = x_back && began - *x_back < kComesBack;
    for (; !stopped() && Clock::now() - began < kComesBack; std::this_thread::sleep_for(std::chrono::milliseconds(500))) {
      if (!answers(stage, c.imap(), kLateGreeting)) continue;
      x_back = Clock::now();
      const std::scoped_lock also(x_mutex);
      if (!same) x_troubles.push_back("the server served nobody for a while, and came back; " + last_command(result.trace, c));
      return true;
    }
    if (stopped()) return false;
    x_lost_server = true;
    stop("the server stopped serving in the middle of the run, and did not come back; " + last_command(result.trace, c));
    return false;
  }

  // What was said to the server last, in this case.
  static std::string last_command(const oracle::Trace& trace, const Case& c) {
    std::string said;
    for (const auto& e : trace.events) {
      // What is in a literal is no command.
      if (e.kind == oracle::Event::Kind::sent && (!e.imap || !e.imap_command.name.empty() || said.empty())) said = e.octets;
    }
    return "first seen in " + c.name() + (said.empty() ? ", before it had sent anything" : ", whose last command was '" + visible(trim(said), 120) + "'");
  }

  static void blame_nobody(CaseResult& result) {
    for (auto& stake : result.stakes) {
      if (stake.outcome == Stake::Outcome::broken) stake.outcome = Stake::Outcome::unreached;
    }
    result.setup_trouble = "the server no longer answers anybody";
  }

  void stop(std::string why) {
    const std::scoped_lock lock(x_mutex);
    if (!x_stop) x_troubles.push_back(std::move(why));
    x_stop = true;
  }

  // All standing rules; once a connection is out of step, what follows has that one cause and is left out.
  static oracle::Judgement judge_in_step(const oracle::Trace& trace) {
    auto judgement = oracle::judge(trace, oracle::standing_rules(trace));
    std::map<int, std::size_t> out_of_step;
    for (const auto& f : judgement.findings) {
      if (!is_out_of_step(f.requirement)) continue;
      const auto [it, fresh] = out_of_step.emplace(trace.events[f.event].connection, f.event);
      if (!fresh) it->second = std::min(it->second, f.event);
    }
    std::erase_if(judgement.findings, [&](const Finding& f) {
      const auto it = out_of_step.find(trace.events[f.event].connection);
      return it != out_of_step.end() && (f.event > it->second || (is_cut_short(trace, f.event, it->second) && !f.requirement.starts_with("rfc1939/3/")));
    });
    return judgement;
  }

  // Where did a listing or a message of POP3 end, if the next that came was not asked for? What it holds cannot be judged then.
  static bool is_cut_short(const oracle::Trace& trace, std::size_t event, std::size_t surplus) {
    const auto& e = trace.events[event];
    if (e.imap || e.kind != oracle::Event::Kind::received || !e.pop3_response.multi_line || event >= surplus) return false;
    return std::none_of(trace.events.begin() + static_cast<std::ptrdiff_t>(event) + 1, trace.events.begin() + static_cast<std::ptrdiff_t>(surplus),
                        [&](const oracle::Event& later) { return later.connection == e.connection && later.kind == oracle::Event::Kind::received; });
  }

  // Into what is known of the standing rules; those that were not broken before.
  std::vector<std::string> absorb(const oracle::Trace& trace, const oracle::Judgement& judgement, const std::string& name, const std::string& file) {
    const std::scoped_lock lock(x_mutex);
    std::vector<std::string> fresh;
    for (const auto& id : judgement.exercised) x_standing[id].exercised = true;
    for (const auto& f : judgement.findings) {
      auto& s = x_standing[f.requirement];
      s.fails = s.fails || verdict_of_breach(f.requirement, trace.revision) == Verdict::fail;
      if (s.broken_in.empty()) {
        fresh.push_back(f.requirement);
        s.first = f;
        s.wire = scenario::wire_excerpt(trace, f);
        s.trace = file;
      }
      if (std::ranges::find(s.broken_in, name) == s.broken_in.end()) s.broken_in.push_back(name);
    }
    return fresh;
  }

  void absorb_set_up(scenario::Stage& stage) {
    for (const auto& trace : stage.take_traces()) {
      auto judgement = judge_in_step(trace);
      // What our own reset has ended accuses nobody, however late it is found; nor what an outage has.
      if (x_resets + x_outages > 0) std::erase_if(judgement.findings, [](const Finding& f) { return f.requirement == "rfc9051/3.4/bye-before-close"; });
      absorb(trace, judgement, "(set-up)", "");
    }
  }

  // What comes cannot be trusted any longer: the connection is out of step.
  static bool is_out_of_step(std::string_view id) {
    return id == "rfc1939/3/one-response-per-command" || id == "rfc1939/3/multi-line-ends" || id == "rfc9051/2.2/framing";
  }

  // What is needed to find out, when the run is assembled, whether the stake follows from something else.
  result::Basis basis_of(const Stake& stake, const Case& c, const oracle::Trace& trace, const oracle::Judgement& judgement) const {
    result::Basis out;
    out.footing = oracle::footing_of(trace, stake.finding.event, stake.item, !c.messages.empty());
    const auto last = stake.finding.event;
    const int n = last < trace.events.size() ? trace.events[last].connection : 0;
    // The exchange: from the last command sent on this connection.
    std::size_t first = last;
    while (first > 0 && !(trace.events[first].connection == n && trace.events[first].kind == oracle::Event::Kind::sent)) --first;
    const bool fails = std::ranges::any_of(stake.ids, [&](const auto& id) { return verdict_of_breach(id, c.revision) == Verdict::fail; });
    bool itself = false;
    for (const auto& f : judgement.findings) {
      out.rules_in_case.insert(f.requirement);
      const bool here = f.event >= first && f.event <= last && f.event < trace.events.size() && trace.events[f.event].connection == n;
      // A warning accounts for no failure.
      const bool outweighs = !fails || verdict_of_breach(f.requirement, c.revision) == Verdict::fail;
      const bool own = std::ranges::find(stake.ids, f.requirement) != stake.ids.end();
      itself = itself || (here && own);
      if (here && outweighs && !own) out.rules_here.push_back(f.requirement);
    }
    // Where a rule has found the very sentence broken, no other accounts for it.
    if (itself) out.rules_here.clear();
    return out;
  }

  // A command that is never answered to its end breaks more than a sentence that is in doubt, or a should.
  std::optional<Finding> never_answered(const Stake& stake, const Case& c, const oracle::Trace& trace, const oracle::Judgement& judgement) const {
    const auto at = stake.finding.event;
    if (std::ranges::find(judgement.findings, at, &Finding::event) != judgement.findings.end()) return {};  // a rule has said what is wrong there
    if (stake.outcome != Stake::Outcome::broken || at >= trace.events.size() || trace.events[at].kind != oracle::Event::Kind::hang) return {};
    // Silence lets nobody at what is another's.
    const auto says_more = [&](const auto& id) { return !id.starts_with("security/isolation/") && verdict_of_breach(id, c.revision) == Verdict::fail; };
    if (std::ranges::any_of(stake.ids, says_more)) return {};
    const bool imap = trace.events[at].imap;
    return Finding{imap ? "rfc9051/2.2.2/tagged-once" : "rfc1939/3/one-response-per-command", stake.finding.what, at, 0, false, Finding::Kind::hang};
  }

  // Judges the trace and keeps only what reports need of it.
  void finish(std::size_t i, CaseResult result, bool flaky, double seconds) {
    const auto& c = *x_plan[i];
    auto judgement = judge_in_step(result.trace);
    for (const auto& stake : result.stakes) {
      if (auto finding = never_answered(stake, c, result.trace, judgement)) judgement.findings.push_back(std::move(*finding));
    }
    const bool broken = !judgement.findings.empty() || std::ranges::any_of(result.stakes, [](const Stake& s) { return s.outcome == Stake::Outcome::broken; });
    std::string file;
    if (!x_options.trace_directory.empty() && (broken || x_options.keep_traces)) {
      file = file_name(c) + ".json";
      if (auto s = result::write_trace(x_options.trace_directory + "/" + file, result.trace, judgement.findings, MAILSPEC_VERSION); !s) {
        const std::scoped_lock lock(x_mutex);
        x_troubles.push_back(s.error().what);
      }
    }
    Kept kept;
    kept.result.setup_trouble = result.setup_trouble;
    kept.result.observations = std::move(result.observations);
    kept.result.scenario_error = result.scenario_error;
    kept.result.declined = result.declined;
    kept.flaky = flaky;
    kept.seconds = seconds;
    kept.trace = file;
    for (const auto& stake : result.stakes) {
      if (stake.outcome == Stake::Outcome::broken) kept.wire = scenario::wire_excerpt(result.trace, stake.finding);
    }
    kept.result.stakes = std::move(result.stakes);
    for (const auto& stake : kept.result.stakes) {
      if (stake.outcome == Stake::Outcome::broken) kept.basis = basis_of(stake, c, result.trace, judgement);
    }
    const auto fresh = absorb(result.trace, judgement, c.name(), file);
    const std::scoped_lock lock(x_mutex);
    x_results[i] = std::move(kept);
    x_state[i] = State::done;
    if (!x_options.watch) return;
    result::Run so_far;
    case_checks(i, so_far);
    for (const auto& id : fresh) standing_check(id, so_far);
    x_options.watch->ends(c.name(), so_far.checks);
  }

  result::Run assemble() {
    result::Run run;
    run.seed = x_options.seed;
    run.segmentation = scenario::name_of(x_options.segmentation);
    run.offered = x_offer.tags();
    run.server = x_offer.greeting();
    run.troubles = x_troubles;
    run.unreachable = x_lost_server;
    run.interrupted = x_options.interrupt && *x_options.interrupt;
    for (std::size_t i = 0; i < x_plan.size(); ++i) {
      if (x_state[i] != State::other_shard) case_checks(i, run);
    }
    for (const auto& id : rule_requirements()) standing_check(id, run);
    std::ranges::sort(run.checks, {}, &Check::id);
    result::find_causes(run, x_library.catalogue);
    return run;
  }

  bool is_wanted(const std::string& rule_requirement) const {
    return !x_options.restrict_rules || std::ranges::find(x_options.rule_filter, rule_requirement) != x_options.rule_filter.end();
  }

  Verdict verdict_of_breach(const std::string& id, int revision) const {
    const auto* r = x_library.catalogue.find(id);
    return r && r->can_fail(revision) ? Verdict::fail : Verdict::warn;
  }

  static void add_basis(Check& check, result::Basis basis) {
    basis.alone = check.verdict;
    basis.reason = check.reason;
    check.basis = std::move(basis);
  }

  void case_checks(std::size_t i, result::Run& run) {
    const auto& c = *x_plan[i];
    const auto first = run.checks.size();
    const auto add = [&](const std::string& id, int line) -> Check& {
      const std::string name = id + "@" + c.name();
      for (std::size_t k = first; k < run.checks.size(); ++k) {
        if (run.checks[k].id == name) return run.checks[k];
      }
      Check check;
      check.id = name;
      check.requirement = id;
      check.scenario = c.path;
      check.row = c.row;
      check.line = line;
      check.needs = c.requires_;
      check.verdict = Verdict::pass;
      run.checks.push_back(std::move(check));
      return run.checks.back();
    };
    if (x_state[i] != State::done) {
      const auto it = x_skips.find(i);
      for (const auto& step : c.steps) {
        for (const auto& id : step.ids) {
          auto& check = add(id, step.line);
          check.verdict = it != x_skips.end() ? Verdict::skip : Verdict::inconclusive;
          check.reason = it != x_skips.end() ? it->second
                         : run.interrupted   ? "the run was interrupted"
                         : run.unreachable   ? "the server had stopped serving"
                                             : "the run ended before it";
          check.follows = it == x_skips.end();
        }
      }
      return;
    }
    auto& kept = x_results[i];
    for (const auto& [name, value] : kept.result.observations) run.observations.push_back({name, value, c.name()});
    if (kept.result.scenario_error) run.broken = true, run.troubles.push_back(kept.result.setup_trouble);
    const Stake* cause = nullptr;
    for (const auto& stake : kept.result.stakes) {
      for (const auto& id : stake.ids) {
        auto& check = add(id, stake.line);
        if (stake.outcome == Stake::Outcome::held || check.verdict == Verdict::fail || check.verdict == Verdict::warn) continue;
        if (stake.outcome == Stake::Outcome::broken) {
          check.verdict = verdict_of_breach(id, c.revision);
          check.kind = kind_name(stake.finding.kind);
          check.reason = stake.finding.what;
          check.line = stake.line;
          check.wire = kept.wire;
          check.nearest = stake.nearest;
          check.trace = kept.trace;
          if (kept.basis) add_basis(check, *kept.basis);
          continue;
        }
        if (!kept.result.declined.empty()) {
          check.verdict = Verdict::skip;
          check.reason = kept.result.declined;
          continue;
        }
        check.verdict = Verdict::inconclusive;
        check.follows = cause != nullptr;
        check.reason = cause ? "follows from the failure of " + cause->ids[0] + " above it" : kept.result.setup_trouble;
      }
      if (kept.flaky && stake.outcome == Stake::Outcome::held) {
        for (const auto& id : stake.ids) {
          auto& check = add(id, stake.line);
          check.verdict = Verdict::inconclusive;
          check.reason = "flaky: it timed out once and passed at the second try";
        }
      }
      if (stake.outcome == Stake::Outcome::broken) cause = &stake;
    }
    // The checks of a case share its time.
    for (auto k = first; k < run.checks.size(); ++k) run.checks[k].seconds = kept.seconds / static_cast<double>(run.checks.size() - first);
  }

  void standing_check(const std::string& id, result::Run& run) {
    const auto it = x_standing.find(id);
    if (it == x_standing.end()) return;
    const auto& s = it->second;
    // Every run is judged by all of them: what was not asked about is told if it is broken.
    if (s.broken_in.empty() && !is_wanted(id)) return;
    Check check;
    check.id = check.requirement = id;
    check.verdict = s.broken_in.empty() ? Verdict::pass : s.fails ? Verdict::fail : Verdict::warn;
    check.broken_in = s.broken_in;
    std::ranges::sort(check.broken_in);
    if (!s.broken_in.empty()) {
      check.kind = kind_name(s.first.kind);
      check.reason = s.first.what;
      check.wire = s.wire;
      check.trace = s.trace;
      add_basis(check, {});
    }
    run.checks.push_back(std::move(check));
  }

  struct Kept {
    CaseResult result;
    std::vector<std::string> wire;
    std::string trace;
    bool flaky = false;
    double seconds = 0;
    std::optional<result::Basis> basis;  // of the broken stake
  };

  const Library& x_library;
  const std::vector<const Case*>& x_plan;
  const scenario::Offer& x_offer;
  const StageMaker& x_make_stage;
  const Options& x_options;
  std::vector<Kept> x_results;
  std::vector<State> x_state;
  std::map<std::size_t, std::string> x_skips;
  std::mutex x_mutex;
  std::map<std::string, Standing> x_standing;
  std::vector<std::string> x_troubles;
  std::atomic<bool> x_stop{false};
  std::atomic<bool> x_lost_server{false};
  std::atomic<int> x_hangs{0}, x_limited{0}, x_resets{0}, x_outages{0};
  std::map<scenario::Stage*, int> x_told;                       // of resets and outages
  std::mutex x_waits;                                           // for the server to come back
  std::optional<std::chrono::steady_clock::time_point> x_back;  // when it last did
  std::atomic<bool> x_down{false};                              // and who has done it is known
  Turnstile x_turnstile;
  std::atomic<double> x_slowest{0};
  std::array<std::atomic<int>, 4> x_sought{};  // smaller inputs, by kind of finding
};

}  // namespace

result::Run run(const Library& library, const std::vector<const Case*>& plan, const scenario::Offer& offer, const std::vector<scenario::Account>& accounts,
                const StageMaker& make_stage, const Options& options) {
  if (!options.trace_directory.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(options.trace_directory, ignored);
  }
  return Suite(library, plan, offer, make_stage, options).run(accounts);
}

}  // namespace mailspec::suite
