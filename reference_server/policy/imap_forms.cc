#include "reference_server/policy/imap_forms.h"

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/text.h"

namespace mailspec::reference::imap {

namespace {

// As deviations name them: "FETCH (UID FLAGS)", "UID STORE +FLAGS.SILENT".
std::vector<std::string> forms_of(const Command& c, std::string_view octets) {
  const std::string name = (c.uid ? "UID " : "") + c.name;
  std::vector<std::string> out{name};
  const auto has = [&](bool there, const std::string& what) {
    if (there) out.push_back(name + " " + what);
  };
  has(!c.append.empty() && !c.append[0].flags.empty(), "flags");
  has(!c.append.empty() && c.append[0].date, "date");
  has(octets.find("+}\r\n") != std::string_view::npos, "+");
  has(c.name == "STORE", std::string(c.store ? 1 : 0, c.store) + (c.silent ? "FLAGS.SILENT" : "FLAGS"));
  if (!c.fetch.empty()) {
    std::vector<std::string> items;
    for (const auto& f : c.fetch) items.push_back(f.name);
    const auto all = join(items, " ");
    has(true, octets.ends_with(')') ? "(" + all + ")" : all);
    has(octets.ends_with(')') && items.size() > 1, "several items");
  }
  if (c.name == "STATUS" && !c.items.empty()) has(true, c.items.size() > 1 ? "several" : c.items[0]);
  has(c.set.ranges.size() > 1, "several");
  has(c.name == "SEARCH" && c.search.name == "ALL", "ALL");
  return out;
}

}  // namespace

bool FormPolicy::takes(const Command& c, std::string_view octets) const {
  // To name the forms takes longer than to read the command.
  if (x_options.faults.empty() && !Scout::current()) return true;
  return std::ranges::none_of(forms_of(c, octets), [&](const auto& form) { return fault(Fault::refuses_form, form); });
}

bool FormPolicy::takes_while_selected(const Command& c) const { return !fault(Fault::selected_refuses, c.name); }

}  // namespace mailspec::reference::imap
