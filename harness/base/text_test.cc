#include "harness/base/text.h"

#include <gtest/gtest.h>

#include "harness/base/ascii.h"

namespace mailspec {
namespace {

TEST(Ascii, NumbersAreDigitsThatFit) {
  EXPECT_EQ(parse_number("0"), 0u);
  EXPECT_EQ(parse_number("18446744073709551615"), 18446744073709551615ull);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "1a", "0x1", "18446744073709551616", "99999999999999999999"}) EXPECT_FALSE(parse_number(bad)) << bad;
}

TEST(Text, VisibleShowsEveryOctet) {
  for (int octet = 0; octet < 256; ++octet) {
    const auto text = visible(std::string(1, static_cast<char>(octet)));
    EXPECT_FALSE(text.empty());
    for (char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << octet;
  }
  EXPECT_EQ(visible("a\r\n\\"), "a\\r\\n\\") << "a backslash is shown as it was sent";
  EXPECT_EQ(visible("abcdef", 3), "abc ... (3 more octets)");
}

TEST(Text, NearestIsWhatWasMeant) {
  const std::vector<std::string> names{"STLS", "SASL", "PIPELINING"};
  EXPECT_EQ(nearest("PIPELNING", names), "PIPELINING");
  EXPECT_EQ(nearest("stl", names), "STLS");
  EXPECT_EQ(nearest("zzzzzzzzzzzz", names), "");
  EXPECT_EQ(unknown("capability", "SASI", names), "unknown capability 'SASI'; did you mean 'SASL'?");
}

TEST(Text, Glob) {
  EXPECT_TRUE(glob("rfc1939/*", "rfc1939/5/stat"));
  EXPECT_TRUE(glob("*stat*", "rfc1939/5/stat-format"));
  EXPECT_TRUE(glob("a?c", "abc"));
  EXPECT_FALSE(glob("a?c", "ac"));
  EXPECT_FALSE(glob("rfc2449", "rfc1939"));
}

}  // namespace
}  // namespace mailspec
