// The fuzz targets as plain functions: libFuzzer calls them with mutated octets, the unit tests with the corpus.
// Each returns normally or stops the process (assert, sanitizer); the input is any octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailspec::fuzz {

// A property does not hold: stops the process. Not assert, because fuzzing builds may be release builds.
void require(bool holds);

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

// A message as the reference server reads it: every part within the message, in bounded depth and number; and what FETCH and SEARCH tell of it
// passes the harness's grammar.
void mime(std::string_view octets);

// Modified UTF-7: what is decoded is UTF-8 and encodes to the same octets; what is UTF-8 survives the way there and back.
void modified_utf7(std::string_view octets);

// SASL exchanges, the server's side and the client's: nobody gets in who does not know the password. The first octet chooses the mechanism; lines are
// the messages.
void sasl(std::string_view octets);

// Target files and files of known failures: settings, or an error with its place; known failures survive being written.
void settings(std::string_view text);

// Two POP3 sessions one after the other on one maildrop of the reference server, led by octets, with the standing rules over all.
void pop3_sessions(std::string_view octets);

// The scenario parser: any text is a list of cases or an error with a place.
void scenario(std::string_view text);

struct Target {
  const char* name;
  void (*run)(std::string_view);
};
inline constexpr Target kTargets[] = {
    {"pop3_command", pop3_command},   {"pop3_reply", pop3_reply},       {"scenario", scenario}, {"imap_command", imap_command},   {"imap_framer", imap_framer},
    {"imap_response", imap_response}, {"imap_sessions", imap_sessions}, {"mime", mime},         {"modified_utf7", modified_utf7}, {"sasl", sasl},
    {"settings", settings},           {"pop3_sessions", pop3_sessions}};

}  // namespace mailspec::fuzz
