// Each rule from both sides: what it must find, and what it must let pass. The legal sides are the traps of the design's section 5.
#include <string>
#include <vector>

#include "harness/oracle/imap_rules_dialogue.h"

namespace mailspec::oracle {
namespace {

// What we have asked for, ill-formed as it is, comes back so. That it was not refused is another finding.
TEST(ImapRules, AnEchoOfWhatIsIllFormedIsNotAccused) {
  const auto answer = [](const std::string& asked, const std::string& said) {
    auto lines = kSelected;
    lines.insert(lines.end(), {"C: a FETCH 1 " + asked, "S: * 1 FETCH (" + said + " {2}\r\n\r\n)", "S: a OK done"});
    return found(lines).contains("rfc9051/7.5.2/fetch-grammar");
  };
  EXPECT_FALSE(answer("BODY.PEEK[HEADER.FIELDS ()]", "BODY[HEADER.FIELDS ()]"));
  EXPECT_FALSE(answer("body.peek[header.fields ()]", "BODY[HEADER.FIELDS ()]"));
  EXPECT_TRUE(answer("BODY.PEEK[HEADER.FIELDS (To)]", "BODY[HEADER.FIELDS ()]"));
  EXPECT_TRUE(answer("BODY.PEEK[HEADER.FIELDS ()]", "BODY[HEADER.FIELDS () ]"));
}

TEST(ImapRules, ACleanDialogue) {
  EXPECT_EQ(
      found(selected({"C: a FETCH 1:3 (UID FLAGS)", "S: * 1 FETCH (UID 10 FLAGS ())", "S: * 2 FETCH (UID 12 FLAGS (\\Seen))", "S: * 3 FETCH (UID 15 FLAGS ())",
                      "S: a OK done", "C: b SEARCH ALL", "S: * SEARCH 1 2 3", "S: b OK done", "C: c LOGOUT", "S: * BYE", "S: c OK done", "= closed"})),
      Set{"rfc9051/7.1/status-grammar"})
      << "only '* BYE' without its space";
}

TEST(ImapRules, ExistsShrinksOnlyByExpunge) {
  EXPECT_EQ(found(selected({"C: a NOOP", "S: * 2 EXISTS", "S: a OK x"})), Set{"rfc9051/7.4.1/exists-not-less"});
  EXPECT_EQ(found(selected({"C: a NOOP", "S: * 1 EXPUNGE", "S: * 2 EXISTS", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a NOOP", "S: * 3 EXISTS", "S: * 5 EXISTS", "S: a OK x"})), Set{});
  // A selection ends with SELECT: the next mailbox may be smaller, whether [CLOSED] says so or not.
  EXPECT_EQ(found(selected({"C: a SELECT other", "S: * 1 EXISTS", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a CLOSE", "S: a OK x", "C: b SELECT other", "S: * 0 EXISTS", "S: b OK x"})), Set{});
}

TEST(ImapRules, ExpungeWindow) {
  const Set broken{"rfc9051/7.5.1/expunge-window"};
  EXPECT_EQ(found(selected({"S: * 1 EXPUNGE"})), broken) << "no command in progress";
  EXPECT_EQ(found(selected({"C: a FETCH 1 FLAGS", "S: * 1 EXPUNGE", "S: a OK x"})), broken);
  EXPECT_EQ(found(selected({"C: a STORE 1 FLAGS ()", "S: * 1 EXPUNGE", "S: a OK x"})), broken);
  EXPECT_EQ(found(selected({"C: a SEARCH ALL", "S: * 1 EXPUNGE", "S: * SEARCH", "S: a OK x"})), broken);
  // The UID forms allow it, and whatever else is in progress beside them.
  EXPECT_EQ(found(selected({"C: a UID FETCH 1:* FLAGS", "S: * 1 EXPUNGE", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a UID SEARCH ALL", "S: * 1 EXPUNGE", "S: * SEARCH", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a FETCH 1 FLAGS", "C: b NOOP", "S: * 1 EXPUNGE", "S: a OK x", "S: b OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a IDLE", "S: + idling", "S: * 1 EXPUNGE", "C: DONE", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a SELECT other", "S: * 1 EXPUNGE", "S: * 0 EXISTS", "S: a OK x"})), Set{}) << "the old mailbox's, as RFC 3501 lets it";
  EXPECT_EQ(found(selected({"C: a NOOP", "S: * 4 EXPUNGE", "S: a OK x"})), Set{"rfc9051/7.5.1/expunge-number"});
  EXPECT_EQ(found(selected({"C: a NOOP", "S: * 2 EXISTS", "S: a OK x", "C: b FETCH 3 FLAGS", "S: * 3 FETCH (FLAGS ())", "S: b OK x"})),
            Set{"rfc9051/7.4.1/exists-not-less"})
      << "how many there are is not known then";
  EXPECT_EQ(found(selected({"C: a APPEND box {1}", "S: a OK x", "C: b FETCH 4 FLAGS", "S: * 4 FETCH (FLAGS ())", "S: b OK x"})), Set{})
      << "nor where an APPEND is untold";
}

TEST(ImapRules, Uids) {
  EXPECT_EQ(found(selected({"C: a FETCH 1:2 UID", "S: * 1 FETCH (UID 12)", "S: * 2 FETCH (UID 10)", "S: a OK x"})), Set{"rfc9051/2.3.1.1/uid-ascending"});
  EXPECT_EQ(found(selected({"C: a FETCH 1 UID", "S: * 1 FETCH (UID 12)", "S: a OK x", "C: b FETCH 1 UID", "S: * 1 FETCH (UID 13)", "S: b OK x"})),
            Set{"rfc9051/2.3.1.1/uid-stable"});
  EXPECT_EQ(found(selected({"C: a FETCH 1:2 UID", "S: * 1 FETCH (UID 12)", "S: * 2 FETCH (UID 13)", "S: a OK x", "C: b FETCH 1 UID", "S: * 1 FETCH (UID 13)",
                            "S: b OK x", "C: c FETCH 2 UID", "S: * 2 FETCH (UID 14)", "S: c OK x"})),
            Set{})
      << "a message has gone unsaid: the numbers have changed, and not the UIDs";
  // After an EXPUNGE the number is another message's.
  EXPECT_EQ(found(selected({"C: a FETCH 1:2 UID", "S: * 1 FETCH (UID 12)", "S: * 2 FETCH (UID 13)", "S: a OK x", "C: n NOOP", "S: * 1 EXPUNGE", "S: n OK x",
                            "C: b FETCH 1 UID", "S: * 1 FETCH (UID 13)", "S: b OK x"})),
            Set{});
  EXPECT_EQ(found(selected({"C: a FETCH 1 UID", "S: * 1 FETCH (UID 20)", "S: a OK x"})), Set{"rfc9051/2.3.1.1/uidnext-ahead"});
  EXPECT_EQ(found(selected({"C: n NOOP", "S: * 4 EXISTS", "S: n OK x", "C: a FETCH 4 UID", "S: * 4 FETCH (UID 20)", "S: a OK x"})), Set{})
      << "what came later may have it";
  EXPECT_EQ(found(selected({"C: n NOOP", "S: * 4 EXISTS", "S: n OK x", "C: a FETCH 4 UID", "S: * 4 FETCH (UID 25)", "S: a OK x"})), Set{})
      << "or a later one (RFC 9051 2.3.1.1)";
  EXPECT_EQ(found(selected({"C: a FETCH 4 UID", "S: * 4 FETCH (UID 15)", "S: a OK x"})), Set{"rfc9051/7.4.1/fetch-of-announced"});
  EXPECT_EQ(found(selected({"C: a UID FETCH 10 (FLAGS RFC822.SIZE)", "S: * 1 FETCH (FLAGS () RFC822.SIZE 5)", "S: a OK x"})),
            Set{"rfc9051/6.4.9/uid-in-uid-responses"});
  EXPECT_EQ(found(selected({"C: a UID FETCH 10 (RFC822.SIZE)", "S: * 2 FETCH (FLAGS (\\Seen))", "S: * 1 FETCH (UID 10 RFC822.SIZE 5)", "S: a OK x"})), Set{})
      << "another session's flags may come meanwhile";
}

TEST(ImapRules, Tags) {
  EXPECT_EQ(found({"C: a NOOP", "S: a OK x", "S: a OK x"}), Set{"rfc9051/2.2.2/tagged-once"});
  EXPECT_EQ(found({"C: a NOOP", "S: b OK x"}), Set{"rfc9051/2.2.2/tag-of-command"});
  EXPECT_EQ(found({"C: a NOOP", "C: b NOOP", "S: b OK x", "S: a OK x"}), Set{}) << "in any order";
  EXPECT_EQ(found({"C: a LOGOUT", "S: a OK x"}), Set{"rfc9051/6.1.3/bye-before-ok"});
  EXPECT_EQ(found({"= closed"}), Set{"rfc9051/3.4/bye-before-close"});
  EXPECT_EQ(found({"S: * BYE gone", "= closed"}), Set{});
}

TEST(ImapRules, Content) {
  EXPECT_EQ(found(selected({"C: a FETCH 1 (UID RFC822.SIZE BODY[])", "S: * 1 FETCH (UID 10 RFC822.SIZE 4 BODY[] {3}\r\nabc)", "S: a OK x"})),
            Set{"rfc9051/2.3.4/size-is-octets"});
  EXPECT_EQ(found(selected({"C: a FETCH 1 (UID BODY[] BODY[HEADER] BODY[TEXT])",
                            "S: * 1 FETCH (UID 10 BODY[] {9}\r\nA: b\r\n\r\nx BODY[HEADER] {8}\r\nA: b\r\n\r\n BODY[TEXT] \"x\")", "S: a OK x"})),
            Set{});
  EXPECT_EQ(found(selected({"C: a FETCH 1 (UID BODY[] BODY[HEADER] BODY[TEXT])",
                            "S: * 1 FETCH (UID 10 BODY[] {9}\r\nA: b\r\n\r\nx BODY[HEADER] {6}\r\nA: b\r\n BODY[TEXT] \"x\")", "S: a OK x"})),
            Set{"rfc9051/6.4.5/header-and-text"});
  EXPECT_EQ(found(selected({"C: a FETCH 1 (UID RFC822.SIZE)", "S: * 1 FETCH (UID 10 RFC822.SIZE 4)", "S: * 1 FETCH (UID 10 RFC822.SIZE 5)", "S: a OK x"})),
            Set{"rfc9051/2.3.1.1/static-items"});
  EXPECT_EQ(found(selected({"C: a FETCH 1 (BODYSTRUCTURE BODY[1])",
                            "S: * 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 4 1) BODY[1] {3}\r\nx\r\n)", "S: a OK x"})),
            Set{"rfc9051/7.5.2/bodystructure-octets"});
  EXPECT_EQ(found(selected({"C: a FETCH 1 (BODYSTRUCTURE BODY[1])", "S: * 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) BODY[1] \"x\")",
                            "S: a OK x"})),
            Set{})
      << "whether a last line without its end counts is not said";
  EXPECT_EQ(found(selected({"C: a FETCH 1 BODY[]", "S: * 1 FETCH (BODY[]<0> \"x\")", "S: a OK x"})), Set{"rfc9051/7.5.2/origin-only-if-asked"});
  EXPECT_EQ(found(selected({"C: a FETCH 1 BODY[]<0.2>", "S: * 1 FETCH (BODY[]<0> \"xyz\")", "S: a OK x"})), Set{"rfc9051/6.4.5/partial-length"});
}

TEST(ImapRules, SearchAlgebra) {
  const auto searches = [](std::vector<std::pair<std::string, std::string>> pairs) {
    std::vector<std::string> lines{"C: q SEARCH ALL", "S: * SEARCH 1 2 3", "S: q OK x"};
    int n = 0;
    for (const auto& [query, result] : pairs) {
      const auto tag = "q" + std::to_string(++n);
      lines.push_back("C: " + tag + " SEARCH " + query);
      lines.push_back("S: * SEARCH" + (result.empty() ? "" : " " + result));
      lines.push_back("S: " + tag + " OK x");
    }
    return found(selected(lines));
  };
  const Set broken{"rfc9051/6.4.4/search-algebra"};
  EXPECT_EQ(searches({{"SEEN", "1 2"}, {"NOT SEEN", "3"}, {"UNSEEN", "3"}, {"NOT NOT SEEN", "1 2"}, {"SEEN 2", "2"}, {"OR SEEN 3", "1 2 3"}}), Set{});
  EXPECT_EQ(searches({{"SEEN", "1 2"}, {"NOT SEEN", "2 3"}}), broken);
  EXPECT_EQ(searches({{"SEEN", "1"}, {"FROM a", "2"}, {"OR SEEN FROM a", "1"}}), broken);
  EXPECT_EQ(searches({{"SEEN", "1"}, {"FROM a", "2"}, {"NOT OR SEEN FROM a", "3"}, {"NOT SEEN NOT FROM a", "3"}}), Set{});
  EXPECT_EQ(searches({{"2:3", "2 3"}, {"3:2", "2 3"}, {"NOT 3:2", "1"}, {"*", "3"}}), Set{});
  EXPECT_EQ(searches({{"3:2", ""}}), Set{"rfc9051/9/sequence-set"}) << "a set by itself";
  EXPECT_EQ(searches({{"3:2", ""}, {"NOT 3:2", "1 2 3"}, {"OR * SEEN", "1"}, {"(2:*)", "2"}}), Set{"rfc9051/9/sequence-set"}) << "once";
  EXPECT_EQ(searches({{"3:2", "2 3"}, {"NOT 3:2", "1 2 3"}}), broken);
  EXPECT_EQ(searches({{"FROM a", "1"}, {"FROM b", "2"}}), Set{}) << "nothing follows from these";
  EXPECT_EQ(searches({{"SEEN", "1 4"}}), Set{"rfc9051/6.4.4/search-in-range"});
  EXPECT_EQ(found(selected({"C: a SEARCH SEEN", "S: * SEARCH 1", "S: a OK x", "C: b STORE 1 -FLAGS (\\Seen)", "S: * 1 FETCH (FLAGS ())", "S: b OK x",
                            "C: c SEARCH UNSEEN", "S: * SEARCH 1 2 3", "S: c OK x"})),
            Set{})
      << "a STORE has come between";
  EXPECT_EQ(found(selected({"C: a SEARCH SEEN", "S: a OK x"})), Set{"rfc9051/6.4.4/search-response-required"});
  EXPECT_EQ(found(selected({"C: a SEARCH SEEN", "C: b SEARCH ALL", "S: * SEARCH 1", "S: a OK x", "S: * SEARCH 1 2 3", "S: b OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a SEARCH SEEN", "C: b SEARCH ALL", "S: * SEARCH 1", "S: a OK x", "S: b OK x"})), Set{})
      << "of several at once it cannot be told whose a response is";
  EXPECT_EQ(found(selected({"C: a SEARCH SEEN", "C: b SEARCH ALL", "S: a OK x", "S: b OK x", "C: c SEARCH ALL", "S: c OK x"})),
            Set{"rfc9051/6.4.4/search-response-required"});
  EXPECT_EQ(found(selected({"C: a SEARCH 4294967297", "S: * BAD x", "C: b SEARCH ALL", "S: * SEARCH 1 2 3", "S: b OK x"})), Set{})
      << "an untagged BAD answers for what came before it";
  EXPECT_EQ(found(selected({"C: a SEARCH ALL", "S: * BAD x", "S: * SEARCH 1 2 3", "S: a OK x"})), Set{}) << "or for what was no command";
}

// What a hostile server says to a SEARCH neither takes for ever nor all memory.
TEST(ImapRules, NumbersWithoutEnd) {
  EXPECT_EQ(found(selected({"C: a SEARCH ALL", "S: * SEARCH 1 18446744073709551615", "S: a OK x"})), Set{"rfc3501/7.2.5/search-grammar"});
  const Set out_of_range{"rfc9051/7.3.4/esearch-grammar"};
  EXPECT_EQ(found(selected({"C: a SEARCH ALL", "S: * ESEARCH (TAG \"a\") ALL 0:18446744073709551615", "S: a OK x"})), out_of_range);
  EXPECT_EQ(found(selected({"C: a SEARCH ALL", "S: * ESEARCH (TAG \"a\") ALL 18446744073709551614:18446744073709551615", "S: a OK x"})), out_of_range);
  EXPECT_EQ(found(selected({"C: e UID SEARCH ALL", "S: * ESEARCH (TAG \"e\") UID ALL 1:30000", "S: e OK x"})), Set{}) << "more than are looked at";
  imap::NumberSet set;
  ASSERT_TRUE(imap::parse_set("0:18446744073709551615,1,18446744073709551615", 0, set));
  EXPECT_EQ(imap::size_of(set), ~0ull);
  EXPECT_EQ(imap::size_of({{5, ~0ull}, {~0ull, ~0ull}, {1, 2}}), ~0ull - 2);
}

TEST(ImapRules, SelectBehindWhatWasGivenUp) {
  EXPECT_EQ(found(selected({"C: a FETCH 0 FLAGS", "S: * BAD x", "C: b SELECT x", "S: * 1 EXISTS", "S: b OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a SELECT y", "S: * BAD x", "C: b SELECT x", "S: * 1 EXISTS", "S: b OK x", "C: c NOOP", "S: * 2 EXISTS", "S: c OK x"})), Set{});
}

// Several sent ahead: each answer is about the mailbox that is selected when its turn comes.
TEST(ImapRules, SelectsSentAhead) {
  EXPECT_EQ(found(selected({"C: a SEARCH ALL", "C: b SELECT x", "S: * SEARCH 1 2 3", "S: a OK x", "S: * 1 EXISTS", "S: b OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: b SELECT x", "C: c SELECT y", "C: d SEARCH ALL", "S: * 1 EXISTS", "S: b OK x", "S: * 3 EXISTS", "S: c OK x", "S: * SEARCH 3",
                            "S: d OK x"})),
            Set{});
  EXPECT_EQ(found(selected({"C: b SELECT x", "C: d SEARCH ALL", "S: * 1 EXISTS", "S: b OK x", "S: * SEARCH 3", "S: d OK x"})),
            Set{"rfc9051/6.4.4/search-in-range"});
}

TEST(ImapRules, Codes) {
  EXPECT_EQ(found({"C: a NOOP", "S: a OK [APPENDUID 1 2] x"}), Set{"rfc9051/7.1/appenduid-with-append"});
  EXPECT_EQ(found({"C: a APPEND x {3}", "S: a OK [APPENDUID 1 2] x"}), Set{});
  EXPECT_EQ(found(selected({"C: a MOVE 1 x", "S: * OK [COPYUID 1 10 5] x", "S: * 1 EXPUNGE", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a COPY 1 x", "S: a OK [COPYUID 1 10:11 5] x"})), Set{"rfc9051/7.1/copyuid-same-count"});
  EXPECT_EQ(found({"C: a EXAMINE x", "S: * 0 EXISTS", "S: a OK x"}), Set{"rfc9051/6.3.3/examine-read-only"});
  EXPECT_EQ(found({"C: a ENABLE X", "S: a OK x"}), Set{"rfc9051/6.3.1/enabled-response"});
  EXPECT_EQ(found({"= tls", "C: a CAPABILITY", "S: * CAPABILITY IMAP4rev1 STARTTLS", "S: a OK x"}), Set{"rfc9051/6.2.1/no-starttls-under-tls"});
}

// RFC 9051 7.2.2: with both revisions offered, RFC 3501 is in force until IMAP4rev2 is enabled.
TEST(ImapRules, RevisionInForce) {
  const std::vector<std::string> both{"IMAP4rev1", "IMAP4rev2"};
  EXPECT_EQ(found({"C: a LIST \"\" *", "S: * LIST () \"/\" \"M\xc3\xbcller\"", "S: a OK x"}, both), Set{"rfc9051/7.3.1/list-grammar"});
  EXPECT_EQ(
      found({"C: e ENABLE IMAP4rev2", "S: * ENABLED IMAP4rev2", "S: e OK x", "C: a LIST \"\" *", "S: * LIST () \"/\" \"M\xc3\xbcller\"", "S: a OK x"}, both),
      Set{});
  EXPECT_EQ(found({"C: a LIST \"\" *", "S: * LIST () \"/\" \"M\xc3\xbcller\"", "S: a OK x"}, {"IMAP4rev2"}), Set{});
}

}  // namespace
}  // namespace mailspec::oracle
