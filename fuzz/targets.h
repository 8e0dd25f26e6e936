// The fuzz targets as plain functions: libFuzzer calls them with mutated octets, the unit tests with the corpus.
// Each returns normally or stops the process (assert, sanitizer); the input is any octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailspec::fuzz {

// The reference server's POP3 command parser and session: octets from a client, whole and cut, give the same answers.
void pop3_command(std::string_view octets);

// The harness's reply reader and standing rules: octets from a server, whole and cut, give the same responses.
// The first octet chooses the command that is being answered.
void pop3_reply(std::string_view octets);

// The reference server's IMAP command parser and session, logged in and with a mailbox selected: octets from a client, whole and cut,
// give the same answers, and the harness's grammar takes every one of them.
void imap_command(std::string_view octets);

// The harness's framer: octets from a server, whole and cut, give the same frames.
void imap_framer(std::string_view octets);

// The harness's response grammar and standing rules over whatever a server sends.
void imap_response(std::string_view octets);

// Three sessions of the reference server on one mailbox, with the standing rules over all: the octets choose who does what.
void imap_sessions(std::string_view octets);

// The scenario parser: any text is a list of cases or an error with a place.
void scenario(std::string_view text);

struct Target {
  const char* name;
  void (*run)(std::string_view);
};
inline constexpr Target kTargets[] = {{"pop3_command", pop3_command},  {"pop3_reply", pop3_reply},   {"scenario", scenario},
                                      {"imap_command", imap_command},  {"imap_framer", imap_framer}, {"imap_response", imap_response},
                                      {"imap_sessions", imap_sessions}};

}  // namespace mailspec::fuzz
