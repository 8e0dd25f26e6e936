// Dates and times as IMAP and messages write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mailspec::reference::imap {

// 1 to 12, of the first three letters of a month's name.
std::optional<unsigned> month_number(std::string_view name);
// Days since 1970-01-01; nullopt where there is no such day.
std::optional<std::int64_t> day_number(int year, unsigned month, unsigned day);

// " 7-Jul-2024 12:00:00 +0200" (RFC 9051 date-time without its quotes): seconds since 1970 UTC, zone in minutes.
std::optional<std::pair<std::int64_t, int>> parse_date_time(std::string_view text);
// Seconds since 1970 UTC, `now` seconds after the program began: virtual time goes on from there.
std::int64_t present(double now);
std::string write_date_time(std::int64_t seconds, int zone);

// "Wed, 10 Jul 2024 12:00:00 +0200" (RFC 5322 3.3): the day it names, disregarding time and zone (RFC 9051 6.4.4), as days since 1970.
std::optional<std::int64_t> day_of_field(std::string_view text);

// The same field's day in UTC and its moment: what a careless server takes.
std::optional<std::int64_t> moment_of_field(std::string_view text);

}  // namespace mailspec::reference::imap
