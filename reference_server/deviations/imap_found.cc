#include "reference_server/deviations/imap_found.h"

#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/imap/number_set.h"

namespace mailspec::reference {

imap::SearchKey no_message() {
  imap::SearchKey none, all;
  all.name = "ALL";
  none.name = "NOT";
  none.keys = {all};
  return none;
}

imap::SearchKey or_of(const imap::SearchKey& key, const char* other) {
  imap::SearchKey either, second = key;
  second.name = other;
  either.name = "OR";
  either.keys = {key, std::move(second)};
  return either;
}

std::size_t found(ImapResponse& r) {
  if (r.is("SEARCH")) return r.data.size();
  if (const auto* all = esearch_word(r, "ALL")) return imap::numbers_of(all->text).size();
  const auto* count = esearch_word(r, "COUNT");
  return count ? parse_number(count->text).value_or(0) : 0;
}

void each_found(ImapResponse& r, const std::function<std::uint64_t(std::uint64_t)>& instead) {
  const auto replace = [&](Node& n) { n = Node::num(instead(parse_number(n.text).value_or(0))); };
  if (r.is("SEARCH")) std::ranges::for_each(r.data, replace);
  for (const auto* word : {"MIN", "MAX"}) {
    if (auto* n = esearch_word(r, word)) replace(*n);
  }
  if (auto* all = esearch_word(r, "ALL")) {
    auto numbers = imap::numbers_of(all->text);
    for (auto& n : numbers) n = instead(n);
    all->text = imap::write_set(numbers);
  }
}

std::uint64_t number_of(const ImapSession& s, std::uint64_t uid) {
  const auto& slots = s.view().slots;
  const auto at = std::ranges::find(slots, uid, &imap::Slot::uid);
  return at == slots.end() ? 0 : static_cast<std::uint64_t>(at - slots.begin()) + 1;
}

void as_search(ImapResponse& r) {
  const auto* all = esearch_word(r, "ALL");
  const auto numbers = imap::numbers_of(all ? all->text : "");
  r.keyword = "SEARCH";
  r.data.clear();
  for (const auto n : numbers) r.data.push_back(Node::num(n));
}

std::string over_gaps(std::string_view set) {
  const auto numbers = imap::numbers_of(set);
  return numbers.size() < 2 ? std::string(set) : std::to_string(numbers.front()) + ":" + std::to_string(numbers.back());
}

}  // namespace mailspec::reference
