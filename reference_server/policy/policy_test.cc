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
  const imap::Head c{.tag = "a", .name = "STORE", .uid = false};
  imap::StoreArguments a;
  EXPECT_THAT(policy.flags_after(c, a, before, given, slot, 1), ElementsAre("b"));
  a.sign = '+';
  EXPECT_THAT(policy.flags_after(c, a, before, given, slot, 1), ElementsAre("\\Seen", "a", "b"));
  a.sign = '-';
  EXPECT_THAT(policy.flags_after(c, a, before, {"a"}, slot, 1), ElementsAre("\\Seen"));
  options.faults.insert(Fault::store_does_nothing);
  EXPECT_EQ(policy.flags_after(c, a, before, {"a"}, slot, 2), before);
}

TEST(MessagePolicy, ExpungeRemovesWhatIsDeleted) {
  Options options;
  const imap::MessagePolicy policy(options);
  Mailbox box;
  const auto first = box.append("a", {"\\Deleted"}, 0, 0).uid, second = box.append("b", {}, 0, 0).uid;
  imap::View view;
  view.box = &box;
  view.slots = {{first, 0, false, {}}, {second, 0, false, {}}};
  EXPECT_THAT(policy.expunged(view, nullptr, {}), ElementsAre(first));
  const imap::Set all{.ranges = {{1, imap::kStar}}, .saved = false};
  EXPECT_TRUE(policy.expunged(view, &all, {1}).empty()) << "RFC 9051 6.4.9: only those of the set";
  options.faults.insert(Fault::expunge_all);
  EXPECT_THAT(policy.expunged(view, &all, {0, 1}), ElementsAre(first, second));
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
