#include "harness/scenario/imap_matcher.h"

#include <gtest/gtest.h>

#include "harness/imap/framer.h"

namespace mailspec::scenario {
namespace {

class ImapPattern : public testing::Test {
 protected:
  imap::Response response(const std::string& text) {
    imap::Framer framer;
    framer.feed(text + "\r\n");
    return imap::parse_response(*framer.next());
  }
  bool fits(const std::string& pattern, const std::string& text, int revision = 1) {
    auto line = parse_pattern(pattern, 1);
    EXPECT_TRUE(line) << pattern;
    auto compiled = compile_pattern(*line);
    EXPECT_TRUE(compiled) << pattern;
    ImapMatcher matcher(x_bindings, x_fixtures, revision);
    return matcher.matches(*compiled, response(text));
  }
  Bindings x_bindings;
  std::string x_message = "Subject: a\n\nbody\n";
  FixtureLookup x_fixtures = [this](const std::string& name) { return name == "a.eml" ? &x_message : nullptr; };
};

TEST_F(ImapPattern, ValuesCompareByMeaning) {
  EXPECT_TRUE(fits("* LIST () \"/\" foo", "* LIST () \"/\" \"foo\""));
  EXPECT_TRUE(fits("* LIST () \"/\" foo", "* LIST () \"/\" {3}\r\nfoo"));
  EXPECT_FALSE(fits("* LIST () \"/\" foo", "* LIST () \"/\" \"Foo\""));
  EXPECT_TRUE(fits("* LIST () \"/\" INBOX", "* LIST () \"/\" inbox"));
  EXPECT_FALSE(fits("* LIST () NIL foo", "* LIST () \"NIL\" foo")) << "NIL is not \"NIL\"";
  EXPECT_TRUE(fits("* LIST {_} {_} {x=}", "* LIST (\\A) \"/\" \"a b\""));
  EXPECT_EQ(x_bindings["x"].octets, "a b");
}

TEST_F(ImapPattern, FlagsAndItemsHaveNoOrder) {
  EXPECT_TRUE(fits("* 1 FETCH (FLAGS (\\Seen \\Flagged) UID 5)", "* 1 FETCH (UID 5 FLAGS (\\flagged \\Seen \\Recent))"));
  EXPECT_FALSE(fits("* 1 FETCH (FLAGS (\\Seen))", "* 1 FETCH (FLAGS (\\Seen \\Flagged))"));
  EXPECT_TRUE(fits("* 1 FETCH (FLAGS (\\Seen ...))", "* 1 FETCH (FLAGS (\\Seen \\Flagged))"));
  EXPECT_FALSE(fits("* 1 FETCH (FLAGS (\\Recent))", "* 1 FETCH (FLAGS ())"));
  EXPECT_TRUE(fits("* 1 FETCH (UID 5)", "* 1 FETCH (UID 5 MODSEQ (3))")) << "unasked items are allowed";
  EXPECT_FALSE(fits("* 1 FETCH (UID 5)", "* 2 FETCH (UID 5)"));
  EXPECT_TRUE(fits("* STATUS a (UNSEEN 1 MESSAGES 2)", "* STATUS a (MESSAGES 2 UNSEEN 1)"));
  EXPECT_FALSE(fits("* STATUS a (MESSAGES 2)", "* STATUS a (MESSAGES 2 UNSEEN 1)"));
}

TEST_F(ImapPattern, Sections) {
  EXPECT_TRUE(fits("* 1 FETCH (BODY[HEADER.FIELDS (To)] {_})", "* 1 FETCH (BODY[HEADER.FIELDS (\"TO\")] \"x\")"));
  EXPECT_FALSE(fits("* 1 FETCH (BODY[TEXT]<0> \"x\")", "* 1 FETCH (BODY[TEXT] \"x\")"));
  EXPECT_TRUE(fits("* 1 FETCH (BODY[] @a.eml)", "* 1 FETCH (BODY[] {20}\r\nSubject: a\r\n\r\nbody\r\n)"));
  EXPECT_TRUE(fits("* 1 FETCH (BODY[TEXT] @a.eml[body])", "* 1 FETCH (BODY[TEXT] \"body\\\\\")") == false);
  EXPECT_TRUE(fits("* 1 FETCH (BODY[]<2> @a.eml<2.3>)", "* 1 FETCH (BODY[]<2> \"bje\")"));
}

TEST_F(ImapPattern, DatesCompareByInstant) {
  EXPECT_TRUE(fits("* 1 FETCH (INTERNALDATE \"10-Jul-2024 12:00:00 +0000\")", "* 1 FETCH (INTERNALDATE \"10-Jul-2024 14:00:00 +0200\")"));
  EXPECT_FALSE(fits("* 1 FETCH (INTERNALDATE \"10-Jul-2024 12:00:00 +0000\")", "* 1 FETCH (INTERNALDATE \"10-Jul-2024 12:00:00 +0200\")"));
  EXPECT_EQ(instant(" 1-Jan-1970 00:00:00 -0100"), 3600);
  EXPECT_FALSE(instant("yesterday"));
}

TEST_F(ImapPattern, SearchAndItsSuccessor) {
  EXPECT_TRUE(fits("* SEARCH 3 1:2", "* SEARCH 2 3 1"));
  EXPECT_FALSE(fits("* SEARCH 1 2", "* SEARCH 1 2 3"));
  EXPECT_TRUE(fits("* SEARCH", "* SEARCH"));
  EXPECT_FALSE(fits("* SEARCH", "* SEARCH 1"));
  EXPECT_FALSE(fits("* SEARCH 1", "* ESEARCH (TAG \"a\") ALL 1"));
  EXPECT_TRUE(fits("* SEARCH 1 2", "* ESEARCH (TAG \"a\") ALL 1:2", 2));
  EXPECT_TRUE(fits("* SEARCH", "* ESEARCH (TAG \"a\")", 2));
  EXPECT_TRUE(fits("* ESEARCH (TAG \"a\") COUNT 2 ALL 1:2", "* ESEARCH (TAG \"a\") ALL 1,2 COUNT 2"));
  EXPECT_FALSE(fits("* ESEARCH (TAG \"a\") COUNT 2", "* ESEARCH (TAG \"a\") UID COUNT 2"));
}

TEST_F(ImapPattern, CodesAreComparedTextIsNot) {
  EXPECT_TRUE(fits("a1 OK [READ-WRITE] whatever", "a1 ok [read-write] Select completed"));
  EXPECT_FALSE(fits("a1 OK [READ-WRITE]", "a1 OK done"));
  EXPECT_TRUE(fits("a1 OK", "a1 OK [X] done"));
  EXPECT_TRUE(fits("a1 OK [COPYUID {v=} 1:2 {_}]", "a1 OK [COPYUID 7 1,2 5:6] done"));
  EXPECT_EQ(x_bindings["v"].octets, "7");
  EXPECT_TRUE(fits("a1 {r=NO|BAD}", "a1 BAD x"));
  EXPECT_FALSE(fits("a1 {q=NO|BAD}", "a1 OK x"));
  EXPECT_FALSE(x_bindings.contains("q")) << "nothing is bound by what does not match";
}

TEST_F(ImapPattern, ANumberIsNoKeyword) {
  EXPECT_TRUE(fits("* {_} RECENT", "* 3 RECENT"));
  EXPECT_FALSE(fits("* {_} RECENT", "* OK RECENT"));
}

// Of two responses for one message the one that came later counts, wherever they lie in memory.
TEST_F(ImapPattern, LaterOfTheTraceCounts) {
  const auto second = response("* 1 FETCH (FLAGS (\\Seen))"), other = response("* 2 FETCH (FLAGS ())"), first = response("* 1 FETCH (FLAGS () UID 5)");
  const std::vector<const imap::Response*> exchange{&first, &other, &second};
  for (const std::size_t at : {0u, 2u}) {
    const auto merged = merged_response(exchange, at);
    ASSERT_NE(imap::fetch_item(merged, "FLAGS"), nullptr);
    EXPECT_EQ(imap::fetch_item(merged, "FLAGS")->items.size(), 1u) << at;
    ASSERT_NE(imap::fetch_item(merged, "UID"), nullptr) << at;
  }
  EXPECT_EQ(imap::fetch_item(merged_response(exchange, 1), "UID"), nullptr);
}

TEST_F(ImapPattern, NewsOfFlagsAreNoData) {
  const auto is_news = [&](const std::string& pattern, const std::string& text) {
    return is_news_of_flags(*compile_pattern(*parse_pattern(pattern, 1)), response(text));
  };
  EXPECT_TRUE(is_news("* 2 FETCH ...", "* 2 FETCH (UID 5 FLAGS (\\Seen))"));
  EXPECT_TRUE(is_news("* 2 FETCH (UID 5)", "* 2 FETCH (UID 5 FLAGS ())"));
  EXPECT_FALSE(is_news("* 2 FETCH (UID 5)", "* 2 FETCH (UID 5)"));
  EXPECT_FALSE(is_news("* 2 FETCH (FLAGS {_})", "* 2 FETCH (FLAGS ())")) << "the pattern is about flags";
  EXPECT_FALSE(is_news("* 2 FETCH ...", "* 2 FETCH (FLAGS () RFC822.SIZE 3)"));
}

}  // namespace
}  // namespace mailspec::scenario
