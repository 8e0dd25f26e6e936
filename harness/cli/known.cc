#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/result/known.h"
#include "harness/result/trace_json.h"

namespace mailspec::cli {

using result::KnownRow;
using result::Verdict;

namespace {

// A file that is not there yet holds no rows. Checks that have moved get their present names.
Result<std::vector<KnownRow>> read_rows(const std::string& file, const suite::Library& library) {
  if (!std::filesystem::exists(file)) return std::vector<KnownRow>{};
  auto text = read_file(file);
  if (!text) return text.error();
  auto rows = result::parse_known(file, *text);
  if (rows) result::rename(*rows, library.former);
  return rows;
}

Result<result::Run> read_result(const std::string& file, const suite::Library& library) {
  auto run = result::read_run(file);
  if (run) result::rename(*run, library.former);
  return run;
}

bool failed(const result::Check& c) { return c.verdict == Verdict::fail || c.verdict == Verdict::warn; }

}  // namespace

int known_add(const std::string& file, const std::string& result_file, const KnownRow& given) {
  KnownRow row = given;
  const auto library = suite::load_library("");
  if (!library) return complain(library.error());
  row.id = result::present(library->former, row.id);
  auto rows = read_rows(file, *library);
  if (!rows) return complain(rows.error());
  auto run = read_result(result_file, *library);
  if (!run) return complain(run.error());
  if (trim(row.reason).empty()) return complain({Error::Kind::usage, "--reason wants a sentence: why is it known to fail, by which words of the RFC?"});
  if (!row.until.empty() && !result::is_date(row.until)) return complain({Error::Kind::usage, "--until wants a date, YYYY-MM-DD; got '" + row.until + "'"});
  std::vector<std::string> failing;
  for (const auto& c : run->checks) {
    if (failed(c)) failing.push_back(c.id);
  }
  // As a failure is printed, too: its place, or its case.
  std::vector<std::string> meant;
  for (const auto& c : run->checks) {
    const auto place = c.scenario + ":" + std::to_string(c.line);
    const bool named =
        row.id == printable(c.id) || (!c.scenario.empty() && (row.id == place || row.id == "scenarios/" + place || row.id == c.id.substr(c.id.find('@') + 1)));
    if (failed(c) && named && c.id != row.id) meant.push_back(c.id);
  }
  if (std::ranges::find(failing, row.id) == failing.end() && !meant.empty()) {
    if (meant.size() > 1)
      return complain({Error::Kind::usage, "'" + row.id + "' is " + std::to_string(meant.size()) + " failures; one of them is " + meant[0]});
    row.id = meant[0];
  }
  if (std::ranges::find(failing, row.id) == failing.end())
    return complain({Error::Kind::usage, "'" + row.id + "' did not fail in " + result_file + ": " + unknown("failure", row.id, failing)});
  if (std::ranges::any_of(*rows, [&](const auto& r) { return r.id == row.id; }))
    return complain({Error::Kind::usage, "'" + row.id + "' is already in " + file});
  rows->push_back(row);
  std::ranges::sort(*rows, {}, &KnownRow::id);
  if (auto s = write_file(file, result::write_known(*rows)); !s) return complain(s.error());
  std::printf("added %s to %s\n", row.id.c_str(), file.c_str());
  return 0;
}

int known_update(const std::string& file, const std::string& result_file) {
  const auto library = suite::load_library("");
  if (!library) return complain(library.error());
  const auto written = read_rows(file, {});
  if (!written) return complain(written.error());
  auto rows = read_rows(file, *library);
  if (!rows) return complain(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto &was = (*written)[i].id, &is = (*rows)[i].id;
    if (was != is) std::printf("has moved: %s is %s now\n", was.c_str(), is.c_str());
  }
  auto run = read_result(result_file, *library);
  if (!run) return complain(run.error());
  // Only rows whose check ran and passed go. New failures are never excused by machine: `known add` wants a reason.
  const auto gone = std::erase_if(*rows, [&](const KnownRow& row) {
    const auto it = std::ranges::find(run->checks, row.id, &result::Check::id);
    const bool passed = it != run->checks.end() && it->verdict == Verdict::pass && row.seen.empty();
    if (passed) std::printf("passes now, taken out: %s\n", row.id.c_str());
    return passed;
  });
  if (gone || !std::ranges::equal(*rows, *written, {}, &KnownRow::id, &KnownRow::id)) {
    if (auto s = write_file(file, result::write_known(*rows)); !s) return complain(s.error());
  }
  std::printf("%zu rows kept, %zu taken out\n", rows->size(), static_cast<std::size_t>(gone));
  return 0;
}

int known_check(const std::string& file, const std::string& result_file, const std::string& scenarios) {
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  auto text = read_file(file);
  if (!text) return complain(text.error());
  auto rows = result::parse_known(file, *text);
  if (!rows) return complain(rows.error());
  result::rename(*rows, library->former);
  result::Run run;
  if (!result_file.empty()) {
    auto read = result::read_run(result_file);
    if (!read) return complain(read.error());
    run = *read;
    result::rename(run, library->former);
  }
  for (auto& c : run.checks) c.known.clear();
  result::apply_known(run, *rows, all_check_ids(*library), now_utc().substr(0, 10), file);
  for (const auto& t : run.known_trouble) std::printf("%s\n", t.c_str());
  std::printf("%s: %zu rows, %zu in trouble\n", file.c_str(), rows->size(), run.known_trouble.size());
  return run.known_trouble.empty() ? 0 : 4;
}

Subcommand known_subcommand() {
  struct Given {
    std::string file, result_file, scenarios;
    KnownRow row;
  };
  auto a = std::make_shared<Given>();
  const Option file{.name = "file", .into = &a->file, .help = "known.toml", .required = true};
  const auto result = [&](const char* help, bool required) {
    return Option{.name = "--result", .into = &a->result_file, .help = help, .value = "FILE", .required = required};
  };
  Subcommand add{"add",
                 "excuse one failure of a run, with a reason",
                 {file,
                  {.name = "id", .into = &a->row.id, .help = "the check", .required = true, .offers = offer_requirements()},
                  result("JSON report of the run", true),
                  {.name = "--reason", .into = &a->row.reason, .help = "why, from the RFC", .required = true},
                  {"--until", &a->row.until, "YYYY-MM-DD, the last day it is excused"},
                  {"--server-version", &a->row.version, "excused only where the server's version or greeting has this text"},
                  {"--link", &a->row.link, "where more is told, as a ticket"}},
                 [a] { return known_add(a->file, a->result_file, a->row); }};
  Subcommand update{
      "update", "take out rows whose check passes now", {file, result("JSON report of a run", true)}, [a] { return known_update(a->file, a->result_file); }};
  Subcommand check{
      "check", "are all rows right? With a result, are any stale?", {file, result("JSON report of a run", false), scenarios_option(a->scenarios)}, [a] {
        return known_check(a->file, a->result_file, a->scenarios);
      }};
  return {"known", "known failures of a target", {}, {}, {std::move(add), std::move(update), std::move(check)}};
}

}  // namespace mailspec::cli
