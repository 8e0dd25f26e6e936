// The way back: a command of the reference server as text. What is read from that text is the same command.
#pragma once

#include <string>

#include "reference_server/imap/command.h"

namespace mailspec::fuzz {

// As parse_command takes it: one line without its CRLF, literals in place.
std::string write_command(const reference::imap::Command& command);

}  // namespace mailspec::fuzz
