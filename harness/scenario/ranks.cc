#include "harness/scenario/ranks.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mailspec {

double same_source(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return 1;
  std::vector<std::pair<double, bool>> all;  // the value, and whether it is of `a`
  for (const double v : a) all.emplace_back(v, true);
  for (const double v : b) all.emplace_back(v, false);
  std::ranges::sort(all);
  const auto n = static_cast<double>(all.size()), na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  double ranks_of_a = 0, ties = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end].first == all[i].first) ++end;
    const double rank = static_cast<double>(i + 1 + end) / 2, tied = static_cast<double>(end - i);
    ties += tied * tied * tied - tied;
    for (; i < end; ++i) ranks_of_a += all[i].second ? rank : 0;
  }
  const double u = ranks_of_a - na * (na + 1) / 2;
  const double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return 1;
  const double distance = std::max(0.0, std::abs(u - na * nb / 2) - 0.5);  // by half for continuity
  return std::erfc(distance / std::sqrt(2 * variance));
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace mailspec
