// IMAP: a NOOP round trip with all standing rules, and the reading of FETCH-heavy traffic (octets a second; small items and literals apart).
#include <benchmark/benchmark.h>
#include <libetpan/libetpan.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "harness/cli/embedded_stage.h"
#include "harness/imap/framer.h"
#include "harness/imap/grammar.h"
#include "harness/imap/value.h"
#include "harness/oracle/standing_rules.h"
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

// One end of a socket on which a thread writes: what every reader here gets its octets from.
class Feeder {
 public:
  explicit Feeder(const std::string& octets) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
    x_read = ends[0];
    x_writer = std::thread([&octets, write_end = ends[1]] {
      for (std::size_t at = 0; at < octets.size();) {
        const auto n = ::write(write_end, octets.data() + at, octets.size() - at);
        if (n <= 0) break;
        at += static_cast<std::size_t>(n);
      }
      shutdown(write_end, SHUT_WR);
      char rest[4096];
      while (::read(write_end, rest, sizeof rest) > 0) {
      }
      ::close(write_end);
    });
  }
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;
  ~Feeder() { x_writer.join(); }
  int fd() const { return x_read; }

 private:
  int x_read = -1;
  std::thread x_writer;
};

// Also left in files, for the reader in imaplib_bench.py.
std::string dialogue(bool literals) {
  const auto octets = "* OK hi\r\n" + traffic(literals) + "1 OK done\r\n";
  std::ofstream(literals ? "fetch-literals.bin" : "fetch-small.bin", std::ios::binary) << octets;
  return octets;
}

// Framer, exact grammar, and the tree of values that the rules see.
void read_fetch(benchmark::State& state, bool literals) {
  const auto octets = dialogue(literals);
  std::vector<char> piece(65536);
  for (auto _ : state) {
    Feeder feeder(octets);
    imap::Framer framer;
    for (ssize_t n; (n = ::read(feeder.fd(), piece.data(), piece.size())) > 0;) {
      framer.feed(std::string_view(piece.data(), static_cast<std::size_t>(n)));
      while (auto frame = framer.next()) {
        benchmark::DoNotOptimize(imap::check_grammar(*frame, {}));
        benchmark::DoNotOptimize(imap::parse_response(std::move(*frame)));
      }
    }
    ::close(feeder.fd());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(octets.size()));
}
void fetch_small_items(benchmark::State& state) { read_fetch(state, false); }
void fetch_literals(benchmark::State& state) { read_fetch(state, true); }
BENCHMARK(fetch_small_items)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(fetch_literals)->Unit(benchmark::kMillisecond)->UseRealTime();

// The same octets by libetpan, as its user gets them.
void read_with_libetpan(benchmark::State& state, bool literals) {
  const auto octets = dialogue(literals);
  for (auto _ : state) {
    Feeder feeder(octets);
    auto* session = mailimap_new(0, nullptr);
    if (mailimap_connect(session, mailstream_socket_open(feeder.fd())) != MAILIMAP_NO_ERROR_NON_AUTHENTICATED) return state.SkipWithError("no greeting");
    session->imap_state = MAILIMAP_STATE_SELECTED;
    clist* result = nullptr;
    const int done = mailimap_fetch(session, mailimap_set_new_interval(1, 0), mailimap_fetch_type_new_all(), &result);
    if (done != MAILIMAP_NO_ERROR) return state.SkipWithError(("libetpan says " + std::to_string(done)).c_str());
    if (clist_count(result) != 2000) return state.SkipWithError("not all messages");
    mailimap_fetch_list_free(result);
    mailstream_close(session->imap_stream);
    session->imap_stream = nullptr;
    mailimap_free(session);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(octets.size()));
}
void libetpan_small_items(benchmark::State& state) { read_with_libetpan(state, false); }
void libetpan_literals(benchmark::State& state) { read_with_libetpan(state, true); }
BENCHMARK(libetpan_small_items)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(libetpan_literals)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace mailspec
