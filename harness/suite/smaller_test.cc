#include "harness/suite/smaller.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailspec::suite {
namespace {

using scenario::Input;

// What does harm when it holds `needle`.
Input smallest(const Input& input, const std::string& needle, int* tries = nullptr) {
  return smaller(input, [&](const Input& candidate) {
    if (tries) ++*tries;
    return std::ranges::any_of(candidate, [&](const auto& line) { return line.second.find(needle) != std::string::npos; });
  });
}

TEST(Smaller, LeavesWhatDoesTheHarm) {
  EXPECT_EQ(smallest({{4, "a1 NOOP\r\n"}, {5, "a2 FETCH 1 BODY[]\r\n"}, {9, "a3 NOOP\r\n"}}, "BODY["), (Input{{4, ""}, {5, "BODY[\r\n"}, {9, ""}}));
}

TEST(Smaller, ALineKeepsItsEnd) { EXPECT_EQ(smallest({{1, "xxxx\r\n"}}, ""), (Input{{1, "\r\n"}})); }

TEST(Smaller, WhatHasNoEndIsCutAnywhere) { EXPECT_EQ(smallest({{1, std::string(1000, 'a') + "b"}}, "b"), (Input{{1, "b"}})); }

TEST(Smaller, FindsADepth) {
  const auto deep = [](const Input& input) { return std::ranges::count(input.at(2), '(') >= 1500; };
  int tries = 0;
  const auto out = smaller({{2, "a1 SEARCH " + std::string(20000, '(') + "\r\n"}}, [&](const Input& input) { return ++tries <= 400 && deep(input); });
  EXPECT_TRUE(deep(out));
  EXPECT_LT(size_of(out), 1600u);
}

TEST(Smaller, ItsBoundHoldsInsideItsLoops) {
  int asked = 0, looked = 0;
  const Input whole{{1, std::string(4 * 1024 * 1024, 'a')}};
  const auto out = smaller(whole, [&](const Input&) { return ++asked, false; }, [&] { return ++looked > 20; });
  EXPECT_EQ(out, whole);
  EXPECT_LT(asked, 20);
  EXPECT_LT(looked, 100) << "each piece was looked at, of which there are millions";
}

TEST(Smaller, NothingIsLostWhereNothingCanBeTakenOut) {
  const Input whole{{1, "abc\r\n"}, {2, "def\r\n"}};
  EXPECT_EQ(smaller(whole, [](const Input&) { return false; }), whole);
  EXPECT_EQ(size_of(whole), 10u);
}

}  // namespace
}  // namespace mailspec::suite
