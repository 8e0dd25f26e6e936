#include "harness/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "harness/base/text.h"
#include "harness/scenario/runner.h"
#include "reports/reports.h"

namespace mailspec::cli {

namespace {

constexpr auto kPatience = std::chrono::seconds(1);  // a run that is shorter needs no bar
constexpr auto kTick = std::chrono::milliseconds(100);

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

}  // namespace

bool wants_colour(int fd) {
  const char* no = std::getenv("NO_COLOR");
  return on_terminal(fd) && !(no && *no);
}

std::string progress_line(std::size_t done, std::size_t all, const std::map<std::string, std::size_t>& counts, const std::string& slowest, double seconds,
                          std::size_t width) {
  constexpr std::size_t kBar = 16;
  const auto full = all ? std::min(kBar, done * kBar / all) : 0;
  std::string out = "[" + std::string(full, '#') + std::string(kBar - full, ' ') + "] " + std::to_string(done) + "/" + std::to_string(all) + " ";
  std::string numbers;
  for (const auto* outcome : {"pass", "fail", "known", "warn", "inconclusive"}) {
    if (const auto it = counts.find(outcome); it != counts.end() && it->second)
      numbers += (numbers.empty() ? " " : ", ") + std::to_string(it->second) + " " + outcome;
  }
  out += numbers;
  if (!slowest.empty()) {
    char time[32];
    std::snprintf(time, sizeof time, "  %.1f s ", seconds);
    out += time + slowest;
  }
  return out.substr(0, width);
}

Console::Console(Options options, std::function<void(result::Run&)> finish) : x_options(options), x_finish(std::move(finish)) {
  if (!x_options.progress) return;
  x_ticker.emplace([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(kTick);
      const std::scoped_lock lock(x_mutex);
      draw();
    }
  });
}

Console::~Console() { quiet(); }

void Console::keep_failures() {
  const std::scoped_lock lock(x_mutex);
  x_options.failures = false;
}

void Console::quiet() {
  x_ticker.reset();
  const std::scoped_lock lock(x_mutex);
  erase();
  x_options.progress = x_options.failures = false;
}

void Console::planned(std::size_t cases) {
  const std::scoped_lock lock(x_mutex);
  x_done = 0;
  x_all = cases;
  x_counts.clear();
}

void Console::begins(const std::string& name) {
  const std::scoped_lock lock(x_mutex);
  x_running.emplace(name, Clock::now());
}

void Console::ends(const std::string& name, const std::vector<result::Check>& checks) {
  const std::scoped_lock lock(x_mutex);
  x_running.erase(name);
  ++x_done;
  for (const auto& check : checks) {
    if (check.verdict != result::Verdict::fail && check.verdict != result::Verdict::warn) {
      ++x_counts[result::name_of(check.verdict)];
      continue;
    }
    result::Run one;
    one.checks = {check};
    x_finish(one);
    ++x_counts[reports::outcome_of(one.checks[0])];
    if (!x_options.failures || !one.checks[0].known.empty() || !x_told.insert(check.id).second) continue;
    erase();
    std::fputs(reports::text_of_failure(one, one.checks[0], x_options.colour).c_str(), stdout);
    std::fflush(stdout);
  }
}

void Console::said(const std::string& name, const oracle::Event& event) {
  const std::scoped_lock lock(x_mutex);
  erase();
  for (const auto& line : scenario::wire_lines(event)) std::fprintf(stderr, "%s  %s\n", printable(name).c_str(), line.c_str());
}

void Console::draw() {
  if (!x_options.progress || Clock::now() - x_begun < kPatience) return;
  std::string slowest;
  Clock::time_point since = Clock::time_point::max();
  for (const auto& [name, begun] : x_running) {
    if (begun < since) since = begun, slowest = name;
  }
  const double seconds = slowest.empty() ? 0 : std::chrono::duration<double>(Clock::now() - since).count();
  std::fprintf(stderr, "\r\x1b[K%s", printable(progress_line(x_done, x_all, x_counts, slowest, seconds, terminal_width() - 1)).c_str());
  std::fflush(stderr);
  x_drawn = true;
}

void Console::erase() {
  if (std::exchange(x_drawn, false)) {
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
  }
}

namespace {

// One line: the nearest useful thing.
std::string next_step(const result::Run& run, const std::vector<ReportFile>& reports, const Telling& telling) {
  const auto json = std::ranges::find(reports, "json", &ReportFile::kind);
  const std::string result = json == reports.end() ? "RESULT.json" : json->file;
  if (run.interrupted) {
    return json == reports.end() ? "with --report json=FILE an interrupted run can be resumed"
                                 : "the same command with --resume " + json->file + " goes on from here";
  }
  if (run.unreachable && run.count(result::Verdict::pass) > 0)
    return json == reports.end() ? "with --report json=FILE a run that was cut short can be resumed"
                                 : "start the server anew; the same command with --resume " + json->file + " goes on from here";
  if (run.unreachable) return "mailspec doctor with the same target says how far it gets";
  if (run.broken) return "the trouble above is the scenario's or mailspec's own, not the server's; mailspec lint looks through scenarios";
  const int status = result::exit_status(run, telling.strict);
  if (run.misconfigured) return {};
  if (status == 5 || status == 6) return "mailspec doctor with the same target says what is missing for what";
  if (status == 1) {
    for (const auto& c : run.checks) {
      if (!c.known.empty() || (c.verdict != result::Verdict::fail && c.verdict != result::Verdict::warn)) continue;
      if (c.verdict == result::Verdict::warn && run.count(result::Verdict::fail)) continue;
      return "mailspec explain " + printable(c.requirement) + " has more of the first; one that is to stay: mailspec known add " +
             (telling.known_file.empty() ? "known.toml" : telling.known_file) + " ID --reason WHY --result " + result;
    }
  }
  if (status == 4) return "mailspec known check " + telling.known_file + " --result " + result + "; known update takes out rows whose check passes now";
  return {};
}

}  // namespace

int tell(const result::Run& run, const std::vector<ReportFile>& reports, const Telling& telling) {
  reports::TextOptions text;
  text.colour = wants_colour(STDOUT_FILENO);
  text.strict = telling.strict;
  text.verbose = telling.verbose;
  text.brief = telling.quiet;
  text.told = telling.told;
  std::fputs(reports::text(run, text).c_str(), stdout);
  const int trouble = write_reports(reports, reports::formats(), !telling.quiet, run, telling.strict);
  if (!telling.quiet) {
    if (const auto next = next_step(run, reports, telling); !next.empty()) std::printf("next: %s\n", next.c_str());
  }
  const auto head = result::headline(run, telling.strict);
  if (trouble) std::printf("exit status %d: a report could not be written\n", trouble);
  else if (head.status) std::printf("exit status %d: %s\n", head.status, head.why.c_str());
  return trouble ? trouble : head.status;
}

}  // namespace mailspec::cli
