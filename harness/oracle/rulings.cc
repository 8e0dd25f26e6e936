#include "harness/oracle/rulings.h"

#include "harness/base/text.h"

namespace mailspec::oracle {

namespace {

constexpr std::string_view kAnchor = "<a id=\"", kEnd = "\"></a>";

std::string place(std::string_view file, int line) { return std::string(file) + ":" + std::to_string(line); }

}  // namespace

Status add_rulings(Rulings& rulings, std::string_view file, std::string_view text) {
  std::vector<std::string> ids;  // of the ruling that is being read
  std::string ruling;
  int number = 0, begin = 0;
  const auto flush = [&]() -> Status {
    if (!ids.empty() && trim(ruling).empty()) return Error{Error::Kind::config, place(file, begin) + ": an anchor without a ruling below it"};
    for (const auto& id : ids) rulings[id].text = trim(ruling);
    ids.clear();
    ruling.clear();
    return ok();
  };
  for (const auto& line : split(text, '\n')) {
    ++number;
    if (line.starts_with(kAnchor)) {
      if (!line.ends_with(kEnd)) return Error{Error::Kind::config, place(file, number) + ": expected an anchor <a id=\"REQUIREMENT\"></a> and nothing more"};
      if (!trim(ruling).empty()) {
        if (auto s = flush(); !s) return s;
      }
      const auto id = line.substr(kAnchor.size(), line.size() - kAnchor.size() - kEnd.size());
      const Ruling fresh{"scenarios/RULINGS.md#" + id, std::string(file), number, {}};
      if (const auto [it, added] = rulings.emplace(id, fresh); !added)
        return Error{Error::Kind::config, place(file, number) + ": " + id + " is already ruled on at " + place(it->second.file, it->second.line)};
      if (ids.empty()) begin = number;
      ids.push_back(id);
    } else if (line.starts_with("## ")) {
      if (auto s = flush(); !s) return s;
    } else if (!ids.empty()) {
      ruling += line + "\n";
    }
  }
  return flush();
}

void refer_to_rulings(Catalogue& catalogue, const Rulings& rulings) {
  for (const auto& [id, ruling] : rulings) catalogue.refer(id, ruling.where);
}

std::vector<std::string> ruling_errors(const Catalogue& catalogue, const Rulings& rulings) {
  std::vector<std::string> out;
  for (const auto& [id, r] : catalogue.all()) {
    if (r.gone.empty() && !r.doubt.empty() && !rulings.contains(id))
      out.push_back(place(r.file, r.line) + ": " + id + " is in doubt, but scenarios/RULINGS.md has no ruling on it");
  }
  for (const auto& [id, ruling] : rulings) {
    if (!catalogue.find(id)) out.push_back(place(ruling.file, ruling.line) + ": a ruling on " + unknown("requirement", id, catalogue.ids()));
  }
  return out;
}

}  // namespace mailspec::oracle
