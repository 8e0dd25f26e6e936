#include "reference_server/imap/date_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::reference::imap {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<unsigned> month_number(std::string_view name) {
  const auto m = std::ranges::find_if(kMonths, [&](std::string_view month) { return iequals(month, name.substr(0, 3)); });
  if (m == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(m - kMonths.begin() + 1);
}

std::optional<std::int64_t> day_number(int year, unsigned month, unsigned day) {
  const auto date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::pair<std::int64_t, int>> parse_date_time(std::string_view t) {
  // (SP DIGIT / 2DIGIT) "-" mon "-" 4DIGIT SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP ("+" / "-") 4DIGIT
  constexpr std::string_view kForm = "99-AAA-9999 99:99:99 +9999";
  if (t.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const char f = kForm[i], c = t[i];
    const bool fits = f == '9' ? is_digit(c) || (i == 0 && c == ' ') : f == 'A' ? true : f == '+' ? c == '+' || c == '-' : c == f;
    if (!fits) return std::nullopt;
  }
  const auto n = [&](std::size_t at, std::size_t size) { return static_cast<int>(parse_number(trim(t.substr(at, size))).value_or(0)); };
  const auto month = month_number(t.substr(3, 3));
  const auto day = month ? day_number(n(7, 4), *month, static_cast<unsigned>(n(0, 2))) : std::nullopt;
  if (!day || n(12, 2) > 23 || n(15, 2) > 59 || n(18, 2) > 60 || n(24, 2) > 59) return std::nullopt;
  const int zone = (n(22, 2) * 60 + n(24, 2)) * (t[21] == '-' ? -1 : 1);
  return std::pair(*day * 86400 + n(12, 2) * 3600 + n(15, 2) * 60 + n(18, 2) - zone * 60, zone);
}

std::int64_t present(double now) {
  static const auto began = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return began + static_cast<std::int64_t>(now);
}

std::string write_date_time(std::int64_t seconds, int zone) {
  const auto local = seconds + zone * 60;
  auto day = local / 86400, rest = local % 86400;
  if (rest < 0) --day, rest += 86400;
  const std::chrono::year_month_day ymd{std::chrono::sys_days(std::chrono::days(day))};
  char text[64];
  const int z = std::abs(zone);
  std::snprintf(text, sizeof text, "%2u-%s-%04d %02d:%02d:%02d %c%02d%02d", static_cast<unsigned>(ymd.day()),
                kMonths[static_cast<unsigned>(ymd.month()) - 1].data(), static_cast<int>(ymd.year()), static_cast<int>(rest / 3600),
                static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60), zone < 0 ? '-' : '+', z / 60, z % 60);
  return text;
}

std::optional<std::int64_t> day_of_field(std::string_view text) {
  if (const auto comma = text.find(','); comma != std::string_view::npos) text.remove_prefix(comma + 1);
  const auto w = words(text);
  if (w.size() < 3) return std::nullopt;
  const auto d = parse_number(w[0]), y = parse_number(w[2]);
  const auto m = month_number(w[1]);
  if (!d || *d > 31 || !m || !y || *y > 9999) return std::nullopt;
  int year = static_cast<int>(*y);
  if (w[2].size() == 2) year += year < 50 ? 2000 : 1900;
  if (w[2].size() == 3) year += 1900;
  return day_number(year, *m, static_cast<unsigned>(*d));
}

std::optional<std::int64_t> moment_of_field(std::string_view text) {
  const auto day = day_of_field(text);
  const auto colon = text.find(':');
  if (!day || colon == std::string_view::npos || colon < 2 || text.size() < colon + 3) return std::nullopt;
  auto seconds = *day * 86400 + static_cast<std::int64_t>(parse_number(trim(text.substr(colon - 2, 2))).value_or(0) * 3600);
  seconds += static_cast<std::int64_t>(parse_number(text.substr(colon + 1, 2)).value_or(0) * 60);
  const auto sign = text.find_first_of("+-", colon);
  if (sign == std::string_view::npos || text.size() < sign + 5) return seconds;
  const auto zone =
      static_cast<std::int64_t>(parse_number(text.substr(sign + 1, 2)).value_or(0) * 3600 + parse_number(text.substr(sign + 3, 2)).value_or(0) * 60);
  return text[sign] == '-' ? seconds + zone : seconds - zone;
}

}  // namespace mailspec::reference::imap
