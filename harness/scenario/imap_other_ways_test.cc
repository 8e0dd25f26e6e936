#include "harness/scenario/imap_other_ways.h"

#include <gtest/gtest.h>

namespace mailspec::scenario {
namespace {

std::vector<Way> ways(const std::string& command, bool uidplus = true) {
  return other_ways(imap::parse_command("a1 " + command), {[] { return std::vector<std::uint64_t>{7, 9, 12}; },
                                                           [&](std::string_view capability) { return uidplus && capability == "UIDPLUS"; }, "SELECT a"});
}

TEST(OtherWays, ByForm) {
  using Ways = std::vector<Way>;
  EXPECT_EQ(ways("STORE 1:2 +FLAGS.SILENT (\\Seen)"),
            (Ways{{"STORE 1:2 +FLAGS (\\Seen)"}, {"UID STORE 7,9 +FLAGS.SILENT (\\Seen)"}, {"UID STORE 7,9 +FLAGS (\\Seen)"}}));
  EXPECT_EQ(ways("UID STORE 9:* FLAGS (\\Seen \\Draft)"), (Ways{{"STORE 2,3 FLAGS (\\Seen \\Draft)"}}));
  EXPECT_EQ(ways("FETCH 1:* (UID FLAGS)"), (Ways{{"FETCH 1:* UID", "FETCH 1:* FLAGS"}, {"UID FETCH 1:* (UID FLAGS)"}}));
  EXPECT_EQ(ways("UID FETCH 12 FLAGS"), (Ways{{"FETCH 3 (UID FLAGS)"}}));
  EXPECT_EQ(ways("FETCH 1 (BODY.PEEK[HEADER.FIELDS (Subject)])"),
            (Ways{{"FETCH 1 BODY.PEEK[HEADER.FIELDS (Subject)]"}, {"UID FETCH 7 (BODY.PEEK[HEADER.FIELDS (Subject)])"}}));
  EXPECT_EQ(ways("COPY * box"), (Ways{{"UID COPY 12 box"}}));
  EXPECT_EQ(ways("EXPUNGE"), (Ways{{"UID EXPUNGE 1:*"}, {"CLOSE", "SELECT a"}}));
  EXPECT_EQ(ways("EXPUNGE", false), (Ways{{"CLOSE", "SELECT a"}}));
  EXPECT_EQ(ways("SEARCH ALL"), (Ways{{"SEARCH 1:*"}}));
  EXPECT_EQ(ways("STATUS a (MESSAGES UNSEEN)"), (Ways{{"STATUS a (MESSAGES)", "STATUS a (UNSEEN)"}, {"STATUS \"a\" (MESSAGES UNSEEN)"}}));
}

TEST(OtherWays, ByNames) {
  using Ways = std::vector<Way>;
  EXPECT_EQ(ways("SELECT \"a/b\""), (Ways{{"SELECT a/b"}}));
  EXPECT_EQ(ways("SELECT \"a b\""), Ways{}) << "no atom holds it";
  EXPECT_EQ(ways("SELECT \"nil\""), Ways{});
  EXPECT_EQ(ways("RENAME a \"b\""), (Ways{{"RENAME \"a\" b"}}));
  EXPECT_EQ(ways("LIST \"\" \"a*\""), (Ways{{"LIST \"\" a*"}}));
  EXPECT_EQ(ways("LIST \"\" a%"), (Ways{{"LIST \"\" \"a%\""}}));
  EXPECT_EQ(ways("CREATE a (USE (\\Drafts))"), (Ways{{"CREATE \"a\" (USE (\\Drafts))"}}));
}

TEST(OtherWays, NoneAreMadeUp) {
  EXPECT_TRUE(ways("STORE 9 +FLAGS (\\Seen)").empty()) << "no message has the number";
  EXPECT_TRUE(ways("NOOP").empty());
  EXPECT_TRUE(ways("APPEND a {3}\r\nabc").empty());
  EXPECT_TRUE(ways("UID EXPUNGE 7").empty()) << "EXPUNGE would take others, too";
}

TEST(OtherWays, NotWhereTheFormIsNotWhy) {
  const auto answer = [](const std::string& keyword, const std::string& code) {
    imap::Response r;
    r.keyword = keyword;
    r.code = code;
    return may_be_for_its_form(r);
  };
  EXPECT_TRUE(answer("BAD", ""));
  EXPECT_TRUE(answer("NO", ""));
  EXPECT_TRUE(answer("NO", "CANNOT"));
  EXPECT_FALSE(answer("NO", "INUSE"));
  EXPECT_FALSE(answer("NO", "NONEXISTENT"));
  EXPECT_FALSE(answer("OK", ""));
}

}  // namespace
}  // namespace mailspec::scenario
