#include "reports/coverage.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mailspec::reports {
namespace {

TEST(Coverage, SectionsAreInTheOrderOfTheDocument) {
  const SectionOrder less;
  EXPECT_TRUE(less("5.9", "5.10"));
  EXPECT_FALSE(less("5.10", "5.9"));
  EXPECT_TRUE(less("2", "2.1"));
  EXPECT_TRUE(less("9", "A"));
  EXPECT_FALSE(less("5.9", "5.9"));
}

TEST(Coverage, TellsEachStateAndWhy) {
  oracle::Catalogue catalogue;
  ASSERT_TRUE(
      catalogue.add("rfc1.req",
                    "id: rfc1/2/proved\nlevel: must\nsays: One.\n\nid: rfc1/2/tested\nlevel: must\nsays: Two.\n\nid: rfc1/10/untested\nlevel: should\nsays: "
                    "Three.\n\nid: rfc1/10/unseen\nlevel: must\nunobservable: It is <hidden>.\n"));
  Coverage coverage;
  for (const auto& [id, r] : catalogue.all()) {
    CoverageItem item;
    item.requirement = &r;
    if (id == "rfc1/2/proved") item.standing_rule = true, item.deviations = {"breaks-it"};
    if (id == "rfc1/2/tested") item.scenarios = {"a.imap"};
    coverage.items.push_back(item);
  }
  coverage.sections["rfc1"]["2"] = {3, 1, 2, 2, 2, 1, 0, 0, 0};
  coverage.sections["rfc1"]["10"] = {1, 0, 2, 1, 0, 0, 0, 1, 0};
  const auto text = coverage_text(coverage, true);
  EXPECT_NE(text.find("rfc1                     4      1        4        3        2        1        0            1        0\n  2 "), std::string::npos) << text;
  EXPECT_LT(text.find("\n  2 "), text.find("\n  10 "));
  EXPECT_NE(text.find("  unobservable: rfc1/10/unseen (must)\n      It is <hidden>.\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  tested, not proved: rfc1/2/tested (must)\n"), std::string::npos);
  EXPECT_NE(text.find("  untested: rfc1/10/untested (should)\n"), std::string::npos);
  EXPECT_EQ(text.find("rfc1/2/proved"), std::string::npos);
  EXPECT_EQ(coverage_text(coverage, false).find("\n  2 "), std::string::npos);

  const auto json = boost::json::parse(coverage_json(coverage));
  EXPECT_EQ(json.at("documents").at("rfc1").at("sections").at("2").at("proved").as_int64(), 1);
  EXPECT_EQ(json.at("requirements").as_array().size(), 4u);
  const auto html = coverage_html(coverage);
  EXPECT_NE(html.find("It is &lt;hidden&gt;."), std::string::npos);
  EXPECT_NE(html.find("id=\"rfc1/2/proved\" data-verdict=\"proved\""), std::string::npos);
}

}  // namespace
}  // namespace mailspec::reports
