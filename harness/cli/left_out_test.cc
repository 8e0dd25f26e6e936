// Extensions left out at run time, of both registries: by the binary, as each is a process of its own.
#include "harness/cli/binary_test.h"

namespace mailspec {
namespace {

using LeftOutBinary = BinaryTest;

TEST_F(LeftOutBinary, BothRegistriesLoseIt) {
  const auto lint = mailspec("--without-extension ID lint");
  EXPECT_EQ(lint.status, 0) << lint.out;
  EXPECT_NE(lint.out.find("without ID: 6 cases, 7 records and 4 deviations left out"), std::string::npos) << lint.out;
  EXPECT_NE(lint.out.find(" 0 findings"), std::string::npos) << lint.out;
  for (const auto* what : {"deviations", "variations", "checks", "requirements"}) {
    const auto list = mailspec(std::string("--without-extension ID list --what ") + what).out;
    for (const auto* word : {"imap-id-", "imap-no-id ", "rfc2971"}) EXPECT_EQ(list.find(word), std::string::npos) << what << ": " << word;
  }
  EXPECT_EQ(mailspec("--without-extension ID list cap:ID").status, 2);
  const auto run = mailspec("--without-extension ID run --embedded --strict imap/rfc9051/6.1-any-state --report json=r.json");
  EXPECT_EQ(run.status, 0) << run.out;
  const auto report = json("r.json");
  EXPECT_EQ(report.at("target").as_string(), "embedded reference server without ID");
  for (const auto& offered : report.at("offered").as_array()) EXPECT_NE(offered.as_string(), "ID");
  const auto selftest = mailspec("--without-extension ID selftest imap-list-twice 'imap-id-*'");
  EXPECT_EQ(selftest.status, 0) << selftest.out;
}

TEST_F(LeftOutBinary, WhatNeedsItGoesWithIt) {
  const auto lint = mailspec("--without-extension ESEARCH lint");
  EXPECT_EQ(lint.status, 0) << lint.out;
  EXPECT_NE(lint.out.find("without ESEARCH (of IMAP4rev1 only), SEARCHRES (of IMAP4rev1 only): "), std::string::npos) << lint.out;
  EXPECT_NE(lint.out.find("0 records and 0 deviations left out"), std::string::npos) << lint.out;
  const auto checks = mailspec("--without-extension ESEARCH list cap:SEARCHRES").out;
  EXPECT_NE(checks.find("~rev2"), std::string::npos) << "IMAP4rev2 has both";
  EXPECT_EQ(checks.find("~rev1"), std::string::npos) << checks;
}

TEST_F(LeftOutBinary, AnUnknownNameIsNamed) {
  const auto ran = mailspec("--without-extension id lint");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.out.find("--without-extension: unknown extension 'id'; did you mean 'ID'?"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("MULTIAPPEND"), std::string::npos) << "it says which there are";
}

}  // namespace
}  // namespace mailspec
