#include "harness/suite/select.h"

#include <algorithm>
#include <memory>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/oracle/imap_rules.h"
#include "harness/oracle/pop3_rules.h"
#include "harness/scenario/offer.h"

namespace mailspec::suite {

namespace {

bool covers(const oracle::Requirement& r, const std::string& selector) {
  const auto under = [&](const std::string& name) {
    return name == selector || name.starts_with(selector + "/") || name.starts_with(selector + ".") || glob(selector, name);
  };
  if (under(r.id)) return true;
  return std::ranges::any_of(r.also, [&](const auto& also) { return under(also.section); });
}

// Is it a name the case, its file or one of its checks had before the file has moved? What stood in which line is no longer known.
bool was_called(const scenario::Case& c, std::string s) {
  if (const auto at = s.find('@'); at != std::string::npos && s.find('#') > at) {
    if (!c.cites(s.substr(0, at))) return false;
    s.erase(0, at + 1);
  }
  const auto colon = s.rfind(':');
  return std::ranges::any_of(former_names(c), [&](const std::string& name) {
    const auto path = name.substr(0, name.find_first_of("#~"));
    const auto without_revision = c.imap() ? name.substr(0, name.rfind('~')) : name;
    return s == path || s == name || s == printable(name) || s == without_revision || (s.substr(0, colon) == path && parse_number(s.substr(colon + 1)));
  });
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

// What these rules can speak about.
std::set<std::string> requirements(const std::vector<std::unique_ptr<oracle::Rule>>& rules) {
  std::set<std::string> out;
  for (const auto& rule : rules) {
    for (auto& id : rule->requirements()) out.insert(std::move(id));
  }
  return out;
}

}  // namespace

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

}  // namespace mailspec::suite
