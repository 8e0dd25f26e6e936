// Each production has an accept table and a reject table; every octet class is tested over all 256 octets.
#include "harness/imap/grammar.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/imap/char_class.h"
#include "harness/imap/framer.h"

namespace mailspec::imap {
namespace {

Frame frame_of(std::string_view octets) {
  Framer framer;
  framer.feed(octets);
  framer.feed("\r\n");
  auto frame = framer.next();
  return frame ? *frame : Frame{};
}

bool accepts(std::string_view production, std::string_view text, bool rev2 = false) { return !check_production(production, frame_of(text), {rev2, rev2}); }

bool response(std::string_view text, bool rev2 = false) { return !check_grammar(frame_of(text), {rev2, rev2}); }

struct Table {
  const char* production;
  std::vector<const char*> good, bad;
};

TEST(Grammar, Productions) {
  const std::vector<Table> tables{
      {"number", {"0", "1", "00", "4294967295"}, {"", "-1", "4294967296", "1 ", "a", "99999999999999999999999"}},
      {"nz-number", {"1", "10", "4294967295"}, {"0", "01", "", "-1", "4294967296", "1a"}},
      {"number64", {"0", "9223372036854775807"}, {"9223372036854775808", "", "-1"}},
      {"atom", {"a", "a.b", "a[b", "&AOQ-", "a+b", "$x"}, {"", "a b", "a]", "a(", "a%", "a*", "a\"", "a\\", "a{", "\x7f"}},
      {"astring", {"a]", "\"a b\"", "\"\"", "{3}\r\na b", "a"}, {"", "a b", "(a)", "a*", "~{1}\r\na"}},
      {"quoted", {"\"\"", "\"a\"", "\"a\\\"b\"", "\"a\\\\b\"", "\"a b(c)\"", "\"NIL\""}, {"\"", "\"a", "a", "\"a\\b\"", "\"a\xc3\xa4\"", "\"a\"b"}},
      {"literal", {"{0}\r\n", "{3}\r\nabc", "{2}\r\n\r\n"}, {"{a}\r\n", "{3+}\r\nabc", "~{3}\r\nabc"}},
      {"literal8", {"~{0}\r\n", "~{3}\r\nabc"}, {"{3}\r\nabc", "~{a}\r\n"}},
      {"nil", {"NIL", "nil", "Nil"}, {"NI", "NILL", "\"NIL\"", ""}},
      {"nstring", {"NIL", "\"a\"", "{1}\r\na"}, {"a", "", "()"}},
      {"flag", {"\\Seen", "\\XOwn", "$Junk", "a"}, {"\\Recent", "\\", "\\*", "", "\\ Seen"}},
      {"flag-fetch", {"\\Recent", "\\Seen", "a"}, {"\\*", ""}},
      {"flag-list", {"()", "(\\Seen)", "(\\Seen a)"}, {"(", "(\\Seen", "( )", "(\\Seen )", "(\\Seen  a)", "\\Seen", "(\\Recent)"}},
      {"uid-set", {"1", "1:2", "1,3:4", "4:2", "1,1"}, {"", "*", "1:*", "0", "1,", "1:", "$", "1 2"}},
      {"mailbox", {"INBOX", "a/b", "\"a b\"", "{3}\r\na b", "a]b"}, {"a b", "a%", "", "()"}},
      {"date-time",
       {"\"10-Jul-2024 12:00:00 +0000\"", "\" 1-Jul-2024 12:00:00 -0830\"", "\"01-jul-2024 12:00:00 +0000\""},
       {"\"1-Jul-2024 12:00:00 +0000\"", "10-Jul-2024 12:00:00 +0000", "\"10-Jux-2024 12:00:00 +0000\"", "\"10-Jul-2024 12:00 +0000\"",
        "\"10-Jul-2024 12:00:00 GMT\"", "\"10-Jul-24 12:00:00 +0000\"", "NIL", "{26}\r\n10-Jul-2024 12:00:00 +0000"}},
      {"section",
       {"[]", "[TEXT]", "[HEADER]", "[1]", "[1.2.3]", "[1.MIME]", "[1.2.HEADER]", "[HEADER.FIELDS (To)]", "[1.HEADER.FIELDS.NOT (\"To\" From)]"},
       {"[MIME]", "[0]", "[1.]", "[1.0]", "[HEADER.FIELDS]", "[HEADER.FIELDS ()]", "[FROB]", "[1", "[ TEXT]"}},
      {"address", {"(NIL NIL \"a\" \"b\")", "(NIL NIL NIL NIL)"}, {"(NIL NIL \"a\")", "(NIL NIL \"a\" \"b\" NIL)", "()", "NIL", "(a NIL NIL NIL)"}},
      {"envelope",
       {"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
        "(\"d\" \"s\" ((NIL NIL \"a\" \"b\")) NIL NIL ((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")) NIL NIL NIL \"<m>\")"},
       {"(NIL NIL NIL NIL NIL NIL NIL NIL NIL)", "(NIL NIL () NIL NIL NIL NIL NIL NIL NIL)",
        "(NIL NIL ((NIL NIL \"a\" \"b\") (NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", "NIL"}},
      {"body",
       {"(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"x\") NIL NIL \"7BIT\" 3 1)", "(\"APPLICATION\" \"X\" NIL NIL NIL \"BASE64\" 3)",
        "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1 NIL)",
        "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1 \"md5\" (\"a\" (\"b\" \"c\")) (\"en\" \"de\") NIL 1 (\"x\" NIL))",
        "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1)(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1) \"MIXED\")",
        "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1) \"MIXED\" (\"a\" \"b\") NIL NIL NIL)",
        "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 3 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1) 1)"},
       {"(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3)", "(\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 3 1)", "(\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 3 1)",
        "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" NIL 1)", "(\"TEXT\" NIL NIL NIL NIL \"7BIT\" 3 1)", "(\"MIXED\")",
        "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1))", "()", "NIL",
        "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1) (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1) \"MIXED\")",
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\") NIL NIL \"7BIT\" 3 1)", "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 3)",
        "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" -1 1)"}},
      {"msg-att",
       {"(FLAGS ())", "(UID 1)", "(FLAGS (\\Recent) UID 4294967295 RFC822.SIZE 0)", "(BODY[] NIL)", "(BODY[TEXT]<5> \"x\")",
        "(BODY[HEADER.FIELDS (To)] {2}\r\n\r\n)", "(BINARY[1] ~{2}\r\nab)", "(MODSEQ (5))", "(X-GM-LABELS (\\Inbox \"a b\"))", "(PREVIEW NIL)",
        "(BINARY.SIZE[1.2] 5)", "(RFC822 \"\")"},
       {"()", "(FLAGS)", "(UID 0)", "(UID 1 )", "(UID  1)", "(UID 1", "(FLAGS NIL)", "(FLAGS (\\Seen)UID 1)", "(RFC822.SIZE -1)", "(BODY[] a)",
        "(BODY[]<0.5> \"x\")", "(BODY.PEEK[] \"x\")", "(UID \"1\")", "(INTERNALDATE NIL)"}},
      {"mailbox-list",
       {"() \"/\" INBOX", "(\\Noselect) NIL \"\"", "(\\HasChildren \\X) \".\" \"a b\"", "() \"\\\\\" a", "() \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))"},
       {"\"/\" INBOX", "() / INBOX", "() \"//\" INBOX", "() \"\" INBOX", "(Noselect) \"/\" a", "( \\X) \"/\" a", "() \"/\" a b", "() \"/\"", "() {1}\r\n/ a"}},
      {"status",
       {"a (MESSAGES 1)", "\"a b\" ()", "a (MESSAGES 1 UIDNEXT 2)", "a (HIGHESTMODSEQ 5)", "a (SIZE 9223372036854775807)"},
       {"a", "a MESSAGES 1", "a (MESSAGES)", "a (MESSAGES -1)", "a (UIDNEXT 0)", "a (MESSAGES 1 )", "a (MESSAGES \"1\")", "a b (MESSAGES 1)"}},
      {"ESEARCH",
       {"", " (TAG \"a\")", " (TAG \"a\") UID ALL 1:3,5", " UID COUNT 0", " MIN 1 MAX 2", " (TAG \"a\") MODSEQ 5"},
       {" (TAG \"a\") ALL", " ALL *", " MIN 0", " COUNT", " (TAG \"a\"", "UID", " ALL 1 2"}},
      {"NAMESPACE",
       {" NIL NIL NIL", " ((\"\" \"/\")) NIL NIL", " ((\"\" \"/\")(\"#a/\" NIL)) ((\"~\" \"/\")) NIL", " ((\"\" \"/\" \"X\" (\"y\"))) NIL NIL"},
       {" NIL NIL", " () NIL NIL", " ((\"\" /)) NIL NIL", " ((\"\")) NIL NIL", " NIL NIL NIL NIL"}},
      {"capability-data",
       {"CAPABILITY IMAP4rev1", "CAPABILITY IMAP4rev2 X", "capability AUTH=PLAIN imap4rev1"},
       {"CAPABILITY", "CAPABILITY X", "CAPABILITY  IMAP4rev1", "CAPABILITY IMAP4rev1 "}},
      {"resp-text",
       {"x", "[ALERT] x", "[UIDNEXT 1] x", "[PERMANENTFLAGS (\\Seen \\*)] x", "[PERMANENTFLAGS ()] x", "[BADCHARSET] x", "[BADCHARSET (a \"b\")] x",
        "[COPYUID 1 2:3 4,5] x", "[APPENDUID 1 2] x", "[X-OWN any text] x", "[READ-ONLY] x", "see [this] and {5}", ""},
       {"[ALERT]x", "[ALERT x", "[UIDNEXT] x", "[UIDNEXT 0] x", "[UIDNEXT \"1\"] x", "[PERMANENTFLAGS \\Seen] x", "[COPYUID 1 2] x", "[APPENDUID 1 *] x",
        "[] x", "[READ-ONLY now] x", "[PERMANENTFLAGS (\\Recent)] x"}},
  };
  for (const auto& t : tables) {
    for (const auto* text : t.good) EXPECT_TRUE(accepts(t.production, text)) << t.production << ": " << text;
    for (const auto* text : t.bad) EXPECT_FALSE(accepts(t.production, text)) << t.production << ": " << text;
  }
  EXPECT_EQ(check_production("no such thing", "x", {})->production, "?");
}

TEST(Grammar, Responses) {
  for (const auto* text : {"* OK hello",
                           "* BYE x",
                           "a1 OK done",
                           "a]1 NO [NOPERM] x",
                           "+ go on",
                           "+ ",
                           "+ AAAA",
                           "* 3 EXISTS",
                           "* 0 RECENT",
                           "* 1 EXPUNGE",
                           "* SEARCH",
                           "* SEARCH 1 2",
                           "* FLAGS ()",
                           "* ENABLED",
                           "* ID NIL",
                           "* ID (\"a\" NIL)",
                           "* VANISHED (EARLIER) 1:3",
                           "* XDATA (a (b)) \"c\" NIL",
                           "* QUOTA \"\" (STORAGE 1 2)",
                           "* LIST () NIL x",
                           "* bye x",
                           "* 1 fetch (uid 2)"}) {
    EXPECT_TRUE(response(text)) << text;
  }
  for (const auto* text : {"*OK hello",
                           "* OK",
                           "a1 OK",
                           "a1OK done",
                           "a1 MAYBE x",
                           "+go",
                           "* 0 EXPUNGE",
                           "* 0 FETCH (UID 1)",
                           "* -1 EXISTS",
                           "* EXISTS 3",
                           "* 3  EXISTS",
                           "* 3 EXISTS ",
                           "* SEARCH ",
                           "* SEARCH 1,2",
                           "* SEARCH 0",
                           "* FLAGS",
                           "* FLAGS (a",
                           "* ID (\"a\")",
                           "* XDATA (a",
                           "* XDATA  a",
                           "a+1 OK x",
                           " * OK x",
                           "",
                           "* "}) {
    EXPECT_FALSE(response(text)) << text;
  }
  EXPECT_TRUE(response("* FLAGS (\\Recent)")) << "prose and ABNF of RFC 3501 differ";
  EXPECT_FALSE(response("* FLAGS (\\Recent)", true));
  // A server that speaks both has "* OK" with UTF-8 only once IMAP4rev2 is in force.
  EXPECT_FALSE(response("* OK sch\xc3\xb6n"));
  EXPECT_TRUE(response("* OK sch\xc3\xb6n", true));
  EXPECT_FALSE(response("* OK sch\xf6n", true));
  EXPECT_FALSE(response("* LIST () \"/\" \"M\xc3\xbcller\""));
  EXPECT_TRUE(response("* LIST () \"/\" \"M\xc3\xbcller\"", true));
}

TEST(Grammar, Greeting) {
  EXPECT_FALSE(response("* PREAUTH in")) << "one of three possible greetings (RFC 9051 7.1.4), and nothing else";
  const auto greets = [](std::string_view text) { return !check_grammar(frame_of(text), {}, true); };
  for (const auto* text : {"* OK x", "* PREAUTH x", "* BYE x", "* OK [CAPABILITY IMAP4rev1] x"}) EXPECT_TRUE(greets(text)) << text;
  for (const auto* text : {"* NO x", "* BAD x", "OK x", "a OK x", "+ x", "* CAPABILITY IMAP4rev1", "* OK"}) EXPECT_FALSE(greets(text)) << text;
}

TEST(Grammar, SaysWhereItBreaks) {
  const auto breach = check_grammar(frame_of("* 1 FETCH (UID 0)"), {});
  ASSERT_TRUE(breach);
  EXPECT_EQ(breach->offset, 15u);
  EXPECT_EQ(breach->production, "uniqueid");
}

// RFC 9051 section 9, over all octets.
TEST(CharClass, All256) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool seven = i >= 1 && i <= 127, control = i < 32 || i == 127;
    const bool special = control || std::string_view("(){ %*\"\\]").find(c) != std::string_view::npos;
    EXPECT_EQ(is_char(c), seven) << i;
    EXPECT_EQ(is_text_char(c), seven && i != 13 && i != 10) << i;
    EXPECT_EQ(is_atom_char(c), seven && (!special || c == '}')) << i;
    EXPECT_EQ(is_astring_char(c), (seven && (!special || c == '}')) || c == ']') << i;
    EXPECT_EQ(is_tag_char(c), is_astring_char(c) && c != '+') << i;
    EXPECT_EQ(is_quoted_special(c), c == '"' || c == '\\') << i;
  }
}

TEST(CharClass, Utf8) {
  for (const auto* good : {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "plain"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const auto* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc2", "\xe0\xa0", "\xff"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

// Any split gives the same frames.
TEST(Framer, AnySplit) {
  const std::string octets = "* OK hi\r\n* 1 FETCH (BODY[] {7}\r\na\r\n{3}\r FLAGS ())\r\n* 2 FETCH (BINARY[1] ~{3}\r\n" + std::string(1, '\0') +
                             "\r\n X {0}\r\n)\r\na OK see {5}\r\n* NO [BADCHARSET ({3}\r\na]b \"c\")] x\r\n* OK bare\n+ {2}\r\n";
  const std::string& text = octets;
  const auto frames = [&](std::size_t first, std::size_t step) {
    Framer framer;
    std::vector<Frame> out;
    const auto feed = [&](std::string_view piece) {
      framer.feed(piece);
      while (auto f = framer.next()) out.push_back(*f);
    };
    feed(std::string_view(text).substr(0, first));
    for (std::size_t at = first; at < text.size(); at += step) feed(std::string_view(text).substr(at, step));
    EXPECT_TRUE(framer.idle());
    return out;
  };
  const auto whole = frames(text.size(), 1);
  ASSERT_EQ(whole.size(), 7u);
  EXPECT_EQ(whole[1].literals.size(), 1u);
  EXPECT_EQ(whole[1].octets.substr(whole[1].literals[0].at, 7), "a\r\n{3}\r");
  EXPECT_EQ(whole[4].literals.size(), 1u) << "a literal in a response code";
  EXPECT_FALSE(whole[5].breach.empty()) << "a bare LF";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    for (const std::size_t step : {1u, 1000u}) {
      const auto pieces = frames(cut, step);
      ASSERT_EQ(pieces.size(), whole.size()) << cut;
      for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(pieces[i].octets, whole[i].octets) << cut;
    }
  }
}

TEST(Framer, Limits) {
  Limits limits;
  limits.line = 100;
  limits.literal = 1000;
  limits.keep = 10;
  limits.keep_end = 4;
  limits.literals = 2;
  {
    Framer framer(limits);
    framer.feed(std::string(200, 'x'));
    const auto f = framer.next();
    ASSERT_TRUE(f);
    EXPECT_TRUE(f->lost);
  }
  {
    Framer framer(limits);
    framer.feed("* 1 FETCH (BODY[] {1001}\r\n");
    const auto f = framer.next();
    ASSERT_TRUE(f);
    EXPECT_TRUE(f->lost);
  }
  {
    // Longer than is kept: the beginning and a digest.
    Framer framer(limits);
    framer.feed("* 1 FETCH (BODY[] {20}\r\n01234567890123456789)\r\n");
    const auto f = framer.next();
    ASSERT_TRUE(f);
    EXPECT_FALSE(f->lost);
    EXPECT_EQ(f->literals[0].kept, 4u);
    EXPECT_EQ(f->literals[0].size, 20u);
    EXPECT_EQ(f->literals[0].sha256.size(), 64u);
    EXPECT_TRUE(f->octets.ends_with("0123)"));
  }
  {
    Framer framer(limits);
    framer.feed("* X {1}\r\na {1}\r\nb {1}\r\nc\r\n");
    const auto f = framer.next();
    ASSERT_TRUE(f);
    EXPECT_TRUE(f->lost);
  }
}

TEST(Grammar, DeepNestingIsNotFollowedAndNobodyIsAccusedOfIt) {
  EXPECT_TRUE(response("* 1 FETCH (BODYSTRUCTURE " + std::string(5000, '(')));
  EXPECT_TRUE(response("* X " + std::string(5000, '(') + std::string(5000, ')')));
  // What breaks off before it is deep is refused as ever.
  EXPECT_FALSE(response("* X " + std::string(50, '(')));
  EXPECT_FALSE(response("* 1 FETCH (BODYSTRUCTURE " + std::string(50, '(')));
}

}  // namespace
}  // namespace mailspec::imap
