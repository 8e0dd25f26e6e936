// Text for shells.
#pragma once

#include <string>
#include <string_view>

namespace mailspec {

// One word for a POSIX shell: quoted where it must be.
std::string shell_word(std::string_view text);

}  // namespace mailspec
