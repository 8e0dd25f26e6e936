#include "harness/suite/smaller.h"

#include <algorithm>
#include <numeric>

namespace mailspec::suite {

scenario::Input smaller(scenario::Input input, const std::function<bool(const scenario::Input&)>& still, const std::function<bool()>& over) {
  const auto without = [&](int line, std::size_t at, std::size_t size) {
    if (over()) return false;  // a copy of what is large takes its time, too
    auto fewer = input;
    fewer[line].erase(at, size);
    if (!still(fewer)) return false;
    input = std::move(fewer);
    return true;
  };
  std::vector<int> lines;
  for (const auto& [line, octets] : input) lines.push_back(line);
  if (lines.size() > 1) {
    for (const auto line : lines) without(line, 0, std::string::npos);
  }
  std::ranges::sort(lines, std::ranges::greater{}, [&](int line) { return input[line].size(); });
  for (const auto line : lines) {
    const std::size_t end = input[line].ends_with("\r\n") ? 2 : 0;
    for (auto size = (input[line].size() - end + 1) / 2; size > 0 && !over(); size /= 2) {
      for (std::size_t at = 0; at + size + end <= input[line].size() && !over();) {
        if (!without(line, at, size)) at += size;
      }
    }
  }
  return input;
}

std::size_t size_of(const scenario::Input& input) {
  return std::accumulate(input.begin(), input.end(), std::size_t{0}, [](std::size_t n, const auto& line) { return n + line.second.size(); });
}

}  // namespace mailspec::suite
