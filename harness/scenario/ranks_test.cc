#include "harness/scenario/ranks.h"

#include <gtest/gtest.h>

namespace mailspec {
namespace {

TEST(Ranks, TellsSourcesApart) {
  // U is 0 of 25: exactly 2 of 252 orders, 0.0079; the approximation gives 0.0122.
  EXPECT_NEAR(same_source({1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}), 0.0122, 0.0001);
  EXPECT_NEAR(same_source({6, 7, 8, 9, 10}, {1, 2, 3, 4, 5}), 0.0122, 0.0001);
  EXPECT_LT(same_source({1, 1.1, 1.2, 1, 1.1, 1.2, 1, 1.1}, {2, 2.1, 2, 2.2, 2.1, 2, 2.2, 2.1}), 0.001);
}

TEST(Ranks, CallsAlikeWhatIsAlike) {
  EXPECT_GT(same_source({1, 3, 5, 7, 9}, {2, 4, 6, 8, 10}), 0.6);
  EXPECT_EQ(same_source({1, 1, 1}, {1, 1, 1}), 1);
  EXPECT_EQ(same_source({}, {1, 2}), 1);
}

TEST(Ranks, OneThatIsFarOffIsNoDifference) { EXPECT_GT(same_source({1, 2, 3, 4, 1000}, {1.5, 2.5, 3.5, 4.5, 5}), 0.5); }

TEST(Ranks, Median) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(median({}), 0);
}

}  // namespace
}  // namespace mailspec
