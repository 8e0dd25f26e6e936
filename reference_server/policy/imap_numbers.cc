#include "reference_server/policy/imap_numbers.h"

#include <algorithm>

#include "reference_server/imap/command.h"

namespace mailspec::reference::imap {

NumberPolicy::Ends NumberPolicy::uids(std::pair<std::uint64_t, std::uint64_t> range, std::uint64_t star) const {
  auto [a, b] = range;
  if (a == kStar) a = star;
  if (b == kStar) b = star;
  if (a > b && !fault(Fault::reversed_range_empty) && !fault(Fault::uid_star_strict)) std::swap(a, b);
  return {a, b};
}

NumberPolicy::Ends NumberPolicy::numbers(std::string_view command, std::pair<std::uint64_t, std::uint64_t> range, std::uint64_t count) const {
  auto [a, b] = range;
  auto star = fault(Fault::star_is_first) ? std::min<std::uint64_t>(1, count) : count;
  if (command == "STORE" && fault(Fault::store_star_is_first)) star = 1;
  if (a == kStar) a = star;
  if (b == kStar) b = star;
  if (a > b && !fault(Fault::reversed_range_empty)) std::swap(a, b);
  if (fault(Fault::beyond_is_last_in, command)) a = std::min(a, count), b = std::min(b, count);
  return {a, b};
}

bool NumberPolicy::refuses_beyond(std::string_view command) const {
  if (command == "FETCH") return !fault(Fault::fetch_out_of_range);
  if (command == "STORE") return !fault(Fault::store_out_of_range);
  if (command == "COPY" || command == "MOVE") return !fault(Fault::copy_out_of_range);
  return true;
}

}  // namespace mailspec::reference::imap
