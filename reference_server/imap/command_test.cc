// A command is a head and arguments of one kind.
#include "reference_server/imap/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailspec::reference::imap {
namespace {

using ::testing::ElementsAre;

Command read(std::string_view octets) { return parse_command(octets, {}).command.value_or(Command{}); }

TEST(Command, HasAHeadAndArgumentsOfOneKind) {
  const auto c = read("a1 uid store 2:* +FLAGS.SILENT (\\Seen $Junk)");
  EXPECT_EQ(c.tag, "a1");
  EXPECT_EQ(c.name, "STORE");
  EXPECT_TRUE(c.uid);
  const auto* a = c.as<StoreArguments>();
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->sign, '+');
  EXPECT_TRUE(a->silent);
  EXPECT_THAT(a->flags, ElementsAre("\\Seen", "$Junk"));
  EXPECT_THAT(a->set.ranges, ElementsAre(std::pair{std::uint64_t{2}, kStar}));
  EXPECT_EQ(c.as<FetchArguments>(), nullptr);
}

TEST(Command, ExpungeHasASetWithUidOnly) {
  EXPECT_NE(read("a EXPUNGE").as<NoArguments>(), nullptr);
  EXPECT_NE(read("a UID EXPUNGE 3").as<SetArguments>(), nullptr);
}

TEST(Command, OfAnExtensionMayHaveWords) {
  const auto c = read("a ENABLE imap4rev2 X-GOOD");
  const auto* a = c.as<Words>();
  ASSERT_NE(a, nullptr);
  EXPECT_THAT(a->words, ElementsAre("IMAP4REV2", "X-GOOD"));
}

TEST(Command, TellsTheMailboxThatItNames) {
  const auto name = [](const Command& c) {
    const auto* there = mailbox_of(c);
    return there ? *there : "(none)";
  };
  EXPECT_EQ(name(read("a SELECT INBOX")), "INBOX");
  EXPECT_EQ(name(read("a RENAME old new")), "old");
  EXPECT_EQ(name(read("a LIST reference %")), "reference");
  EXPECT_EQ(name(read("a COPY 1 \"to there\"")), "to there");
  EXPECT_EQ(name(read("a NOOP")), "(none)");
}

}  // namespace
}  // namespace mailspec::reference::imap
