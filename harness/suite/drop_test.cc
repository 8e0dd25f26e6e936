// Extensions left out of the library.
#include "harness/suite/drop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/text.h"
#include "harness/suite/standing.h"

namespace mailspec::suite {
namespace {

const Library& whole() {
  static const Library kWhole = [] {
    auto library = load_library("");
    EXPECT_TRUE(library);
    return std::move(*library);
  }();
  return kWhole;
}

struct Without {
  Library library;
  std::vector<std::string> rules;
};

// As in a process that has left the extension out.
Without without(const std::string& name, const std::vector<std::string>& its_rules, Library library = whole()) {
  std::vector<imap::Extension> active;
  const imap::Extension* gone = nullptr;
  for (const auto& e : imap::vocabulary()) {
    if (e.name == name) gone = &e;
    if (e.name != name || e.in_rev2()) active.push_back(e);
  }
  Without out{std::move(library), rule_requirements()};
  for (const auto& id : its_rules) std::erase(out.rules, id);
  EXPECT_TRUE(gone) << name;
  if (gone) drop(out.library, *gone, active, out.rules);
  return out;
}

std::set<std::string> names(const Library& library) {
  std::set<std::string> out;
  for (const auto& c : library.cases) out.insert(c.name());
  return out;
}

std::set<std::string> names_gone(const Library& from) {
  const auto all = names(whole()), left = names(from);
  std::set<std::string> out;
  std::ranges::set_difference(all, left, std::inserter(out, out.end()));
  return out;
}

std::set<std::string> records_gone(const Library& from) {
  std::set<std::string> out;
  for (const auto& [id, r] : whole().catalogue.all()) {
    if (!from.catalogue.find(id)) out.insert(id);
  }
  return out;
}

void add(Library& library, const std::string& path, const std::string& text) {
  auto cases = scenario::parse_scenario(path, text);
  ASSERT_TRUE(cases) << cases.error().what;
  for (auto& c : *cases) library.cases.push_back(std::move(c));
  library.files[path] = text;
}

TEST(LeftOut, EachDocumentHasAFolderAndALedger) {
  const auto& library = whole();
  for (const auto& e : imap::vocabulary()) {
    if (e.document.empty()) continue;
    EXPECT_TRUE(std::ranges::any_of(library.catalogue.sentences(), [&](const auto& s) { return s.document == e.document; })) << e.name;
    EXPECT_TRUE(std::ranges::any_of(library.cases, [&](const auto& c) { return c.path.starts_with("imap/" + std::string(e.document) + "/"); })) << e.name;
  }
}

TEST(LeftOut, ItsCasesRecordsLedgerAndRulingsGo) {
  const auto [library, rules] = without("ID", {"rfc2971/3.2/id-grammar", "rfc2971/3.3/limits"});
  const auto gone = names_gone(library);
  EXPECT_EQ(gone.size(), 6u);
  for (const auto& name : gone) EXPECT_TRUE(name.starts_with("imap/rfc2971/")) << name;
  EXPECT_EQ(library.cases_dropped, 6u);
  EXPECT_FALSE(library.files.contains("imap/rfc2971/id.imap"));
  const auto records = records_gone(library);
  EXPECT_EQ(records.size(), 7u);
  EXPECT_EQ(library.records_dropped, 7u);
  for (const auto& id : records) EXPECT_TRUE(id.starts_with("rfc2971/")) << id;
  EXPECT_TRUE(std::ranges::none_of(library.catalogue.sentences(), [](const auto& s) { return s.document == "rfc2971"; }));
  EXPECT_TRUE(std::ranges::none_of(library.rulings, [](const auto& r) { return r.first.starts_with("rfc2971/"); }));
  EXPECT_TRUE(library.catalogue.ledger_errors().empty());
  EXPECT_TRUE(oracle::ruling_errors(library.catalogue, library.rulings).empty());
}

TEST(LeftOut, ARowGoesAlone) {
  auto library = whole();
  add(library, "imap/x.imap",
      "title: x\nrequires: {cap}\nvary: cap | command\n  IDLE | NOOP\n  ID | ID NIL\n  no-ID | NOOP\n\n@rfc9051/6.1.2/noop\nC: a {command}\nS: a OK\n");
  const auto left = without("ID", {}, std::move(library)).library;
  std::map<std::string, std::vector<std::string>> rows;
  for (const auto& c : left.cases) {
    if (c.path == "imap/x.imap" && c.revision == 1) rows[c.row] = c.requires_;
  }
  EXPECT_EQ(rows, (std::map<std::string, std::vector<std::string>>{{"IDLE", {"IDLE"}}, {"no-ID", {}}}));
  EXPECT_TRUE(left.files.contains("imap/x.imap"));
}

TEST(LeftOut, ItsFolderGoesWhateverACaseRequires) {
  auto library = whole();
  for (const auto* path : {"imap/rfc2971/x.imap", "imap/rfc29711/x.imap"}) add(library, path, "title: x\n\n@rfc9051/6.1.2/noop\nC: a NOOP\nS: a OK\n");
  const auto left = names(without("ID", {}, std::move(library)).library);
  EXPECT_FALSE(left.contains("imap/rfc2971/x.imap~rev1"));
  EXPECT_TRUE(left.contains("imap/rfc29711/x.imap~rev1"));
}

TEST(LeftOut, WhatOthersSayOfItsRecordsGoes) {
  auto library = whole();
  ASSERT_TRUE(
      library.catalogue.add("rfc9051.req", "id: rfc9051/1/x\nlevel: must\nsays: x\nalso: rfc2971/3.1 must\nrests: rfc2971/3.1/id rfc9051/6.1.2/noop\n"));
  const auto left = without("ID", {}, std::move(library)).library;
  const auto* record = left.catalogue.find("rfc9051/1/x");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->also.empty());
  EXPECT_EQ(record->rests, std::vector<std::string>{"rfc9051/6.1.2/noop"});
}

// RFC 7888 is the document of LITERAL-, too, which IMAP4rev2 has.
TEST(LeftOut, OfASharedDocumentGoesWhatNothingTestsAnyMore) {
  const auto [library, rules] = without("LITERAL+", {"rfc7888/5/not-both"});
  EXPECT_EQ(records_gone(library), (std::set<std::string>{"rfc7888/4/literal-plus", "rfc7888/5/not-both"}));
  EXPECT_TRUE(std::ranges::none_of(library.catalogue.sentences(), [](const auto& s) { return s.fingerprint == "177b3fec"; })) << "of not-both";
  EXPECT_TRUE(std::ranges::any_of(library.catalogue.sentences(), [](const auto& s) { return s.document == "rfc7888"; }));
  for (const auto& c : library.cases) EXPECT_FALSE(c.needs("LITERAL+")) << c.name();
  EXPECT_TRUE(names(library).contains("imap/rfc7888/non-synchronizing.imap~rev1"));
}

TEST(LeftOut, WhatRev2HasGoesFromRev1Only) {
  const auto [library, rules] = without("MOVE", {});
  EXPECT_TRUE(records_gone(library).empty());
  EXPECT_EQ(library.catalogue.sentences().size(), whole().catalogue.sentences().size());
  const auto gone = names_gone(library);
  EXPECT_TRUE(gone.contains("imap/rfc6851/move.imap~rev1") || gone.contains("imap/rfc6851/move-both.imap~rev1"));
  for (const auto& name : gone) EXPECT_TRUE(name.ends_with("~rev1")) << name;
  EXPECT_TRUE(std::ranges::any_of(library.cases, [](const auto& c) { return c.revision == 1 && c.needs("no-MOVE"); }));
}

}  // namespace
}  // namespace mailspec::suite
