// What a hostile server makes of a response must stay small.
#include "harness/imap/value.h"

#include <gtest/gtest.h>

#include <string>

namespace mailspec::imap {
namespace {

Response parsed(const std::string& line) {
  Frame frame;
  frame.octets = line;
  return parse_response(std::move(frame));
}

std::size_t count(const std::vector<Value>& values) {
  std::size_t n = 0;
  for (const auto& v : values) n += 1 + count(v.items);
  return n;
}

TEST(Value, BracketsHoldBlanksInSectionsOnly) {
  const auto fetch = parsed("* 1 FETCH (body.peek[HEADER.FIELDS (A B)] NIL)");
  ASSERT_EQ(fetch.values.size(), 1u);
  ASSERT_EQ(fetch.values[0].items.size(), 2u);
  EXPECT_EQ(fetch.values[0].items[0].text, "body.peek[HEADER.FIELDS (A B)]");
  const auto list = parsed("* LIST () \".\" a][z (OLDNAME (a[b]))");
  ASSERT_EQ(list.values.size(), 4u);
  EXPECT_EQ(list.values[2].text, "a][z");
  EXPECT_EQ(list.values[3].items[1].items[0].text, "a[b]");
}

TEST(Value, DepthIsBounded) {
  const auto r = parsed("* 1 FETCH " + std::string(1'000'000, '('));
  EXPECT_LT(count(r.values), 500u);
  EXPECT_EQ(count(parsed("* 1 FETCH ((((a))))").values), 5u);
}

TEST(Value, CountIsBounded) {
  std::string many = "* SEARCH", few = many;
  for (int i = 0; i < 200'000; ++i) many += " 7";
  for (int i = 0; i < 10'000; ++i) few += " 7";
  EXPECT_LE(count(parsed(many).values), 50'000u);
  EXPECT_EQ(count(parsed(few).values), 10'000u);
  std::string lists = "* 1 FETCH (";
  for (int i = 0; i < 200'000; ++i) lists += "()";
  EXPECT_LE(count(parsed(lists).values), 50'001u);
}

}  // namespace
}  // namespace mailspec::imap
