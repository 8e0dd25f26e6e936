#include "harness/suite/evidence.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "harness/base/ascii.h"
#include "harness/result/trace_json.h"

namespace mailspec::suite {

std::string file_name(const scenario::Case& c) {
  std::string out;
  std::uint32_t hash = 2166136261u;  // FNV-1a
  bool changed = false;
  for (const char ch : c.name()) {
    hash = (hash ^ static_cast<unsigned char>(ch)) * 16777619u;
    const bool plain = is_digit(ch) || (to_upper(ch) >= 'A' && to_upper(ch) <= 'Z') || ch == '.' || ch == '-' || ch == '_' || ch == '~';
    if (plain) out += ch;
    else if (ch == '/') out += '.';
    else if (ch == '#') out += '_';
    else changed = true;
  }
  if (!changed) return out;
  // What is left out makes no two names alike.
  char mark[16];
  std::snprintf(mark, sizeof mark, "-%04x", hash & 0xffffu);
  return out + mark;
}

Evidence::Evidence(std::string directory, Ending& ending) : x_directory(std::move(directory)), x_ending(ending) {
  std::error_code ignored;
  if (!x_directory.empty()) std::filesystem::create_directories(x_directory, ignored);
}

std::optional<std::string> Evidence::trace(const scenario::Case& c, const oracle::Trace& trace, const std::vector<oracle::Finding>& findings) const {
  if (x_directory.empty()) return {};
  auto file = file_name(c) + ".json";
  if (auto s = result::write_trace(x_directory + "/" + file, trace, findings, MAILSPEC_VERSION); !s) x_ending.note(s.error().what);
  return file;
}

std::optional<std::string> Evidence::input(const scenario::Case& c, const std::string& octets) const {
  if (x_directory.empty()) return {};
  auto file = file_name(c) + ".input";
  std::ofstream out(x_directory + "/" + file, std::ios::binary);
  out << octets;
  if (!out.flush()) return {};
  return file;
}

}  // namespace mailspec::suite
