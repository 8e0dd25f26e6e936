// What a user does with results: shards and their merging, resuming, comparing, the terminal.
#include <map>

#include "harness/cli/binary_test.h"
#include "harness/cli/console.h"

namespace mailspec {
namespace {

TEST_F(BinaryTest, FiveForTroubleOfTheHarness) {
  std::filesystem::create_directory(x_dir + "/own");
  write("own/a.pop3", "title: mine\nstate: transaction\n\n@rfc1939/5/stat-format\nC: STAT {repeat a 999999999}\nS: +OK\n");
  const auto ran = mailspec("run --embedded --scenarios own own/a.pop3 --report json=r.json,tap=r.tap");
  EXPECT_EQ(ran.status, 5) << ran.out;
  EXPECT_NE(ran.out.find("own/a.pop3:5: {repeat}: wants"), std::string::npos) << ran.out;
  EXPECT_NE(read("r.tap").find("Bail out! the harness had trouble"), std::string::npos);
}

TEST_F(BinaryTest, ShardsMakeTheWholeRun) {
  const std::string run = "run --embedded --deviation imap-uidnext-behind --quiet --report json=";
  EXPECT_EQ(mailspec(run + "all.json").status, 1);
  std::size_t checks = 0;
  for (const auto* shard : {"0", "1", "2"}) {
    const auto ran = shell(std::string("GTEST_TOTAL_SHARDS=3 GTEST_SHARD_STATUS_FILE=seen GTEST_SHARD_INDEX=") + shard + " " MAILSPEC_BINARY " " + run + shard +
                           ".json 2>&1");
    EXPECT_EQ(ran.status, 1) << ran.out;
    checks += json(std::string(shard) + ".json").at("checks").as_array().size();
  }
  EXPECT_TRUE(std::filesystem::exists(x_dir + "/seen"));
  EXPECT_EQ(mailspec(run + "1b.json --shard 2/3").status, 1);
  EXPECT_EQ(json("1b.json").at("summary"), json("1.json").at("summary"));
  const auto merged = mailspec("report merge 0.json 1.json 2.json --report json=merged.json,junit=merged.xml");
  EXPECT_EQ(merged.status, 1) << merged.out;
  EXPECT_EQ(json("merged.json").at("summary"), json("all.json").at("summary"));
  const auto all = json("all.json").at("checks").as_array().size();
  EXPECT_EQ(json("merged.json").at("checks").as_array().size(), all);
  EXPECT_GE(checks, all);            // each check is in a shard,
  EXPECT_LT(checks, all + all / 4);  // and only those of standing rules are in several
  EXPECT_EQ(mailspec("compare all.json merged.json").status, 0);

  EXPECT_EQ(mailspec("run --embedded --shard 4/3").status, 2);
  const auto wrong = shell("GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=3 " MAILSPEC_BINARY " run --embedded 2>&1");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.out.find("GTEST_SHARD_INDEX is to be below GTEST_TOTAL_SHARDS; got '3' and '3'"), std::string::npos) << wrong.out;
}

TEST_F(BinaryTest, OnlyPartsOfOneRunAreMerged) {
  EXPECT_EQ(mailspec("run --embedded rfc1939/5 --quiet --report json=a.json").status, 0);
  EXPECT_EQ(mailspec("run --embedded --variation no-capa rfc1939/5 --quiet --report json=b.json").status, 0);
  const auto ran = mailspec("report merge a.json b.json");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.out.find("results of different targets are compared, not merged"), std::string::npos) << ran.out;
  write("c.json", "{\"mailspec_result\": 1}");
  EXPECT_EQ(mailspec("report merge c.json").status, 2);
  EXPECT_EQ(mailspec("report merge nothing.json").status, 2);
}

TEST_F(BinaryTest, CompareTellsWhatBrokeAndWhatWasMended) {
  ASSERT_EQ(mailspec("run --embedded rfc1939/5 --quiet --report json=good.json").status, 0);
  ASSERT_EQ(mailspec("run --embedded --deviation list-refused rfc1939/5 --quiet --report json=bad.json").status, 1);
  const auto broke = mailspec("compare good.json bad.json --report md=c.md,text=c.txt");
  EXPECT_EQ(broke.status, 1) << broke.out;
  EXPECT_NE(broke.out.find("FAIL  rfc1939/5/list-positive"), std::string::npos) << broke.out;
  EXPECT_NE(broke.out.find("REGRESSION: "), std::string::npos);
  EXPECT_NE(read("c.md").find("**REGRESSION: "), std::string::npos);
  EXPECT_NE(read("c.txt").find("REGRESSION: "), std::string::npos);
  const auto mended = mailspec("compare bad.json good.json");
  EXPECT_EQ(mended.status, 0) << mended.out;
  EXPECT_NE(mended.out.find("Mended ("), std::string::npos);
  EXPECT_EQ(mailspec("compare good.json good.json").status, 0);
  // A run that proves nothing compares as nothing.
  EXPECT_EQ(mailspec("run --embedded --variation no-capa cap:PIPELINING --quiet --report json=empty.json").status, 6);
  EXPECT_EQ(mailspec("compare good.json empty.json").status, 5);
  EXPECT_EQ(mailspec("compare good.json").status, 2);
  EXPECT_EQ(mailspec("compare good.json --report pdf=x good.json").status, 2);
}

// What was written before a scenario moved still holds: `was:` in its header.
TEST_F(BinaryTest, FormerNamesAreUnderstood) {
  const std::string now = "imap/rfc2971/id.imap", before = "imap/rfc9051/6.2-login/id.imap", id = "rfc2971/3.1/id-taken@";
  const auto former = [&](std::string text) {
    for (auto at = text.find(now); at != std::string::npos; at = text.find(now)) text.replace(at, now.size(), before);
    return text;
  };
  const std::string run = "run --embedded --deviation imap-id-empty-refused --quiet --report json=";
  EXPECT_EQ(mailspec(run + "r.json " + now).status, 1);
  write("old.json", former(read("r.json")));
  const auto compared = mailspec("compare old.json r.json");
  EXPECT_NE(compared.out.find("0 newly judged, 0 no longer judged"), std::string::npos) << compared.out;
  const std::string row = "#empty~rev1", other = "#empty~rev2";
  EXPECT_EQ(mailspec("known add k.toml '" + id + before + row + "' --result r.json --reason 'a test'").status, 0);
  EXPECT_EQ(mailspec("known add k.toml '" + id + now + other + "' --result old.json --reason 'a test'").status, 0);
  EXPECT_NE(read("k.toml").find(now + row), std::string::npos);
  write("k.toml", former(read("k.toml")));
  EXPECT_EQ(mailspec(run + "again.json --known k.toml " + before).status, 0);
  EXPECT_EQ(mailspec("known check k.toml --result r.json").status, 0);
  EXPECT_EQ(mailspec("known update k.toml --result r.json").status, 0);
  EXPECT_EQ(read("k.toml").find(before), std::string::npos) << "they have their present names now";
  EXPECT_EQ(mailspec("list '" + id + before + row + "' " + before + ":3").status, 0);
}

TEST_F(BinaryTest, CompareSetsServersSideBySide) {
  ASSERT_EQ(mailspec("run --embedded rfc1939/5 --quiet --report json=a.json").status, 0);
  ASSERT_EQ(mailspec("run --embedded --deviation list-refused rfc1939/5 --quiet --report json=b.json").status, 1);
  ASSERT_EQ(mailspec("run --embedded --deviation list-refused --variation no-capa rfc1939/5 --quiet --report json=c.json").status, 1);
  const auto ran = mailspec("compare a.json b.json c.json --site site --report html=m.html,md=m.md");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_NE(ran.out.find("Kept by one and broken by another:\nrfc1939/5/list-positive\n"), std::string::npos) << ran.out;
  EXPECT_NE(read("m.html").find("id=\"rfc1939/5/list-positive\" data-verdict=\"fail\""), std::string::npos);
  EXPECT_NE(read("site/index.html").find("href=\"1-embedded-reference-server.html\""), std::string::npos);
  EXPECT_NE(read("site/2-embedded-reference-server-with-deviation-list-refused.html").find("compliance report"), std::string::npos);
  EXPECT_EQ(ran.out.find("is the suite right?"), std::string::npos);
  const auto two = mailspec("compare b.json c.json --servers");
  EXPECT_NE(two.out.find("is the suite right?\n  rfc1939/5/list-positive"), std::string::npos) << two.out;
}

TEST_F(BinaryTest, AnInterruptedRunIsResumed) {
  const std::string answers =
      "USER*|PASS*|NOOP*|RSET*) printf '+OK\\r\\n';; STAT*) printf '+OK 0 0\\r\\n';; LIST|UIDL) printf '+OK\\r\\n.\\r\\n';; QUIT*) printf '+OK\\r\\n'; exit;; ";
  const auto server = [&](const std::string& rest) {
    write("server.sh", "echo x >> " + x_dir + "/starts; printf '+OK hi\\r\\n'; while read -r l; do case $l in " + answers + "*) " + rest +
                           " printf -- '-ERR no\\r\\n';; esac; done");
  };
  const std::string run =
      "run --pop3 'exec:sh " + x_dir + "/server.sh' --user u --password-env MAILSPEC_TEST_PASSWORD --timeout 1 --quiet rfc1939 --report json=";
  const auto starts = [&] {
    const auto text = read("starts");
    std::filesystem::remove(x_dir + "/starts");
    return std::ranges::count(text, '\n');
  };
  server("sleep 0.3;");
  write("go.sh", std::string(MAILSPEC_BINARY) + " " + run + "r.json & p=$!; sleep 2; kill -INT $p; wait $p; echo status=$?");
  const auto cut_short = shell("bash -m go.sh 2>&1");
  EXPECT_NE(cut_short.out.find("status=130"), std::string::npos) << cut_short.out;
  EXPECT_EQ(json("r.json").at("interrupted").as_bool(), true);
  server("");
  (void)starts();
  const auto whole = mailspec(run + "whole.json");
  const auto all = starts();
  const auto rest = mailspec(run + "rest.json --resume r.json");
  EXPECT_EQ(rest.status, whole.status) << rest.out;
  EXPECT_LT(starts(), all) << "nothing was left out";
  EXPECT_EQ(json("rest.json").at("interrupted").as_bool(), false);
  EXPECT_EQ(json("rest.json").at("checks").as_array().size(), json("whole.json").at("checks").as_array().size());
  EXPECT_EQ(json("rest.json").at("summary"), json("whole.json").at("summary"));

  const auto other = mailspec("run --embedded --resume r.json");
  EXPECT_EQ(other.status, 2);
  EXPECT_NE(other.out.find("is of another target"), std::string::npos) << other.out;
  EXPECT_EQ(mailspec(run + "x.json --resume r.json --seed 9").status, 2);
  EXPECT_EQ(mailspec(run + "x.json --resume r.json --segmentation every").status, 2);
}

// Check by check what a run in one go says.
TEST_F(BinaryTest, AResumedRunIsOneRun) {
  const std::string run = "run --embedded --deviation imap-flags-grammar --variation no-capa --quiet --report json=";
  ASSERT_EQ(mailspec(run + "whole.json").status, 1);
  auto cut = json("whole.json");
  cut.at("interrupted") = true;
  std::size_t open = 0;
  for (auto& item : cut.at("checks").as_array()) {
    auto& check = item.as_object();
    if (!check.contains("scenario")) continue;
    const std::string id(check.at("id").as_string());
    if (std::hash<std::string>{}(id.substr(id.find('@'))) % 2) continue;
    check["verdict"] = "inconclusive";
    check["reason"] = "the run was interrupted";
    check["follows"] = true;
    ++open;
  }
  ASSERT_GT(open, 100u);
  write("cut.json", boost::json::serialize(cut));
  EXPECT_EQ(mailspec(run + "rest.json --resume cut.json").status, 1);
  std::map<std::string, std::string> whole;
  const auto before = json("whole.json");
  for (const auto& item : before.at("checks").as_array()) whole[std::string(item.at("id").as_string())] = std::string(item.at("verdict").as_string());
  const auto rest = json("rest.json");
  EXPECT_EQ(rest.at("checks").as_array().size(), whole.size());
  for (const auto& item : rest.at("checks").as_array()) {
    EXPECT_EQ(whole[std::string(item.at("id").as_string())], std::string(item.at("verdict").as_string())) << item.at("id");
  }
}

TEST_F(BinaryTest, AReportThatCannotBeWrittenTakesNoOtherAlong) {
  write("file", "");
  const auto ran = mailspec("run --embedded rfc1939/5 --report text=file/r.txt,json=r.json");
  EXPECT_EQ(ran.status, 2) << ran.out;
  EXPECT_NE(ran.out.find("cannot write 'file/r.txt'"), std::string::npos) << ran.out;
  EXPECT_EQ(json("r.json").at("summary").at("fail").as_int64(), 0);
}

TEST_F(BinaryTest, QuietAndVerboseSayLessAndMore) {
  const std::string run = "run --embedded --deviation noop-refused rfc1939/5/noop-positive";
  const auto plain = mailspec(run), quiet = mailspec(run + " --quiet"), verbose = mailspec(run + " --verbose");
  EXPECT_NE(plain.out.find("next: mailspec explain rfc1939/"), std::string::npos) << plain.out;
  EXPECT_EQ(quiet.out.find("next: "), std::string::npos);
  EXPECT_NE(quiet.out.find("FAIL  rfc1939/5/noop-positive"), std::string::npos);
  EXPECT_NE(verbose.out.find("C1:  NOOP\n"), std::string::npos) << verbose.out;
  EXPECT_NE(verbose.out.find("  (connect 1"), std::string::npos);
  EXPECT_EQ(plain.out.find("\x1b["), std::string::npos) << "colours in a pipe";
}

TEST_F(BinaryTest, ATerminalHasColoursAndABarUnlessToldOtherwise) {
  const std::string slow =
      "printf '+OK hi\\r\\n'; while read -r l; do case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; STAT*) printf '+OK 0 "
      "0\\r\\n';; *) sleep 0.4; printf -- '-ERR no\\r\\n';; esac; done";
  write("server.sh", slow);
  write("go.sh", std::string(MAILSPEC_BINARY) + " run --pop3 'exec:sh server.sh' --user u --password-env MAILSPEC_TEST_PASSWORD --timeout 2 rfc1939 \"$@\"");
  const auto colours = shell("script -qec 'sh go.sh' /dev/null");
  EXPECT_NE(colours.out.find("\x1b[31mFAIL"), std::string::npos) << colours.out;
  EXPECT_NE(colours.out.find("] "), std::string::npos);
  EXPECT_NE(colours.out.find(" s pop3/"), std::string::npos) << "no bar\n" << colours.out;
  const auto plain = shell("NO_COLOR=1 script -qec 'sh go.sh --quiet' /dev/null");
  EXPECT_EQ(plain.out.find("\x1b["), std::string::npos) << plain.out;
}

TEST(Console, TheBarFitsItsLine) {
  EXPECT_EQ(cli::progress_line(3, 12, {{"pass", 5}, {"fail", 1}, {"warn", 0}}, "imap/x.imap", 4.25, 80),
            "[####            ] 3/12  5 pass, 1 fail  4.2 s imap/x.imap");
  EXPECT_EQ(cli::progress_line(3, 12, {{"pass", 5}}, "imap/x.imap", 4.25, 30).size(), 30u);
  EXPECT_EQ(cli::progress_line(0, 0, {}, "", 0, 80), "[                ] 0/0 ");
}

}  // namespace
}  // namespace mailspec
