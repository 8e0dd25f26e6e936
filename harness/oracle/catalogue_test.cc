#include "harness/oracle/catalogue.h"

#include <gtest/gtest.h>

namespace mailspec::oracle {
namespace {

std::string trouble(const std::string& text) {
  Catalogue c;
  const auto s = c.add("x.req", text);
  return s ? "" : s.error().what;
}

TEST(Catalogue, ReadsARecord) {
  Catalogue c;
  ASSERT_TRUE(
      c.add("x.req", "# comment\nid: rfc1/2/three\nlevel: should (implied)\nsays: One\n  and two.\nalso: rfc9/8 must\nsentences: 0123abcd\n  89abcdef\n"));
  const auto* r = c.find("rfc1/2/three");
  ASSERT_TRUE(r);
  EXPECT_EQ(r->level, Level::should);
  EXPECT_TRUE(r->implied);
  EXPECT_EQ(r->says, "One and two.");
  EXPECT_EQ(r->section(), "2");
  EXPECT_EQ(r->sentences.size(), 2u);
  EXPECT_FALSE(r->can_fail());
}

TEST(Catalogue, UnderRev1TheAuthorityIsAnother) {
  Catalogue c;
  const auto record = [&](const std::string& id, const std::string& also) -> const Requirement& {
    EXPECT_TRUE(c.add("x.req", "id: " + id + "\nlevel: must\nsays: x\n" + also));
    return *c.find(id);
  };
  EXPECT_FALSE(record("rfc9051/1/a", "also: rfc3501/2 should\n").can_fail(1)) << "RFC 3501 says should";
  EXPECT_TRUE(record("rfc9051/1/b", "also: rfc3501/2 should\n").can_fail(2));
  EXPECT_FALSE(record("rfc9051/1/c", "also: rfc4315/3 should\n").can_fail(1)) << "or the extension, where it was one";
  EXPECT_TRUE(record("rfc9051/1/d", "also: rfc4315/3 should\nalso: rfc3501/2 must\n").can_fail(1));
  EXPECT_TRUE(record("rfc9051/1/e", "").can_fail(1));
  EXPECT_TRUE(record("rfc7888/1/f", "also: rfc9051/3 should\n").can_fail(1)) << "the extension itself";
}

TEST(Catalogue, ErrorsNameThePlace) {
  EXPECT_EQ(trouble("id: a/b/c\nlevel: perhaps\nsays: x\n"), "x.req:2: level is must, should or may, with (implied) where fit");
  EXPECT_EQ(trouble("id: a/b\nsays: x\n"), "x.req:1: an id has the form document/section/behaviour");
  EXPECT_EQ(trouble("id: a/b/c\nsay: x\n"), "x.req:2: unknown key 'say'; did you mean 'says'?");
  EXPECT_EQ(trouble("id: a/b/c\nsays: x\n\nid: a/b/c\nsays: y\n"), "x.req:4: a/b/c is already at x.req:1: ");
  EXPECT_EQ(trouble("level: must\n"), "x.req:1: a record without id:");
  EXPECT_EQ(trouble("id: a/b/c\nsays: x\nsentences: 12\n"), "x.req:3: '12' is no fingerprint (8 hexadecimal digits)");
}

TEST(Catalogue, ARecordStandsInTheFileOfItsDocument) {
  Catalogue c;
  ASSERT_TRUE(c.add("requirements/rfc1.req", "id: rfc1/2/a\nsays: a\n\nid: rfc12/2/b\nsays: b\n"));
  ASSERT_TRUE(c.add("requirements/security.req", "id: security/limits/c\nsays: c\n"));
  EXPECT_EQ(c.misplaced(), std::vector<std::string>{"requirements/rfc1.req:4: rfc12/2/b belongs in requirements/rfc12.req, the file of its document"});
}

TEST(Catalogue, TheLedgerMustClose) {
  Catalogue c;
  ASSERT_TRUE(c.add_sentences("d/rfc1.sentences", "0123abcd\t2\tMUST\n89abcdef\t3\tlc\n"));
  ASSERT_TRUE(c.add("x.req", "id: rfc1/2/a\nremark: why\nsentences: 0123abcd\n\nid: rfc1/2/b\nsays: b\nsentences: 00000000\n"));
  const auto errors = c.ledger_errors();
  ASSERT_EQ(errors.size(), 3u);
  EXPECT_NE(errors[0].find("calls sentence 0123abcd a remark, but it says MUST"), std::string::npos);
  EXPECT_NE(errors[1].find("answers for sentence 00000000, which no ledger holds"), std::string::npos);
  EXPECT_NE(errors[2].find("rfc1 section 3: no record answers for sentence 89abcdef"), std::string::npos);
}

}  // namespace
}  // namespace mailspec::oracle
