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
