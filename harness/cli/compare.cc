// compare and report merge: results held against one another, and parts of one run as one.
#include <unistd.h>

#include <cstdio>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/console.h"
#include "harness/result/causes.h"
#include "harness/result/compare.h"
#include "harness/result/trace_json.h"
#include "harness/suite/library.h"
#include "reports/comparison.h"
#include "reports/reports.h"

namespace mailspec::cli {

namespace {

// Under the names that checks have now.
Result<std::vector<result::Run>> read_runs(const std::vector<std::string>& files, const suite::Library& library) {
  std::vector<result::Run> runs;
  for (const auto& file : files) {
    auto run = result::read_run(file);
    if (!run) return run.error();
    result::rename(*run, library.former);
    runs.push_back(std::move(*run));
  }
  return runs;
}

// "Dovecot 2.3" -> "dovecot-2-3", for file names.
std::string slug(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) out += c;
    else if (c >= 'A' && c <= 'Z') out += static_cast<char>(c + 32);
    else if (!out.empty() && out.back() != '-') out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.substr(0, 60);
}

// A static site: the matrix, and each server's own report beside it.
Status write_site(const std::string& directory, const std::vector<result::Run>& runs) {
  std::vector<std::string> links;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    links.push_back(std::to_string(i + 1) + "-" + slug(runs[i].target) + ".html");
    if (auto s = write_file(directory + "/" + links.back(), reports::html(runs[i])); !s) return s;
  }
  return write_file(directory + "/index.html", reports::matrix_html(runs, links));
}

struct CompareArgs {
  std::vector<std::string> files, reports;
  std::string site;
  bool servers = false, strict = false;
};

int compare(const CompareArgs& args) {
  auto reports = parse_reports(args.reports, kinds_of(reports::comparison_formats()));
  if (!reports) return complain(reports.error());
  if (args.files.size() < 2) return complain({Error::Kind::usage, "compare wants two JSON reports or more: an earlier and a later run, or one of each server"});
  const auto library = suite::load_library("");
  if (!library) return complain(library.error());
  auto runs = read_runs(args.files, *library);
  if (!runs) return complain(runs.error());
  const bool servers = args.servers || runs->size() > 2;
  const auto& before = runs->front();
  const auto& after = runs->back();
  if (!servers && before.target != after.target)
    std::fprintf(stderr, "mailspec: note: '%s' and '%s' are different targets; --servers puts them side by side\n", visible(before.target).c_str(),
                 visible(after.target).c_str());
  const auto comparison = result::compare(before, after, args.strict);
  const reports::Compared compared{*runs, comparison, servers};
  std::fputs(reports::compared_text(compared, wants_colour(STDOUT_FILENO)).c_str(), stdout);
  if (const int trouble = write_reports(*reports, reports::comparison_formats(), true, compared)) return trouble;
  if (!args.site.empty()) {
    if (auto s = write_site(args.site, *runs); !s) return complain(s.error());
    std::printf("site: %s/index.html\n", args.site.c_str());
  }
  return servers ? 0 : result::exit_status(comparison);
}

int report_merge(const std::vector<std::string>& files, const std::vector<std::string>& wanted, bool strict) {
  auto reports = parse_reports(wanted, kinds_of(reports::formats()));
  if (!reports) return complain(reports.error());
  const auto library = suite::load_library("");
  if (!library) return complain(library.error());
  auto runs = read_runs(files, *library);
  if (!runs) return complain(runs.error());
  auto run = result::merge(*runs);
  if (!run) return complain(run.error());
  result::find_causes(*run, library->catalogue);
  return tell(*run, *reports, {strict, false, false, {}, ""});
}

}  // namespace

Subcommand compare_subcommand() {
  auto a = std::make_shared<CompareArgs>();
  return {"compare",
          "an earlier run against a later one (exit status 1: a regression), or servers side by side",
          {{.name = "results", .into = &a->files, .help = "JSON reports: two runs of one server, the earlier first; or one of each server", .required = true},
           reports_option(a->reports, kinds_of(reports::comparison_formats()),
                          "md=FILE, text=FILE; html=FILE: requirements by servers; repeatable, or with commas"),
           {"--site", &a->site, "a static site: requirements by servers, and each server's report", "DIR"},
           {"--servers", &a->servers, "side by side also when there are only two"},
           {"--strict", &a->strict, "a warning counts as a failure"}},
          [a] { return compare(*a); }};
}

Subcommand report_subcommand() {
  struct Given {
    std::vector<std::string> files, reports;
    bool strict = false;
  };
  auto a = std::make_shared<Given>();
  Subcommand merge{"merge",
                   "the parts of a run (--shard) as one, with its exit status; of one file: other kinds of report",
                   {{.name = "results", .into = &a->files, .help = "JSON reports", .required = true},
                    reports_option(a->reports, kinds_of(reports::formats()), "as for run"),
                    {"--strict", &a->strict, "a broken should fails the run, too"}},
                   [a] { return report_merge(a->files, a->reports, a->strict); }};
  return {"report", "reports from JSON reports", {}, {}, {std::move(merge)}};
}

}  // namespace mailspec::cli
