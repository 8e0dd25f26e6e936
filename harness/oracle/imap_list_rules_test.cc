// LIST, STATUS and names; capabilities, logins and response codes: each rule from both sides.
#include <string>
#include <vector>

#include "harness/oracle/imap_rules_dialogue.h"

namespace mailspec::oracle {
namespace {

using Lines = std::vector<std::string>;
const Lines kExtended{"IMAP4rev1", "LIST-EXTENDED", "LIST-STATUS", "NAMESPACE", "BINARY", "UIDPLUS"};

// After ENABLE IMAP4rev2, logged in.
Lines rev2(Lines more) {
  Lines out{"C: l LOGIN u p", "S: l OK x", "C: e ENABLE IMAP4rev2", "S: * ENABLED IMAP4rev2", "S: e OK x"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

TEST(ImapListRules, DelimiterBelowOneName) {
  const Set broken{"rfc9051/7.3.1/one-delimiter"};
  EXPECT_EQ(found({"C: a LIST \"\" *", "S: * LIST () \"/\" a/b", "S: * LIST () \".\" a.c", "S: a OK x"}), broken);
  EXPECT_EQ(found({"C: a LIST \"\" *", "S: * LIST () \"/\" a/b", "S: * LIST () \".\" #news.c", "S: a OK x"}), Set{}) << "another top-level name";
  EXPECT_EQ(found({"C: a LIST \"\" *", "S: * LIST () \"/\" a/b", "S: * LIST () NIL INBOX", "S: a OK x"}), Set{});
}

TEST(ImapListRules, DelimiterOfTheNamespace) {
  const Lines names{"C: n NAMESPACE", "S: * NAMESPACE ((\"\" \"/\")) ((\"~\" \".\")) NIL", "S: n OK x", "C: a LIST \"\" *"};
  const auto after = [&](const std::string& list) {
    auto lines = names;
    lines.insert(lines.end(), {list, "S: a OK x"});
    return found(lines);
  };
  EXPECT_EQ(after("S: * LIST () \".\" a/b"), Set{"rfc9051/6.3.10/namespace"});
  EXPECT_EQ(after("S: * LIST () NIL a/b"), Set{"rfc9051/6.3.10/namespace"});
  EXPECT_EQ(after("S: * LIST () \"/\" a/b"), Set{});
  EXPECT_EQ(after("S: * LIST () \".\" ~joe.box"), Set{}) << "the longest prefix counts";
  EXPECT_EQ(after("S: * LIST () NIL INBOX"), Set{}) << "a name without the delimiter says nothing";
}

TEST(ImapListRules, OneResponseForSeveralPatterns) {
  EXPECT_EQ(found({"C: a LIST \"\" (a* ab)", "S: * LIST () \"/\" ab", "S: * LIST () \"/\" ab", "S: a OK x"}, kExtended), Set{"rfc5258/3/one-response"});
  EXPECT_EQ(found({"C: a LIST \"\" (a* b*)", "S: * LIST () \"/\" ab", "S: * LIST () \"/\" b", "S: a OK x"}, kExtended), Set{});
  // The rule is about several patterns, and about one LIST.
  EXPECT_EQ(found({"C: a LIST \"\" a*", "S: * LIST () \"/\" ab", "S: a OK x", "C: b LIST \"\" (a* ab)", "S: * LIST () \"/\" ab", "S: b OK x"}, kExtended),
            Set{});
}

TEST(ImapListRules, ExtendedDataOnlyIfAsked) {
  const std::string info = "S: * LIST () \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))";
  EXPECT_EQ(found({"C: a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" *", info, "S: a OK x"}, kExtended), Set{});
  EXPECT_EQ(found({"C: a LIST (SUBSCRIBED) \"\" *", info, "S: a OK x"}, kExtended), Set{"rfc9051/6.3.9.6/childinfo-asked"});
  EXPECT_EQ(found({"C: a LIST \"\" *", "S: * LIST () \"/\" a (\"X\" (\"y\"))", "S: a OK x"}, kExtended), Set{"rfc5258/3/extended-items-asked"});
  EXPECT_EQ(found({"C: a LIST \"\" * RETURN ()", "S: a OK x", "C: b LIST \"\" *", "S: * LIST () \"/\" a (\"X\" (\"y\"))", "S: b OK x"}, kExtended), Set{})
      << "the client has shown that it knows them";
}

TEST(ImapListRules, StatusOfWhatCannotBeSelected) {
  const Set broken{"rfc9051/6.3.9.2/status-noselect"};
  EXPECT_EQ(found({"C: a LIST \"\" * RETURN (STATUS (MESSAGES))", "S: * LIST (\\Noselect) \"/\" a", "S: * STATUS a (MESSAGES 0)", "S: a OK x"}, kExtended),
            broken);
  EXPECT_EQ(found({"C: a LIST \"\" * RETURN (STATUS (MESSAGES))", "S: * LIST (\\NonExistent) \"/\" a", "S: * STATUS a (MESSAGES 0)", "S: a OK x"}, kExtended),
            broken);
  EXPECT_EQ(found({"C: a LIST \"\" * RETURN (STATUS (MESSAGES))", "S: * LIST (\\Noselect) \"/\" a", "S: * LIST () \"/\" b", "S: * STATUS b (MESSAGES 0)",
                   "S: a OK x"},
                  kExtended),
            Set{});
}

TEST(ImapListRules, NormalizedNamesAreTold) {
  const std::string composed = "\xC3\xA9", combining = "e\xCC\x81";
  EXPECT_EQ(found(rev2({"C: a CREATE \"" + combining + "\"", "S: a OK x"}), {"IMAP4rev1", "IMAP4rev2"}), Set{"rfc9051/6.3.9.7/oldname"});
  EXPECT_EQ(found(rev2({"C: a SELECT \"" + combining + "\"", "S: * 0 EXISTS", "S: a OK x"}), {"IMAP4rev1", "IMAP4rev2"}), Set{"rfc9051/6.3.2/oldname"});
  EXPECT_EQ(found(rev2({"C: a CREATE \"" + combining + "\"", "S: * LIST () \"/\" \"" + composed + "\" (\"OLDNAME\" (\"" + combining + "\"))", "S: a OK x"}),
                  {"IMAP4rev1", "IMAP4rev2"}),
            Set{});
  EXPECT_EQ(found(rev2({"C: a CREATE \"" + combining + "\"", "S: a NO x"}), {"IMAP4rev1", "IMAP4rev2"}), Set{}) << "refused";
  EXPECT_EQ(found(rev2({"C: a CREATE \"" + composed + "\"", "S: a OK x"}), {"IMAP4rev1", "IMAP4rev2"}), Set{});
}

TEST(ImapListRules, DeleteRefusedForChildren) {
  const auto with = [](const std::string& answer) {
    return rev2({"C: a CREATE p", "S: a OK x", "C: b CREATE p/c", "S: b OK x", "C: c LIST \"\" *", "S: * LIST () \"/\" p", "S: * LIST () \"/\" p/c",
                 "S: c OK x", "C: d DELETE p", answer});
  };
  const Lines both{"IMAP4rev1", "IMAP4rev2"};
  EXPECT_EQ(found(with("S: d NO x"), both), Set{"rfc9051/6.3.5/delete-haschildren"});
  EXPECT_EQ(found(with("S: d NO [HASCHILDREN] x"), both), Set{});
  EXPECT_EQ(found(with("S: d OK x"), both), Set{});
  EXPECT_EQ(found(rev2({"C: a DELETE p", "S: a NO x"}), both), Set{}) << "it may not be there at all";
}

TEST(ImapCapabilityRules, WhatIsOffered) {
  EXPECT_EQ(found({"C: a CAPABILITY", "S: * CAPABILITY IMAP4rev1 LITERAL+ LITERAL-", "S: a OK x"}), Set{"rfc7888/5/not-both"});
  EXPECT_EQ(found({"C: a CAPABILITY", "S: * CAPABILITY IMAP4rev1 IMAP4", "S: a OK x"}), Set{"rfc9051/9/imap4-first"});
  EXPECT_EQ(found({"C: a CAPABILITY", "S: * CAPABILITY IMAP4 IMAP4rev1", "S: a OK x"}), Set{});
}

TEST(ImapCapabilityRules, MechanismsThatWorkAreListed) {
  const Set broken{"rfc9051/6.2.2/mechanisms-listed"};
  const std::string with = "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN", without = "S: * CAPABILITY IMAP4rev1";
  EXPECT_EQ(found({"C: c CAPABILITY", without, "S: c OK x", "C: a AUTHENTICATE PLAIN", "S: + ", "C: AHUAcA==", "S: a OK x"}), broken);
  EXPECT_EQ(found({"C: c CAPABILITY", with, "S: c OK x", "C: a authenticate plain", "S: + ", "C: AHUAcA==", "S: a OK x"}), Set{});
  EXPECT_EQ(found({"C: a AUTHENTICATE PLAIN", "S: + ", "C: AHUAcA==", "S: a OK x"}), Set{}) << "nothing is known";
  // What holds after the login may be told before its tagged response, or in it.
  EXPECT_EQ(found({"C: c CAPABILITY", with, "S: c OK x", "C: a AUTHENTICATE PLAIN", "S: + ", "C: AHUAcA==", without, "S: a OK x"}), Set{});
  EXPECT_EQ(found({"C: c CAPABILITY", with, "S: c OK x", "C: a AUTHENTICATE PLAIN", "S: + ", "C: AHUAcA==", "S: a OK [CAPABILITY IMAP4rev1] x"}), Set{});
}

TEST(ImapCapabilityRules, RefusedLogins) {
  const Set broken{"rfc9051/11.7/no-user-disclosure"};
  EXPECT_EQ(found({"C: a LOGIN u p", "S: a NO no such user"}), broken);
  EXPECT_EQ(found({"C: a LOGIN u p", "S: a NO [AUTHENTICATIONFAILED] x", "C: b LOGIN v p", "S: b NO x"}), broken);
  EXPECT_EQ(found({"C: a LOGIN u p", "S: a NO [AUTHENTICATIONFAILED] x", "C: b LOGIN v p", "S: b NO [AUTHENTICATIONFAILED] x"}), Set{});
  EXPECT_EQ(found({"C: a LOGIN u p", "S: a NO x", "C: b LOGIN v p", "S: b NO [UNAVAILABLE] x"}), Set{}) << "another reason";
}

TEST(ImapCapabilityRules, IdLimits) {
  const Set broken{"rfc2971/3.3/limits"};
  const auto id = [](const std::string& pairs) { return found({"C: a ID NIL", "S: * ID (" + pairs + ")", "S: a OK x"}, {"IMAP4rev1", "ID"}); };
  EXPECT_EQ(id("\"name\" \"x\""), Set{});
  EXPECT_EQ(id("\"" + std::string(30, 'f') + "\" \"" + std::string(1024, 'v') + "\""), Set{});
  EXPECT_EQ(id("\"" + std::string(31, 'f') + "\" \"x\""), broken);
  EXPECT_EQ(id("\"name\" \"" + std::string(1025, 'v') + "\""), broken);
  EXPECT_EQ(id("\"name\" \"x\" \"NAME\" \"y\""), broken);
}

TEST(ImapCapabilityRules, LargeLiteralsUnderLiteralMinus) {
  const Lines minus{"IMAP4rev1", "LITERAL-"};
  const std::string append = "C: a APPEND box {5000+}\r\nx";
  EXPECT_EQ(found({append, "S: a BAD x"}, minus), Set{"rfc7888/5/toobig"});
  EXPECT_EQ(found({append, "S: a BAD [TOOBIG] x"}, minus), Set{});
  EXPECT_EQ(found({append, "S: a NO x"}, minus), Set{}) << "it may be read and refused for another reason";
  EXPECT_EQ(found({"C: a APPEND box {4000+}\r\nx", "S: a BAD x"}, minus), Set{});
}

TEST(ImapCapabilityRules, RefusedBinary) {
  const std::string works = "C: a APPEND box {1}", binary = "C: b APPEND box ~{1}";
  EXPECT_EQ(found({works, "S: a OK x", binary, "S: b NO x"}, kExtended), Set{"rfc3516/4.4/append-binary"});
  EXPECT_EQ(found({works, "S: a OK x", binary, "S: b NO [UNKNOWN-CTE] x"}, kExtended), Set{});
  EXPECT_EQ(found({works, "S: a OK x", binary, "S: b NO [OVERQUOTA] x"}, kExtended), Set{}) << "another reason";
  EXPECT_EQ(found({binary, "S: b NO x"}, kExtended), Set{}) << "perhaps nothing can be appended there";
}

TEST(ImapRules, PreauthInClear) {
  const auto greeted = [](const Lines& lines, const Lines& offered) {
    Set out;
    for (const auto& f : judge(dialogue(lines, offered), imap_rules()).findings) out.insert(f.requirement);
    return out;
  };
  const Lines old{"IMAP4rev1"}, both{"IMAP4rev1", "IMAP4rev2"};
  EXPECT_EQ(greeted({"= connect", "S: * PREAUTH hi"}, both), Set{"rfc9051/7.1.4/preauth-protected"});
  EXPECT_EQ(greeted({"= connect", "S: * PREAUTH hi"}, old), Set{}) << "RFC 3501 does not ask for it";
  EXPECT_EQ(greeted({"= connect", "= tls", "S: * PREAUTH hi"}, both), Set{});
}

TEST(ImapRules, UidValidityWhereverItIsTold) {
  const Set broken{"rfc9051/2.3.1.1/uidvalidity-stable"};
  EXPECT_EQ(found(selected({"C: a STATUS box (UIDVALIDITY)", "S: * STATUS box (UIDVALIDITY 6)", "S: a OK x"})), broken);
  EXPECT_EQ(found(selected({"C: a STATUS box (UIDVALIDITY)", "S: * STATUS box (UIDVALIDITY 5)", "S: a OK x"})), Set{});
  EXPECT_EQ(found(selected({"C: a APPEND box {1}", "S: a OK [APPENDUID 6 20] x"}), kExtended), broken);
  EXPECT_EQ(found(selected({"C: a APPEND other {1}", "S: a OK [APPENDUID 6 20] x"}), kExtended), Set{});
  EXPECT_EQ(found(selected({"C: c CREATE x", "S: c OK x", "C: a STATUS box (UIDVALIDITY)", "S: * STATUS box (UIDVALIDITY 6)", "S: a OK x"})), Set{})
      << "it may have been made anew";
  auto again = selected({"= connect", "S: * OK hi"});
  again.insert(again.end(), {"C: t SELECT box", "S: * FLAGS (\\Seen)", "S: * 0 EXISTS", "S: * 0 RECENT", "S: * OK [UIDVALIDITY 9] v", "S: t OK x"});
  EXPECT_EQ(found(again), Set{}) << "UIDs need not last from one session to the next";
  const auto next = selected({"C: s EXAMINE box", "S: * FLAGS (\\Seen)", "S: * 0 EXISTS", "S: * 0 RECENT", "S: * OK [UIDVALIDITY 9] v", "S: s OK [READ-ONLY] x",
                              "C: a STATUS box (UIDVALIDITY)", "S: * STATUS box (UIDVALIDITY 9)", "S: a OK x"});
  EXPECT_EQ(found(next), Set{}) << "a session is one selection";
}

TEST(ImapRules, EnvelopeAgainstHeader) {
  const auto fetched = [](const std::string& header, const std::string& envelope) {
    return found(
        selected({"C: a FETCH 1 (UID ENVELOPE BODY.PEEK[HEADER])",
                  "S: * 1 FETCH (UID 10 ENVELOPE (" + envelope + ") BODY[HEADER] {" + std::to_string(header.size()) + "}\r\n" + header + ")", "S: a OK x"}));
  };
  const std::string a = "((NIL NIL \"a\" \"x\"))";
  const std::string header = "From: a@x\r\nCc: a@x\r\nSubject:\r\n\r\n";
  EXPECT_EQ(fetched(header, "NIL \"\" " + a + " " + a + " " + a + " NIL " + a + " NIL NIL NIL"), Set{});
  EXPECT_EQ(fetched(header, "NIL NIL " + a + " " + a + " " + a + " NIL " + a + " NIL NIL NIL"), Set{}) << "NIL for what is empty";
  EXPECT_EQ(fetched(header, "NIL \"\" " + a + " " + a + " " + a + " NIL NIL NIL NIL NIL"), Set{"rfc9051/7.5.2/envelope"});
  EXPECT_EQ(fetched(header, "NIL \"\" " + a + " " + a + " " + a + " NIL " + a + " " + a + " NIL NIL"), Set{"rfc9051/7.5.2/envelope"});
  EXPECT_EQ(fetched(header, "NIL \"\" " + a + " NIL " + a + " NIL " + a + " NIL NIL NIL"), Set{"rfc9051/7.5.2/envelope-defaults"});
  EXPECT_EQ(fetched("From: a@x\r\n\r\n", "NIL \"\" " + a + " " + a + " " + a + " NIL NIL NIL NIL NIL"), Set{"rfc9051/7.5.2/envelope-subject"});
}

TEST(ImapRules, BodyAgainstBodyStructure) {
  const auto fetched = [](const std::string& body, const std::string& structure) {
    return found(selected({"C: a FETCH 1 (UID BODY BODYSTRUCTURE)", "S: * 1 FETCH (UID 10 BODY " + body + " BODYSTRUCTURE " + structure + ")", "S: a OK x"}));
  };
  const std::string basic = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 4 1)", lower = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 4 1 NIL NIL)",
                    other = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"8BIT\" 4 1)";
  EXPECT_EQ(fetched(basic, lower), Set{}) << "in any case, with or without extension data";
  EXPECT_EQ(fetched(basic, other), Set{"rfc9051/7.5.2/bodystructure"});
}

TEST(ImapRules, SetsWithoutGaps) {
  const Lines both{"IMAP4rev1", "IMAP4rev2", "ESEARCH"};
  const Lines searches{"C: s SELECT box",       "S: * FLAGS ()",         "S: * 3 EXISTS",         "S: s OK x", "C: a FETCH 1:3 UID",
                       "S: * 1 FETCH (UID 10)", "S: * 2 FETCH (UID 12)", "S: * 3 FETCH (UID 13)", "S: a OK x", "C: b UID SEARCH RETURN (ALL) ALL"};
  const auto answer = [&](const std::string& set, bool revision_2) {
    auto lines = searches;
    lines.insert(lines.end(), {"S: * ESEARCH (TAG \"b\") UID ALL " + set, "S: b OK x"});
    return found(revision_2 ? rev2(lines) : lines, both);
  };
  EXPECT_EQ(answer("10:13", true), Set{"rfc9051/7.3.4/sets-complete"});
  EXPECT_EQ(answer("10,12:13", true), Set{});
  EXPECT_EQ(answer("10:13", false), Set{}) << "RFC 4731 does not ask for it";
}

TEST(ImapRules, RecentAgainstExists) {
  EXPECT_EQ(found({"C: s SELECT box", "S: * FLAGS ()", "S: * 4 RECENT", "S: * 3 EXISTS", "S: s OK x"}), Set{"rfc3501/7.3.2/recent-not-above-exists"});
  EXPECT_EQ(found({"C: s SELECT box", "S: * FLAGS ()", "S: * 3 RECENT", "S: * 3 EXISTS", "S: s OK x"}), Set{}) << "whichever comes first";
}

}  // namespace
}  // namespace mailspec::oracle
