#include "harness/base/text.h"

#include <algorithm>
#include <numeric>

#include "harness/base/ascii.h"

namespace mailspec {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    const auto at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return out;
    text.remove_prefix(from);
    const auto to = text.find_first_of(" \t\r\n");
    out.emplace_back(text.substr(0, to));
    if (to == std::string_view::npos) return out;
    text.remove_prefix(to);
  }
}

std::string join(std::span<const std::string> pieces, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i) out += separator;
    out += pieces[i];
  }
  return out;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string visible(std::string_view octets, std::size_t limit) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (char c : octets.substr(0, limit)) {
    const auto octet = static_cast<unsigned char>(c);
    switch (c) {
      case '\r': out += "\\r"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      default:
        if (octet >= 0x20 && octet < 0x7f) {
          out += c;
        } else {
          out += {'\\', 'x', kHex[octet >> 4], kHex[octet & 15]};
        }
    }
  }
  if (octets.size() > limit) out += " ... (" + std::to_string(octets.size() - limit) + " more octets)";
  return out;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (char c : text.substr(0, limit)) {
    if (c >= 0x20 && c < 0x7f) out += c;
    else out += visible(std::string_view(&c, 1));
  }
  if (text.size() > limit) out += " ...";
  return out;
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (to_lower(a[i - 1]) == to_lower(b[j - 1]) ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() * 2 / 3) + 1;
  for (const auto& candidate : candidates) {
    std::size_t distance = edit_distance(name, candidate);
    // Of a path, the last part is what people remember.
    const auto slash = candidate.rfind('/');
    if (slash != std::string::npos) distance = std::min(distance, edit_distance(name, candidate.substr(slash + 1)) + 1);
    if (distance < best_distance && distance < std::max(name.size(), candidate.size())) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string unknown(std::string_view what, std::string_view name, std::span<const std::string> candidates) {
  std::string out = "unknown " + std::string(what) + " '" + visible(name, 120) + "'";
  if (const auto near = nearest(name, candidates); !near.empty()) out += "; did you mean '" + near + "'?";
  return out;
}

bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*') {
      ++p, ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace mailspec
