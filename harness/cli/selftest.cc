#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/embedded_stage.h"
#include "reference_server/deviations/deviations.h"

namespace mailspec::cli {

using result::Check;
using result::Verdict;

namespace {

// One row of the matrix.
struct Outcome {
  std::string name, requirement, about;
  bool good = false;                   // caught, or passed
  std::vector<std::string> caught_by;  // checks of the requirement that did not pass
  std::vector<std::string> tripped;    // other requirements that failed
  std::string trouble;
};

bool is_bad(const Check& c) { return c.verdict == Verdict::fail || c.verdict == Verdict::warn; }

class Selftest {
 public:
  Selftest(const Library& library, const SelftestArgs& args) : x_library(library), x_args(args), x_rules(rule_requirements()) {}

  std::vector<Outcome> deviations() {
    std::vector<const reference::Switch*> chosen;
    for (const auto& d : reference::deviations()) {
      const bool wanted = x_args.only.empty() || std::ranges::any_of(x_args.only, [&](const auto& p) { return glob(p, d.name) || glob(p, d.requirement); });
      if (wanted) chosen.push_back(&d);
    }
    std::vector<Outcome> out(chosen.size());
    each(chosen.size(), [&](std::size_t i) { out[i] = deviation(*chosen[i]); });
    return out;
  }

  std::vector<Outcome> variations() {
    struct Mix {
      std::string name;
      std::vector<const reference::Switch*> switches;
    };
    std::vector<Mix> mixes;
    if (x_args.only.empty()) mixes.push_back({"(none)", {}});
    for (const auto& v : reference::variations()) {
      if (x_args.only.empty() || std::ranges::any_of(x_args.only, [&](const auto& p) { return glob(p, v.name); })) mixes.push_back({v.name, {&v}});
    }
    std::minstd_rand random(static_cast<std::minstd_rand::result_type>(x_args.seed));
    for (int i = 0; x_args.only.empty() && i < x_args.mixes; ++i) {
      Mix mix{"mix " + std::to_string(i + 1) + ":", {}};
      for (const auto& v : reference::variations()) {
        if (random() % 4 != 0) continue;
        mix.name += " " + v.name;
        mix.switches.push_back(&v);
      }
      mixes.push_back(std::move(mix));
    }
    std::vector<Outcome> out(mixes.size());
    each(mixes.size(), [&](std::size_t i) {
      reference::Options options;
      std::string about;
      for (const auto* v : mixes[i].switches) {
        v->apply(options);
        about = v->about;
      }
      out[i] = variation(mixes[i].name, mixes[i].switches.size() == 1 ? about : "", options);
    });
    return out;
  }

 private:
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

  result::Run run(const reference::Options& options, const std::vector<const scenario::Case*>& plan, std::string& trouble) {
    const scenario::FixtureLookup fixture = [this](const std::string& name) { return x_library.fixture(name); };
    auto offer = probe_embedded(options, fixture);
    if (!offer) {
      // So broken that the probe finds no way in: then judge it by what it would offer.
      trouble = offer.error().what;
      offer = probe_embedded({}, fixture);
    }
    SuiteOptions suite;
    suite.seed = x_args.seed;
    suite.interrupt = &interrupted();
    return run_suite(
        x_library, plan, *offer, EmbeddedStage::accounts(),
        [&](int) {
          auto stage = std::make_unique<EmbeddedStage>(options, fixture);
          stage->set_offer(*offer);
          return stage;
        },
        suite);
  }

  std::vector<const scenario::Case*> cases(auto&& wanted) const {
    std::vector<const scenario::Case*> out;
    for (const auto& c : x_library.cases) {
      if (wanted(c)) out.push_back(&c);
    }
    return out;
  }

  Outcome deviation(const reference::Switch& d) {
    Outcome out{d.name, d.requirement, d.about, false, {}, {}, {}};
    reference::Options options;
    d.apply(options);
    const auto cites = [&](const scenario::Case& c) { return c.cites(d.requirement); };
    const bool standing = std::ranges::find(x_rules, d.requirement) != x_rules.end();
    const auto is_tour = [](const scenario::Case& c) { return std::ranges::find(c.tags, "tour") != c.tags.end(); };
    auto plan =
        x_args.full ? cases([&](const auto& c) { return !costly(c) || cites(c); }) : cases([&](const auto& c) { return cites(c) || (standing && is_tour(c)); });
    // Its own cases first: a server that dies of them may die of others, too.
    if (x_args.full) note(out, run(options, cases(cites), out.trouble));
    note(out, run(options, plan, out.trouble));
    if (!out.good && standing && !x_args.full) {
      note(out, run(options, cases([&](const auto& c) { return !costly(c) && !cites(c) && !is_tour(c); }), out.trouble));
    }
    return out;
  }

  // A large maildrop, or a huge input, proves no more of a fault than a small one does, unless its requirement is about that.
  static bool costly(const scenario::Case& c) { return c.needs("heavy") || std::ranges::find(c.tags, "limits") != c.tags.end(); }

  static void note(Outcome& out, const result::Run& run) {
    for (const auto& c : run.checks) {
      if (!is_bad(c)) continue;
      if (c.requirement == out.requirement) {
        out.good = true;
        out.caught_by.push_back(c.id);
      } else if (std::ranges::find(out.tripped, c.requirement) == out.tripped.end()) {
        out.tripped.push_back(c.requirement);
      }
    }
  }

  Outcome variation(const std::string& name, const std::string& about, const reference::Options& options) {
    Outcome out{name, "", about, true, {}, {}, {}};
    const bool mix = name.starts_with("mix ");
    const auto run_of = run(options, cases([&](const auto& c) { return name == "(none)" || (mix ? !c.needs("heavy") : !costly(c)); }), out.trouble);
    for (const auto& c : run_of.checks) {
      if (!is_bad(c) && c.verdict != Verdict::inconclusive) continue;
      out.good = false;
      out.tripped.push_back(c.id + ": " + c.reason);
    }
    if (run_of.count(Verdict::pass) == 0 || !out.trouble.empty()) out.good = false;
    return out;
  }

  const Library& x_library;
  const SelftestArgs& x_args;
  std::vector<std::string> x_rules;
};

boost::json::array rows_to_json(const std::vector<Outcome>& rows, const char* good) {
  boost::json::array out;
  for (const auto& r : rows) {
    boost::json::object o{{"name", r.name}, {"about", r.about}, {good, r.good}};
    if (!r.requirement.empty()) o["requirement"] = r.requirement;
    o["caught_by"] = boost::json::value_from(r.caught_by);
    o["tripped"] = boost::json::value_from(r.tripped);
    if (!r.trouble.empty()) o["trouble"] = visible(r.trouble);
    out.push_back(std::move(o));
  }
  return out;
}

}  // namespace

int selftest(const SelftestArgs& args) {
  auto library = load_library(args.scenarios);
  if (!library) return complain(library.error());
  std::string report_file;
  if (!args.report.empty()) {
    if (!args.report.starts_with("json=")) return complain({Error::Kind::usage, "selftest writes --report json=FILE only; got '" + args.report + "'"});
    report_file = args.report.substr(5);
  }
  const auto started = std::chrono::steady_clock::now();
  Selftest test(*library, args);
  const auto deviations = test.deviations();
  const auto variations = test.variations();
  if (deviations.empty() && variations.empty())
    return complain({Error::Kind::usage, "no deviation and no variation is called that: see mailspec serve --list"});
  std::size_t survivors = 0, flagged = 0;
  for (const auto& d : deviations) {
    if (!d.good) ++survivors;
    if (!d.good || args.verbose) {
      std::printf("%-9s %-36s %s\n", d.good ? "caught" : "SURVIVED", d.name.c_str(), d.requirement.c_str());
      if (!d.good) std::printf("          %s\n", d.about.c_str());
      for (const auto& id : d.caught_by) std::printf("            by %s\n", visible(id).c_str());
      if (args.full || !d.good) {
        for (const auto& id : d.tripped) std::printf("            also tripped %s\n", id.c_str());
      }
      if (!d.trouble.empty()) std::printf("            trouble: %s\n", visible(d.trouble).c_str());
    }
  }
  for (const auto& v : variations) {
    if (!v.good) ++flagged;
    if (!v.good || args.verbose) {
      std::printf("%-9s %s\n", v.good ? "passed" : "FLAGGED", v.name.c_str());
      for (const auto& id : v.tripped) std::printf("            %s\n", visible(id, 600).c_str());
      if (!v.trouble.empty()) std::printf("            trouble: %s\n", visible(v.trouble).c_str());
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::printf("selftest: %zu of %zu deviations caught, %zu of %zu variations passed, in %.1f s\n", deviations.size() - survivors, deviations.size(),
              variations.size() - flagged, variations.size(), seconds);
  if (!report_file.empty()) {
    boost::json::object all{{"mailspec_selftest", 1},
                            {"suite_version", MAILSPEC_VERSION},
                            {"seed", args.seed},
                            {"full", args.full},
                            {"deviations", rows_to_json(deviations, "caught")},
                            {"variations", rows_to_json(variations, "passed")}};
    if (auto s = write_file(report_file, boost::json::serialize(all) + "\n"); !s) return complain(s.error());
    std::printf("json report: %s\n", report_file.c_str());
  }
  if (interrupted()) return kInterrupted;
  return survivors || flagged ? 1 : 0;
}

}  // namespace mailspec::cli
