#include "reference_server/policy/imap_forms.h"

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/text.h"

namespace mailspec::reference::imap {

namespace {

// What the forms of a command add to its name where deviations name them: "(UID FLAGS)", "+FLAGS.SILENT". `octets` are those of the command.
using Forms = std::vector<std::string>;

Forms forms(const auto&, std::string_view) { return {}; }

Forms forms(const AppendArguments& a, std::string_view) {
  Forms out;
  if (!a.items[0].flags.empty()) out.emplace_back("flags");
  if (a.items[0].date) out.emplace_back("date");
  return out;
}

Forms forms(const StoreArguments& a, std::string_view) { return {std::string(a.sign ? 1 : 0, a.sign) + (a.silent ? "FLAGS.SILENT" : "FLAGS")}; }

Forms forms(const StatusArguments& a, std::string_view) { return {a.items.size() > 1 ? "several" : a.items[0]}; }

Forms forms(const FetchArguments& a, std::string_view octets) {
  std::vector<std::string> items;
  for (const auto& item : a.items) items.push_back(item.name);
  const auto all = join(items, " ");
  if (!octets.ends_with(')')) return {all};
  return items.size() > 1 ? Forms{"(" + all + ")", "several items"} : Forms{"(" + all + ")"};
}

bool has_several_ranges(const auto& arguments) {
  if constexpr (requires { arguments.set; }) return arguments.set.ranges.size() > 1;
  else return false;
}

Forms forms_of(const Command& c, std::string_view octets) {
  return std::visit(
      [&](const auto& arguments) {
        auto out = forms(arguments, octets);
        if (has_several_ranges(arguments)) out.emplace_back("several");
        return out;
      },
      c.arguments);
}

}  // namespace

bool FormPolicy::takes(const Command& c, std::string_view octets) const {
  // To name the forms takes longer than to read the command.
  if (x_options.faults.empty() && !Scout::current()) return true;
  const std::string name = (c.uid ? "UID " : "") + c.name;
  return std::ranges::none_of(forms_of(c, octets), [&](const auto& form) { return fault(Fault::refuses_form, name + " " + form); });
}

bool FormPolicy::takes_while_selected(const Head& c) const { return !fault(Fault::selected_refuses, c.name); }

}  // namespace mailspec::reference::imap
