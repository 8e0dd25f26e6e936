// The rules where several sessions look at one mailbox: what is a fault, and what RFC 2180 lets a server do.
#include <map>
#include <string>
#include <vector>

#include "harness/oracle/both_rule.h"
#include "harness/oracle/imap_rules_dialogue.h"

namespace mailspec::oracle {
namespace {

std::vector<std::string> two_sessions(std::vector<std::string> more) {
  std::vector<std::string> out = kSelected;
  out.insert(out.end(), {"=2 connect", "S2: * OK hi", "C2: s SELECT box", "S2: * FLAGS (\\Seen)", "S2: * 3 EXISTS", "S2: * 0 RECENT",
                         "S2: * OK [UIDVALIDITY 5] v", "S2: * OK [UIDNEXT 20] n", "S2: s OK [READ-WRITE] done"});
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

// "=2 connect" is not a word of dialogue(): events of the second connection are put right here.
std::set<std::string> found_in(const std::vector<std::string>& lines, bool others = false) {
  std::vector<std::string> all{"= connect", "S: * OK hi"};
  all.insert(all.end(), lines.begin(), lines.end());
  auto trace = dialogue(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == "=2 connect") trace.events[i].kind = Event::Kind::connect;
  }
  trace.others = others;
  std::set<std::string> out;
  for (const auto& f : judge(trace, imap_rules()).findings) out.insert(f.requirement);
  return out;
}

TEST(ImapSessionsRules, AnExpungedMessageThatAnotherSessionStillHasIsNoReuseOfItsUid) {
  const std::vector<std::string> first{"C: a FETCH 1:3 (UID)",
                                       "S: * 1 FETCH (UID 10)",
                                       "S: * 2 FETCH (UID 12)",
                                       "S: * 3 FETCH (UID 15)",
                                       "S: a OK x",
                                       "C: b EXPUNGE",
                                       "S: * 2 EXPUNGE",
                                       "S: b OK x"};
  auto ghost = first;
  ghost.insert(ghost.end(), {"C2: a FETCH 2 (UID)", "S2: * 2 FETCH (UID 12)", "S2: a OK x"});
  EXPECT_EQ(found_in(two_sessions(ghost)), Set{});
  // To the session that was told it is one, and to one that selects the mailbox afterwards.
  auto again = first;
  again.insert(again.end(), {"C: c NOOP", "S: * 3 EXISTS", "S: c OK x", "C: d FETCH 3 (UID)", "S: * 3 FETCH (UID 12)", "S: d OK x"});
  EXPECT_TRUE(found_in(two_sessions(again)).contains("rfc9051/2.3.1.1/uid-ascending"));
  auto anew = first;
  anew.insert(anew.end(), {"C2: t SELECT box", "S2: * 3 EXISTS", "S2: * 0 RECENT", "S2: * OK [UIDVALIDITY 5] v", "S2: * OK [UIDNEXT 20] n",
                           "S2: * FLAGS (\\Seen)", "S2: t OK [READ-WRITE] x", "C2: u FETCH 2 (UID)", "S2: * 2 FETCH (UID 12)", "S2: u OK x"});
  EXPECT_EQ(found_in(two_sessions(anew)), Set{"rfc9051/2.3.1.1/uid-not-reused"});
}

TEST(ImapSessionsRules, ExistsGoesDownUnsaidOnlyWhereAnExpungeIsUntold) {
  const std::vector<std::string> expunge{"C: b EXPUNGE", "S: * 2 EXPUNGE", "S: b OK x"};
  auto untold = expunge;
  untold.insert(untold.end(), {"C2: a NOOP", "S2: * 2 EXISTS", "S2: a OK x"});
  EXPECT_EQ(found_in(two_sessions(untold)), Set{}) << "that the other's EXPUNGE is missing is another requirement's";
  auto told = expunge;
  told.insert(told.end(), {"C2: a NOOP", "S2: * 2 EXPUNGE", "S2: a OK x", "C2: b NOOP", "S2: * 1 EXISTS", "S2: b OK x"});
  EXPECT_EQ(found_in(two_sessions(told)), Set{"rfc9051/7.4.1/exists-not-less"});
  auto more = told;
  more.insert(more.begin() + 1, "S: * 2 EXPUNGE");
  EXPECT_EQ(found_in(two_sessions(more)), Set{}) << "one of two is untold";
  EXPECT_EQ(found_in(two_sessions({"C: b CLOSE", "S: b OK x", "C2: a NOOP", "S2: * 2 EXPUNGE", "S2: * 1 EXISTS", "S2: a OK x"})), Set{})
      << "nobody knows how many have gone";
}

TEST(ImapSessionsRules, EmptyDataOfAnExpungedMessageIsNoChange) {
  const std::vector<std::string> lines{"C: a FETCH 1 (UID RFC822.SIZE)", "S: * 1 FETCH (UID 10 RFC822.SIZE 99)", "S: a OK x",
                                       "C: b FETCH 1 (RFC822.SIZE)",     "S: * 1 FETCH (RFC822.SIZE 0)",         "S: b OK x"};
  EXPECT_EQ(found(selected(lines)), Set{"rfc9051/2.3.1.1/static-items"});
  EXPECT_EQ(found_in(two_sessions(lines)), Set{}) << "RFC 2180 4.1.3";
  EXPECT_EQ(found_in(selected(lines), true), Set{}) << "sessions that are not in the trace";
  const std::vector<std::string> some{
      "C: a FETCH 1 (UID RFC822.SIZE INTERNALDATE)", "S: * 1 FETCH (UID 10 RFC822.SIZE 99 INTERNALDATE \"10-Jul-2024 12:00:00 +0000\")", "S: a OK x",
      "C: b FETCH 1 (RFC822.SIZE INTERNALDATE)",     "S: * 1 FETCH (RFC822.SIZE 0 INTERNALDATE \"10-Jul-2024 12:00:00 +0000\")",         "S: b OK x"};
  EXPECT_EQ(found(selected(some)), Set{"rfc9051/2.3.1.1/static-items"});
  EXPECT_EQ(found_in(two_sessions(some)), Set{}) << "what the server still knows, and what it no longer does";
  for (const auto& [date, is_empty] :
       std::map<std::string, bool>{{"00-Jan-0000 00:00:00 +0000", true}, {"01-Jan-1970 00:00:00 +0000", true}, {"02-Jan-1970 00:00:00 +0000", false}}) {
    const std::vector<std::string> dates{"C: a FETCH 1 (UID INTERNALDATE)",
                                         "S: * 1 FETCH (UID 10 INTERNALDATE \"10-Jul-2024 12:00:00 +0000\")",
                                         "S: a OK x",
                                         "C: b FETCH 1 (INTERNALDATE)",
                                         "S: * 1 FETCH (INTERNALDATE \"" + date + "\")",
                                         "S: b OK x"};
    EXPECT_EQ(found_in(two_sessions(dates)).empty(), is_empty) << date;
  }
  const std::vector<std::string> other{"C: a FETCH 1 (UID RFC822.SIZE)", "S: * 1 FETCH (UID 10 RFC822.SIZE 99)", "S: a OK x",
                                       "C: b FETCH 1 (RFC822.SIZE)",     "S: * 1 FETCH (RFC822.SIZE 98)",        "S: b OK x"};
  EXPECT_EQ(found_in(two_sessions(other)), Set{"rfc9051/2.3.1.1/static-items"});
}

TEST(ImapSessionsRules, WhatAnotherSessionHasRemovedNeedNotBeFound) {
  const std::vector<std::string> search{"C: z SEARCH ALL", "S: * SEARCH 1 2 3", "S: z OK x", "C: a SEARCH NOT 2", "S: * SEARCH 1", "S: a OK x"};
  EXPECT_EQ(found(selected(search)), Set{"rfc9051/6.4.4/search-algebra"});
  std::vector<std::string> after{"C2: e EXPUNGE", "S2: * 3 EXPUNGE", "S2: e OK x"};
  after.insert(after.end(), search.begin(), search.end());
  EXPECT_EQ(found_in(two_sessions(after)), Set{}) << "RFC 2180 4.3";
}

TEST(ImapSessionsRules, FlagsOfOthersMayComeDuringUidStore) {
  const std::vector<std::string> lines{"C: a UID STORE 10 +FLAGS (\\Seen)", "S: * 2 FETCH (FLAGS (\\Seen))", "S: a OK x"};
  EXPECT_EQ(found(selected(lines)), Set{"rfc9051/6.4.9/uid-in-uid-responses"});
  EXPECT_EQ(found_in(selected(lines), true), Set{});
}

// POP3 on connection 1, IMAP on connection 2.
Trace both(const std::string& retr, const std::string& listed, const std::string& body, const std::string& size) {
  Trace trace = dialogue({"=2 closed", "S2: * OK hi", "C2: s SELECT INBOX", "S2: * 1 EXISTS", "S2: s OK x", "C2: a FETCH 1 (UID RFC822.SIZE BODY[])",
                          "S2: * 1 FETCH (UID 7 RFC822.SIZE " + size + " BODY[] {" + std::to_string(body.size()) + "}\r\n" + body + ")"});
  trace.events[0].kind = Event::Kind::connect;
  trace.both = true;
  const auto say = [&](const std::string& command, const std::string& text, const std::string& content) {
    Event e;
    e.kind = Event::Kind::received;
    e.connection = 1;
    e.pop3_command = pop3::parse_command(command);
    e.pop3_response.status = pop3::Status::ok;
    e.pop3_response.text = text;
    e.pop3_response.multi_line = !content.empty();
    e.pop3_response.content.head = content;
    e.pop3_response.content.octets = content.size();
    e.pop3_response.content.whole = true;
    trace.events.push_back(e);
  };
  say("LIST 1", "1 " + listed, "");
  say("RETR 1", "", retr);
  return trace;
}

TEST(BothRule, OneMessageHasOneSizeAndTheSameOctets) {
  const std::string message = "X-Mailspec: a.1\r\nSubject: x\r\n\r\nbody\r\n", size = std::to_string(message.size());
  const auto findings = [](const Trace& trace) {
    std::vector<std::unique_ptr<Rule>> rules;
    rules.push_back(both_rule());
    Set out;
    for (const auto& f : judge(trace, rules).findings) out.insert(f.requirement);
    return out;
  };
  EXPECT_EQ(findings(both(message, size, message, size)), Set{});
  EXPECT_EQ(findings(both("Status: RO\r\n" + message, size, message, size)), Set{"rfc1939/5/octets-as-imap"});
  EXPECT_EQ(findings(both(message, std::to_string(message.size() + 4), message, size)), Set{"rfc1939/11/size-as-imap"});
  auto other = message;
  other[13] = '2';
  EXPECT_EQ(findings(both(message, size, other, "99")), Set{}) << "another message: its mark differs";
}

}  // namespace
}  // namespace mailspec::oracle
