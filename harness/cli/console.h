// What a run says at a terminal: progress and the live wire on standard error, failures as they come and the result on standard output.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "harness/cli/commands.h"
#include "harness/result/result.h"
#include "harness/suite/suite.h"

namespace mailspec::cli {

// Colours are for terminals, and not where NO_COLOR is set.
bool wants_colour(int fd);

class Console : public suite::Watch {
 public:
  struct Options {
    bool progress = false;  // a bar, from the first second on
    bool failures = false;  // as they come
    bool wire = false;      // live
    bool colour = false;    // of failures, on standard output
  };
  // `finish` completes a run that has just one check, so that it can be told: known failures, the catalogue's words, how to replay.
  Console(Options options, std::function<void(result::Run&)> finish);
  ~Console() override;

  void planned(std::size_t cases) override;
  void begins(const std::string& name) override;
  void ends(const std::string& name, const std::vector<result::Check>& checks) override;
  bool wants_wire() const override { return x_options.wire; }
  void said(const std::string& name, const oracle::Event& event) override;

  void keep_failures();  // to the end: what is to come may not be what it seems
  void quiet();          // no more progress either; what was told stays told
  const std::set<std::string>& told() const { return x_told; }

 private:
  using Clock = std::chrono::steady_clock;
  void draw();
  void erase();

  Options x_options;
  std::function<void(result::Run&)> x_finish;
  std::mutex x_mutex;
  std::map<std::string, Clock::time_point> x_running;
  std::map<std::string, std::size_t> x_counts;  // checks by outcome
  std::size_t x_done = 0, x_all = 0;
  std::set<std::string> x_told;
  bool x_drawn = false;
  Clock::time_point x_begun = Clock::now();
  std::optional<std::jthread> x_ticker;  // last: it ends before what it uses
};

// The bar: "[####    ] 12/40  30 pass, 1 fail  4.2 s imap/x.imap", at most `width` characters.
std::string progress_line(std::size_t done, std::size_t all, const std::map<std::string, std::size_t>& counts, const std::string& slowest, double seconds,
                          std::size_t width);

struct Telling {
  bool strict = false, verbose = false, quiet = false;
  std::set<std::string> told;  // failures that were printed as they came
  std::string known_file;
};

// Prints the run, writes its reports, and says what to do next. The exit status.
int tell(const result::Run& run, const std::vector<ReportFile>& reports, const Telling& telling);

}  // namespace mailspec::cli
