// IMAP: a NOOP round trip with all standing rules, and the reading of FETCH-heavy traffic (octets a second; small items and literals apart).
#include <benchmark/benchmark.h>

#include "harness/cli/embedded_stage.h"
#include "harness/cli/library.h"
#include "harness/imap/framer.h"
#include "harness/imap/grammar.h"
#include "harness/imap/value.h"
#include "harness/oracle/standing_rules.h"
#include "harness/scenario/runner.h"

namespace mailspec {
namespace {

constexpr int kRoundTrips = 1000;

const cli::Library& library() {
  static const cli::Library kLibrary = *cli::load_library("");
  return kLibrary;
}

scenario::FixtureLookup fixtures() {
  return [](const std::string& name) { return library().fixture(name); };
}

void imap_noop_with_rules(benchmark::State& state) {
  std::string text = "title: bench\nrevision: 1\nstate: authenticated\n\n@rfc9051/6.1.2/noop-ok\n";
  for (int i = 0; i < kRoundTrips; ++i) text += "C: a" + std::to_string(i) + " NOOP\nS: a" + std::to_string(i) + " OK\n";
  const auto cases = scenario::parse_scenario("bench.imap", text);
  const auto offer = cli::probe_embedded({}, fixtures());
  cli::EmbeddedStage stage({}, fixtures());
  stage.set_offer(*offer);
  scenario::RunOptions options;
  options.fixture = fixtures();
  for (auto _ : state) {
    const auto result = scenario::run_case((*cases)[0], stage, cli::EmbeddedStage::accounts()[0], options);
    benchmark::DoNotOptimize(oracle::judge(result.trace, oracle::standing_rules(result.trace)));
  }
  state.SetItemsProcessed(state.iterations() * kRoundTrips);
}
BENCHMARK(imap_noop_with_rules)->Unit(benchmark::kMillisecond);

std::string traffic(bool literals) {
  std::string out;
  for (int i = 1; i <= 2000; ++i) {
    const auto n = std::to_string(i);
    out += "* " + n + " FETCH (UID " + std::to_string(1000 + i) + " FLAGS (\\Seen $Forwarded) INTERNALDATE \"10-Jul-2024 12:00:00 +0000\" RFC822.SIZE 4096";
    if (literals) {
      out += " BODY[] {4096}\r\n" + std::string(4096, 'x');
    } else {
      out +=
          " ENVELOPE (\"Wed, 10 Jul 2024 12:00:00 +0000\" \"a subject\" ((\"Ada\" NIL \"ada\" \"example.org\")) NIL NIL ((NIL NIL \"ben\" \"example.net\")) "
          "NIL NIL NIL \"<m" +
          n +
          "@example.org>\") BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 100 3 NIL NIL NIL NIL)(\"TEXT\" \"HTML\" NIL NIL NIL "
          "\"BASE64\" 200 5 NIL NIL NIL NIL) \"ALTERNATIVE\" (\"BOUNDARY\" \"b\") NIL "
          "NIL NIL)";
    }
    out += ")\r\n";
  }
  return out;
}

void read_fetch(benchmark::State& state, bool literals) {
  const auto octets = traffic(literals);
  for (auto _ : state) {
    imap::Framer framer;
    // As a socket gives them.
    for (std::size_t at = 0; at < octets.size(); at += 65536) {
      framer.feed(std::string_view(octets).substr(at, 65536));
      while (auto frame = framer.next()) {
        benchmark::DoNotOptimize(imap::check_grammar(*frame, {}));
        benchmark::DoNotOptimize(imap::parse_response(std::move(*frame)));
      }
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(octets.size()));
}
void fetch_small_items(benchmark::State& state) { read_fetch(state, false); }
void fetch_literals(benchmark::State& state) { read_fetch(state, true); }
BENCHMARK(fetch_small_items)->Unit(benchmark::kMillisecond);
BENCHMARK(fetch_literals)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mailspec
