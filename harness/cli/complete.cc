#include "harness/cli/complete.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "harness/base/text.h"
#include "harness/scenario/offer.h"
#include "harness/suite/library.h"
#include "reference_server/deviations/deviations.h"

namespace mailspec::cli {

namespace {

Candidates of_switches(const std::vector<reference::Switch>& switches) {
  Candidates out;
  for (const auto& s : switches) out.push_back({s.name, s.about});
  return out;
}

Candidates of_words(const std::vector<std::string>& words, const std::string& ending = "", const std::string& about = "") {
  Candidates out;
  for (const auto& w : words) out.push_back({w + ending, about});
  return out;
}

Candidates of_requirements(const suite::Library& library) {
  Candidates out;
  for (const auto& [id, r] : library.catalogue.all()) {
    if (r.gone.empty() && r.sight == oracle::Requirement::Sight::testable) out.push_back({id, r.says});
  }
  return out;
}

Candidates of_documents(const suite::Library& library, const std::string& ending) {
  std::set<std::string> documents;
  for (const auto& [id, r] : library.catalogue.all()) documents.insert(r.document());
  return of_words({documents.begin(), documents.end()}, ending);
}

Candidates of_selectors(const suite::Library& library, const std::string& word) {
  if (word.find('/') != std::string::npos) return of_requirements(library);
  auto out = of_documents(library, "/");
  for (const auto& level : {"must", "should", "may"}) out.push_back({std::string("level:") + level, "requirements of this level"});
  for (const auto* vocabulary : {&scenario::Offer::pop3_vocabulary(), &scenario::Offer::imap_vocabulary()}) {
    for (const auto& c : *vocabulary) out.push_back({"cap:" + c, "what needs it"});
  }
  return out;
}

// Of what the binary carries.
template <class F>
Offers of_library(F ask) {
  return [ask](const std::string& word) {
    const auto library = suite::load_library("");
    return library ? ask(*library, word) : Candidates{};
  };
}

const Option* find_option(const Subcommand& command, const std::string& word) {
  const auto found = std::ranges::find(command.options, word, &Option::name);
  return word.starts_with('-') && found != command.options.end() ? &*found : nullptr;
}

bool takes_value(const Option& o) { return !std::holds_alternative<bool*>(o.into) && !std::holds_alternative<Clears>(o.into); }

Candidates values_of(const Option& o, const std::string& word) { return o.offers ? o.offers(word) : of_words(o.choices); }

// Its options, its subcommands, or what is offered in their place.
Candidates next_of(const Subcommand& command, const std::string& word) {
  Candidates out;
  if (word.starts_with('-')) {
    for (const auto& o : command.options) {
      if (o.name.starts_with('-')) out.push_back({o.name, o.help});
    }
    out.push_back({"--help", "Print this help message and exit"});
    return out;
  }
  for (const auto& c : command.subcommands) out.push_back({c.name, c.about});
  for (const auto& o : command.options) {
    if (o.name.starts_with('-')) continue;
    const auto more = values_of(o, word);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

}  // namespace

Offers offer_words(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string&) { return of_words(words); };
}
Offers offer_reports(std::vector<std::string> kinds) {
  return [kinds = std::move(kinds)](const std::string&) { return of_words(kinds, "=", "a report"); };
}
Offers offer_deviations() {
  return [](const std::string&) { return of_switches(reference::deviations()); };
}
Offers offer_variations() {
  return [](const std::string&) { return of_switches(reference::variations()); };
}
Offers offer_selectors() { return of_library(of_selectors); }
Offers offer_requirements() {
  return of_library([](const suite::Library& library, const std::string&) { return of_requirements(library); });
}
Offers offer_documents() {
  return of_library([](const suite::Library& library, const std::string&) { return of_documents(library, ""); });
}

Candidates candidates(const std::vector<Subcommand>& subcommands, const std::vector<std::string>& words) {
  const Subcommand all{"mailspec", "", {}, {}, subcommands};
  const auto* command = &all;
  const Option* open = nullptr;  // its value is due
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (open) {
      open = nullptr;
    } else if (const auto* option = find_option(*command, words[i])) {
      if (takes_value(*option)) open = option;
    } else if (const auto sub = std::ranges::find(command->subcommands, words[i], &Subcommand::name); sub != command->subcommands.end()) {
      command = &*sub;
    }
  }
  const std::string word = words.empty() ? "" : words.back();
  auto out = open ? values_of(*open, word) : next_of(*command, word);
  std::erase_if(out, [&](const Candidate& c) { return !c.word.starts_with(word); });
  return out;
}

int complete(const std::vector<Subcommand>& subcommands, const std::vector<std::string>& words) {
  for (const auto& c : candidates(subcommands, words)) std::printf("%s\t%s\n", c.word.c_str(), printable(c.about, 100).c_str());
  return 0;
}

}  // namespace mailspec::cli
