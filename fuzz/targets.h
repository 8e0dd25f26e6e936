// The fuzz targets as plain functions: libFuzzer calls them with mutated octets, the unit tests with the corpus.
// Each returns normally or stops the process (assert, sanitizer); the input is any octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailspec::fuzz {

// The reference server's POP3 command parser: what is read is what was written, and the harness reads the same.
void pop3_command(std::string_view octets);

// The reference server's POP3 session: octets from a client, whole and cut, give the same answers.
void pop3_dialogue(std::string_view octets);

// The harness's reply reader and standing rules: octets from a server, whole and cut, give the same responses.
// The first octet chooses the command that is being answered.
void pop3_response(std::string_view octets);

// The reference server's IMAP command parser under each revision: a command written and read again is the same, the harness reads the same tag and name,
// and what ends within a literal is no command.
void imap_command(std::string_view octets);

// The reference server's IMAP session, logged in and with a mailbox selected: octets from a client, whole and cut,
// give the same answers, and the harness's grammar takes every one of them.
void imap_dialogue(std::string_view octets);

// The harness's framer: octets from a server, whole and cut, give the same frames.
void imap_framer(std::string_view octets);

// The harness's response grammar over whatever a server sends: a breach lies within the response.
void imap_response(std::string_view octets);

// The standing rules over whatever a server sends: a finding lies within the trace.
void imap_judge(std::string_view octets);

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

// What a server answers to a ClientHello: any cut gives the same answer, and nothing but an end or a decision ends the reading.
void tls_hello(std::string_view octets);

struct Target {
  const char* name;
  void (*run)(std::string_view);
};
// As in targets.txt.
inline constexpr Target kTargets[] = {{"imap_command", imap_command},
                                      {"imap_dialogue", imap_dialogue},
                                      {"imap_framer", imap_framer},
                                      {"imap_judge", imap_judge},
                                      {"imap_response", imap_response},
                                      {"imap_sessions", imap_sessions},
                                      {"mime", mime},
                                      {"modified_utf7", modified_utf7},
                                      {"pop3_command", pop3_command},
                                      {"pop3_dialogue", pop3_dialogue},
                                      {"pop3_response", pop3_response},
                                      {"pop3_sessions", pop3_sessions},
                                      {"sasl", sasl},
                                      {"scenario", scenario},
                                      {"settings", settings},
                                      {"tls_hello", tls_hello}};

}  // namespace mailspec::fuzz
