#include "harness/cli/matrix.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/embedded_stage.h"
#include "harness/suite/standing.h"
#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/scout.h"

namespace mailspec::cli {

using result::Check;
using result::Verdict;

namespace {

using Rows = std::vector<const reference::Switch*>;
using Plan = std::vector<const scenario::Case*>;

bool is_bad(const Check& c) { return c.verdict == Verdict::fail || c.verdict == Verdict::warn; }

// Tells a scout which case is running.
class ScoutWatch : public suite::Watch {
 public:
  explicit ScoutWatch(reference::Scout& scout) : x_scout(scout) {}
  void begins(const std::string&) override { (void)x_scout.take(); }
  void ends(const std::string& name, const std::vector<Check>&) override {
    for (const auto row : x_scout.take()) cases[row].insert(name);
  }
  std::map<std::size_t, std::set<std::string>> cases;  // in which a row would have changed something, by its index

 private:
  reference::Scout& x_scout;
};

class MatrixMaker {
 public:
  MatrixMaker(const suite::Library& library, const MatrixOptions& options) : x_library(library), x_options(options), x_rules(suite::rule_requirements()) {
    for (const auto& d : reference::deviations()) {
      if (is_wanted(d)) x_rows.push_back(&d);
    }
  }

  std::vector<Outcome> deviations() {
    std::vector<Outcome> out(x_rows.size());
    if (x_rows.empty()) return out;
    if (x_options.full) look_at_plain();
    each(x_rows.size(), [&](std::size_t i) { out[i] = deviation(i); });
    return out;
  }

  // What the short way of --full says of some deviations, drawn by the seed, where the long way says something else.
  std::vector<std::string> compare_long(const std::vector<Outcome>& shortly) {
    std::vector<std::size_t> drawn(x_rows.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] = i;
    std::ranges::shuffle(drawn, std::minstd_rand(static_cast<std::minstd_rand::result_type>(x_options.seed)));
    drawn.resize(std::min(drawn.size(), x_options.long_way));
    x_short_way = false;
    std::vector<std::string> out(drawn.size());
    each(drawn.size(), [&](std::size_t k) {
      const auto& before = shortly[drawn[k]];
      const auto now = deviation(drawn[k]);
      const auto ids = [](const Outcome& o) {
        std::set<std::string> all;
        for (const auto& t : o.tripped) all.insert(t.requirement);
        return all;
      };
      if (now.good != before.good || ids(now) != ids(before)) out[k] = before.name + ": the cases it cannot matter to change its verdict";
    });
    std::erase(out, "");
    return out;
  }

  std::vector<Outcome> variations() {
    std::vector<Mix> mixes;
    if (x_options.only.empty()) mixes.push_back({"(none)", {}});
    Rows all;
    for (const auto& v : reference::variations()) {
      all.push_back(&v);
      if (x_options.only.empty() || std::ranges::any_of(x_options.only, [&](const auto& p) { return glob(p, v.name); })) mixes.push_back({v.name, {&v}});
    }
    if (x_options.only.empty()) add_mixes(all, mixes);
    std::vector<Outcome> out(mixes.size());
    const bool any_alone = std::ranges::any_of(mixes, [](const auto& m) { return m.switches.size() == 1; });
    if (any_alone) x_plain_said = said_by({});
    each(mixes.size(), [&](std::size_t i) { out[i] = variation(mixes[i]); });
    return out;
  }

 private:
  struct Mix {
    std::string name;
    Rows switches;
    bool alone() const { return switches.size() == 1; }
  };

  bool is_wanted(const reference::Switch& d) const {
    return x_options.only.empty() || std::ranges::any_of(x_options.only, [&](const auto& p) { return glob(p, d.name) || glob(p, d.requirement); });
  }

  // So many mixes, each of half of the variations. Each is the one, of several drawn, that brings the most pairs together that have not been yet.
  void add_mixes(const Rows& all, std::vector<Mix>& mixes) const {
    constexpr int kDrawn = 20;
    std::minstd_rand random(static_cast<std::minstd_rand::result_type>(x_options.seed));
    std::set<std::pair<std::size_t, std::size_t>> met;
    for (int i = 0; i < x_options.mixes; ++i) {
      std::vector<std::size_t> best;
      std::size_t most = 0;
      for (int k = 0; k < kDrawn; ++k) {
        std::vector<std::size_t> drawn;
        for (std::size_t v = 0; v < all.size(); ++v) {
          if (random() % 2 == 0) drawn.push_back(v);
        }
        std::size_t fresh = 0;
        for (const auto a : drawn) {
          for (const auto b : drawn) fresh += a < b && !met.contains({a, b});
        }
        if (fresh >= most) most = fresh, best = std::move(drawn);
      }
      Mix mix{"mix " + std::to_string(i + 1) + ":", {}};
      for (const auto a : best) {
        for (const auto b : best) {
          if (a < b) met.emplace(a, b);
        }
        mix.name += " " + all[a]->name;
        mix.switches.push_back(all[a]);
      }
      mixes.push_back(std::move(mix));
    }
  }

  template <class F>
  void each(std::size_t n, F f) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    const auto workers = std::max(1u, std::min(8u, std::thread::hardware_concurrency()));
    for (unsigned t = 0; t < workers; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < n && !interrupted(); i = next++) f(i);
      });
    }
  }

  // What a run needs beside its plan.
  struct World {
    scenario::Offer offer;
    suite::Watch* watch = nullptr;
    std::uint64_t* said = nullptr;  // a digest of all that the server has sent
  };

  result::Run run(const reference::Options& options, const Plan& plan, const World& world) {
    suite::Options how;
    how.seed = x_options.seed;
    how.interrupt = &interrupted();
    how.watch = world.watch;
    return suite::run(
        x_library, plan, world.offer, EmbeddedStage::accounts(),
        [&](const suite::Lane&) {
          auto stage = std::make_unique<EmbeddedStage>(options, fixtures(), world.said);
          stage->set_offer(world.offer);
          return stage;
        },
        how);
  }

  scenario::FixtureLookup fixtures() const {
    return [this](const std::string& name) { return x_library.fixture(name); };
  }

  scenario::Offer offer_of(const reference::Options& options, std::string& trouble) {
    auto offer = probe_embedded(options, fixtures());
    if (offer) return *offer;
    // So broken that the probe finds no way in: then judge it by what it would offer.
    trouble = offer.error().what;
    return *probe_embedded({}, fixtures());
  }

  Plan cases(auto&& wanted) const {
    Plan out;
    for (const auto& c : x_library.cases) {
      if (wanted(c)) out.push_back(&c);
    }
    return out;
  }

  // A large maildrop, or a huge input, proves no more of a fault than a small one does, unless its requirement is about that.
  static bool costly(const scenario::Case& c) { return c.needs("heavy") || std::ranges::find(c.tags, "limits") != c.tags.end(); }

  // The whole suite on the plain server: which checks pass there, and which cases a row can matter to.
  void look_at_plain() {
    std::string trouble;
    x_plain_offer = offer_of({}, trouble);
    std::vector<reference::Options> made(x_rows.size());
    std::vector<const reference::Options*> servers;
    for (std::size_t i = 0; i < x_rows.size(); ++i) {
      x_rows[i]->apply(made[i]);
      servers.push_back(&made[i]);
    }
    reference::Scout scout(servers);
    ScoutWatch watch(scout);
    reference::Scout::set_current(&scout);
    const auto all = run({}, cases([](const auto&) { return true; }), {x_plain_offer, &watch, nullptr});
    reference::Scout::set_current(nullptr);
    for (const auto& c : all.checks) {
      if (c.verdict == Verdict::pass) x_plain_passes.insert(c.id);
    }
    x_matters = std::move(watch.cases);
  }

  // The cases that the row can change; all of them where that is not known.
  Plan plan_of(std::size_t row, const reference::Options& options, const scenario::Offer& offer) const {
    const auto& d = *x_rows[row];
    const auto wanted = [&](const scenario::Case& c) { return !costly(c) || c.cites(d.requirement); };
    if (!x_short_way || !reference::can_be_scouted(options) || !(offer == x_plain_offer)) return cases(wanted);
    const auto it = x_matters.find(row);
    return cases([&](const auto& c) { return wanted(c) && it != x_matters.end() && it->second.contains(c.name()); });
  }

  Outcome deviation(std::size_t row) {
    const auto& d = *x_rows[row];
    Outcome out{d.name, d.requirement, d.about};
    out.costs = d.costs;
    reference::Options options;
    d.apply(options);
    const World world{offer_of(options, out.trouble)};
    const auto cites = [&](const scenario::Case& c) { return c.cites(d.requirement); };
    const bool standing = std::ranges::find(x_rules, d.requirement) != x_rules.end();
    const auto is_tour = [](const scenario::Case& c) { return std::ranges::find(c.tags, "tour") != c.tags.end(); };
    if (!x_options.full) {
      note(out, run(options, cases([&](const auto& c) { return cites(c) || (standing && is_tour(c)); }), world));
      if (!out.good && standing) note(out, run(options, cases([&](const auto& c) { return !costly(c) && !cites(c) && !is_tour(c); }), world));
      return out;
    }
    // Its own cases first: a server that dies of them may die of others, too.
    const auto plan = plan_of(row, options, world.offer);
    Plan own, others;
    for (const auto* c : plan) (cites(*c) ? own : others).push_back(c);
    own.insert(own.end(), others.begin(), others.end());
    out.cases = own.size();
    const auto whole = run(options, own, world);
    note(out, whole);
    weigh(out, d, whole);
    return out;
  }

  // A must is caught only if it fails; what cannot fail may warn.
  bool is_caught(const Check& c) const {
    const auto* r = x_library.catalogue.find(c.requirement);
    const bool can_fail = r && (r->can_fail(1) || r->can_fail(2));
    return c.verdict == Verdict::fail || (c.verdict == Verdict::warn && !can_fail);
  }

  void note(Outcome& out, const result::Run& run) const {
    for (const auto& c : run.checks) {
      if (!is_bad(c)) continue;
      if (c.requirement == out.requirement) {
        out.good = out.good || is_caught(c);
        out.caught_by.push_back(c.id);
        continue;
      }
      auto it = std::ranges::find(out.tripped, c.requirement, &Tripped::requirement);
      if (it == out.tripped.end()) it = out.tripped.insert(out.tripped.end(), {c.requirement, c.id, c.reason});
      ++it->checks;
    }
  }

  // What else a deviation trips, against what its row names, and what it keeps from being judged.
  void weigh(Outcome& out, const reference::Switch& d, const result::Run& run) const {
    for (const auto& t : out.tripped) {
      const bool named = std::ranges::find(d.breaks, t.requirement, &reference::Breach::requirement) != d.breaks.end();
      (named ? out.named : out.unexplained).push_back(t.requirement);
    }
    for (const auto& b : d.breaks) {
      if (std::ranges::find(out.tripped, b.requirement, &Tripped::requirement) == out.tripped.end()) out.stale.push_back(b.requirement);
    }
    std::size_t lost = 0;
    for (const auto& c : run.checks) {
      if (c.verdict != Verdict::inconclusive || !x_plain_passes.contains(c.id)) continue;
      if (++lost <= 3) out.lost_first.push_back(c.id + ": " + c.reason);
    }
    out.lost = x_plain_passes.empty() ? 0 : static_cast<double>(lost) / static_cast<double>(x_plain_passes.size());
  }

  std::uint64_t said_by(const reference::Options& options) {
    std::uint64_t said = 0;
    std::string trouble;
    (void)run(options, cases([](const auto& c) { return !costly(c); }), {offer_of(options, trouble), nullptr, &said});
    return said;
  }

  Outcome variation(const Mix& mix) {
    Outcome out{mix.name, "", mix.alone() ? mix.switches[0]->about : ""};
    out.good = true;
    reference::Options options;
    for (const auto* v : mix.switches) {
      v->apply(options);
      if (!v->costs.empty()) out.costs += (out.costs.empty() ? "" : "; ") + v->costs;
    }
    const bool many = mix.switches.size() > 1;
    std::uint64_t said = 0;
    const World world{offer_of(options, out.trouble), nullptr, &said};
    const auto run_of = run(options, cases([&](const auto& c) { return mix.switches.empty() || (many ? !c.needs("heavy") : !costly(c)); }), world);
    std::size_t lost = 0;
    for (const auto& c : run_of.checks) {
      if (c.verdict == Verdict::inconclusive && !out.costs.empty()) {
        if (++lost <= 3) out.lost_first.push_back(c.id + ": " + c.reason);
        continue;
      }
      if (!is_bad(c) && c.verdict != Verdict::inconclusive) continue;
      out.good = false;
      out.tripped.push_back({c.id, c.id, c.reason, 1});
    }
    out.lost = run_of.checks.empty() ? 0 : static_cast<double>(lost) / static_cast<double>(run_of.checks.size());
    if (mix.alone() && out.lost > kLossTold) out.good = false;
    if (mix.alone() && said == x_plain_said) {
      out.good = false;
      out.trouble = "it never fired: in the whole suite it changes no octet";
    }
    if (run_of.count(Verdict::pass) == 0 || !out.trouble.empty()) out.good = false;
    return out;
  }

  const suite::Library& x_library;
  const MatrixOptions& x_options;
  std::vector<std::string> x_rules;
  Rows x_rows;
  scenario::Offer x_plain_offer;
  std::set<std::string> x_plain_passes;
  std::map<std::size_t, std::set<std::string>> x_matters;
  std::uint64_t x_plain_said = 0;
  bool x_short_way = true;
};

}  // namespace

Matrix make_matrix(const suite::Library& library, const MatrixOptions& options, bool compares_long) {
  MatrixMaker maker(library, options);
  Matrix out;
  out.deviations = maker.deviations();
  if (compares_long) out.differing = maker.compare_long(out.deviations);
  out.variations = maker.variations();
  return out;
}

}  // namespace mailspec::cli
