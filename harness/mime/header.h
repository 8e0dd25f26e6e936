// What the judge itself must know of a message's header: fields, unfolded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::mime {

struct HeaderField {
  std::string name;
  std::string value;  // unfolded (RFC 5322 2.2.3), blanks at both ends removed
};

// Fields of a header with CRLF line ends, up to its empty line. Lines that are no field are left out.
std::vector<HeaderField> header_fields(std::string_view header);
// The value of the only field of that name; nothing if there is none or more than one.
std::optional<std::string> only_field(const std::vector<HeaderField>& fields, std::string_view name);

}  // namespace mailspec::mime
