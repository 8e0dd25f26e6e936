// Questions of the harness's own to an IMAP server: set-up, fences, logins, and the subjects of `check`.
#pragma once

#include <string>
#include <string_view>

#include "harness/scenario/imap_dialogue.h"
#include "harness/scenario/imap_matcher.h"

namespace mailspec::scenario {

struct Account;
struct Offer;

using imap::quoted;
// Sends one command with a tag of set-up's own and reads to its tagged response. "" if that is OK, else what came.
std::string ask(ImapDialogue& dialogue, int connection, const std::string& command, const std::string& shown, int line);
// Where `refused` was answered so, do its other forms (imap_other_ways.h) do what it was to do?
bool other_way_works(ImapDialogue& dialogue, const oracle::Trace& trace, int connection, const imap::Command& refused, const imap::Response& answer, int line,
                     const std::string& selection = {});
// As `ask`, and by other forms where that is refused.
std::string ask_somehow(ImapDialogue& dialogue, const oracle::Trace& trace, int connection, const std::string& command, int line);
// LOGIN, or AUTHENTICATE PLAIN where it is disabled; STARTTLS first where that is needed. What is refused is tried in another way, if there is one.
std::string log_in(ImapDialogue& dialogue, int connection, const Account& account, const Offer& offer, int line, Ways ways = Ways::all);
// `wanted` is what the subject takes: state selected|authenticated, exists N, uids UID..., flags UID FLAG..., listed NAME, unlisted NAME, subscribed NAME,
// unsubscribed NAME, status NAME ITEM N, present DATE, agrees (what the session was told of its messages is what there is). "" if the server says so, else
// what it says instead.
std::string ask_about(ImapDialogue& dialogue, const oracle::Trace& trace, int connection, Subject subject, const std::string& wanted, int line,
                      const OwnKeyword& own = {});

}  // namespace mailspec::scenario
