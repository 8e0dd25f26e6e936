#include "harness/cli/library.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/cli/left_out.h"
#include "harness/cli/suite.h"
#include "harness/oracle/imap_rules.h"
#include "harness/oracle/pop3_rules.h"
#include "harness/scenario/mistakes.h"
#include "harness/scenario/offer.h"

namespace mailspec::cli {

namespace {

// The SHA-256 of what is in a scenario set, file by file.
class Digest {
 public:
  void add(std::string_view text) {
    const auto size = std::to_string(text.size()) + " ";
    EVP_DigestUpdate(x_context.get(), size.data(), size.size());
    EVP_DigestUpdate(x_context.get(), text.data(), text.size());
  }
  std::string hex() {
    unsigned char octets[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(x_context.get(), octets, nullptr);
    char text[9];
    std::snprintf(text, sizeof text, "%02x%02x%02x%02x", octets[0], octets[1], octets[2], octets[3]);
    return text;
  }
  Digest() { EVP_DigestInit_ex(x_context.get(), EVP_sha256(), nullptr); }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> x_context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

bool is_scenario(const std::string& path) { return path.ends_with(".pop3") || path.ends_with(".imap") || path.ends_with(".both"); }

bool is_read(const std::string& path) { return is_scenario(path) || path.ends_with(".req") || path.ends_with(".sentences") || path.ends_with(".eml"); }

Status add_file(Library& library, Digest& digest, const std::string& path, std::string_view text) {
  digest.add(path);
  digest.add(text);
  if (path.ends_with(".req")) return library.catalogue.add(path, text);
  if (path.ends_with(".sentences")) return library.catalogue.add_sentences(path, text);
  if (path.substr(path.rfind('/') + 1) == "RULINGS.md") return oracle::add_rulings(library.rulings, path, text);
  if (path.ends_with(".eml")) {
    library.fixtures[path.substr(path.rfind('/') + 1)] = text;
    return ok();
  }
  if (!is_scenario(path)) return ok();
  auto cases = scenario::parse_scenario(path, text);
  if (!cases) return cases.error();
  library.files[path] = text;
  for (auto& c : *cases) library.cases.push_back(std::move(c));
  return ok();
}

bool covers(const oracle::Requirement& r, const std::string& selector) {
  const auto under = [&](const std::string& name) {
    return name == selector || name.starts_with(selector + "/") || name.starts_with(selector + ".") || glob(selector, name);
  };
  if (under(r.id)) return true;
  return std::ranges::any_of(r.also, [&](const auto& also) { return under(also.section); });
}

// What the case is called behind its path.
std::string behind_path(const scenario::Case& c) { return c.name().substr(c.path.size()); }

// Is it a name the case, its file or one of its checks had before the file has moved? What stood in which line is no longer known.
bool was_called(const scenario::Case& c, std::string s) {
  if (const auto at = s.find('@'); at != std::string::npos && s.find('#') > at) {
    if (!c.cites(s.substr(0, at))) return false;
    s.erase(0, at + 1);
  }
  const auto colon = s.rfind(':');
  return std::ranges::any_of(c.was, [&](const std::string& path) {
    const auto name = path + behind_path(c);
    return s == path || s == name || s == printable(name) || (!c.row.empty() && s == path + "#" + c.row) ||
           (s.substr(0, colon) == path && parse_number(s.substr(colon + 1)));
  });
}

// Former names of checks and cases. Where a file was split, each check has gone with its stake.
void remember(Library& library) {
  std::set<std::string> there;
  for (const auto& c : library.cases) there.insert(c.name());
  for (const auto& c : library.cases) {
    for (const auto& path : c.was) {
      const auto name = path + behind_path(c);
      if (!there.contains(name)) library.former.emplace(name, c.name());
      for (const auto& id : c.stakes()) library.former.emplace(id + "@" + name, id + "@" + c.name());
    }
  }
}

// Is the case meant by what a report has printed, or by its path or a glob? "requirement@case", "case", "path:LINE" and "scenarios/" before any of them.
bool names(const Library& library, std::string s, const scenario::Case& c) {
  if (s.starts_with("scenarios/") && !c.path.starts_with("scenarios/")) s.erase(0, 10);
  if (was_called(c, s)) return true;
  if (const auto at = s.find('@'); at != std::string::npos && s.find('#') > at) {
    if (!c.cites(s.substr(0, at))) return false;
    s.erase(0, at + 1);
    return c.name() == s || printable(c.name()) == s || (c.row.empty() && c.path == s);
  }
  if (c.path == s || c.name() == s || printable(c.name()) == s || glob(s, c.path) || c.path.starts_with(s + "/")) return true;
  if (!c.row.empty() && s == c.path + "#" + c.row) return true;
  const auto colon = s.rfind(':');
  if (colon == std::string::npos || s.substr(0, colon) != c.path) return false;
  const auto line = parse_number(s.substr(colon + 1));
  const auto& text = library.files.at(c.path);
  return line && *line >= 1 && *line <= static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
}

void collect_names(const scenario::Line& line, std::set<std::string>& bound, std::set<std::string>& used) {
  for (const auto& piece : line) {
    if (piece.kind == scenario::Piece::Kind::bind || piece.kind == scenario::Piece::Kind::one_of) bound.insert(piece.text);
    if (piece.kind == scenario::Piece::Kind::use) used.insert(piece.text);
    for (const auto& argument : piece.args) collect_names(argument, bound, used);
  }
}

// What these rules can speak about.
std::set<std::string> requirements(const std::vector<std::unique_ptr<oracle::Rule>>& rules) {
  std::set<std::string> out;
  for (const auto& rule : rules) {
    for (auto& id : rule->requirements()) out.insert(std::move(id));
  }
  return out;
}

}  // namespace

const std::string* Library::fixture(const std::string& name) const {
  const auto it = fixtures.find(name);
  return it == fixtures.end() ? nullptr : &it->second;
}

Result<Library> load_library(const std::string& directory) {
  Library library;
  Digest digest;
  for (const auto& [path, text] : embedded_files()) {
    if (auto s = add_file(library, digest, std::string(path), text); !s) return s.error();
  }
  if (!directory.empty()) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<fs::path> paths;
    for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
      if (it->is_regular_file(error)) paths.push_back(it->path());
    }
    if (error) return Error{Error::Kind::usage, "--scenarios " + directory + ": " + error.message()};
    std::ranges::sort(paths);
    for (const auto& path : paths) {
      std::ifstream in(path, std::ios::binary);
      std::ostringstream text;
      text << in.rdbuf();
      const auto name = path.filename().string();
      if (!is_read(name) && !name.starts_with('.') && !name.ends_with(".md")) library.strangers.push_back(path.string());
      const auto before = library.cases.size();
      if (auto s = add_file(library, digest, path.string(), text.str()); !s) return s.error();
      // Nobody has looked through these: a mistake in them would be the server's failure.
      for (auto i = before; i < library.cases.size(); ++i) {
        if (const auto all = scenario::mistakes(library.cases[i]); !all.empty()) return Error{Error::Kind::config, all[0]};
      }
    }
  }
  for (const auto& extension : imap::left_out()) {
    digest.add(extension.name);
    drop(library, extension, imap::vocabulary(), rule_requirements());
  }
  library.set = digest.hex();
  remember(library);
  oracle::refer_to_rulings(library.catalogue, library.rulings);
  const auto ids = library.catalogue.ids();
  for (const auto& c : library.cases) {
    for (const auto& step : c.steps) {
      for (const auto& id : step.ids) {
        const auto* r = library.catalogue.find(id);
        if (!r || !r->gone.empty()) return Error{Error::Kind::config, c.path + ":" + std::to_string(step.line) + ":1: " + unknown("requirement", id, ids)};
      }
    }
    for (const auto& feature : c.requires_) {
      const auto name = feature.starts_with("no-") ? feature.substr(3) : feature;
      auto known = c.imap() ? scenario::Offer::imap_vocabulary() : scenario::Offer::pop3_vocabulary();
      if (c.both()) known.insert(known.end(), scenario::Offer::pop3_vocabulary().begin(), scenario::Offer::pop3_vocabulary().end());
      if (std::ranges::find(known, name) == known.end()) {
        return Error{Error::Kind::config, c.path + ":1:1: requires: " + unknown("capability or feature", name, known)};
      }
    }
    for (const auto& m : c.messages) {
      if (!m.fixture.empty() && !library.fixture(m.fixture)) {
        std::vector<std::string> names;
        for (const auto& [name, text] : library.fixtures) names.push_back(name);
        return Error{Error::Kind::config, c.path + ":1:1: messages: " + unknown("fixture", m.fixture, names)};
      }
    }
  }
  return library;
}

namespace {

// Does the record rest on itself, by any number of steps? `path` are those that lead to it.
bool rests_on_itself(const oracle::Catalogue& catalogue, const std::string& id, std::vector<std::string>& path) {
  if (std::ranges::find(path, id) != path.end()) return path.front() == id;
  path.push_back(id);
  const auto* r = catalogue.find(id);
  const bool found = r && std::ranges::any_of(r->rests, [&](const auto& on) { return rests_on_itself(catalogue, on, path); });
  path.pop_back();
  return found;
}

void collect_names(const scenario::Step& step, std::set<std::string>& bound, std::set<std::string>& used) {
  for (const auto* line : {&step.pieces, &step.left, &step.right}) collect_names(*line, bound, used);
  for (const auto& other : step.or_else) collect_names(other, bound, used);
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

}  // namespace

namespace {

using scenario::Step;

// Are both sides the same text? Then every server is judged alike.
bool says_nothing(const Step& step) {
  return step.kind == Step::Kind::check && step.or_else.empty() && step.words.size() == 3 && step.words[0] == step.words[2] && step.words[0].starts_with('{');
}

bool can_be_broken(const Step& step) {
  switch (step.kind) {
    // What is said may be wrong by what came before, and a literal waits for "+".
    case Step::Kind::send:
    case Step::Kind::send_raw:
      return std::ranges::any_of(step.pieces, [](const auto& piece) {
        using Kind = scenario::Piece::Kind;
        return (piece.kind == Kind::data && !piece.non_synchronizing) || (piece.kind == Kind::generator && piece.text == "sasl");
      });
    case Step::Kind::stake:
    case Step::Kind::attempt:
    case Step::Kind::expect_maybe:
    case Step::Kind::given:
    case Step::Kind::permanent:
    case Step::Kind::observe:
    case Step::Kind::told:
    case Step::Kind::logins:
    case Step::Kind::drop:
    case Step::Kind::wait:
    case Step::Kind::forget:
    case Step::Kind::deliver: return false;
    default: return !says_nothing(step);
  }
}

// Stakes below which no step can be broken, and comparisons that compare nothing. What a standing rule judges wants no more than to be sent.
void lint_stakes(const scenario::Case& c, const std::set<std::string>& by_rule, std::set<std::string>& out) {
  const auto place = [&](const Step& step) { return c.path + ":" + std::to_string(step.line) + ": "; };
  for (std::size_t i = 0; i < c.steps.size(); ++i) {
    if (says_nothing(c.steps[i])) out.insert(place(c.steps[i]) + "both sides are the same");
    if (c.steps[i].kind != Step::Kind::stake || c.steps[i].ids.empty()) continue;
    auto end = i + 1;
    while (end < c.steps.size() && c.steps[end].kind != Step::Kind::stake) ++end;
    if (std::any_of(c.steps.begin() + static_cast<std::ptrdiff_t>(i), c.steps.begin() + static_cast<std::ptrdiff_t>(end), can_be_broken)) continue;
    for (const auto& id : c.steps[i].ids) {
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
    for (const auto& path : c.was) {
      for (const auto& id : c.stakes()) {
        const auto [it, fresh] = checks.try_emplace(id + "@" + path + behind_path(c), c.path);
        const auto what = c.path + ": was: " + path + ", but " + it->second + " answers for " + id + " of it";
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
      tested.insert(step.ids.begin(), step.ids.end());
      collect_names(step, bound, used);
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

Result<std::vector<const scenario::Case*>> select(const Library& library, const std::vector<std::string>& selectors, const std::vector<std::string>& rules) {
  std::vector<std::string> places, caps, levels, tags;
  const auto candidates = library.catalogue.ids();
  for (const auto& s : selectors) {
    if (s.starts_with("cap:")) {
      caps.push_back(s.substr(4));
      auto known = scenario::Offer::pop3_vocabulary();
      known.insert(known.end(), scenario::Offer::imap_vocabulary().begin(), scenario::Offer::imap_vocabulary().end());
      if (std::ranges::find(known, caps.back()) == known.end()) return Error{Error::Kind::usage, unknown("capability", caps.back(), known)};
    } else if (s.starts_with("level:")) {
      levels.push_back(s.substr(6));
      const std::vector<std::string> known{"must", "should", "may"};
      if (std::ranges::find(known, levels.back()) == known.end()) return Error{Error::Kind::usage, unknown("level", levels.back(), known)};
    } else if (s.starts_with("tag:")) {
      tags.push_back(s.substr(4));
      std::vector<std::string> known{"security"};
      for (const auto& c : library.cases) known.insert(known.end(), c.tags.begin(), c.tags.end());
      if (std::ranges::find(known, tags.back()) == known.end()) return Error{Error::Kind::usage, unknown("tag", tags.back(), known)};
    } else {
      const bool path = std::ranges::any_of(library.cases, [&](const auto& c) { return names(library, s, c); });
      const bool id = std::ranges::any_of(library.catalogue.all(), [&](const auto& entry) { return covers(entry.second, s); });
      if (!path && !id) {
        auto all = candidates;
        for (const auto& c : library.cases) all.push_back(c.path);
        const auto scenario = s.substr(s.find('@') == std::string::npos ? 0 : s.find('@') + 1);
        return Error{Error::Kind::usage, unknown("selector", scenario, all)};
      }
      places.push_back(s);
    }
  }
  // A requirement that only standing rules judge is exercised by whatever is sent in its protocol: all cases that speak it.
  const auto protocols_of = [pop3 = requirements(oracle::pop3_rules()), imap = requirements(oracle::imap_rules())](const std::string& id) {
    std::vector<scenario::Protocol> out;
    if (pop3.contains(id)) out.push_back(scenario::Protocol::pop3);
    if (imap.contains(id)) out.push_back(scenario::Protocol::imap);
    return out.empty() ? std::vector{scenario::Protocol::pop3, scenario::Protocol::imap} : out;
  };
  std::set<scenario::Protocol> spoken;
  for (const auto& s : places) {
    if (std::ranges::find(rules, s) == rules.end()) continue;
    for (const auto protocol : protocols_of(s)) spoken.insert(protocol);
  }
  std::vector<const scenario::Case*> out;
  for (const auto& c : library.cases) {
    const auto stakes = c.stakes();
    const auto any_stake = [&](auto&& test) {
      return std::ranges::any_of(stakes, [&](const auto& id) {
        const auto* r = library.catalogue.find(id);
        return r && test(*r);
      });
    };
    const bool placed =
        places.empty() || std::ranges::any_of(spoken, [&](auto protocol) { return c.speaks(protocol); }) ||
        std::ranges::any_of(places, [&](const auto& s) { return names(library, s, c) || any_stake([&](const auto& r) { return covers(r, s); }); });
    const bool capped = caps.empty() || std::ranges::any_of(caps, [&](const auto& cap) { return c.needs(cap); });
    const bool levelled =
        levels.empty() || std::ranges::any_of(levels, [&](const auto& l) { return any_stake([&](const auto& r) { return oracle::name_of(r.level) == l; }); });
    // What puts a requirement with a severity at stake bears the tag "security" by itself.
    const bool tagged = tags.empty() || std::ranges::any_of(tags, [&](const auto& t) {
                          return std::ranges::find(c.tags, t) != c.tags.end() || (t == "security" && any_stake([](const auto& r) { return r.security(); }));
                        });
    if (placed && capped && levelled && tagged) out.push_back(&c);
  }
  return out;
}

std::vector<std::string> select_rules(const std::vector<std::string>& rule_requirements, const std::vector<std::string>& selectors) {
  std::vector<std::string> out;
  std::ranges::copy_if(rule_requirements, std::back_inserter(out), [&](const std::string& id) {
    return std::ranges::any_of(selectors, [&](const std::string& s) { return id == s || id.starts_with(s + "/") || id.starts_with(s + ".") || glob(s, id); });
  });
  return out;
}

}  // namespace mailspec::cli
