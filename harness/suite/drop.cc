#include "harness/suite/drop.h"

#include <algorithm>
#include <set>

namespace mailspec::suite {

namespace {

using imap::Extension;

// Does no other extension that is active share the document?
bool has_it_alone(const Extension& e, const std::vector<Extension>& active) {
  return std::ranges::none_of(active, [&](const auto& other) { return other.name != e.name && other.document == e.document; });
}

// A case is of the extension if it requires one of its capabilities, or lies in the folder of its document. Under IMAP4rev2 what is folded in stays.
// A row of a scenario is a case, so a row with a requirement of its own goes alone.
bool is_of(const scenario::Case& c, const Extension& e, bool alone) {
  if (!c.imap()) return false;
  const auto goes = [&](bool in_rev2) { return !in_rev2 || c.revision == 1; };
  if (std::ranges::any_of(e.capabilities, [&](const auto& word) { return goes(word.in_rev2) && c.needs(word.name); })) return true;
  return alone && goes(e.in_rev2()) && c.path.starts_with("imap/" + std::string(e.document) + "/");
}

// Where the document stays, for another extension or for IMAP4rev2, its records go that nothing tests any more.
std::vector<std::string> untested(const suite::Library& library, std::string_view document, const std::vector<std::string>& rules) {
  std::set<std::string> tested(rules.begin(), rules.end());
  for (const auto& c : library.cases) {
    for (auto& id : c.stakes()) tested.insert(std::move(id));
  }
  std::vector<std::string> out;
  for (const auto& [id, r] : library.catalogue.all()) {
    const bool testable = r.gone.empty() && r.sight == oracle::Requirement::Sight::testable && r.level != oracle::Level::may;
    if (r.document() == document && testable && !tested.contains(id)) out.push_back(id);
  }
  return out;
}

}  // namespace

void drop(suite::Library& library, const Extension& e, const std::vector<Extension>& active, const std::vector<std::string>& rules) {
  const bool alone = !e.document.empty() && has_it_alone(e, active);
  library.cases_dropped += std::erase_if(library.cases, [&](const auto& c) { return is_of(c, e, alone); });
  std::erase_if(library.files, [&](const auto& file) { return std::ranges::find(library.cases, file.first, &scenario::Case::path) == library.cases.end(); });
  const auto before = library.catalogue.all().size();
  if (alone && !e.in_rev2()) library.catalogue.remove_document(std::string(e.document));
  else
    for (const auto& id : untested(library, e.document, rules)) library.catalogue.remove(id);
  library.records_dropped += before - library.catalogue.all().size();
  std::erase_if(library.rulings, [&](const auto& ruling) { return !library.catalogue.find(ruling.first); });
  if (e.in_rev2()) return;
  // That it is not offered is so everywhere now.
  for (auto& c : library.cases) {
    for (const auto& word : e.capabilities) std::erase(c.requires_, "no-" + std::string(word.name));
  }
}

}  // namespace mailspec::suite
