#include "reports/reports.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/result/trace_json.h"
#include "where.h"

namespace mailspec::reports {
namespace {

// A run whose server has done its worst to every writer.
result::Run hostile() {
  std::string octets = "quote\" ]]> <script>alert(1)</script> --> &' \\ # `x` $(id) {{x}} ... --- # TODO";
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  result::Run run;
  run.suite_version = "1.2.3";
  run.target = octets;
  run.started = "2026-11-22T10:00:00Z";
  run.segmentation = "line";
  run.server = octets;
  run.version = octets;
  run.offered = {octets};
  run.troubles = {octets};
  run.known_trouble = {octets};
  run.replay = "mailspec replay " + octets;
  result::About about;
  about.says = "The server <must> say \"it\".";
  about.doubt = "Or & not.";
  run.requirements["rfc1/2/x"] = about;
  for (const auto v : {result::Verdict::pass, result::Verdict::fail, result::Verdict::warn, result::Verdict::skip, result::Verdict::inconclusive}) {
    result::Check c;
    c.id = "rfc1/2/x@" + std::string(result::name_of(v)) + ".pop3#" + octets;
    c.requirement = "rfc1/2/x";
    c.scenario = std::string(result::name_of(v)) + ".pop3";
    c.verdict = v;
    c.reason = octets;
    c.nearest = octets;
    c.trace = "t.json";
    c.wire = {"C1:  " + octets, "     ^"};
    run.checks.push_back(c);
    c.scenario.clear();
    c.id = c.requirement = "rfc1/3/" + std::string(result::name_of(v));
    c.broken_in = {octets, octets};
    if (v == result::Verdict::fail) c.known = octets;
    run.checks.push_back(c);
  }
  run.observations = {{"name", octets, "where"}};
  return run;
}

// One of everything, as a server might do.
result::Run sample() {
  oracle::Catalogue catalogue;
  EXPECT_TRUE(catalogue.add("rfc1939.req",
                            "id: rfc1939/3/byte-stuffing\nlevel: must (implied)\nsays: A line that begins with a dot is sent with one dot more.\n\n"
                            "id: rfc1939/5/stat-format\nlevel: must\nsays: STAT's answer has two numbers.\ndoubt: Section 4 may be read otherwise.\n"));
  EXPECT_TRUE(catalogue.add("rfc9051.req",
                            "id: rfc9051/6.4.3/no-untagged\nlevel: should\nsays: Nothing untagged is sent.\nalso: rfc3501/6.4.3 should\n\n"
                            "id: rfc9051/7.5.1/no-expunge\nlevel: must\nsays: EXPUNGE is not sent while FETCH is in progress.\n"));
  catalogue.refer("rfc1939/5/stat-format", "scenarios/RULINGS.md#rfc1939/5/stat-format");
  result::Run run;
  run.suite_version = "1.2.3";
  run.target = "localhost:143";
  run.server = "* OK Example ready";
  run.version = "2.1";
  run.started = "2026-11-22T10:00:00Z";
  run.seed = 7;
  run.segmentation = "line";
  run.seconds = 1.25;
  run.offered = {"IMAP4rev1", "IMAP4rev2", "UIDPLUS"};
  run.replay = "mailspec replay traces/";
  const auto add = [&](const std::string& requirement, const std::string& scenario, const std::string& rest, result::Verdict verdict,
                       const std::string& reason) {
    result::Check c;
    c.requirement = requirement;
    c.scenario = scenario;
    c.row = rest.starts_with('#') ? rest.substr(1) : "";
    c.id = requirement + (scenario.empty() ? "" : "@" + scenario + rest);
    c.line = scenario.empty() ? 0 : 9;
    c.verdict = verdict;
    c.reason = reason;
    run.checks.push_back(c);
    return &run.checks.back();
  };
  using enum result::Verdict;
  auto* c = add("rfc1939/3/byte-stuffing", "", "", fail, "a line begins with a dot that is not doubled");
  c->kind = "wrong";
  c->broken_in = {"pop3/retr.pop3", "pop3/top.pop3"};
  c->wire = {"C1:  RETR 1", "S1:  .line", "     ^"};
  c->trace = "retr.json";
  c = add("rfc1939/5/stat-format", "pop3/stat.pop3", "#empty", fail, "two numbers were due; '+OK' came");
  c->kind = "close";
  c->nearest = "+OK";
  c = add("rfc1939/5/stat-format", "pop3/stat.pop3", "#one", fail, "two numbers were due; '+OK' came");
  c->known = "ticket 12 # fixed in 2.1";
  c->kind = "wrong";
  add("rfc9051/6.4.3/no-untagged", "imap/expunge.imap", "~rev1", warn, "an untagged response came");
  add("rfc9051/6.4.3/no-untagged", "imap/expunge.imap", "~rev2", pass, "");
  add("rfc9051/7.5.1/no-expunge", "imap/fetch.imap", "", skip, "the server does not offer IDLE")->needs = {"IDLE"};
  auto* last = add("rfc9051/7.5.1/no-expunge", "imap/later.imap", "", inconclusive, "an earlier check of its case failed");
  last->follows = true;
  run.observations = {{"RFC 2180 4.1: FETCH of what is gone", "answered", "imap/gone.imap"}};
  result::tell_about(run, catalogue);
  return run;
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Every kind of report as it stands in reports/golden/. MAILSPEC_UPDATE_GOLDEN=1 writes them anew: read the difference before it is committed.
// MAILSPEC_REPORTS_OUT=DIR keeps what was written, for consumers that are not ours (ci/reports/run).
TEST(Reports, AsInTheGoldenFiles) {
  const auto* out = std::getenv("MAILSPEC_REPORTS_OUT");
  for (const auto& [kind, write] : formats()) {
    auto now = write(sample(), false);
    if (out) {
      std::ofstream(std::string(out) + "/sample." + std::string(kind), std::ios::binary) << now;
      std::ofstream(std::string(out) + "/hostile." + std::string(kind), std::ios::binary) << write(hostile(), true);
    }
    if (kind == "html") {  // style and script stand in files of their own
      for (const auto* tag : {"style", "script"}) {
        const auto from = now.find("<" + std::string(tag) + ">"), to = now.find("</" + std::string(tag) + ">");
        ASSERT_LT(from, to);
        now.erase(from, to - from);
      }
    }
    const auto path = MAILSPEC_SOURCE_DIR "/reports/golden/sample." + std::string(kind);
    if (std::getenv("MAILSPEC_UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << now;
    EXPECT_EQ(now, slurp(path)) << path;
  }
}

TEST(Reports, HostileTextIsPrintableInEveryKind) {
  for (const auto& [kind, write] : formats()) {
    for (const char c : write(hostile(), true)) {
      const auto octet = static_cast<unsigned char>(c);
      // What is not ASCII is ours: dashes and arrows in the page, and JSON's code points.
      ASSERT_TRUE(c == '\n' || (octet >= 0x20 && (octet != 0x7f || kind == "json"))) << kind << " holds octet " << static_cast<int>(octet);
    }
    const auto now = write(hostile(), true);
    if (kind == "html" || kind == "junit" || kind == "md") EXPECT_EQ(now.find("<script>alert"), std::string::npos) << kind;
  }
}

// A run whose end nobody saw is no pass for any consumer.
TEST(Reports, ARunCutShortSaysSo) {
  auto run = sample();
  run.interrupted = true;
  EXPECT_NE(tap(run, false).find("\nBail out! the run was interrupted after "), std::string::npos);
  EXPECT_NE(sarif(run).find("\"executionSuccessful\":false"), std::string::npos);
  EXPECT_NE(junit(run, false).find("errors=\"1\""), std::string::npos);
  EXPECT_NE(markdown(run, false).find("**INTERRUPTED:** the run was interrupted after "), std::string::npos);
}

TEST(Reports, StrictMakesWarningsFailures) {
  EXPECT_NE(tap(sample(), false).find("\nok 4 - rfc9051/6.4.3/no-untagged@imap/expunge.imap~rev1\n"), std::string::npos);
  EXPECT_NE(tap(sample(), true).find("\nnot ok 4 - rfc9051/6.4.3/no-untagged@imap/expunge.imap~rev1\n"), std::string::npos);
}

// The page says what the exit status says.
TEST(Reports, ThePageIsStrictToo) {
  auto run = sample();
  std::erase_if(run.checks, [](const auto& c) { return c.verdict == result::Verdict::fail; });
  const auto page = std::ranges::find(formats(), "html", &Format::kind);
  const auto head = result::headline(run, true).why;
  EXPECT_NE(page->write(run, true).find(head), std::string::npos) << head;
  EXPECT_NE(page->write(run, false), page->write(run, true));
}

TEST(Result, JsonGivesTheRunBack) {
  const auto path = testing::TempDir() + "mailspec-round-trip.json";
  for (const auto& run : {sample(), hostile()}) {
    std::ofstream(path, std::ios::binary) << json(run);
    const auto back = result::read_run(path);
    ASSERT_TRUE(back) << back.error().what;
    for (const auto& [kind, write] : formats()) EXPECT_EQ(write(*back, false), write(run, false)) << kind;
  }
}

TEST(Reports, HostileTextSurvivesXml) {
  const auto xml = junit(hostile(), false);
  for (char c : xml) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  EXPECT_EQ(xml.find("<script>"), std::string::npos);
  EXPECT_EQ(xml.find("]]>"), std::string::npos);
  EXPECT_NE(xml.find("failures=\"1\""), std::string::npos);
  EXPECT_NE(junit(hostile(), true).find("failures=\"3\""), std::string::npos);
}

TEST(Reports, HostileTextSurvivesJson) {
  boost::system::error_code error;
  const auto value = boost::json::parse(json(hostile()), error);
  ASSERT_FALSE(error) << error.message();
  EXPECT_EQ(value.at("checks").as_array().size(), 10u);
  EXPECT_EQ(value.at("summary").at("fail").as_int64(), 1);
  EXPECT_EQ(value.at("summary").at("known").as_int64(), 1);
}

TEST(Reports, HostileTextSurvivesTheTerminal) {
  const auto out = text(hostile(), {});
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
  run.replay = "mailspec replay t/";
  result::tell_about(run, catalogue);
  EXPECT_EQ(text(run, {}),
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
            "DOES NOT CONFORM: 1 requirement is broken, in 1 check\n"
            "0 pass, 1 fail, 0 warn, 0 skip, 0 inconclusive, 0 known; 1 checks in 0.0 s, seed 0, segmentation line\n");
}

}  // namespace
}  // namespace mailspec::reports
