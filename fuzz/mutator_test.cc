#include "fuzz/mutator.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/base/text.h"

namespace mailspec::fuzz {
namespace {

constexpr std::string_view kSession =
    "a1 LOGIN {1+}\r\nu \"p\\\"q\"\r\na2 APPEND box (\\Seen $k) {5}\r\nhello\r\na3 UID FETCH 1:*,17 (FLAGS (BODY[TEXT]<0.20>))\r\n";

std::vector<std::string> texts(std::string_view octets) {
  std::vector<std::string> out;
  for (const auto& t : tokens_of(octets)) out.push_back(t.text);
  return out;
}

TEST(Mutator, TokensAreWhatTheTextIsMadeOf) {
  EXPECT_EQ(texts("a (b \"c d\") {3}\r\nxyz 17\r\n"),
            (std::vector<std::string>{"a", " ", "(", "b", " ", "\"c d\"", ")", " ", "{3}\r\nxyz", " ", "17", "\r\n"}));
  EXPECT_EQ(tokens_of("17")[0].kind, Token::Kind::number);
  EXPECT_EQ(tokens_of("~{2+}\r\nab")[0].kind, Token::Kind::literal);
  EXPECT_EQ(tokens_of("{99}\r\nab")[0].text, "{99}\r\nab") << "what is announced and is not there";
  EXPECT_EQ(tokens_of("{x}")[0].kind, Token::Kind::word);
}

TEST(Mutator, AnyOctetsAreTokens) {
  std::uint32_t state = 1;
  for (int run = 0; run < 2000; ++run) {
    std::string octets;
    for (int i = 0; i < 40; ++i) {
      state = state * 1664525 + 1013904223;
      octets += state >> 30 ? "{(\")}\r\n 1+~\\a"[(state >> 16) % 14] : static_cast<char>(state >> 20);
    }
    ASSERT_EQ(text_of(tokens_of(octets)), octets);
    ASSERT_LE(mutate(octets, state, 64).size(), 64u);
  }
}

TEST(Mutator, TheSeedFixesTheChange) {
  std::set<std::string> made;
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const auto once = mutate(kSession, seed, 4096);
    EXPECT_EQ(once, mutate(kSession, seed, 4096));
    made.insert(once);
  }
  EXPECT_GT(made.size(), 300u);
}

// Each kind of change is made, sooner or later.
TEST(Mutator, MakesEveryKindOfChange) {
  bool nested = false, number = false, cut = false, swallowed = false, huge = false, doubled = false, written_otherwise = false, escaped = false;
  for (std::uint32_t seed = 0; seed < 4000; ++seed) {
    const auto text = mutate(kSession, seed, 4096);
    nested = nested || text.find("((") != std::string::npos;
    number = number || text.find("{5}\r\nhello") == std::string::npos;
    cut = cut || text.ends_with("{5}\r") || text.ends_with("{5}");
    swallowed = swallowed || text.find("{6}\r\nhello\r\n") != std::string::npos;
    huge = huge || text.find("{4294967296}") != std::string::npos;
    doubled = doubled || text.find("hello\r\na2 APPEND") != std::string::npos;
    written_otherwise = written_otherwise || text.find("\"hello\"") != std::string::npos;
    escaped = escaped || replace_all(text, "p\\\"q", "").find("\\\"") != std::string::npos;  // but for the one that was there
  }
  EXPECT_TRUE(nested && number && cut && swallowed && huge && doubled && written_otherwise && escaped)
      << nested << number << cut << swallowed << huge << doubled << written_otherwise << escaped;
}

TEST(Mutator, SplicesAtLines) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const auto text = splice("a\r\nb\r\n", "c\r\nd\r\n", seed, 100);
    EXPECT_EQ(text.size() % 3, 0u) << text;
  }
  EXPECT_EQ(splice("", "", 7, 100), "");
}

}  // namespace
}  // namespace mailspec::fuzz
