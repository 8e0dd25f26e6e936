#include "harness/pop3/response.h"

#include <gtest/gtest.h>

#include "harness/mime/base64.h"
#include "harness/pop3/response_reader.h"

namespace mailspec::pop3 {
namespace {

TEST(ResponseCode, AcceptsWhatTheAbnfHas) {
  EXPECT_EQ(response_code("[IN-USE] busy"), "IN-USE");
  EXPECT_EQ(response_code("[SYS/TEMP]"), "SYS/TEMP");
  EXPECT_EQ(response_code("[a/b/c] x"), "a/b/c");
  for (const auto* bad : {"", "x", "[", "[]", "[a", "[a/]", "[/a]", "[a b]", "[a//b]"}) EXPECT_FALSE(response_code(bad)) << bad;
}

TEST(ResponseCode, MatchesDeeperLevelsInAnyCase) {
  EXPECT_TRUE(code_is("sys/temp", "SYS"));
  EXPECT_TRUE(code_is("SYS/TEMP/MORE", "sys/temp"));
  EXPECT_FALSE(code_is("SYSTEM", "SYS"));
  EXPECT_FALSE(code_is("SYS", "SYS/TEMP"));
  EXPECT_FALSE(code_is(std::nullopt, "SYS"));
}

TEST(Listing, OneSpaceAndDigits) {
  const auto one = parse_listing("12 abc rest");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->number, 12u);
  EXPECT_EQ(one->value, "abc");
  EXPECT_EQ(one->rest, " rest");
  for (const auto* bad : {"", "1", "1 ", " 1 2", "a 1", "1  2", "-1 2"}) EXPECT_FALSE(parse_listing(bad)) << bad;
}

TEST(DropListing, TextAfterTheNumbersIsTolerated) {
  EXPECT_EQ(parse_drop_listing("2 320")->octets, 320u);
  EXPECT_EQ(parse_drop_listing("2 320 and more")->count, 2u);
  for (const auto* bad : {"", "2", "2 x", "2  320", "two 320", "2 320h"}) EXPECT_FALSE(parse_drop_listing(bad)) << bad;
}

TEST(Base64, StrictAndInverse) {
  for (int n = 0; n < 260; ++n) {
    std::string octets;
    for (int i = 0; i < n; ++i) octets += static_cast<char>(i * 7);
    EXPECT_EQ(mime::decode_base64(mime::encode_base64(octets)), octets);
  }
  for (const auto* bad : {"=", "A", "AA", "AAA", "=AAA", "AAA=BBBB", "A===", "====", "AA=A", "AAAA AAAA", "AA!A"})
    EXPECT_FALSE(mime::decode_base64(bad)) << bad;
  EXPECT_EQ(mime::decode_base64(""), "");
}

std::vector<Response> read(const std::string& command, const std::string& octets, std::size_t cut, std::string* pending = nullptr) {
  ResponseReader reader;
  std::vector<Response> out;
  for (std::size_t at = 0; at < octets.size(); at += cut) {
    reader.feed(std::string_view(octets).substr(at, cut));
    for (;;) {
      if (reader.idle()) reader.expect(parse_command(command));
      if (!reader.advance()) break;
      out.push_back(reader.take());
    }
  }
  if (pending) *pending = reader.pending();
  return out;
}

TEST(ResponseReader, AnyCutGivesTheSameResponses) {
  const std::string octets = "+OK\r\nSubject: x\r\n\r\n..\r\n...a\r\nplain\r\nlone\nlf\r\n.\r\n-ERR [SYS/TEMP] later\r\n+OK\r\n.\r\n";
  const auto whole = read("RETR 1", octets, octets.size());
  ASSERT_EQ(whole.size(), 3u);
  EXPECT_EQ(whole[0].content.head, "Subject: x\r\n\r\n.\r\n..a\r\nplain\r\nlone\nlf\r\n");
  EXPECT_EQ(whole[0].content.header_octets, 14u);
  EXPECT_EQ(whole[0].content.body_lines, 4u);
  EXPECT_EQ(whole[1].code, "SYS/TEMP");
  EXPECT_EQ(whole[2].content.octets, 0u);
  for (std::size_t cut = 1; cut < octets.size(); ++cut) {
    const auto pieces = read("RETR 1", octets, cut);
    ASSERT_EQ(pieces.size(), whole.size()) << cut;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(pieces[i].line, whole[i].line);
      EXPECT_EQ(pieces[i].content.head, whole[i].content.head);
      EXPECT_EQ(pieces[i].content.sha256, whole[i].content.sha256);
      EXPECT_EQ(pieces[i].faults.size(), whole[i].faults.size());
    }
  }
}

std::vector<std::string> faults_of(const std::string& command, const std::string& octets) {
  std::vector<std::string> out;
  for (const auto& r : read(command, octets, octets.size())) {
    for (const auto& f : r.faults) out.push_back(f.requirement);
  }
  return out;
}

TEST(ResponseReader, FaultsOfTheFirstLine) {
  using V = std::vector<std::string>;
  EXPECT_EQ(faults_of("NOOP", "+OK\r\n"), V{});
  EXPECT_EQ(faults_of("NOOP", "+OK \r\n"), V{});
  EXPECT_EQ(faults_of("NOOP", "+ok\r\n"), V{"rfc1939/3/status-upper-case"});
  EXPECT_EQ(faults_of("NOOP", "-err no\r\n"), V{"rfc1939/3/status-upper-case"});
  EXPECT_EQ(faults_of("NOOP", "OK\r\n"), V{"rfc1939/3/status-indicator"});
  EXPECT_EQ(faults_of("NOOP", "+OKAY\r\n"), V{"rfc1939/3/status-indicator"});
  EXPECT_EQ(faults_of("NOOP", "+ \r\n"), V{"rfc1939/3/status-indicator"});
  EXPECT_EQ(faults_of("NOOP", "+OK\n"), V{"rfc1939/3/lines-end-in-crlf"});
  EXPECT_EQ(faults_of("NOOP", "+OK " + std::string(506, 'x') + "\r\n"), V{});
  EXPECT_EQ(faults_of("NOOP", "+OK " + std::string(507, 'x') + "\r\n"), V{"rfc1939/3/first-line-512"});
  EXPECT_EQ(faults_of("AUTH PLAIN", "+ \r\n"), V{});
  EXPECT_EQ(faults_of("AUTH PLAIN", "+ AAAA\r\n"), V{});
  EXPECT_EQ(faults_of("AUTH PLAIN", "+\r\n"), V{"rfc5034/4/challenge-form"});
  EXPECT_EQ(faults_of("AUTH PLAIN", "+ go\r\n"), V{"rfc5034/4/challenge-only-base64"});
  EXPECT_EQ(faults_of("RETR 1", "+OK\r\n.a\r\n.\r\n"), V{"rfc1939/3/byte-stuffing"});
}

TEST(ResponseReader, EveryOctetOfTheTextIsClassed) {
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    if (c == '\n' || c == '\r') continue;
    const auto faults = faults_of("NOOP", std::string("+OK a") + c + "b\r\n");
    const std::string due = octet == 0      ? "rfc2449/3/no-nul-in-response"
                            : octet >= 0x80 ? "rfc2449/3/response-ascii"
                            : octet < 0x20  ? "rfc2449/3/response-printable"
                                            : "";
    if (due.empty()) EXPECT_TRUE(faults.empty()) << octet;
    else EXPECT_EQ(faults, std::vector<std::string>{due}) << octet;
  }
}

TEST(ResponseReader, LongContentIsKeptAsDigestAndEnds) {
  ResponseReader reader({1024, 1 << 30, 100, 100});
  reader.expect(parse_command("RETR 1"));
  reader.feed("+OK\r\nA: b\r\n\r\n");
  for (int i = 0; i < 10000; ++i) reader.feed("0123456789\r\n");
  reader.feed("end\r\n.\r\nrest");
  ASSERT_TRUE(reader.advance());
  const auto r = reader.take();
  EXPECT_FALSE(r.content.whole);
  EXPECT_EQ(r.content.head.size(), 100u);
  EXPECT_TRUE(r.content.tail.ends_with("end\r\n"));
  EXPECT_EQ(r.content.octets, 8u + 12 * 10000 + 5);
  EXPECT_EQ(r.content.body_lines, 10001u);
  EXPECT_EQ(reader.pending(), "rest");
}

TEST(ResponseReader, FloodsAreBounded) {
  ResponseReader line({1024, 1 << 20, 100, 100});
  line.expect(parse_command("NOOP"));
  for (int i = 0; i < 10; ++i) line.feed(std::string(500, 'x'));
  EXPECT_FALSE(line.advance());
  EXPECT_TRUE(line.overflow());
  ResponseReader content({1024, 1000, 100, 100});
  content.expect(parse_command("LIST"));
  content.feed("+OK\r\n");
  for (int i = 0; i < 100 && !content.overflow(); ++i) {
    content.feed("1 100\r\n1 100\r\n1 100\r\n");
    EXPECT_FALSE(content.advance());
  }
  EXPECT_TRUE(content.overflow());
}

TEST(ResponseReader, BareLfEndIsSeen) {
  for (const std::string octets : {"+OK\r\n1 2\n2 3\n.\n", "+OK\n1 2\n.\n"}) {
    for (std::size_t cut = 1; cut <= octets.size(); ++cut) {
      ResponseReader reader;
      reader.expect(parse_command("LIST"));
      for (std::size_t at = 0; at < octets.size(); at += cut) {
        reader.feed(std::string_view(octets).substr(at, cut));
        EXPECT_FALSE(reader.advance());
      }
      EXPECT_TRUE(reader.looks_ended()) << cut;
      const auto r = reader.abandon();
      EXPECT_FALSE(r.faults.empty());
    }
  }
}

}  // namespace
}  // namespace mailspec::pop3
