// The server's reading of POP3 commands (RFC 1939 section 3, RFC 2449 section 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::reference::pop3 {

struct Command {
  std::string keyword;              // in upper case
  std::optional<std::string> rest;  // all that follows the first space; absent when there is no space
  std::vector<std::string> args;    // `rest` split at single spaces
  bool sasl_response = false;
};

// Takes a line without its CRLF. Never fails: what the line means is the session's to say.
Command parse_command(std::string_view line);

// message-number: decimal digits, from 1. Nothing for anything else or what no maildrop can hold.
std::optional<std::uint64_t> parse_message_number(std::string_view text);

// TOP's line count: decimal digits; a count beyond 64 bits is as good as the largest.
std::optional<std::uint64_t> parse_line_count(std::string_view text);

}  // namespace mailspec::reference::pop3
