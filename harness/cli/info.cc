// list, explain, lint, coverage: what the suite knows, without any server.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/left_out.h"
#include "harness/result/trace_json.h"
#include "harness/suite/lint.h"
#include "harness/suite/select.h"
#include "harness/suite/standing.h"
#include "reference_server/deviations/deviations.h"
#include "reports/coverage.h"

namespace mailspec::cli {

using oracle::Level;
using oracle::Requirement;

namespace {

std::vector<std::string> deviated_requirements() {
  std::vector<std::string> out;
  for (const auto& d : reference::deviations()) out.push_back(d.requirement);
  return out;
}

const char* name_of(Requirement::Sight sight) {
  switch (sight) {
    case Requirement::Sight::testable: return "testable";
    case Requirement::Sight::client: return "client";
    case Requirement::Sight::unobservable: return "unobservable";
    case Requirement::Sight::remark: return "remark";
  }
  return "?";
}

}  // namespace

int list(const std::string& scenarios, const std::vector<std::string>& selectors, const std::string& what) {
  const std::vector<std::string> kinds{"checks", "requirements", "scenarios", "capabilities", "deviations", "variations"};
  if (std::ranges::find(kinds, what) == kinds.end()) return complain({Error::Kind::usage, unknown("list", what, kinds)});
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  auto plan = suite::select(*library, selectors, suite::rule_requirements());
  if (!plan) return complain(plan.error());
  if (what == "capabilities") {
    for (const auto& c : scenario::Offer::pop3_vocabulary()) std::puts(c.c_str());
  } else if (what == "deviations" || what == "variations") {
    for (const auto& s : what == "deviations" ? reference::deviations() : reference::variations()) {
      std::printf("%-36s %-44s %s\n", s.name.c_str(), s.requirement.c_str(), s.about.c_str());
    }
  } else if (what == "requirements") {
    for (const auto& [id, r] : library->catalogue.all()) {
      if (r.sight != Requirement::Sight::testable || !r.gone.empty()) continue;
      std::printf("%-52s %-6s %s\n", id.c_str(), oracle::name_of(r.level), r.says.c_str());
    }
  } else if (what == "scenarios") {
    for (const auto* c : *plan) std::printf("%-70s %s\n", printable(c->name()).c_str(), c->title.c_str());
  } else {
    for (const auto* c : *plan) {
      for (const auto& id : c->stakes()) std::printf("%s@%s\n", id.c_str(), printable(c->name()).c_str());
    }
    for (const auto& id : selectors.empty() ? suite::rule_requirements() : suite::select_rules(suite::rule_requirements(), selectors)) std::puts(id.c_str());
  }
  return 0;
}

namespace {

// What is no requirement: a section, or a scenario. What lies below it can be explained.
int explain_others(const suite::Library& library, const std::string& id) {
  std::vector<const Requirement*> below;
  for (const auto& [name, r] : library.catalogue.all()) {
    if (r.gone.empty() && (name.starts_with(id + "/") || name.starts_with(id + ".") || glob(id, name))) below.push_back(&r);
  }
  if (below.empty()) {
    auto plan = suite::select(library, {id}, {});
    if (!plan) {
      auto known = library.catalogue.ids();
      for (const auto& c : library.cases) known.push_back(c.path);
      return complain({Error::Kind::usage, unknown("requirement", id, known)});
    }
    std::set<std::string> ids;
    for (const auto* c : *plan) {
      for (const auto& stake : c->stakes()) ids.insert(stake);
    }
    for (const auto& each : ids) below.push_back(library.catalogue.find(each));
  }
  std::printf("%s: explain one of\n", printable(id).c_str());
  for (const auto* r : below) std::printf("  %-52s %s\n", r->id.c_str(), r->says.c_str());
  return 0;
}

}  // namespace

int explain(const std::string& scenarios, const std::string& id, const std::string& result_file) {
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  // A check's id names its requirement first.
  const std::string requirement = id.substr(0, id.find('@'));
  const auto* r = library->catalogue.find(requirement);
  if (!r) return explain_others(*library, id);
  std::printf("%s\n  %s%s, section %s of %s\n  %s\n", r->id.c_str(), oracle::name_of(r->level),
              r->implied ? " (implied: the RFC states it without the words of RFC 2119)" : "", r->section().c_str(), r->document().c_str(), r->says.c_str());
  for (const auto& a : r->also) std::printf("  also %s (%s)\n", a.section.c_str(), oracle::name_of(a.level));
  if (r->security()) std::printf("  severity %s: %s\n  remedy: %s\n", oracle::name_of(r->severity), r->danger.c_str(), r->remedy.c_str());
  if (!r->doubt.empty()) std::printf("  in doubt, so at most a warning: %s\n", r->doubt.c_str());
  if (!r->ruling.empty()) std::printf("  ruling: %s\n", r->ruling.c_str());
  if (!r->erratum.empty()) std::printf("  erratum: %s\n", r->erratum.c_str());
  if (!r->gone.empty()) std::printf("  withdrawn: %s\n", r->gone.c_str());
  if (r->sight != Requirement::Sight::testable) std::printf("  not tested (%s): %s\n", name_of(r->sight), r->why.c_str());
  if (!r->sentences.empty()) std::printf("  answers for the sentences %s\n", join(r->sentences, " ").c_str());
  if (const auto it = library->rulings.find(r->id); it != library->rulings.end()) std::printf("\n%s\n", it->second.text.c_str());
  const auto rules = suite::rule_requirements();
  if (std::ranges::find(rules, r->id) != rules.end()) std::puts("\njudged by a standing rule, on every dialogue");
  bool title = false;
  for (const auto& c : library->cases) {
    for (const auto& step : c.steps) {
      if (std::ranges::find(step.ids(), r->id) == step.ids().end()) continue;
      if (!std::exchange(title, true)) std::puts("\nscenarios:");
      std::printf("  %s (line %d)  %s\n", printable(c.name()).c_str(), step.line, c.title.c_str());
      break;
    }
  }
  title = false;
  for (const auto& d : reference::deviations()) {
    if (d.requirement != r->id) continue;
    if (!std::exchange(title, true)) std::puts("\ndeviations that prove the test:");
    std::printf("  %-34s %s\n", d.name.c_str(), d.about.c_str());
  }
  if (result_file.empty()) return 0;
  auto run = result::read_run(result_file);
  if (!run) return complain(run.error());
  std::printf("\nin %s (%s):\n", result_file.c_str(), visible(run->target).c_str());
  bool any = false;
  for (const auto& c : run->checks) {
    if (c.requirement != r->id || (id != requirement && c.id != id)) continue;
    any = true;
    std::printf("  %-12s %s\n", result::name_of(c.verdict), printable(c.id).c_str());
    if (!c.reason.empty()) std::printf("               %s\n", printable(c.reason).c_str());
    for (const auto& line : c.wire) std::printf("                 %s\n", line.c_str());
  }
  if (!any) std::puts("  no check of it");
  return 0;
}

int lint_command(const std::string& scenarios) {
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  auto findings = suite::lint(*library, suite::rule_requirements(), deviated_requirements());
  // The reference server has no deviations for the records of others.
  const auto own = std::ranges::partition(findings, [&](const auto& f) { return scenarios.empty() || !f.ends_with("its test is not proved"); });
  for (const auto& f : own) std::printf("note: %s\n", f.c_str());
  findings.erase(own.begin(), own.end());
  for (const auto& f : findings) std::printf("%s\n", f.c_str());
  if (const auto out = what_is_left_out(*library); !out.empty()) std::printf("%s\n", out.c_str());
  std::printf("lint: %zu cases, %zu requirements, %zu sentences in the ledgers, %zu findings\n", library->cases.size(), library->catalogue.all().size(),
              library->catalogue.sentences().size(), findings.size());
  return findings.empty() ? 0 : 1;
}

int coverage(const std::string& scenarios, const std::vector<std::string>& documents, const std::string& format) {
  const std::vector<std::string> formats{"text", "json", "html"};
  if (std::ranges::find(formats, format) == formats.end()) return complain({Error::Kind::usage, unknown("format", format, formats)});
  auto library = suite::load_library(scenarios);
  if (!library) return complain(library.error());
  std::map<std::string, reports::CoverageItem> items;
  std::set<std::string> answered, all_documents;
  for (const auto& [id, r] : library->catalogue.all()) {
    if (!r.gone.empty()) continue;
    items[id].requirement = &r;
    answered.insert(r.sentences.begin(), r.sentences.end());
    all_documents.insert(r.document());
  }
  for (const auto& s : library->catalogue.sentences()) all_documents.insert(s.document);
  for (const auto& d : documents) {
    if (!all_documents.contains(d))
      return complain({Error::Kind::usage, unknown("document", d, std::vector<std::string>(all_documents.begin(), all_documents.end()))});
  }
  const auto wanted = [&](const std::string& document) { return documents.empty() || std::ranges::find(documents, document) != documents.end(); };
  for (const auto& id : suite::rule_requirements()) {
    if (const auto it = items.find(id); it != items.end()) it->second.standing_rule = true;
  }
  for (const auto& c : library->cases) {
    for (const auto& id : c.stakes()) {
      const auto it = items.find(id);
      if (it != items.end() && std::ranges::find(it->second.scenarios, c.path) == it->second.scenarios.end()) it->second.scenarios.push_back(c.path);
    }
  }
  for (const auto& d : reference::deviations()) {
    if (const auto it = items.find(d.requirement); it != items.end()) it->second.deviations.push_back(d.name);
  }
  reports::Coverage coverage;
  coverage.suite_version = library->version();
  for (auto& [id, item] : items) {
    const auto& r = *item.requirement;
    if (!wanted(r.document())) continue;
    auto& count = coverage.sections[r.document()][r.section()];
    ++count.requirements;
    count.client += r.sight == Requirement::Sight::client;
    count.unobservable += r.sight == Requirement::Sight::unobservable;
    count.remark += r.sight == Requirement::Sight::remark;
    const bool testable = r.sight == Requirement::Sight::testable;
    count.testable += testable;
    count.tested += testable && item.tested();
    count.proved += testable && item.proved();
    coverage.items.push_back(std::move(item));
  }
  for (const auto& s : library->catalogue.sentences()) {
    if (!wanted(s.document)) continue;
    auto& count = coverage.sections[s.document][s.section];
    ++count.sentences;
    count.open += !answered.contains(s.fingerprint);
  }
  const auto text = format == "json"   ? reports::coverage_json(coverage)
                    : format == "html" ? reports::coverage_html(coverage)
                                       : reports::coverage_text(coverage, !documents.empty());
  std::fputs(text.c_str(), stdout);
  return 0;
}

namespace {

// What these four take.
struct Asked {
  std::string scenarios, what = "checks", id, result_file, format = "text";
  std::vector<std::string> words;
};

}  // namespace

Subcommand list_subcommand() {
  auto asked = std::make_shared<Asked>();
  return {"list",
          "list checks, requirements, scenarios, capabilities, deviations or variations",
          {{.name = "--what",
            .into = &asked->what,
            .help = "checks, requirements, scenarios, capabilities, deviations, variations",
            .tells_default = true,
            .offers = offer_words({"checks", "requirements", "scenarios", "capabilities", "deviations", "variations"})},
           {.name = "selectors", .into = &asked->words, .help = "as for run", .offers = offer_selectors()},
           scenarios_option(asked->scenarios)},
          [asked] { return list(asked->scenarios, asked->words, asked->what); }};
}

Subcommand explain_subcommand() {
  auto asked = std::make_shared<Asked>();
  return {"explain",
          "what a requirement asks, what tests it, what proves the test, and how a server did",
          {{.name = "id", .into = &asked->id, .help = "a requirement or a check", .required = true, .offers = offer_requirements()},
           {"--result", &asked->result_file, "JSON report of a run", "FILE"},
           scenarios_option(asked->scenarios)},
          [asked] { return explain(asked->scenarios, asked->id, asked->result_file); }};
}

Subcommand lint_subcommand() {
  auto asked = std::make_shared<Asked>();
  return {"lint", "check catalogue, ledgers and scenarios", {scenarios_option(asked->scenarios)}, [asked] { return lint_command(asked->scenarios); }};
}

Subcommand coverage_subcommand() {
  auto asked = std::make_shared<Asked>();
  return {"coverage",
          "how much of each RFC is accounted for, tested and proved",
          {{.name = "documents", .into = &asked->words, .help = "as rfc9051: section by section", .offers = offer_documents()},
           {.name = "--format", .into = &asked->format, .help = "text, json or html", .tells_default = true, .offers = offer_words({"text", "json", "html"})},
           scenarios_option(asked->scenarios)},
          [asked] { return coverage(asked->scenarios, asked->words, asked->format); }};
}

}  // namespace mailspec::cli
