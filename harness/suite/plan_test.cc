#include "harness/suite/plan.h"

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

class PlanTest : public testing::Test {
 protected:
  PlanTest() { x_offer.pop3.emplace().clear = true; }
  Plan plan(const std::vector<scenario::Case>& cases) {
    Cases all;
    for (const auto& c : cases) all.push_back(&c);
    return make_plan(all, x_offer, x_options);
  }

  scenario::Offer x_offer;
  PlanOptions x_options;
};

scenario::Case pop3(const std::string& name, const std::string& header, const std::string& steps) {
  return parse_case("pop3/" + name + ".pop3", "title: x\n" + header + "\n" + steps);
}
const std::string kSteps = "@rfc1939/5/noop-positive\nC: NOOP\nS: +OK\n";

TEST_F(PlanTest, AShardTakesEachSoManyth) {
  x_options.shard = 2;
  x_options.shards = 3;
  const std::vector<scenario::Case> cases(5, plain_case());
  const auto out = plan(cases);
  EXPECT_EQ(out.free, (Places{1, 4}));
  EXPECT_TRUE(std::holds_alternative<NotAsked>(out.judged[0]));
  EXPECT_TRUE(std::holds_alternative<Abandoned>(out.judged[1])) << "until it is run";
  EXPECT_EQ(out.size(), 2u);
}

TEST_F(PlanTest, WhatIsDoneIsNotAskedAgain) {
  x_options.done = {"pop3/plain.pop3"};
  EXPECT_TRUE(std::holds_alternative<NotAsked>(plan({plain_case()}).judged[0]));
}

TEST_F(PlanTest, WhatIsNotOfferedIsSkippedWithAReason) {
  const auto out = plan({plain_case("requires: slow\n")});
  ASSERT_TRUE(std::holds_alternative<Skipped>(out.judged[0]));
  EXPECT_EQ(std::get<Skipped>(out.judged[0]).why, "takes minutes each: --slow");
  EXPECT_EQ(out.size(), 0u);
}

TEST_F(PlanTest, OtherProtocolsAreNotAsked) {
  const auto imap = parse_case("imap/x.imap", "title: x\n\n@rfc9051/6.1.2/noop\nC: a NOOP\nS: a OK\n");
  EXPECT_TRUE(std::holds_alternative<NotAsked>(plan({imap}).judged[0]));
}

TEST_F(PlanTest, CasesWithTheSameMessagesFollowOneAnotherAndThoseThatChangeThemAreLast) {
  x_offer.features.insert("deliver");
  const auto out = plan({pop3("b", "state: transaction\nmessages: b.eml\n", kSteps),
                         pop3("d", "state: transaction\nmessages: a.eml\n", "@rfc1939/5/dele-marks\nC: DELE 1\nS: +OK\n"),
                         pop3("c", "state: transaction\nmessages: b.eml\n", kSteps), pop3("a", "state: transaction\nmessages: a.eml\n", kSteps)});
  EXPECT_EQ(out.leased, (Places{3, 1, 0, 2}));
}

TEST_F(PlanTest, RefusedLoginsAreLastWhereTheServerMinds) {
  const auto refused = pop3("r", "state: authorization\n", "@rfc1939/7/pass-refused\nC: USER {user}\nS: +OK\nC: PASS wrong\nS: -ERR\n");
  EXPECT_EQ(plan({refused, plain_case()}).in_order(), (Places{0, 1}));
  x_options.refusals_last = true;
  const auto out = plan({refused, plain_case()});
  EXPECT_EQ(out.refused, Places{0});
  EXPECT_EQ(out.in_order(), (Places{1, 0}));
}

}  // namespace
}  // namespace mailspec::suite
