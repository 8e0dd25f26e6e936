#include "harness/suite/smaller.h"

#include <algorithm>
#include <numeric>

namespace mailspec::suite {

scenario::Input smaller(scenario::Input input, const std::function<bool(const scenario::Input&)>& still, const std::function<bool()>& over) {
  const auto without = [&](std::size_t step, std::size_t at, std::size_t size) {
    if (over()) return false;  // a copy of what is large takes its time, too
    auto fewer = input;
    fewer[step].erase(at, size);
    if (!still(fewer)) return false;
    input = std::move(fewer);
    return true;
  };
  std::vector<std::size_t> steps;
  for (const auto& [step, octets] : input) steps.push_back(step);
  if (steps.size() > 1) {
    for (const auto step : steps) without(step, 0, std::string::npos);
  }
  std::ranges::sort(steps, std::ranges::greater{}, [&](std::size_t step) { return input[step].size(); });
  for (const auto step : steps) {
    const std::size_t end = input[step].ends_with("\r\n") ? 2 : 0;
    for (auto size = (input[step].size() - end + 1) / 2; size > 0 && !over(); size /= 2) {
      for (std::size_t at = 0; at + size + end <= input[step].size() && !over();) {
        if (!without(step, at, size)) at += size;
      }
    }
  }
  return input;
}

std::size_t size_of(const scenario::Input& input) {
  return std::accumulate(input.begin(), input.end(), std::size_t{0}, [](std::size_t n, const auto& line) { return n + line.second.size(); });
}

}  // namespace mailspec::suite
