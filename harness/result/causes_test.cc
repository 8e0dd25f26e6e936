#include "harness/result/causes.h"

#include <gtest/gtest.h>

namespace mailspec::result {
namespace {

BrokenStake stake(std::string id, std::string form, std::string symptom, std::set<std::string> acts = {}) {
  return {{std::move(id)}, {std::move(form), std::move(symptom), std::move(acts)}, {}, {}};
}

using Strings = std::vector<std::string>;

TEST(Causes, WhatBreaksAtAFormAsItsOwnerDoesFollowsFromTheOwner) {
  const Grounds grounds{{{"NOOP", {"noop-ok"}}}, {}};
  EXPECT_EQ(attribute({stake("noop-ok", "NOOP", "refused"), stake("pipelining", "NOOP", "refused")}, {}, grounds).of_stakes, (Strings{"", "noop-ok"}));
  EXPECT_EQ(attribute({stake("noop-ok", "NOOP", "refused"), stake("pipelining", "NOOP", "hang")}, {}, grounds).of_stakes, (Strings{"", ""}))
      << "another symptom is another fault";
  EXPECT_EQ(attribute({stake("pipelining", "NOOP", "refused")}, {}, grounds).of_stakes, (Strings{""})) << "the owner's own check has passed";
}

TEST(Causes, AFormThatWorksSomewhereIsNotWhatIsBroken) {
  Grounds grounds{{{"RENAME", {"rename"}}}, {}};
  const std::vector<BrokenStake> broken{stake("rename", "RENAME", "refused"), stake("string-forms", "RENAME", "refused")};
  EXPECT_EQ(attribute(broken, {}, grounds).of_stakes, (Strings{"", "rename"}));
  grounds.works = {"rename"};
  EXPECT_EQ(attribute(broken, {}, grounds).of_stakes, (Strings{"", ""}));
}

TEST(Causes, OwnersOfOneFormStandForThemselves) {
  const Grounds grounds{{{"TOP", {"top-works", "top-sends-lines"}}}, {}};
  EXPECT_EQ(attribute({stake("top-works", "TOP", "refused"), stake("top-sends-lines", "TOP", "refused")}, {}, grounds).of_stakes, (Strings{"", ""}));
}

TEST(Causes, WhatReliedOnABrokenFormFollowsFromItsOwner) {
  const Grounds grounds{{{"STORE +FLAGS", {"store-forms"}}}, {}};
  const auto own = stake("store-forms", "FETCH FLAGS", "wrong", {"STORE +FLAGS"});
  EXPECT_EQ(attribute({own, stake("close", "FETCH FLAGS", "wrong", {"STORE +FLAGS"})}, {}, grounds).of_stakes, (Strings{"", "store-forms"}));
  EXPECT_EQ(attribute({own, stake("copy-flags", "FETCH FLAGS", "wrong", {"COPY"})}, {}, grounds).of_stakes, (Strings{"", ""}));
}

TEST(Causes, WhatRestsOnABrokenRequirementFollowsFromIt) {
  const Grounds grounds{{}, {{"list-size-exact", {"retr-sends-message"}}, {"list-size-as-sent", {"list-size-exact"}}}};
  const auto causes = attribute({stake("retr-sends-message", "RETR", "wrong")}, {{"list-size-exact", {}}, {"list-size-as-sent", {}}}, grounds);
  EXPECT_EQ(causes.of_stakes, (Strings{""}));
  EXPECT_EQ(causes.of_rules.at("list-size-exact"), "retr-sends-message");
  EXPECT_EQ(causes.of_rules.at("list-size-as-sent"), "retr-sends-message");
  EXPECT_TRUE(attribute({}, {{"list-size-exact", {}}}, grounds).of_rules.empty());
}

TEST(Causes, WhatFailsDoesNotFollowFromAWarning) {
  const Grounds grounds{{{"STORE", {"store-ok"}}}, {{"read-to-the-end", {"syntax-bad"}}}};
  auto syntax = stake("syntax-bad", "STATUS", "wrong"), read = stake("read-to-the-end", "STATUS", "wrong");
  syntax.in_case = "syntax.imap";
  read.in_case = "refused-literal.imap";
  EXPECT_EQ(attribute({syntax, read}, {}, grounds).of_stakes, (Strings{"", "syntax-bad"}));
  syntax.warns = true;
  EXPECT_EQ(attribute({syntax, read}, {}, grounds).of_stakes, (Strings{"", ""}));
  auto owner = stake("store-ok", "STORE", "refused"), store = stake("flags", "STORE", "refused"), relied = stake("close", "FETCH", "wrong", {"STORE"});
  auto acted = stake("store-ok", "FETCH", "wrong", {"STORE"});
  owner.in_case = acted.in_case = "store.imap";
  store.in_case = relied.in_case = "flags.imap";
  EXPECT_EQ(attribute({owner, store}, {}, grounds).of_stakes, (Strings{"", "store-ok"}));
  EXPECT_EQ(attribute({acted, relied}, {}, grounds).of_stakes, (Strings{"", "store-ok"}));
  owner.warns = acted.warns = true;
  EXPECT_EQ(attribute({owner, store}, {}, grounds).of_stakes, (Strings{"", ""}));
  EXPECT_EQ(attribute({acted, relied}, {}, grounds).of_stakes, (Strings{"", ""}));
  store.in_case = relied.in_case = "store.imap";
  EXPECT_EQ(attribute({owner, store}, {}, grounds).of_stakes, (Strings{"", "store-ok"}));
  EXPECT_EQ(attribute({acted, relied}, {}, grounds).of_stakes, (Strings{"", "store-ok"}));
  read.warns = true;
  EXPECT_EQ(attribute({syntax, read}, {}, grounds).of_stakes, (Strings{"", "syntax-bad"}));
}

TEST(Causes, OnlyARefusalFollowsFromARefusedForm) {
  Grounds grounds{{{"STORE +FLAGS", {"store-forms"}}}, {{"flags-update", {"store-forms"}}}, {"store-forms"}};
  const auto forms = stake("store-forms", "STORE +FLAGS", "refused");
  auto untold = stake("flags-update", "FETCH FLAGS", "missing", {"STORE +FLAGS"}), refused = stake("flags-update", "STORE +FLAGS", "refused");
  untold.footing.uses = refused.footing.uses = {"STORE +FLAGS", "FETCH FLAGS"};
  EXPECT_EQ(attribute({forms, untold}, {}, grounds).of_stakes, (Strings{"", ""}));
  EXPECT_EQ(attribute({forms, refused}, {}, grounds).of_stakes, (Strings{"", "store-forms"}));
  grounds.owners.clear();
  EXPECT_EQ(attribute({forms, untold}, {}, grounds).of_stakes, (Strings{"", ""})) << "who owns the form is not asked";
  EXPECT_EQ(attribute({forms, refused}, {}, grounds).of_stakes, (Strings{"", "store-forms"}));
  auto line = stake("commands-of-255", "USER", "refused"), survived = stake("overlong-line", "NOOP", "wrong");
  line.protocol = survived.protocol = "pop3", survived.footing.uses = {"NOOP"};
  EXPECT_EQ(attribute({line, survived}, {}, {{}, {{"overlong-line", {"commands-of-255"}}}, {"commands-of-255"}}).of_stakes, (Strings{"", "commands-of-255"}));
}

TEST(Causes, AnAnswerDoesNotFollowFromAConnectionThatWasClosedElsewhere) {
  const Grounds grounds{{}, {{"append", {"literals"}}}, {"literals"}};
  const auto literals = stake("literals", "APPEND", "closed");
  auto append = stake("append", "APPEND", "refused");
  append.footing.uses = {"APPEND"};
  EXPECT_EQ(attribute({literals, append}, {}, grounds).of_stakes, (Strings{"", ""}));
  append.footing.symptom = "closed";
  EXPECT_EQ(attribute({literals, append}, {}, grounds).of_stakes, (Strings{"", "literals"}));
}

TEST(Causes, WhatLiesBetweenAGroundAndWhatFollowsIsBrokenToo) {
  const Grounds grounds{{}, {{"bodystructure", {"fetch-items"}}, {"fetch-items", {"search-sets"}}}};
  const auto sets = stake("search-sets", "FETCH", "missing"), structure = stake("bodystructure", "FETCH BODYSTRUCTURE", "wrong");
  EXPECT_EQ(attribute({sets, structure}, {}, grounds).of_stakes, (Strings{"", ""})) << "FETCH has given its items";
  EXPECT_EQ(attribute({sets, structure, stake("fetch-items", "FETCH", "missing")}, {}, grounds).of_stakes, (Strings{"", "search-sets", "search-sets"}));
}

TEST(Causes, AGroundThatHoldsElsewhereIsBrokenWithACommandThatTheCaseHasUsed) {
  Grounds grounds{{}, {{"other-flags-stay", {"search-sets"}}}};
  auto flags = stake("other-flags-stay", "FETCH FLAGS", "wrong", {"STORE +FLAGS"});
  flags.footing.uses = {"STORE +FLAGS", "UID FETCH"};
  const auto of = [&](const char* form, std::set<std::string> acts = {}) {
    return attribute({stake("search-sets", form, "wrong", std::move(acts)), flags}, {}, grounds).of_stakes[1];
  };
  EXPECT_EQ(of("SEARCH"), "search-sets") << "it holds nowhere";
  grounds.works = {"search-sets"};
  EXPECT_EQ(of("SEARCH"), "");
  EXPECT_EQ(of("SEARCH", {"APPEND"}), "") << "as set-up does in most cases";
  EXPECT_EQ(of("FETCH UID"), "search-sets");
  EXPECT_EQ(of("SEARCH", {"UID STORE -FLAGS"}), "search-sets");
  flags.footing.uses = {};
  EXPECT_EQ(of("SEARCH"), "search-sets") << "a report of before does not tell";
}

TEST(Causes, WhatAnAttackBrokeARuleHasFoundWhereTheAttackWas) {
  const Grounds grounds{{}, {{"fetch-grammar", {"security/splitting"}}}};
  auto attack = stake("security/splitting", "FETCH", "wrong");
  attack.in_case = "splitting.imap";
  const auto of = [&](const std::set<std::string>& cases) { return attribute({attack}, {{"fetch-grammar", {"imap", false, cases}}}, grounds).of_rules.size(); };
  EXPECT_EQ(of({"syntax.imap"}), 0u);
  EXPECT_EQ(of({"splitting.imap", "syntax.imap"}), 1u);
}

TEST(Causes, AGroundIsOfTheSameProtocolAndAHangOfAHang) {
  const Grounds grounds{{}, {{"literal-size", {"number-overflow"}}}};
  auto ground = stake("number-overflow", "LIST", "wrong"), broken = stake("literal-size", "LOGIN", "wrong");
  ground.protocol = "pop3";
  broken.protocol = "imap";
  EXPECT_EQ(attribute({ground, broken}, {}, grounds).of_stakes, (Strings{"", ""}));
  ground.protocol = "";  // of a case that speaks both
  EXPECT_EQ(attribute({ground, broken}, {}, grounds).of_stakes, (Strings{"", "number-overflow"}));
  broken.footing.symptom = "hang";
  EXPECT_EQ(attribute({ground, broken}, {}, grounds).of_stakes, (Strings{"", ""}));
  ground.footing.symptom = "hang";
  EXPECT_EQ(attribute({ground, broken}, {}, grounds).of_stakes, (Strings{"", "number-overflow"}));
  broken.footing.symptom = "wrong";
  EXPECT_EQ(attribute({ground, broken}, {}, grounds).of_stakes, (Strings{"", ""})) << "who does not answer gives no wrong answer";
  broken.footing.symptom = "refused";
  EXPECT_EQ(attribute({ground, broken}, {}, grounds).of_stakes, (Strings{"", ""})) << "nor a refusal";
}

TEST(Causes, AWrongAnswerDoesNotFollowFromTheEndOfAConnection) {
  const Grounds grounds{{}, {{"create", {"bye-before-close"}}}};
  auto broken = stake("create", "CREATE", "refused");
  const std::map<std::string, BrokenRule> rules{{"bye-before-close", {"", false, {}, true}}};
  EXPECT_EQ(attribute({broken}, rules, grounds).of_stakes, (Strings{""}));
  broken.footing.symptom = "closed";
  EXPECT_EQ(attribute({broken}, rules, grounds).of_stakes, (Strings{"bye-before-close"}));
}

TEST(Causes, ARuleOfFormAccountsForTheStakeUnlessItRestsOnIt) {
  auto broken = stake("fetch-items", "FETCH", "missing");
  broken.rules_here = {"fetch-grammar"};
  EXPECT_EQ(attribute({broken}, {{"fetch-grammar", {}}}, {}).of_stakes, (Strings{"fetch-grammar"}));
  const Grounds grounds{{}, {{"fetch-grammar", {"fetch-items"}}}};
  const auto causes = attribute({broken}, {{"fetch-grammar", {}}}, grounds);
  EXPECT_EQ(causes.of_stakes, (Strings{""}));
  EXPECT_EQ(causes.of_rules.at("fetch-grammar"), "fetch-items");
}

TEST(Causes, AWarningExplainsAFailureOfItsOwnCaseOnly) {
  const Grounds grounds{{}, {{"search-keys", {"size-is-octets"}}}};
  auto keys = stake("search-keys", "SEARCH", "wrong");
  keys.in_case = "sizes.imap";
  const auto of = [&](const char* found_in) { return attribute({keys}, {{"size-is-octets", {.cases = {found_in}, .warns = true}}}, grounds).of_stakes[0]; };
  EXPECT_EQ(of("sizes.imap"), "size-is-octets");
  EXPECT_EQ(of("fetch.imap"), "");
  keys.warns = true;
  EXPECT_EQ(of("fetch.imap"), "size-is-octets");
}

TEST(Causes, WhatARuleHasFoundAtAWarningAloneFollowsFromIt) {
  const Grounds grounds{{}, {{"capability-response", {"syntax-bad"}}}};
  auto syntax = stake("syntax-bad", "CAPABILITY", "wrong");
  syntax.warns = true;
  syntax.in_case = "syntax.imap";
  const auto of = [&](const std::set<std::string>& cases) { return attribute({syntax}, {{"capability-response", {.cases = cases}}}, grounds).of_rules.size(); };
  EXPECT_EQ(of({"syntax.imap"}), 1u);
  EXPECT_EQ(of({"syntax.imap", "capability.imap"}), 0u);
  EXPECT_EQ(of({}), 0u) << "it is not known where";
}

TEST(Causes, WhatIsMissingAfterAFormOfItsOwnIsMissedWhereThatWasUsed) {
  const Grounds grounds{{{"ENABLE", {"enabled-response"}}}, {{"search-dates", {"enabled-response"}}}, {"enabled-response"}};
  auto dates = stake("search-dates", "SEARCH", "wrong");
  dates.footing.uses = {"SEARCH"};
  EXPECT_EQ(attribute({stake("enabled-response", "ENABLE", "missing"), dates}, {}, grounds).of_stakes, (Strings{"", ""}));
  dates.footing.uses = {"ENABLE", "SEARCH"};
  EXPECT_EQ(attribute({stake("enabled-response", "ENABLE", "missing"), dates}, {}, grounds).of_stakes, (Strings{"", "enabled-response"}));
}

TEST(Causes, ACircleAccusesSomebody) {
  const Grounds grounds{{}, {{"a", {"b"}}, {"b", {"a"}}}};
  const auto of = attribute({stake("a", "NOOP", "wrong"), stake("b", "NOOP", "wrong")}, {}, grounds).of_stakes;
  EXPECT_TRUE(of[0].empty() || of[1].empty());
}

}  // namespace
}  // namespace mailspec::result
