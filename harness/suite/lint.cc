#include "harness/suite/lint.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/text.h"
#include "harness/language/mistakes.h"

namespace mailspec::suite {

namespace {

using scenario::Step;

// Does the record rest on itself, by any number of steps? `path` are those that lead to it.
bool rests_on_itself(const oracle::Catalogue& catalogue, const std::string& id, std::vector<std::string>& path) {
  if (std::ranges::find(path, id) != path.end()) return path.front() == id;
  path.push_back(id);
  const auto* r = catalogue.find(id);
  const bool found = r && std::ranges::any_of(r->rests, [&](const auto& on) { return rests_on_itself(catalogue, on, path); });
  path.pop_back();
  return found;
}

void lint_grounds(const oracle::Catalogue& catalogue, std::vector<std::string>& out) {
  for (const auto& [id, r] : catalogue.all()) {
    const auto place = r.file + ":" + std::to_string(r.line) + ": " + id + ": ";
    for (const auto& on : r.rests) {
      if (!catalogue.find(on)) out.push_back(place + "rests: " + unknown("requirement", on, catalogue.ids()));
    }
    std::vector<std::string> path;
    if (!r.rests.empty() && rests_on_itself(catalogue, id, path)) out.push_back(place + "rests on itself; of two, one is the ground of the other");
  }
}

// Are both sides the same name? Then every server is judged alike.
bool says_nothing(const Step& step) {
  const auto* compare = step.as<scenario::Compare>();
  if (!compare || compare->any_of.size() != 1) return false;
  const auto name_of = [](const scenario::Line& line) { return line.size() == 1 && line[0].kind == scenario::Piece::Kind::use ? line[0].text : std::string(); };
  const auto& one = compare->any_of[0];
  return !name_of(one.left).empty() && name_of(one.left) == name_of(one.right);
}

// What is said may be wrong by what came before, and a literal waits for "+".
bool can_be_broken(const scenario::Sent& sent) {
  return std::ranges::any_of(sent.pieces, [](const auto& piece) {
    using Kind = scenario::Piece::Kind;
    return (piece.kind == Kind::data && !piece.non_synchronizing) || (piece.kind == Kind::generator && piece.text == "sasl");
  });
}

bool can_be_broken(const Step& step) {
  return std::visit(scenario::Overloaded{
                        [](const scenario::Exchange& exchange) {
                          const auto is_due = [](const auto& demand) { return demand.kind != scenario::Demand::Kind::maybe; };
                          return std::ranges::any_of(exchange.demands, is_due) ||
                                 std::ranges::any_of(exchange.sends, [](const auto& sent) { return can_be_broken(sent); });
                        },
                        [](const scenario::AtStake&) { return false; },
                        [](const scenario::Attempt&) { return false; },
                        [](const scenario::Given&) { return false; },
                        [](const scenario::Permanent&) { return false; },
                        [](const scenario::Observe&) { return false; },
                        [](const scenario::ObserveTold&) { return false; },
                        [](const scenario::ObserveLogins&) { return false; },
                        [](const scenario::Drop&) { return false; },
                        [](const scenario::Wait&) { return false; },
                        [](const scenario::Forget&) { return false; },
                        [](const scenario::Deliver&) { return false; },
                        [&](const auto&) { return !says_nothing(step); },
                    },
                    step.does);
}

// Stakes below which no step can be broken, and comparisons that compare nothing. What a standing rule judges wants no more than to be sent.
void lint_stakes(const scenario::Case& c, const std::set<std::string>& by_rule, std::set<std::string>& out) {
  const auto place = [&](const Step& step) { return c.path + ":" + std::to_string(step.line) + ": "; };
  for (std::size_t i = 0; i < c.steps.size(); ++i) {
    if (says_nothing(c.steps[i])) out.insert(place(c.steps[i]) + "both sides are the same");
    if (c.steps[i].ids().empty()) continue;
    auto end = i + 1;
    while (end < c.steps.size() && !c.steps[end].is<scenario::AtStake>()) ++end;
    if (std::any_of(c.steps.begin() + static_cast<std::ptrdiff_t>(i), c.steps.begin() + static_cast<std::ptrdiff_t>(end),
                    [](const Step& step) { return can_be_broken(step); }))
      continue;
    for (const auto& id : c.steps[i].ids()) {
      if (!by_rule.contains(id)) out.insert(place(c.steps[i]) + "@" + id + " can never fail: no step below it can be broken");
    }
  }
}

// Each former check is one check now.
void lint_former(const Library& library, std::vector<std::string>& out) {
  std::map<std::string, std::string> checks;  // the case that answers for each
  for (const auto& c : library.cases) {
    for (const auto& id : c.stakes()) checks[id + "@" + c.name()] = c.path;
  }
  std::set<std::string> told;
  for (const auto& c : library.cases) {
    const auto names = former_names(c);
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (const auto& id : c.stakes()) {
        const auto [it, fresh] = checks.try_emplace(id + "@" + names[i], c.path);
        const auto what = c.path + ": was: " + c.was[i] + ", but " + it->second + " answers for " + id + " of it";
        if (!fresh && told.insert(what).second) out.push_back(what);
      }
    }
  }
}

}  // namespace

std::vector<std::string> lint(const Library& library, const std::vector<std::string>& rule_requirements, const std::vector<std::string>& deviated) {
  auto out = library.catalogue.ledger_errors();
  std::ranges::copy(oracle::ruling_errors(library.catalogue, library.rulings), std::back_inserter(out));
  lint_grounds(library.catalogue, out);
  std::ranges::copy(library.catalogue.misplaced(), std::back_inserter(out));
  lint_former(library, out);
  for (const auto& path : library.strangers)
    out.push_back(path + ":1: it is no scenario: those end in .imap, .pop3 or .both (.req, .sentences and .eml are read, too)");
  std::set<std::string> told;
  for (const auto& c : library.cases) {
    for (const auto& what : scenario::mistakes(c)) {
      if (told.insert(what).second) out.push_back(what);
    }
  }
  std::set<std::string> tested(rule_requirements.begin(), rule_requirements.end());
  std::set<std::string> idle;
  for (const auto& c : library.cases) lint_stakes(c, {rule_requirements.begin(), rule_requirements.end()}, idle);
  std::ranges::copy(idle, std::back_inserter(out));
  for (const auto& c : library.cases) {
    std::set<std::string> bound, used;
    for (const auto& step : c.steps) {
      tested.insert(step.ids().begin(), step.ids().end());
      step.for_each_line([&](const scenario::Line& line) { scenario::collect_names(line, bound, used); });
    }
    for (const auto& name : bound) {
      if (!used.contains(name)) out.push_back(c.name() + ": {" + name + "=} is bound and never used; write {_} for any value");
    }
    std::set<std::string> fixtures;
    for (const auto& m : c.messages) {
      if (c.speaks(scenario::Protocol::pop3) && !m.fixture.empty() && !fixtures.insert(m.fixture).second)
        out.push_back(c.name() + ": " + m.fixture + " stands twice; POP3 messages are pairwise distinct (RFC 1939 7)");
    }
  }
  for (const auto& id : rule_requirements) {
    if (!library.catalogue.find(id)) out.push_back("a standing rule speaks of " + id + ", which no catalogue holds");
  }
  const std::set<std::string> broken(deviated.begin(), deviated.end());
  for (const auto& id : broken) {
    if (!library.catalogue.find(id)) out.push_back("a deviation breaks " + id + ", which no catalogue holds");
  }
  for (const auto& [id, r] : library.catalogue.all()) {
    if (!r.gone.empty() || r.sight != oracle::Requirement::Sight::testable || r.level == oracle::Level::may) continue;
    if (!tested.contains(id)) out.push_back(r.file + ":" + std::to_string(r.line) + ": " + id + " is called testable, but no scenario or rule tests it");
    else if (!broken.contains(id))
      out.push_back(r.file + ":" + std::to_string(r.line) + ": " + id + " has no deviation that breaks it: its test is not proved");
  }
  return out;
}

}  // namespace mailspec::suite
