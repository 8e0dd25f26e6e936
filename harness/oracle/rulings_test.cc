#include "harness/oracle/rulings.h"

#include <gtest/gtest.h>

namespace mailspec::oracle {
namespace {

std::string trouble(const std::string& text) {
  Rulings rulings;
  const auto s = add_rulings(rulings, "RULINGS.md", text);
  return s ? "" : s.error().what;
}

TEST(Rulings, OneTextServesAllRequirementsAboveIt) {
  Rulings rulings;
  ASSERT_TRUE(add_rulings(rulings, "RULINGS.md",
                          "# Rulings\n\nHead.\n\n## RFC 1\n\n<a id=\"rfc1/2/a\"></a>\n<a id=\"rfc1/2/b\"></a>\n### Title\n\nText.\n\n"
                          "<a id=\"rfc1/2/c\"></a>\n### Other\n\n## RFC 2\n\nNot a ruling.\n"));
  ASSERT_EQ(rulings.size(), 3u);
  EXPECT_EQ(rulings.at("rfc1/2/a").text, "### Title\n\nText.");
  EXPECT_EQ(rulings.at("rfc1/2/b").text, "### Title\n\nText.");
  EXPECT_EQ(rulings.at("rfc1/2/b").where, "scenarios/RULINGS.md#rfc1/2/b");
  EXPECT_EQ(rulings.at("rfc1/2/b").line, 8);
  EXPECT_EQ(rulings.at("rfc1/2/c").text, "### Other") << "a heading of the second level ends a ruling";
}

TEST(Rulings, MistakesNameTheirLine) {
  EXPECT_EQ(trouble("<a id=\"rfc1/2/a\"></a>\n\n<a id=\"rfc1/2/a\"></a>\nText.\n"), "RULINGS.md:3: rfc1/2/a is already ruled on at RULINGS.md:1");
  EXPECT_EQ(trouble("<a id=\"rfc1/2/a\"></a> Text.\n"), "RULINGS.md:1: expected an anchor <a id=\"REQUIREMENT\"></a> and nothing more");
  EXPECT_EQ(trouble("Head.\n<a id=\"rfc1/2/a\"></a>\n\n## Next\nText.\n"), "RULINGS.md:2: an anchor without a ruling below it");
}

TEST(Rulings, DoubtsAndRulingsBelongTogether) {
  Catalogue c;
  ASSERT_TRUE(c.add("x.req",
                    "id: rfc1/2/a\nlevel: must\nsays: x\ndoubt: y\n\nid: rfc1/2/b\nlevel: must\nsays: x\ndoubt: y\n\n"
                    "id: rfc1/2/gone\nlevel: must\nsays: x\ndoubt: y\ngone: z\n\nid: rfc1/2/clear\nlevel: must\nsays: x\n"));
  Rulings rulings;
  ASSERT_TRUE(add_rulings(rulings, "RULINGS.md", "<a id=\"rfc1/2/a\"></a>\n<a id=\"rfc1/2/clear\"></a>\nText.\n<a id=\"rfc1/2/claer\"></a>\nText.\n"));
  const auto errors = ruling_errors(c, rulings);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0], "x.req:6: rfc1/2/b is in doubt, but scenarios/RULINGS.md has no ruling on it");
  EXPECT_EQ(errors[1], "RULINGS.md:4: a ruling on unknown requirement 'rfc1/2/claer'; did you mean 'rfc1/2/clear'?");
  refer_to_rulings(c, rulings);
  EXPECT_EQ(c.find("rfc1/2/a")->ruling, "scenarios/RULINGS.md#rfc1/2/a");
  EXPECT_EQ(c.find("rfc1/2/clear")->ruling, "scenarios/RULINGS.md#rfc1/2/clear") << "a ruling needs no doubt";
  EXPECT_EQ(c.find("rfc1/2/b")->ruling, "");
}

}  // namespace
}  // namespace mailspec::oracle
