#include "reference_server/imap/number_set.h"

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::reference::imap {

std::string write_set(const std::vector<std::uint64_t>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t k = i;
    while (k + 1 < numbers.size() && numbers[k + 1] == numbers[k] + 1) ++k;
    out += (out.empty() ? "" : ",") + std::to_string(numbers[i]) + (k > i ? ":" + std::to_string(numbers[k]) : "");
    i = k + 1;
  }
  return out;
}

std::vector<std::uint64_t> numbers_of(std::string_view set) {
  std::vector<std::uint64_t> out;
  for (const auto& range : split(set, ',')) {
    const auto ends = split(range, ':');
    const auto from = parse_number(ends.front()), to = parse_number(ends.back());
    if (!from || !to || *to - *from > 1000000) continue;
    for (auto n = *from; n <= *to; ++n) out.push_back(n);
  }
  return out;
}

}  // namespace mailspec::reference::imap
