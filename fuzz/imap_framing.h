// The commands in what an IMAP client sends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference_server/imap/command.h"

namespace mailspec::fuzz {

struct Framed {
  std::string octets;    // without the last CRLF, literals in place
  std::size_t must = 0;  // the last literal ends here: nothing shorter is the whole
};

// Lines, and the literals they announce, as the reference server frames them. What is unfinished at the end is no command.
std::vector<Framed> commands_in(std::string_view octets);

}  // namespace mailspec::fuzz
