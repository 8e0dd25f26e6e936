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

}  // namespace

int compare(const CompareArgs& args) {
  const std::vector<std::string> kinds{"html", "md", "text"};
  auto reports = parse_reports(args.reports, kinds);
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
  const bool colour = wants_colour(STDOUT_FILENO);
  std::fputs((servers ? reports::matrix_text(*runs) : reports::comparison_text(comparison, before, after, colour)).c_str(), stdout);
  for (const auto& report : *reports) {
    const auto text = report.kind == "html" ? reports::matrix_html(*runs, {})
                      : report.kind == "md" ? (servers ? reports::matrix_markdown(*runs) : reports::comparison_markdown(comparison, before, after))
                                            : (servers ? reports::matrix_text(*runs) : reports::comparison_text(comparison, before, after, false));
    if (auto s = write_file(report.file, text); !s) return complain(s.error());
    std::printf("%s report: %s\n", report.kind.c_str(), report.file.c_str());
  }
  if (!args.site.empty()) {
    if (auto s = write_site(args.site, *runs); !s) return complain(s.error());
    std::printf("site: %s/index.html\n", args.site.c_str());
  }
  return servers ? 0 : result::exit_status(comparison);
}

int report_merge(const std::vector<std::string>& files, const std::vector<std::string>& wanted, bool strict) {
  auto reports = parse_reports(wanted, reports::kinds());
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

}  // namespace mailspec::cli
