#include "harness/scenario/template.h"

#include <gtest/gtest.h>

#include "harness/scenario/offer.h"

namespace mailspec::scenario {
namespace {

TEST(Offer, WhatIsNamedMustMeanSomething) {
  Offer offer;
  offer.pop3 = Pop3Offer{};
  offer.pop3->capa = true;
  offer.pop3->before_tls = {{"LOGIN-DELAY", {"0"}, ""}};
  EXPECT_FALSE(offer.pop3_has("LOGIN-DELAY")) << "with no seconds between logins none comes too soon";
  offer.pop3->before_tls = {{"LOGIN-DELAY", {"10"}, ""}};
  EXPECT_TRUE(offer.pop3_has("LOGIN-DELAY"));
  offer.pop3->after_login = {{"SASL", {"CRAM-MD5"}, ""}, {"EXPIRE", {"NEVER"}, ""}};
  EXPECT_FALSE(offer.pop3_has("SASL:CRAM-MD5")) << "after the login it serves no longer";
  EXPECT_TRUE(offer.pop3_has("EXPIRE:NEVER"));
  offer.imap = ImapOffer{};
  offer.imap->after_login = {"IMAP4rev1", "LOGINDISABLED"};
  EXPECT_FALSE(offer.imap_has("LOGINDISABLED", 1)) << "after the login it says nothing of logins";
  offer.imap->before_tls = {"IMAP4rev1", "LOGINDISABLED"};
  EXPECT_TRUE(offer.imap_has("LOGINDISABLED", 1));
  offer.imap->after_login = {"IMAP4rev1", "AUTH=PLAIN", "SASL-IR", "MOVE"};
  EXPECT_FALSE(offer.imap_has("AUTH=PLAIN", 1) || offer.imap_has("SASL-IR", 1)) << "after the login they serve no longer";
  EXPECT_TRUE(offer.imap_has("MOVE", 1));
}

// What each form makes of each password; "" where it cannot hold it.
TEST(Template, PasswordsInEachForm) {
  const struct {
    std::string password, atom, quoted, astring, ascii, argument;
  } kCases[] = {
      {"plain-1!", "plain-1!", "\"plain-1!\"", "plain-1!", "plain-1!", "plain-1!"},
      {"br]acket", "br]acket", "\"br]acket\"", "br]acket", "br]acket", "br]acket"},
      {"a b", "", "\"a b\"", "\"a b\"", "a b", ""},
      {"a\"b", "", "\"a\\\"b\"", "\"a\\\"b\"", "a\"b", "a\"b"},
      {"a\\b", "", "\"a\\\\b\"", "\"a\\\\b\"", "a\\b", "a\\b"},
      {"p%w", "", "\"p%w\"", "\"p%w\"", "p%w", "p%w"},
      {"(x)", "", "\"(x)\"", "\"(x)\"", "(x)", "(x)"},
      {"{3}", "", "\"{3}\"", "\"{3}\"", "{3}", "{3}"},
      {"*", "", "\"*\"", "\"*\"", "*", "*"},
      {"$HOME'", "$HOME'", "\"$HOME'\"", "$HOME'", "$HOME'", "$HOME'"},
      {"\x7f", "", "\"\x7f\"", "\"\x7f\"", "\x7f", ""},
      {"p\xc3\xa4ss", "", "", "", "", ""},
      {"a\rb", "", "", "", "a\rb", ""},
      {"a\nb", "", "", "", "a\nb", ""},
      {std::string("a\0b", 3), "", "", "", "", ""},
  };
  for (const auto& c : kCases) {
    Bindings b{{"password", {c.password, true}}};
    Workshop w;
    for (const auto& [form, due] : {std::pair{"atom", c.atom}, {"quoted", c.quoted}, {"astring", c.astring}, {"ascii", c.ascii}, {"argument", c.argument}}) {
      const auto line = parse_template(std::string("{") + form + " {password}}", 1);
      ASSERT_TRUE(line);
      const auto made = expand(*line, b, w, 1);
      ASSERT_TRUE(made);
      EXPECT_EQ(made->octets, due) << form << " of " << c.password;
      EXPECT_EQ(made->declined.empty(), !due.empty()) << form << " of " << c.password;
      EXPECT_EQ(made->declined.find(c.password), std::string::npos) << "a password is told";
    }
  }
}

Match try_match(const std::string& pattern, const std::string& text, Bindings& bindings, bool open_end = false) {
  auto line = parse_pattern(text.empty() ? pattern : pattern, 1);
  EXPECT_TRUE(line) << pattern;
  return match(*line, text, bindings, open_end, false);
}

TEST(Pattern, Matches) {
  Bindings b;
  EXPECT_TRUE(try_match("2 {n=}", "2 320", b).matched);
  EXPECT_EQ(b["n"].octets, "320");
  EXPECT_TRUE(try_match("2 {n}", "2 320", b).matched);
  EXPECT_FALSE(try_match("2 {n}", "2 321", b).matched);
  EXPECT_FALSE(try_match("2 {n}", "2  320", b).matched);
  EXPECT_FALSE(try_match("2 {n}", "2 320 more", b).matched);
  EXPECT_TRUE(try_match("2 {n}", "2 320 more", b, true).matched);
  EXPECT_FALSE(try_match("2 {n}", "2 3200", b, true).matched);
  EXPECT_TRUE(try_match("{_} ...", "a b c", b).matched);
  EXPECT_TRUE(try_match("{tag=}...", "en", b).matched);
  EXPECT_TRUE(try_match("{x=A|B}", "B", b).matched);
  EXPECT_FALSE(try_match("{x=A|B}", "C", b).matched);
  EXPECT_EQ(try_match("2 320", "2 330", b).offset, 0u);
}

TEST(Template, ExpandsAndKeepsSecrets) {
  Bindings b{{"user", {"u", false}}, {"password", {"hunter2", true}}};
  Workshop w;
  w.credentials = {"u", "hunter2", "other"};
  const auto expand_text = [&](const std::string& text) {
    auto line = parse_template(text, 1);
    EXPECT_TRUE(line) << text;
    return expand(*line, b, w, 1);
  };
  EXPECT_EQ(expand_text("PASS {password}")->octets, "PASS hunter2");
  EXPECT_EQ(expand_text("PASS {password}")->shown, "PASS {secret:7}");
  EXPECT_EQ(expand_text("{repeat \"ab\" 3}")->octets, "ababab");
  EXPECT_EQ(expand_text("{base64 \"\\0u\\0p\"}")->octets, "AHUAcA==");
  EXPECT_EQ(expand_text("{sasl PLAIN 1}")->octets, "AHUAaHVudGVyMg==");
  EXPECT_EQ(expand_text("{sasl PLAIN 1}")->shown, "{secret:16}");
  EXPECT_EQ(expand_text("\\{x}")->octets, "{x}");
  EXPECT_EQ(expand_text("{quoted {password}}")->shown, "{secret:9}");
  const auto unknown_name = expand_text("{usr}");
  ASSERT_FALSE(unknown_name);
  EXPECT_EQ(unknown_name.error().what, "{usr}: unknown name 'usr'; did you mean 'user'?");
}

}  // namespace
}  // namespace mailspec::scenario
