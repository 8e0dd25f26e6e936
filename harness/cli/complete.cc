#include "harness/cli/complete.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "harness/base/text.h"
#include "harness/scenario/offer.h"
#include "harness/suite/library.h"
#include "reference_server/deviations/deviations.h"
#include "reports/reports.h"

namespace mailspec::cli {

namespace {

using Candidates = std::vector<Candidate>;

void add_switches(Candidates& out, const std::vector<reference::Switch>& switches) {
  for (const auto& s : switches) out.push_back({s.name, s.about});
}

void add_words(Candidates& out, const std::vector<std::string>& words) {
  for (const auto& w : words) out.push_back({w, ""});
}

void add_requirements(Candidates& out, const suite::Library& library) {
  for (const auto& [id, r] : library.catalogue.all()) {
    if (r.gone.empty() && r.sight == oracle::Requirement::Sight::testable) out.push_back({id, r.says});
  }
}

void add_documents(Candidates& out, const suite::Library& library, const std::string& ending) {
  std::set<std::string> documents;
  for (const auto& [id, r] : library.catalogue.all()) documents.insert(r.document() + ending);
  add_words(out, {documents.begin(), documents.end()});
}

// As for `run`: documents first, and the requirements of one when it is named.
void add_selectors(Candidates& out, const suite::Library& library, const std::string& word) {
  if (word.find('/') != std::string::npos) return add_requirements(out, library);
  add_documents(out, library, "/");
  for (const auto& level : {"must", "should", "may"}) out.push_back({std::string("level:") + level, "requirements of this level"});
  auto capabilities = scenario::Offer::pop3_vocabulary();
  capabilities.insert(capabilities.end(), scenario::Offer::imap_vocabulary().begin(), scenario::Offer::imap_vocabulary().end());
  for (const auto& c : capabilities) out.push_back({"cap:" + c, "what needs it"});
}

// Values of an option; none where it takes a file, or anything.
Candidates values_of(const CLI::Option& option) {
  Candidates out;
  const auto name = option.get_lnames().empty() ? "" : option.get_lnames()[0];
  if (name == "deviation") add_switches(out, reference::deviations());
  if (name == "variation") add_switches(out, reference::variations());
  if (name == "segmentation") add_words(out, {"line", "octet", "whole", "random", "every"});
  if (name == "tls") add_words(out, {"auto", "require"});
  if (name == "protocol") add_words(out, {"imap", "pop3"});
  if (name == "format") add_words(out, {"text", "json", "html"});
  if (name == "what") add_words(out, {"checks", "requirements", "scenarios", "capabilities", "deviations", "variations"});
  if (name == "report") {
    for (const auto& kind : reports::kinds()) out.push_back({kind + "=", "a report"});
  }
  return out;
}

Candidates positionals_of(const std::string& command, const std::string& word) {
  Candidates out;
  const bool wants_library = command == "run" || command == "list" || command == "explain" || command == "coverage" || command == "add";
  const auto library = wants_library ? suite::load_library("") : Result<suite::Library>(suite::Library{});
  if (!library) return out;
  if (command == "run" || command == "list") add_selectors(out, *library, word);
  if (command == "explain" || command == "add") add_requirements(out, *library);
  if (command == "coverage") add_documents(out, *library, "");
  if (command == "selftest") add_switches(out, reference::deviations()), add_switches(out, reference::variations());
  return out;
}

const CLI::Option* find_option(const CLI::App& app, const std::string& word) {
  for (const auto* option : app.get_options()) {
    if (word.starts_with("--") && option->check_lname(word.substr(2))) return option;
  }
  return nullptr;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

}  // namespace

std::vector<Candidate> candidates(const CLI::App& top, const std::vector<std::string>& words) {
  const CLI::App* app = &top;
  const CLI::Option* open = nullptr;  // the option whose value is due
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (open) {
      open = nullptr;
      continue;
    }
    if (const auto* option = find_option(*app, words[i])) {
      if (takes_value(*option)) open = option;
      continue;
    }
    for (const auto* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
      if (sub->get_name() == words[i]) {
        app = sub;
        break;
      }
    }
  }
  const std::string word = words.empty() ? "" : words.back();
  Candidates out;
  if (open) {
    out = values_of(*open);
  } else if (word.starts_with("-")) {
    for (const auto* option : app->get_options()) {
      for (const auto& name : option->get_lnames()) out.push_back({"--" + name, option->get_description()});
    }
  } else {
    for (const auto* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
      if (!sub->get_group().empty()) out.push_back({sub->get_name(), sub->get_description()});
    }
    if (out.empty()) out = positionals_of(app->get_name(), word);
  }
  std::erase_if(out, [&](const Candidate& c) { return !c.word.starts_with(word); });
  return out;
}

int complete(const CLI::App& app, const std::vector<std::string>& words) {
  for (const auto& c : candidates(app, words)) std::printf("%s\t%s\n", c.word.c_str(), printable(c.about, 100).c_str());
  return 0;
}

}  // namespace mailspec::cli
