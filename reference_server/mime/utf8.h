#pragma once

#include <string_view>

namespace mailspec::reference {

// RFC 3629 section 4.
bool is_utf8(std::string_view text);

}  // namespace mailspec::reference
