#include "harness/pop3/response.h"

#include <algorithm>
#include <array>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::pop3 {

std::vector<std::string> Content::split_lines() const {
  std::vector<std::string> out;
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    out.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 2);
  }
  return out;
}

std::string_view Content::header() const { return std::string_view(head).substr(0, std::min<std::uint64_t>(header_octets, head.size())); }

std::string_view Content::body() const { return std::string_view(head).substr(std::min<std::uint64_t>(header_octets, head.size())); }

std::optional<std::string> response_code(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const auto end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const auto inside = text.substr(1, end - 1);
  for (const auto& level : split(inside, '/')) {
    if (level.empty()) return std::nullopt;
    // rchar = %x21-2E / %x30-5C / %x5E-7F
    if (!std::ranges::all_of(level, [](char c) { return c > 0x20 && c != ']' && c != '/'; })) return std::nullopt;
  }
  return std::string(inside);
}

bool code_is(const std::optional<std::string>& code, std::string_view wanted) {
  if (!code) return false;
  return iequals(*code, wanted) || (istarts_with(*code, wanted) && (*code)[wanted.size()] == '/');
}

CapaList parse_capa(const Content& content) {
  CapaList list;
  for (const auto& line : content.split_lines()) {
    auto pieces = words(line);
    if (pieces.empty()) continue;
    Capability capability{upper(pieces.front()), {}, line};
    capability.params.assign(pieces.begin() + 1, pieces.end());
    list.push_back(std::move(capability));
  }
  return list;
}

const Capability* find(const CapaList& list, std::string_view tag) {
  const auto it = std::ranges::find_if(list, [&](const Capability& c) { return iequals(c.tag, tag); });
  return it == list.end() ? nullptr : &*it;
}

std::optional<Listing> parse_listing(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto number = parse_number(line.substr(0, space));
  if (!number) return std::nullopt;
  const auto after = line.substr(space + 1);
  const auto end = std::min(after.find(' '), after.size());
  if (end == 0) return std::nullopt;
  return Listing{*number, std::string(after.substr(0, end)), std::string(after.substr(end))};
}

std::optional<DropListing> parse_drop_listing(std::string_view text) {
  const auto listing = parse_listing(text);
  if (!listing) return std::nullopt;
  const auto octets = parse_number(listing->value);
  if (!octets) return std::nullopt;
  return DropListing{listing->number, *octets, listing->rest};
}

}  // namespace mailspec::pop3
