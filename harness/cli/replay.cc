// replay and judge: what can be done with a kept trace.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/resend.h"
#include "harness/oracle/rule.h"
#include "harness/oracle/standing_rules.h"
#include "harness/result/trace_json.h"
#include "harness/scenario/runner.h"

namespace mailspec::cli {

namespace {

void show(const suite::Library& library, const oracle::Trace& trace, const oracle::Finding& f, const char* mark) {
  const auto* r = library.catalogue.find(f.requirement);
  std::printf("  %s%s  %s\n", mark, r && r->can_fail(trace.revision) ? "FAIL" : "WARN", f.requirement.c_str());
  if (r) std::printf("      %s\n", r->says.c_str());
  std::printf("      %s\n", visible(f.what, 600).c_str());
  for (const auto& line : scenario::wire_excerpt(trace, f)) std::printf("        %s\n", line.c_str());
}

// The trace's commands once more, judged by the standing rules.
int replay_steps(const std::string& file, const result::StoredTrace& stored, const RunArgs& args) {
  auto library = suite::load_library(args.scenarios);
  if (!library) return complain(library.error());
  auto subject = make_subject(args.target, *library, true, true);
  if (!subject) return complain(subject.error());
  std::printf("sending again what %s has sent%s\n", visible(file).c_str(), args.raw ? ", as it is" : "");
  auto again = resend(stored.trace, *subject, args.raw);
  if (!again) return complain(again.error());
  const auto judgement = oracle::judge(*again, oracle::standing_rules(*again));
  for (const auto& f : judgement.findings) show(*library, *again, f, "");
  std::error_code ignored;
  std::filesystem::create_directories(args.traces, ignored);
  const auto kept = args.traces + "/" + std::filesystem::path(file).filename().string();
  if (auto s = result::write_trace(kept, *again, judgement.findings, MAILSPEC_VERSION); !s) return complain(s.error());
  std::set<std::string> before, now;
  for (const auto& f : stored.findings) before.insert(f.requirement);
  for (const auto& f : judgement.findings) now.insert(f.requirement);
  for (const auto& id : before) std::printf("%s: %s\n", now.contains(id) ? "broken again" : "did not show again", id.c_str());
  if (stored.trace.others && before != now) std::puts("other sessions were at work when the trace was made; they are not in it");
  std::printf("trace: %s\n", kept.c_str());
  return judgement.findings.empty() ? 0 : 1;
}

}  // namespace

// The same case with the same seed and segmentation, tags and nonces bound afresh.
int replay(const std::vector<std::string>& files, const RunArgs& given) {
  int worst = 0;
  for (const auto& file : files) {
    auto stored = result::read_trace(file);
    if (!stored) return complain(stored.error());
    const auto& trace = stored->trace;
    RunArgs args = given;
    args.traces = "mailspec-out/replay";
    int status = 0;
    if (given.raw || trace.scenario.starts_with('(')) {
      status = replay_steps(file, *stored, args);
    } else {
      args.selectors = {trace.row.empty() ? trace.scenario : trace.scenario + "#" + trace.row};
      if (trace.revision) args.selectors[0] += "~rev" + std::to_string(trace.revision);
      args.seed = trace.seed;
      args.segmentation = trace.segmentation;
      args.slow = args.heavy = true;
      std::printf("replaying %s\n", visible(args.selectors[0]).c_str());
      status = run(args);
    }
    // What a replay is for: 1 says that it failed again. Anything else that is not 0 matters more.
    if (status == kUsage || status == kUnreachable || status == kInterrupted) return status;
    worst = std::max(worst, status);
  }
  return worst;
}

int judge(const std::vector<std::string>& files, const std::string& scenarios) {
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  std::size_t findings = 0, mended = 0, fresh = 0;
  for (const auto& file : files) {
    auto stored = result::read_trace(file);
    if (!stored) return complain(stored.error());
    const auto& trace = stored->trace;
    const auto judgement = oracle::judge(trace, oracle::standing_rules(trace));
    std::printf("%s: %zu requirements put to the test, %zu findings\n", file.c_str(), judgement.exercised.size(), judgement.findings.size());
    // One requirement at one event is one finding, however it is worded.
    using Key = std::pair<std::string, std::size_t>;
    std::set<Key> before, now;
    for (const auto& f : stored->findings) before.emplace(f.requirement, f.event);
    for (const auto& f : judgement.findings) now.emplace(f.requirement, f.event);
    const bool known = !stored->judged_by.empty();
    for (const auto& f : judgement.findings) {
      ++findings;
      const bool was = before.contains({f.requirement, f.event});
      if (known && !was) ++fresh;
      show(*library, trace, f, !known ? "" : was ? "as before: " : "NEW: ");
    }
    for (const auto& f : stored->findings) {
      if (now.contains({f.requirement, f.event})) continue;
      ++mended;
      std::printf("  no longer: %s (%s)\n", f.requirement.c_str(), visible(f.what, 200).c_str());
    }
  }
  if (fresh || mended) std::printf("changed since the traces were stored: %zu new findings, %zu that are none any longer\n", fresh, mended);
  else std::puts("nothing has changed since the traces were stored");
  std::puts("the standing rules have judged; the steps of a scenario are judged where it is run: mailspec replay");
  return findings ? 1 : 0;
}

Subcommand replay_subcommand() {
  struct Given : RunArgs {
    std::vector<std::string> words;
  };
  auto given = std::make_shared<Given>();
  auto options = target_options(given->target);
  options.push_back({.name = "what", .into = &given->words, .help = "traces (*.json), and a target file (*.toml)", .required = true});
  std::ranges::move(run_options(*given), std::back_inserter(options));
  options.push_back({"--raw", &given->raw, "send the stored octets as they are, not the scenario's steps bound afresh; logins are done anew"});
  return {"replay", "run the case of a kept trace again, with its seed and segmentation", std::move(options), [given] {
            std::vector<std::string> files;
            return take_words(given->words, given->target, files) ? replay(files, *given) : kUsage;
          }};
}

Subcommand judge_subcommand() {
  struct Given {
    std::vector<std::string> files;
    std::string scenarios;
  };
  auto a = std::make_shared<Given>();
  return {"judge",
          "judge kept traces again by the standing rules, offline",
          {{.name = "traces", .into = &a->files, .help = "files written by run --keep-traces", .required = true}, scenarios_option(a->scenarios)},
          [a] { return judge(a->files, a->scenarios); }};
}

}  // namespace mailspec::cli
