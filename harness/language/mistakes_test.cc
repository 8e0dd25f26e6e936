#include "harness/language/mistakes.h"

#include <gtest/gtest.h>

namespace mailspec::scenario {
namespace {

std::string first(const std::string& path, const std::string& steps) {
  const auto cases = parse_scenario(path, "title: x\n\n@a\n" + steps);
  EXPECT_TRUE(cases) << steps;
  const auto all = mistakes((*cases)[0]);
  return all.empty() ? "" : all[0];
}

TEST(Mistakes, AreToldWithTheirLine) {
  const auto imap = [](const std::string& steps) { return first("t.imap", steps); };
  EXPECT_EQ(imap("C: a4 NOOP\nS: a4 OK\n"), "");
  EXPECT_EQ(imap("C: a4 NOOP\nS: a5 OK\n"), "t.imap:5: no command above has the tag a5 on connection 1");
  EXPECT_EQ(imap("C: a4 NOOP\nrefused a5\n"), "t.imap:5: no command above has the tag a5 on connection 1");
  EXPECT_EQ(imap("C1: a4 NOOP\nS2: a4 OK\n"), "t.imap:5: no command above has the tag a4 on connection 2");
  EXPECT_EQ(imap("C: a4 NOOP\nS: +OK\n"), "t.imap:5: +OK is POP3's, and this connection speaks IMAP: write 'S: TAG OK' or 'refused TAG'");
  EXPECT_NE(imap("C: a4 NOOP\nS: a4 OK\nC: a4 NOOP\nS: a4 OK\n").find("t.imap:6: the tag a4 stands above already"), std::string::npos);
  EXPECT_NE(imap("C: a4 SELECT {bxo}\nS: a4 OK\n").find("t.imap:4: unknown name 'bxo'; did you mean 'box'?"), std::string::npos);
  EXPECT_NE(imap("C: a4 NOOP\nS: * {n=} EXISTS\nS: a4 OK\ncheck {n} = {m}\n").find("t.imap:7: unknown name 'm'"), std::string::npos);
}

TEST(Mistakes, APasswordIsWrittenInAForm) {
  const auto imap = [](const std::string& login) { return first("t.imap", "C: a1 LOGIN {user} " + login + "\nS: a1 OK\n"); };
  EXPECT_NE(imap("{password}").find("write {astring {password}}"), std::string::npos);
  EXPECT_NE(imap("\"{password}\"").find("{quoted {password}}"), std::string::npos);
  EXPECT_NE(imap("{\"{password}\"}").find("{ascii {password}}"), std::string::npos);
  EXPECT_EQ(imap("{astring {password}}"), "");
  EXPECT_EQ(imap("{\"{ascii {password}}\"}"), "");
}

TEST(Mistakes, WhatCanNeverBeBroken) {
  const auto imap = [](const std::string& steps) { return first("t.imap", steps); };
  EXPECT_EQ(imap("C: a1 NOOP\nS!: * BYE ...\nS: a1 OK\n"), "");
  EXPECT_EQ(imap("C: a1 NOOP\nS: a1 OK\nS!: * BYE ...\n"), "");
  EXPECT_EQ(imap("C: a1 NOOP\nS!: * BYE ...\nobserve how answer a1\n"), "");
  EXPECT_EQ(imap("C: a1 NOOP\nS: * 1 EXISTS\nS!: * 2 EXISTS\n"), "");
  EXPECT_NE(imap("C: a1 NOOP\nS!: * BYE ...\nrefused a1\n").find("t.imap:5: it can never be broken, for nothing is read"), std::string::npos);
  EXPECT_NE(imap("C: a1 NOOP\nrefused a1\nS!: * BYE ...\n").find("t.imap:6: it can never be broken"), std::string::npos);
  EXPECT_NE(imap("C1: a1 NOOP\nS1: a1 OK\nS2!: * BYE ...\n").find("t.imap:6: it can never be broken"), std::string::npos);
  EXPECT_NE(imap("C: a1 NOOP\nS!: * {_} EXPUNGED\nS: a1 OK\n").find("did you mean 'EXPUNGE'?"), std::string::npos);
  EXPECT_EQ(imap("C: a1 NOOP\nS!: * XOWN ...\nS: a1 OK\n"), "") << "a server may have its own";
  EXPECT_NE(imap("C: a1 FETCH 1 BODY[]\nS!: * 1 FETCH (BODY[] @dots.eml)\nS: a1 OK\n").find("the case has no message dots.eml"), std::string::npos);
  EXPECT_EQ(imap("C: a0 APPEND {box} {@dots.eml}\nS: a0 OK\nC: a1 FETCH 1 BODY[]\nS!: * 1 FETCH (BODY[] @dots.eml)\nS: a1 OK\n"), "");
  EXPECT_NE(imap("C: a1 NOOP\nS!: * BYE ...\nS!: * BYE ...\nS: a1 OK\n").find("the same stands above"), std::string::npos);
  const auto pop3 = [](const std::string& steps) { return first("t.pop3", steps); };
  EXPECT_EQ(pop3("C: CAPA\nS: +OK\nS!: STLS\nS: .\n"), "");
  EXPECT_EQ(pop3("C: CAPA\nS: +OK\nS!: STLS\nS!: STLS\nS: .\n"), "t.pop3:7: the same stands above already");
}

TEST(Mistakes, WhatMayLookLikeOneIsNone) {
  const auto imap = [](const std::string& steps) { return first("t.imap", steps); };
  EXPECT_EQ(imap("C~: {numbered \"t# NOOP\\r\\n\" 10}\nS: t5 OK\n"), "");
  EXPECT_EQ(imap("C: a1 IDLE\nS: +\nC: DONE\nS: a1 OK\nC: a2 IDLE\nS: +\nC: DONE\nS: a2 OK\n"), "");
  EXPECT_EQ(imap("C: a1 NOOP\nS: a1 OK\ndrop 1\nconnect 1\nC: a1 NOOP\nS: a1 OK\n"), "");
  EXPECT_EQ(imap("C: a1 NOOP\nS: * {n} EXISTS\nS: * OK {n=}\nS: a1 OK\n"), "") << "these may come in any order";
  EXPECT_EQ(imap("C: {marker} NOOP\nS: {marker} OK\n"), "");
  EXPECT_EQ(first("t.pop3", "C: NOOP\nS: +OK\n"), "");
}

}  // namespace
}  // namespace mailspec::scenario
