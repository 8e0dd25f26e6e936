#include "reference_server/policy/imap_search.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "reference_server/imap/date_time.h"

namespace mailspec::reference::imap {

bool contains(std::string_view text, std::string_view wanted) {
  return wanted.empty() || std::ranges::search(text, wanted, [](char a, char b) { return to_upper(a) == to_upper(b); }).begin() != text.end();
}

std::int64_t SearchPolicy::day_of(const StoredMessage& m) const {
  const int zone = fault(Fault::search_day_in_utc) ? 0 : x_options.imap.choice("days-at-0530") ? 330 : m.zone;
  const auto local = m.date + std::int64_t{zone} * 60;
  return local >= 0 ? local / 86400 : (local - 86399) / 86400;
}

std::optional<std::int64_t> SearchPolicy::day_sent(const mime::Part& message) const {
  const auto* f = message.field("Date");
  if (!f) return std::nullopt;
  const auto moment = fault(Fault::sent_day_in_utc) ? moment_of_field(f->value) : std::nullopt;
  return moment ? std::optional(*moment / 86400) : day_of_field(f->value);
}

std::optional<bool> SearchPolicy::careless(const SearchKey& k, const mime::Part& message) const {
  const std::string_view n = k.name;
  if ((n == "BODY" || n == "SUBJECT") && fault(Fault::search_undecoded)) return contains(n == "BODY" ? message.body : message.header, k.text);
  const bool words = n == "SUBJECT" || n == "FROM" || n == "HEADER", address = n == "BCC" || n == "CC" || n == "FROM" || n == "SUBJECT" || n == "TO";
  const auto* f = words || address ? message.field(n == "HEADER" ? k.field : n) : nullptr;
  if (words && fault(Fault::search_words_undecoded)) return f && contains(f->value, k.text);
  if (address && fault(Fault::search_case_sensitive)) return f && f->value.find(k.text) != std::string::npos;
  return std::nullopt;
}

void SearchPolicy::save(View& view, bool saves, const std::vector<std::uint64_t>& found, const std::vector<std::uint64_t>& kept) const {
  if (fault(Fault::save_always)) view.saved = found;
  if (saves && !fault(Fault::save_forgets)) view.saved = kept;
}

std::vector<std::uint64_t> SearchPolicy::kept_by_select(const View& view) const {
  return fault(Fault::save_outlives_select) ? view.saved : std::vector<std::uint64_t>{};
}

void SearchPolicy::forget(View& view, std::size_t index) const {
  const auto& slots = view.slots;
  if (fault(Fault::save_by_number)) {
    // Each saved number now is that of the message behind.
    for (auto& saved : view.saved) {
      const auto at = std::ranges::find(slots, saved, &Slot::uid);
      if (at != slots.end() && at - slots.begin() >= static_cast<std::ptrdiff_t>(index) && at + 1 != slots.end()) saved = (at + 1)->uid;
    }
  }
  std::erase(view.saved, slots[index].uid);
}

void SearchPolicy::refuse(View& view, bool saves) const {
  if (saves && !fault(Fault::save_outlives_no)) view.saved.clear();
}

}  // namespace mailspec::reference::imap
