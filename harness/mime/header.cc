#include "harness/mime/header.h"

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::mime {

std::vector<HeaderField> header_fields(std::string_view header) {
  std::vector<HeaderField> out;
  while (!header.empty()) {
    const auto end = header.find("\r\n");
    auto line = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 2);
    if (line.empty()) break;
    if ((line[0] == ' ' || line[0] == '\t') && !out.empty()) {
      out.back().value += line;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    out.push_back({std::string(trim(line.substr(0, colon))), std::string(line.substr(colon + 1))});
  }
  for (auto& f : out) f.value = std::string(trim(f.value));
  return out;
}

std::optional<std::string> only_field(const std::vector<HeaderField>& fields, std::string_view name) {
  std::optional<std::string> found;
  for (const auto& f : fields) {
    if (!iequals(f.name, name)) continue;
    if (found) return std::nullopt;
    found = f.value;
  }
  return found;
}

}  // namespace mailspec::mime
