#include "harness/suite/minimise.h"

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

using oracle::Finding;

class MinimiseTest : public testing::Test {
 protected:
  // A server that is harmed, in this way, by each input with "((" in it.
  std::string search(const scenario::Case& c, Finding::Kind kind, const std::string& sent) {
    const auto harmed = with(scenario::Stake::Outcome::broken, kind);
    Minimiser minimiser(x_pace, x_ending, x_evidence, [&](const auto&, auto&, const auto&, const scenario::RunOptions& options) {
      ++x_runs;
      x_last = options.instead ? options.instead->begin()->second : sent;
      auto out = x_last.find("((") == std::string::npos ? held() : harmed;
      out.input = {{1, sent}};
      return out;
    });
    for (int i = 0; i < x_searches; ++i) {
      auto result = harmed;
      minimiser.search(c, x_stage, {}, {}, result);
      x_told.push_back(result.stakes[0].finding.what);
    }
    return x_told[0];
  }

  ScriptedStage x_stage;
  Pace x_pace{scenario::Patience::of(10)};
  Ending x_ending;
  Evidence x_evidence{"", x_ending};
  int x_runs = 0, x_searches = 1;
  std::string x_last;
  std::vector<std::string> x_told;
};

TEST_F(MinimiseTest, FindsWhatDoesTheHarm) {
  EXPECT_EQ(search(attacking_case(), Finding::Kind::crash, "LIST ((((x\r\n"),
            "it is broken; the smallest part of the input found to do so has 4 of its 12 octets: '((\\r\\n'");
}

TEST_F(MinimiseTest, AHangIsFencedByANoop) {
  (void)search(attacking_case(), Finding::Kind::hang, "LIST ((x\r\n");
  EXPECT_TRUE(x_last.ends_with("\r\nNOOP\r\n")) << x_last;
}

TEST_F(MinimiseTest, ALiteralIsWaitedForRightly) {
  EXPECT_EQ(search(attacking_case(), Finding::Kind::hang, "((({99}\r\n"), "it is broken");
  EXPECT_EQ(x_runs, 1) << "to see what is sent";
}

TEST_F(MinimiseTest, OnlyAttacksAreLookedInto) {
  EXPECT_EQ(search(plain_case(), Finding::Kind::crash, "(("), "it is broken");
  EXPECT_EQ(search(attacking_case(), Finding::Kind::wrong, "(("), "it is broken");
  EXPECT_EQ(x_runs, 0);
}

TEST_F(MinimiseTest, OneOfAKindIsEnough) {
  x_searches = 2;
  (void)search(attacking_case(), Finding::Kind::crash, "((x\r\n");
  EXPECT_NE(x_told[0], x_told[1]);
  EXPECT_EQ(x_told[1], "it is broken");
}

TEST_F(MinimiseTest, FourOfAKindAreLookedInto) {
  x_searches = 6;
  (void)search(attacking_case(), Finding::Kind::crash, "no harm without the rest of the case\r\n");
  EXPECT_EQ(x_runs, 4 * 2) << "each is run as it stands, and once more from what was kept of it";
}

TEST_F(MinimiseTest, ARunThatIsToEndSearchesNoMore) {
  x_ending.stop("over");
  EXPECT_EQ(search(attacking_case(), Finding::Kind::crash, "((x\r\n"), "it is broken");
}

}  // namespace
}  // namespace mailspec::suite
