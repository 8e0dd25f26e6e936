#include "reports/reports.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

namespace mailspec::reports {
namespace {

// A run whose server has done its worst to every writer.
result::Run hostile() {
  std::string octets = "quote\" ]]> <script>&'\\";
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  result::Run run;
  run.target = octets;
  run.server = octets;
  run.troubles = {octets};
  for (const auto v : {result::Verdict::pass, result::Verdict::fail, result::Verdict::warn, result::Verdict::skip, result::Verdict::inconclusive}) {
    result::Check c;
    c.id = "rfc1/2/x@" + std::string(result::name_of(v));
    c.requirement = "rfc1/2/x";
    c.verdict = v;
    c.reason = octets;
    c.wire = {octets};
    run.checks.push_back(c);
  }
  run.observations = {{"name", octets, "where"}};
  return run;
}

TEST(Reports, HostileTextSurvivesXml) {
  const auto xml = junit(hostile(), {}, false);
  for (char c : xml) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  EXPECT_EQ(xml.find("<script>"), std::string::npos);
  EXPECT_EQ(xml.find("]]>"), std::string::npos);
  EXPECT_NE(xml.find("tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"2\""), std::string::npos);
  EXPECT_NE(junit(hostile(), {}, true).find("failures=\"2\""), std::string::npos);
}

TEST(Reports, HostileTextSurvivesJson) {
  boost::system::error_code error;
  const auto value = boost::json::parse(json(hostile(), {}), error);
  ASSERT_FALSE(error) << error.message();
  EXPECT_EQ(value.at("checks").as_array().size(), 5u);
  EXPECT_EQ(value.at("summary").at("fail").as_int64(), 1);
}

TEST(Reports, HostileTextSurvivesTheTerminal) {
  const auto out = text(hostile(), {}, {});
  for (char c : out) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
}

TEST(Reports, AFailureReadsWell) {
  oracle::Catalogue catalogue;
  ASSERT_TRUE(catalogue.add("x.req", "id: rfc1939/5/stat-format\nlevel: must (implied)\nsays: STAT's answer has two numbers.\n"));
  result::Run run;
  run.target = "here";
  run.server = "+OK hello";
  run.segmentation = "line";
  result::Check c;
  c.id = c.requirement = "rfc1939/5/stat-format";
  c.verdict = result::Verdict::fail;
  c.reason = "two numbers were due; '+OK' came";
  c.broken_in = {"a.pop3"};
  c.wire = {"C1:  STAT", "S1:  +OK", "        ^"};
  c.trace = "a.json";
  run.checks = {c};
  TextOptions options;
  options.replay = "mailspec replay t/";
  EXPECT_EQ(text(run, catalogue, options),
            "FAIL  rfc1939/5/stat-format\n"
            "      must (implied), RFC 1939 section 5\n"
            "      STAT's answer has two numbers.\n"
            "      two numbers were due; '+OK' came\n"
            "      in 1 case, first a.pop3\n"
            "        C1:  STAT\n"
            "        S1:  +OK\n"
            "                ^\n"
            "      replay: mailspec replay t/a.json\n"
            "\n"
            "Target here, which greets with '+OK hello'\n"
            "NOT AS THE RFCS HAVE IT: 0 pass, 1 fail, 0 warn, 0 skip, 0 inconclusive, 0 known; 1 checks in 0.0 s, seed 0, segmentation line\n");
}

}  // namespace
}  // namespace mailspec::reports
