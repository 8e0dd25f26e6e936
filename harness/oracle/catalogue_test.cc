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

TEST(Catalogue, ARecordThatIsTakenOutLeavesNoTrace) {
  Catalogue c;
  ASSERT_TRUE(c.add("rfc1.req",
                    "id: rfc1/2/a\nlevel: must\nsays: x\nsentences: 00000001 00000002\n\nid: rfc1/2/b\nlevel: must\nsays: x\nrests: rfc1/2/a rfc2/1/c\n"
                    "sentences: 00000002\n"));
  ASSERT_TRUE(c.add("rfc2.req", "id: rfc2/1/c\nlevel: must\nsays: x\n"));
  ASSERT_TRUE(c.add_sentences("rfc1.sentences", "00000001\t2\tMUST\n00000002\t2\tMUST\n00000003\t2\tMUST\n"));
  c.remove("rfc1/2/a");
  c.remove("rfc1/2/no-such");
  EXPECT_FALSE(c.find("rfc1/2/a"));
  EXPECT_EQ(c.find("rfc1/2/b")->rests, std::vector<std::string>{"rfc2/1/c"});
  EXPECT_EQ(c.sentences().size(), 2u) << "the second has another record, the third has none";
  EXPECT_EQ(c.ledger_errors(), std::vector<std::string>{"rfc1 section 2: no record answers for sentence 00000003"});
}

TEST(Catalogue, ADocumentThatIsTakenOutLeavesNoTrace) {
  Catalogue c;
  ASSERT_TRUE(c.add("rfc1.req", "id: rfc1/2/a\nlevel: must\nsays: x\nsentences: 00000001\n\nid: rfc1/3/b\nlevel: may\nremark: x\n"));
  ASSERT_TRUE(
      c.add("rfc12.req", "id: rfc12/1/c\nlevel: must\nsays: x\nalso: rfc1/2 must\nalso: rfc12/3 must\nrests: rfc1/2/a\nsentences: 00000002 00000003\n"));
  ASSERT_TRUE(c.add_sentences("rfc1.sentences", "00000001\t2\tMUST\n00000002\t2\tMUST\n"));
  ASSERT_TRUE(c.add_sentences("rfc12.sentences", "00000003\t1\tMUST\n"));
  c.remove_document("rfc1");
  EXPECT_EQ(c.ids(), std::vector<std::string>{"rfc12/1/c"});
  const auto& left = *c.find("rfc12/1/c");
  EXPECT_TRUE(left.rests.empty());
  ASSERT_EQ(left.also.size(), 1u);
  EXPECT_EQ(left.also[0].section, "rfc12/3");
  EXPECT_EQ(left.sentences, std::vector<std::string>{"00000003"});
  EXPECT_EQ(c.sentences().size(), 1u);
  EXPECT_TRUE(c.ledger_errors().empty());
}

}  // namespace
}  // namespace mailspec::oracle
