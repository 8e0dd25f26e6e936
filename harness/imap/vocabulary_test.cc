#include "harness/imap/vocabulary.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "harness/base/ascii.h"
#include "harness/imap/search_return.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap {
namespace {

TEST(Vocabulary, WordsAreFoundInAnyCase) {
  ASSERT_TRUE(find_command_word("fetch"));
  EXPECT_TRUE(find_command_word("Fetch")->counts);
  EXPECT_EQ(find_command_word("UID FETCH"), nullptr) << "the tables have no UID forms";
  EXPECT_TRUE(facts_of("UID MOVE").copies);
  EXPECT_FALSE(facts_of("XNONSENSE").reads_only) << "of what is not known nothing is so";
  EXPECT_EQ(find_untagged("XNONSENSE"), nullptr);
  EXPECT_EQ(find_code("inuse"), find_code("INUSE"));
}

TEST(Vocabulary, AnItemWithASectionIsAnother) {
  ASSERT_TRUE(find_fetch_item("BODY") && find_fetch_item("BODY[1.MIME]"));
  EXPECT_FALSE(find_fetch_item("BODY")->section);
  EXPECT_TRUE(find_fetch_item("body[")->section);
  EXPECT_EQ(find_fetch_item("FLAGS["), nullptr);
}

TEST(Vocabulary, WhatSetsSeenIsSeenInACommand) {
  for (const auto* text : {"1 BODY[]", "1 (FLAGS binary[1])", "1 RFC822", "1 (RFC822 UID)", "1 RFC822.TEXT"}) EXPECT_TRUE(sets_seen(text)) << text;
  for (const auto* text : {"1 BODY", "1 BODY.PEEK[]", "1 BINARY.SIZE[1]", "1 RFC822.SIZE", "1 (RFC822.HEADER)", "1 FLAGS"})
    EXPECT_FALSE(sets_seen(text)) << text;
}

// Two rows of a name: the second would never be found.
TEST(Vocabulary, NoWordIsThereTwice) {
  std::map<std::string, int> seen;
  const auto count = [&](const std::string& kind, const auto& words, auto name) {
    for (const auto& word : words) ++seen[kind + " " + upper(word.*name)];
  };
  for (const auto& e : vocabulary()) {
    count("capability", e.capabilities, &CapabilityWord::name);
    count("command", e.commands, &CommandWord::name);
    count("untagged", e.untagged, &UntaggedWord::keyword);
    count("code", e.codes, &CodeWord::name);
    count("STATUS", e.status_items, &StatusItem::name);
    count("FETCH", e.fetch_items, &FetchWord::name);
    count("SEARCH", e.search_keys, &SearchKey::name);
    count("RETURN", e.return_items, &ReturnItem::name);
    count("LIST", e.list_items, &ListItem::name);
  }
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST(Vocabulary, WhatMayNotComeUnaskedHasARequirement) {
  for (const auto& e : vocabulary()) {
    for (const auto& word : e.untagged) EXPECT_TRUE(word.requirement) << word.keyword;
    for (const auto& item : e.fetch_items) EXPECT_EQ(item.asked_by.empty(), item.requirement == nullptr) << item.name;
    for (const auto& item : e.list_items) EXPECT_EQ(item.asked_by.empty(), item.requirement == nullptr) << item.name;
    for (const auto& key : e.search_keys) {
      if (key.opposite.empty()) continue;
      const auto* opposite = find_search_key(key.opposite);
      ASSERT_TRUE(opposite) << key.opposite;
      EXPECT_TRUE(opposite->opposite == key.name && opposite->arguments == key.arguments) << key.name;
    }
  }
}

TEST(Vocabulary, NothingGoesOnceAWordWasAskedFor) {
  ASSERT_FALSE(vocabulary().empty());
  EXPECT_NE(leave_out("ID").error().what.find("too late"), std::string::npos);
  EXPECT_NE(leave_out("MOVES").error().what.find("did you mean 'MOVE'"), std::string::npos);
}

TEST(SearchReturn, HasTheCorrelatorAndTheItems) {
  Response r;
  r.keyword = "ESEARCH";
  r.values = parse_values("(TAG \"a1\") UID MIN 2 ALL 1:3,7");
  const auto returned = search_return(r);
  ASSERT_TRUE(returned.correlator);
  EXPECT_TRUE(returned.uid);
  ASSERT_EQ(returned.items.size(), 2u);
  EXPECT_EQ(returned.items[1].first, "ALL");
  EXPECT_EQ(size_of(numbers_found(r)), 4u);
  r.values = parse_values("ALL *");
  EXPECT_TRUE(search_return(r).has_all());
  EXPECT_FALSE(search_return(r).all()) << "\"*\" is no number here";
}

}  // namespace
}  // namespace mailspec::imap
