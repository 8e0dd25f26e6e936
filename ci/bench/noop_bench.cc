// What the harness costs: a NOOP round trip through scenario, dialogue, trace and all standing rules, against a bare write and read of
// the same transport. Quote the ratio of one run, not the times.
#include <benchmark/benchmark.h>

#include "harness/cli/embedded_stage.h"
#include "harness/oracle/pop3_rules.h"
#include "harness/scenario/runner.h"
#include "harness/suite/library.h"

namespace mailspec {
namespace {

constexpr int kRoundTrips = 1000;

const suite::Library& library() {
  static const suite::Library kLibrary = *suite::load_library("");
  return kLibrary;
}

scenario::FixtureLookup fixtures() {
  return [](const std::string& name) { return library().fixture(name); };
}

void bare_loop(benchmark::State& state) {
  cli::EmbeddedStage stage({}, fixtures());
  auto stream = stage.transport().connect(stage.endpoint(false), 1);
  const auto ask = [&](std::string_view line) {
    (void)(*stream)->write(line, 1);
    benchmark::DoNotOptimize((*stream)->read(1));
  };
  (*stream)->read(1);
  ask("USER alice\r\n");
  ask("PASS alices-secret\r\n");
  for (auto _ : state) {
    for (int i = 0; i < kRoundTrips; ++i) ask("NOOP\r\n");
  }
  state.SetItemsProcessed(state.iterations() * kRoundTrips);
}
BENCHMARK(bare_loop)->Unit(benchmark::kMillisecond);

void harness_with_rules(benchmark::State& state) {
  std::string text = "title: bench\nstate: transaction\n\n@rfc1939/5/noop-positive\n";
  for (int i = 0; i < kRoundTrips; ++i) text += "C: NOOP\nS: +OK\n";
  const auto cases = scenario::parse_scenario("bench.pop3", text);
  const auto offer = cli::probe_embedded({}, fixtures());
  cli::EmbeddedStage stage({}, fixtures());
  stage.set_offer(*offer);
  scenario::RunOptions options;
  options.fixture = fixtures();
  for (auto _ : state) {
    const auto result = scenario::run_case((*cases)[0], stage, cli::EmbeddedStage::accounts()[0], options);
    benchmark::DoNotOptimize(oracle::judge(result.trace, oracle::pop3_rules()));
  }
  state.SetItemsProcessed(state.iterations() * kRoundTrips);
}
BENCHMARK(harness_with_rules)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mailspec

BENCHMARK_MAIN();
