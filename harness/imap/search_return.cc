#include "harness/imap/search_return.h"

#include <algorithm>

#include "harness/base/ascii.h"

namespace mailspec::imap {

bool SearchReturn::has_all() const {
  return std::ranges::any_of(items, [](const auto& i) { return i.first == "ALL"; });
}

std::optional<NumberSet> SearchReturn::all() const {
  NumberSet out;
  for (const auto& [name, value] : items) {
    // "*" is no number here.
    if (name == "ALL" && (!value || value->text.find('*') != std::string::npos || !parse_set(value->text, 0, out))) return std::nullopt;
  }
  return has_all() ? std::optional(out) : std::nullopt;
}

SearchReturn search_return(const Response& response) {
  SearchReturn out;
  const auto& values = response.values;
  std::size_t at = 0;
  if (!values.empty() && values[0].is_list()) out.correlator = &values[at++];
  if (at < values.size() && iequals(values[at].text, "UID")) out.uid = ++at > 0;
  for (; at < values.size(); at += 2) out.items.emplace_back(upper(values[at].text), at + 1 < values.size() ? &values[at + 1] : nullptr);
  return out;
}

NumberSet numbers_found(const Response& response) {
  NumberSet out;
  if (response.keyword == "ESEARCH") return search_return(response).all().value_or(out);
  if (response.keyword != "SEARCH") return out;
  for (const auto& v : response.values) {
    if (const auto n = v.number()) out.emplace_back(*n, *n);
  }
  return out;
}

}  // namespace mailspec::imap
