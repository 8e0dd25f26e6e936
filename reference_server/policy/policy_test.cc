// Policies decide as the RFCs say, and otherwise with the fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reference_server/policy/imap_policies.h"
#include "reference_server/policy/pop3_maildrop.h"

namespace mailspec::reference {
namespace {

using ::testing::ElementsAre;

TEST(NumberPolicy, ARangeHasItsEndsInEitherOrder) {
  Options options;
  const imap::NumberPolicy policy(options);
  EXPECT_EQ(policy.numbers("FETCH", {4, 2}, 9).first, 2u);
  EXPECT_EQ(policy.numbers("FETCH", {2, imap::kStar}, 9).last, 9u);
  EXPECT_EQ(policy.uids({100, imap::kStar}, 7).first, 7u) << "RFC 9051 6.4.9: n:* has the last message in any case";
  EXPECT_TRUE(policy.refuses_beyond("COPY"));
  options.faults.insert(Fault::uid_star_strict);
  EXPECT_GT(policy.uids({100, imap::kStar}, 7).first, policy.uids({100, imap::kStar}, 7).last);
}

TEST(MessagePolicy, StoreAddsRemovesAndReplaces) {
  Options options;
  const imap::MessagePolicy policy(options);
  const std::set<std::string> before{"\\Seen", "a"}, given{"b"};
  const imap::Slot slot;
  imap::Command c;
  c.name = "STORE";
  EXPECT_THAT(policy.flags_after(c, before, given, slot, 1), ElementsAre("b"));
  c.store = '+';
  EXPECT_THAT(policy.flags_after(c, before, given, slot, 1), ElementsAre("\\Seen", "a", "b"));
  c.store = '-';
  EXPECT_THAT(policy.flags_after(c, before, {"a"}, slot, 1), ElementsAre("\\Seen"));
  options.faults.insert(Fault::store_does_nothing);
  EXPECT_EQ(policy.flags_after(c, before, {"a"}, slot, 2), before);
}

TEST(MessagePolicy, ExpungeRemovesWhatIsDeleted) {
  Options options;
  const imap::MessagePolicy policy(options);
  Mailbox box;
  const auto first = box.append("a", {"\\Deleted"}, 0, 0).uid, second = box.append("b", {}, 0, 0).uid;
  imap::View view;
  view.box = &box;
  view.slots = {{first, 0, false, {}}, {second, 0, false, {}}};
  imap::Command c;
  c.name = "EXPUNGE";
  EXPECT_THAT(policy.expunged(c, view, {}), ElementsAre(first));
  c.uid = true;
  EXPECT_TRUE(policy.expunged(c, view, {1}).empty()) << "RFC 9051 6.4.9: only those of the set";
  options.faults.insert(Fault::expunge_all);
  EXPECT_THAT(policy.expunged(c, view, {0, 1}), ElementsAre(first, second));
}

TEST(MaildropPolicy, NumbersStayWhenMessagesAreMarked) {
  Options options;
  const pop3::MaildropPolicy policy(options);
  std::vector<pop3::Slot> slots(3);
  slots[0].deleted = true;
  EXPECT_EQ(policy.find(slots, 1), nullptr);
  EXPECT_EQ(policy.find(slots, 2), &slots[1]);
  EXPECT_EQ(policy.find(slots, 4), nullptr);
  options.faults.insert(Fault::renumber_after_dele);
  EXPECT_EQ(policy.find(slots, 1), &slots[1]);
}

}  // namespace
}  // namespace mailspec::reference
