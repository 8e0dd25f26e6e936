// What the HTML reports share: the page with its style and script, badges, bars, filters.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mailspec::reports {

// The worst first.
inline constexpr std::array<const char*, 6> kOutcomes{"fail", "warn", "known", "inconclusive", "pass", "skip"};
using Tally = std::map<std::string, std::size_t>;  // by outcome

std::string worse(const std::string& a, const std::string& b);
std::string plural(std::size_t n, const char* one, const char* many);
std::string badge(const std::string& outcome);
// Shares of a whole, with their numbers for those who do not see colours; `of` names the whole.
std::string bar(Tally& tally, const std::string& of);
// "12 of 14", of those that were judged.
std::string kept_of(Tally& tally);
std::string legend(const std::vector<std::string>& outcomes);
// "RFC 1939, section 5".
std::string title_of(std::string document, const std::string& section);
// Hidden until the script shows it. `title` says what the verdicts are.
std::string html_filters(const std::string& title, const std::vector<std::string>& verdicts, const std::vector<std::string>& levels,
                         const std::set<std::string>& rfcs, const std::set<std::string>& capabilities);
// `title` is escaped here; `body` is HTML: header, main and footer.
std::string html_page(const std::string& title, const std::string& body);

}  // namespace mailspec::reports
