// POP3 commands as the harness sends them: enough structure to know what kind of response is due.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailspec::pop3 {

struct Command {
  std::string keyword;            // in upper case; "" for a line of a SASL exchange
  std::vector<std::string> args;  // split at single spaces
  std::string line;               // as written, without CRLF, secrets elided
  bool sasl_response = false;     // a line sent in answer to a challenge
  bool overlong = false;          // more than the 255 octets of RFC 2449, section 4
};

// How the response to a command is framed (RFC 1939 3, 5, 7; RFC 2449 5; RFC 5034 4; RFC 6856 3.2).
enum class Shape {
  greeting,     // one line, sent before any command
  single,       // one line
  multi_if_ok,  // "+OK" is followed by lines up to "."
  sasl,         // one line, or a challenge "+ ..." that wants an answer
};

Command parse_command(std::string_view line);
Shape shape_of(const Command& command);

// USER, PASS, APOP and AUTH (with the answers to its challenges).
bool is_authentication(const Command& command);

}  // namespace mailspec::pop3
