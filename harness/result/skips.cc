#include "harness/result/skips.h"

#include <algorithm>
#include <tuple>

#include "harness/base/text.h"

namespace mailspec::result {

namespace {

// Reasons that an option changes name it.
bool is_users(const std::string& reason) { return reason.find("--") != std::string::npos || reason.find("role = ") != std::string::npos; }

}  // namespace

bool is_not_applicable(const std::string& reason) { return reason.starts_with(kNotOffered) || reason.starts_with(kOffered); }

std::vector<std::string> skip_lines(const std::map<std::string, std::size_t>& by_reason) {
  std::vector<std::tuple<bool, std::size_t, std::string>> rows;
  std::vector<std::string> absent, there;
  std::size_t absences = 0, presences = 0;
  for (const auto& [reason, n] : by_reason) {
    if (reason.starts_with(kNotOffered)) {
      absences += n;
      absent.push_back(reason.substr(std::string(kNotOffered).size()) + (n > 1 ? " (" + std::to_string(n) + ")" : ""));
    } else if (reason.starts_with(kOffered)) {
      presences += n;
      there.push_back(reason.substr(std::string(kOffered).size()) + (n > 1 ? " (" + std::to_string(n) + ")" : ""));
    } else {
      rows.emplace_back(!is_users(reason), n, reason);
    }
  }
  if (!absent.empty()) rows.emplace_back(true, absences, "the server does not offer: " + join(absent, ", "));
  if (!there.empty()) rows.emplace_back(true, presences, "the server offers what these want absent: " + join(there, ", "));
  std::ranges::sort(rows, [](const auto& a, const auto& b) {
    return std::tuple(std::get<0>(a), std::get<1>(b), std::get<2>(a)) < std::tuple(std::get<0>(b), std::get<1>(a), std::get<2>(b));
  });
  std::vector<std::string> out;
  for (const auto& [servers, n, reason] : rows) out.push_back(std::to_string(n) + ": " + printable(reason, 600));
  return out;
}

}  // namespace mailspec::result
