// The binary as a user meets it: exit statuses, bad input, servers that refuse, hang, flood, lie and die.
#include "harness/cli/binary_test.h"

namespace mailspec {
namespace {

TEST_F(BinaryTest, ZeroWhenAllIsWell) {
  const auto ran = mailspec("run --embedded --report json=r.json,junit=r.xml,text=r.txt");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_NE(ran.out.find("CONFORMS: "), std::string::npos);
  EXPECT_EQ(json("r.json").at("summary").at("fail").as_int64(), 0);
  EXPECT_NE(read("r.xml").find("<testsuites"), std::string::npos);
}

TEST_F(BinaryTest, OneForAFailureAndItsTraceReplaysAndJudges) {
  const auto ran = mailspec("run --embedded --deviation retr-no-dot-stuffing rfc1939/5");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("RFC 1939 section 3"), std::string::npos);
  EXPECT_NE(ran.out.find("^"), std::string::npos);
  const std::string trace = "mailspec-out/traces/pop3.rfc1939.5-transaction.retr.pop3_2.json";
  ASSERT_TRUE(std::filesystem::exists(x_dir + "/" + trace)) << ran.out;
  EXPECT_EQ(mailspec("replay --embedded --deviation retr-no-dot-stuffing " + trace).status, 1);
  EXPECT_EQ(mailspec("replay --embedded " + trace).status, 0);
  const auto judged = mailspec("judge " + trace);
  EXPECT_EQ(judged.status, 1) << judged.out;
  EXPECT_NE(judged.out.find("FAIL  rfc1939/"), std::string::npos);
}

TEST_F(BinaryTest, ReplayRawSendsWhatWasSent) {
  EXPECT_EQ(mailspec("run --embedded --deviation imap-uidnext-behind imap/rfc9051/6.4-fetch/items.imap --keep-traces").status, 1);
  const std::string trace = "mailspec-out/traces/imap.rfc9051.6.4-fetch.items.imap~rev1.json";
  const auto again = mailspec("replay --raw --embedded --deviation imap-uidnext-behind " + trace);
  EXPECT_EQ(again.status, 1) << again.out;
  EXPECT_NE(again.out.find("broken again: rfc9051/2.3.1.1/uidnext-ahead"), std::string::npos) << again.out;
  const auto mended = mailspec("replay --raw --embedded " + trace);
  EXPECT_EQ(mended.status, 0) << mended.out;
  EXPECT_NE(mended.out.find("did not show again: rfc9051/2.3.1.1/uidnext-ahead"), std::string::npos) << mended.out;
}

TEST_F(BinaryTest, JudgeSaysWhatHasChanged) {
  EXPECT_EQ(mailspec("run --embedded --deviation imap-uidnext-behind imap/rfc9051/6.4-fetch/items.imap").status, 1);
  const std::string trace = "mailspec-out/traces/imap.rfc9051.6.4-fetch.items.imap~rev1.json";
  EXPECT_NE(mailspec("judge " + trace).out.find("nothing has changed"), std::string::npos);
  // As an older suite would have stored it: without this finding, with one that is none any longer.
  auto text = read(trace);
  const std::string id = "\"requirement\":\"rfc9051/2.3.1.1/uidnext-ahead\"";
  const auto at = text.find(id);
  ASSERT_NE(at, std::string::npos);
  write(trace, text.replace(at, id.size(), "\"requirement\":\"rfc9051/2.3.1.1/uid-stable\""));
  const auto judged = mailspec("judge " + trace);
  EXPECT_NE(judged.out.find("NEW: FAIL  rfc9051/2.3.1.1/uidnext-ahead"), std::string::npos) << judged.out;
  EXPECT_NE(judged.out.find("no longer: rfc9051/2.3.1.1/uid-stable"), std::string::npos) << judged.out;
}

TEST_F(BinaryTest, ARaceSaysInHowManyRuns) {
  const auto ran = mailspec("run --embedded --deviation imap-store-from-memory imap/sessions/race-store.imap");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("(in 10 of"), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, AVerdictThatChangesWithTheCutsIsAFinding) {
  EXPECT_EQ(mailspec("run --embedded --segmentation every imap/rfc9051/6.4-store pop3/rfc1939/6-update").status, 0);
  const auto ran = mailspec("run --embedded --segmentation every --deviation imap-segment-is-command imap/rfc9051/6.4-store");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("FAIL  rfc9051/2.2/any-cut\n"), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, LoadFindsNothingWhereNothingIsWrongAndIsTheSameTwice) {
  const std::string load = "load --embedded --sessions 5 --commands 100 --seed 3 --report json=l.json,html=l.html,text=l.txt";
  const auto ran = mailspec(load);
  EXPECT_EQ(ran.status, 0) << ran.out;
  const auto plan = json("l.json").at("plan").as_string();
  EXPECT_EQ(json("l.json").at("intents").as_int64(), 500);
  EXPECT_TRUE(json("l.json").at("agreement_checked").as_bool());
  EXPECT_NE(read("l.html").find("</html>"), std::string::npos);
  EXPECT_EQ(mailspec(load).status, 0);
  EXPECT_EQ(json("l.json").at("plan").as_string(), plan);
  EXPECT_EQ(mailspec("load --embedded --protocol pop3 --sessions 2 --commands 50").status, 0);
}

TEST_F(BinaryTest, LoadFindsWhatSessionsDoToOneAnother) {
  for (const std::string deviation : {"imap-store-from-memory", "imap-flags-of-the-session", "imap-append-own-count", "imap-others-expunge-untold"}) {
    const auto ran = mailspec("load --embedded --sessions 6 --commands 200 --traces t --deviation " + deviation);
    EXPECT_EQ(ran.status, 1) << deviation << "\n" << ran.out;
    EXPECT_NE(ran.out.find("BROKEN"), std::string::npos);
  }
  const auto judged = mailspec("judge t/load.rfc9051.2.3.1.1.uid-stable.json");
  EXPECT_EQ(judged.status, 1) << judged.out;
  EXPECT_NE(judged.out.find("nothing has changed"), std::string::npos) << judged.out;
  const auto again = mailspec("replay --embedded t/load.rfc9051.2.3.1.1.uid-stable.json");
  EXPECT_EQ(again.status, 0) << again.out;
  EXPECT_NE(again.out.find("did not show again"), std::string::npos) << again.out;
}

TEST_F(BinaryTest, StrictTurnsWarningsIntoFailure) {
  const std::string run = "run --embedded --deviation apop-and-pass rfc1939/13";
  EXPECT_EQ(mailspec(run).status, 0);
  EXPECT_EQ(mailspec(run + " --strict").status, 1);
}

TEST_F(BinaryTest, TwoForUsageWithTheNearestValidWord) {
  const struct {
    const char* arguments;
    const char* says;
  } kCases[] = {
      {"run", "no target"},
      {"run ''", "an argument is empty"},
      {"run --embedded rfc1939/5/stat-fromat", "did you mean 'rfc1939/5/stat-format'?"},
      {"run --embedded cap:PIPELNING", "did you mean 'PIPELINING'?"},
      {"run --embedded level:shoud", "did you mean 'should'?"},
      {"run --embedded --strikt", "did you mean '--strict'?"},
      {"run --embedded --segmentation octets", "did you mean 'octet'?"},
      {"run --embedded --report jnuit=x", "did you mean 'junit'?"},
      {"run --embedded --shard 3/2", "--shard wants i/n"},
      {"run --embedded --deviation lock-stay", "did you mean 'lock-stays'?"},
      {"run --pop3 127.0.0.1", "is no endpoint"},
      {"run --pop3 127.0.0.1:99999", "'99999' is not a port number: 1 to 65535"},
      {"run --pop3 127.0.0.1:0", "'0' is not a port number"},
      {"run --imap imap://localhost:143", "write HOST:PORT, without imap://"},
      {"run --pop3 127.0.0.1:1 --user u --password-env PATH --deliver lmtp://127.0.0.1:70000", "'70000' is not a port number"},
      {"run --pop3 127.0.0.1:1", "no account"},
      {"run --pop3 127.0.0.1:1 --user u", "no password for u"},
      {"run --pop3 127.0.0.1:1 --user u --password-env NO_SUCH_VARIABLE", "NO_SUCH_VARIABLE is not set"},
      {"rnu --embedded", "did you mean 'run'?"},
      {"explain rfc1939/5/stat-fromat", "did you mean 'rfc1939/5/stat-format'?"},
      {"load", "no target"},
      {"load --embedded --sessions 0", "--sessions wants a number"},
      {"load --embedded --protocol smtp", "unknown protocol 'smtp'"},
      {"load --embedded --mix no-such.toml", "cannot read 'no-such.toml'"},
      {"load --embedded --report htlm=x", "did you mean 'html'?"},
      {"run no-such-file.toml", "cannot read 'no-such-file.toml'"},
  };
  for (const auto& c : kCases) {
    const auto ran = mailspec(c.arguments);
    EXPECT_EQ(ran.status, 2) << c.arguments << "\n" << ran.out;
    EXPECT_NE(ran.out.find(c.says), std::string::npos) << c.arguments << "\n" << ran.out;
  }
}

TEST_F(BinaryTest, TwoForABadTargetFileWithItsPlace) {
  write("t.toml", "name = \"x\"\npop3 = \"localhost:1\"\n[[account]]\nusr = \"u\"\n");
  const auto ran = mailspec("run t.toml");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.out.find("t.toml:4:7: unknown key 'usr'; did you mean 'user'?"), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, TwoForNumbersOutOfRangeInATargetFile) {
  for (const auto* line : {"timeout = nan", "timeout = 0", "timeout = 1e9", "jobs = 2e42", "jobs = 0"}) {
    write("t.toml", std::string("pop3 = \"localhost:1\"\n") + line + "\n");
    const auto ran = mailspec("run t.toml");
    EXPECT_EQ(ran.status, 2) << line;
    EXPECT_NE(ran.out.find("t.toml:2:"), std::string::npos) << ran.out;
  }
}

TEST_F(BinaryTest, TwoForAScenarioWithoutARevision) {
  std::filesystem::create_directory(x_dir + "/own");
  write("own/a.imap", "title: mine\nrevision: \t\n\n@rfc9051/7/expunge-told\nC: a NOOP\nS: a OK\n");
  const auto ran = mailspec("run --embedded --scenarios own");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.out.find("own/a.imap:2:1: revision: is 1, 2 or both"), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, TwoForABrokenScenarioWithItsPlace) {
  std::filesystem::create_directory(x_dir + "/own");
  write("own/a.pop3", "title: mine\nstate: transaction\n\n@rfc1939/5/stat-fromat\nC: STAT\nS: +OK\n");
  const auto ran = mailspec("run --embedded --scenarios own");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.out.find("own/a.pop3:4:1: unknown requirement 'rfc1939/5/stat-fromat'; did you mean 'rfc1939/5/stat-format'?"), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, ThreeWhenTheServerIsNotThereAndReportsAreWritten) {
  const auto ran = mailspec("run --pop3 127.0.0.1:1 --user u --password-env MAILSPEC_TEST_PASSWORD --report json=r.json,junit=r.xml");
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_TRUE(json("r.json").at("unreachable").as_bool());
  EXPECT_NE(read("r.xml").find("<error"), std::string::npos);
}

TEST_F(BinaryTest, FourForStaleKnownFailures) {
  write("k.toml", "[[known]]\nid = \"rfc1939/5/stat-format\"\nreason = \"was broken once\"\n");
  const auto ran = mailspec("run --embedded --known k.toml rfc1939/5/stat-format");
  EXPECT_EQ(ran.status, 4) << ran.out;
  EXPECT_NE(ran.out.find("passes now: take the row out"), std::string::npos);
}

TEST_F(BinaryTest, KnownFailuresAreExcusedOneByOne) {
  const std::string run = "run --embedded --deviation noop-refused rfc1939/5/noop-positive --report json=r.json";
  EXPECT_EQ(mailspec(run).status, 1);
  EXPECT_EQ(mailspec("known add k.toml rfc1939/5/noop-positive --result r.json --reason 'a test'").status, 0);
  EXPECT_EQ(mailspec("known add k.toml rfc1939/5/noop-positive --result r.json --reason 'again'").status, 2);
  EXPECT_EQ(mailspec("known check k.toml --result r.json").status, 0);
  // The failure that is known is excused; what it trips elsewhere is not.
  const auto ran = mailspec(run + " --known k.toml");
  EXPECT_NE(ran.out.find("1 known"), std::string::npos) << ran.out;
  EXPECT_EQ(mailspec("run --embedded rfc1939/5/noop-positive --report json=good.json").status, 0);
  EXPECT_EQ(mailspec("known check k.toml --result good.json").status, 4);
  EXPECT_EQ(mailspec("known update k.toml --result good.json").status, 0);
  EXPECT_EQ(mailspec("known check k.toml --result good.json").status, 0);
}

TEST_F(BinaryTest, AKnownFailureHoldsForAVersionAndForATime) {
  const std::string run = "run --embedded --deviation noop-refused rfc1939/5/noop-positive --quiet --report json=r.json";
  ASSERT_EQ(mailspec(run).status, 1);
  const std::string add = "known add k.toml rfc1939/5/noop-positive --result r.json --reason 'a test' ";
  EXPECT_EQ(mailspec(add + "--until tomorrow").status, 2);
  EXPECT_FALSE(std::filesystem::exists(x_dir + "/k.toml"));
  EXPECT_EQ(mailspec(add + "--until 2999-12-31 --server-version 'reference server' --link https://example.org/1").status, 0);
  EXPECT_NE(read("k.toml").find("until = \"2999-12-31\"\nlink = \"https://example.org/1\""), std::string::npos) << read("k.toml");
  EXPECT_NE(mailspec(run + " --known k.toml").out.find("1 known"), std::string::npos);
  EXPECT_EQ(mailspec(run.substr(0, run.find(" --quiet")) + " --known k.toml").out.find("FAIL  rfc1939/5/noop-positive\n"), std::string::npos)
      << "told as it came, though it is known";
  // Of another version it is not excused, and not stale either.
  write("v.toml", "[[known]]\nid = \"rfc1939/5/noop-positive\"\nreason = \"why\"\nversion = \"4.2\"\n");
  const auto other = mailspec(run + " --known v.toml");
  EXPECT_NE(other.out.find("0 known"), std::string::npos) << other.out;
  EXPECT_EQ(other.out.find("v.toml"), std::string::npos);
  write("e.toml", "[[known]]\nid = \"rfc1939/5/noop-positive\"\nreason = \"why\"\nuntil = \"2001-01-01\"\n");
  const auto expired = mailspec("known check e.toml --result r.json");
  EXPECT_EQ(expired.status, 4);
  EXPECT_NE(expired.out.find("was excused until 2001-01-01"), std::string::npos) << expired.out;
  write("d.toml", "[[known]]\nid = \"rfc1939/5/noop-positive\"\nreason = \"why\"\nuntil = \"soon\"\n");
  const auto no_date = mailspec(run + " --known d.toml");
  EXPECT_EQ(no_date.status, 2);
  EXPECT_NE(no_date.out.find("d.toml:1: until wants a date, YYYY-MM-DD; got 'soon'"), std::string::npos) << no_date.out;
  write("u.toml", "[[known]]\nid = \"rfc1939/5/noop-postive\"\nreason = \"why\"\n");
  EXPECT_EQ(mailspec("known check u.toml").status, 4);
}

TEST_F(BinaryTest, WhatBringsTheServiceDownIsMadeSmaller) {
  const std::string run = "run --embedded --deviation dies-of-nul security/parsing/control-octets --traces t ";
  const auto ran = mailspec(run + "--report json=r.json");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("smallest part of the input found to do so has 3 of its 7 octets"), std::string::npos) << ran.out;
  EXPECT_EQ(read("t/pop3.security.control-octets.pop3_nul-in-command.input"), std::string("\0\r\n", 3));
  // The server is begun anew: the cases behind it are judged, too. That nobody says BYE follows from the crash.
  EXPECT_EQ(json("r.json").at("summary").at("inconclusive").as_int64(), 1) << ran.out;
  // Nothing is sent again where nobody wants it.
  EXPECT_EQ(mailspec("run --embedded --deviation dies-of-nul security/parsing/control-octets --traces u --no-minimise").out.find("smallest"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(x_dir + "/u/pop3.security.control-octets.pop3_nul-in-command.input"));
}

TEST_F(BinaryTest, SixWhenNothingRan) {
  const auto ran = mailspec("run --embedded --variation no-capa cap:PIPELINING");
  EXPECT_EQ(ran.status, 6) << ran.out;
  EXPECT_NE(ran.out.find("nothing was judged"), std::string::npos);
}

TEST_F(BinaryTest, InterruptedRunsReportAndExit130) {
  // A server that answers slowly, so that there is time to interrupt.
  write("server.sh",
        "printf '+OK hi\\r\\n'; while read -r l; do case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; STAT*) printf '+OK 0 "
        "0\\r\\n';; "
        "*) sleep 0.2; printf -- '-ERR no\\r\\n';; esac; done");
  const std::string command = "run --pop3 'exec:sh " + x_dir + "/server.sh' --user u --password-env MAILSPEC_TEST_PASSWORD --timeout 1 --report json=r.json";
  write("go.sh",
        std::string(MAILSPEC_BINARY) + " " + command + " & p=$!; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done; kill -INT $p; wait $p; echo status=$?");
  const auto started = std::chrono::steady_clock::now();
  FILE* pipe = ::popen(("cd " + x_dir + " && bash -m go.sh 2>&1").c_str(), "r");
  std::string out;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  ::pclose(pipe);
  EXPECT_NE(out.find("status=130"), std::string::npos) << out;
  EXPECT_TRUE(json("r.json").at("interrupted").as_bool());
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(), 30);
}

// Whatever ends a run, the reports are written, and nobody is accused of what was cut short.
TEST_F(BinaryTest, ASecondSignalWritesTheReportsAtOnce) {
  write("server.sh",
        "printf '+OK hi\\r\\n'; while read -r l; do case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; CAPA*|UIDL*) printf -- "
        "'-ERR\\r\\n';; STAT*) printf '+OK 0 0\\r\\n';; *) sleep 100;; esac; done");
  for (const std::string signal : {"INT", "TERM", "HUP"}) {
    std::filesystem::remove(x_dir + "/r.json");
    write("go.sh", std::string(MAILSPEC_BINARY) + " run --pop3 'exec:sh " + x_dir +
                       "/server.sh' --user u --password-env MAILSPEC_TEST_PASSWORD --timeout 60 --report json=r.json & p=$!; sleep 2; kill -" + signal +
                       " $p; sleep 0.5; kill -" + signal + " $p; wait $p; echo status=$?");
    const auto ran = shell("bash -m go.sh 2>&1");
    EXPECT_NE(ran.out.find("status=130"), std::string::npos) << signal << ran.out;
    EXPECT_LT(ran.seconds, 30) << signal;
    EXPECT_TRUE(json("r.json").at("interrupted").as_bool());
    EXPECT_EQ(json("r.json").at("summary").at("fail").as_int64(), 0) << ran.out;
    EXPECT_NE(ran.out.find("INTERRUPTED: "), std::string::npos) << ran.out;
  }
}

TEST_F(BinaryTest, AServerThatDiesInTheMiddleIsOneLineAndAccusesNobody) {
  write("go.sh", std::string(MAILSPEC_BINARY) + " serve --user u:test-password > s.out & s=$!; sleep 2; " + MAILSPEC_BINARY +
                     " run --imap $(sed -n s/^imap=//p s.out) --user u --password-env MAILSPEC_TEST_PASSWORD rfc9051/6 --report json=r.json & p=$!; sleep 3; "
                     "kill -KILL $s; wait $p; echo status=$?");
  const auto ran = shell("bash -m go.sh 2>&1");
  EXPECT_NE(ran.out.find("status=3"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("NO VERDICT: the server stopped serving after "), std::string::npos) << ran.out;
  EXPECT_EQ(json("r.json").at("summary").at("fail").as_int64(), 0) << ran.out;
  EXPECT_LT(ran.seconds, 180);
}

TEST_F(BinaryTest, NobodyNeedListen) {
  for (const std::string end : {">&-", "2>&- >&-", "| head -c 1"}) {
    std::filesystem::remove(x_dir + "/r.json");
    shell(MAILSPEC_BINARY " run --embedded rfc1939/5 --report json=r.json " + end);
    EXPECT_EQ(json("r.json").at("summary").at("fail").as_int64(), 0) << end;
  }
}

TEST_F(BinaryTest, APartialRunKeepsItsStandingRules) {
  const auto ran = mailspec("run rfc9051/6.4 --embedded --deviation imap-flags-grammar --report json=r.json");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("FAIL  rfc9051/7.3.5/flags-grammar"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("exit status 1: "), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, WhatIsPrintedCanBePasted) {
  const std::string scenario = "imap/rfc9051/6.4-store/unchanged.imap";
  const std::string id = "rfc9051/6.4.6/store-fetch-unchanged@" + scenario + "#+FLAGS (\\Seen)~rev1";
  const std::vector<std::string> names{id, scenario + ":9", "scenarios/" + scenario + ":9", scenario + "#+FLAGS (\\Seen)~rev1"};
  for (const auto& name : names) {
    EXPECT_EQ(mailspec("run --embedded '" + name + "'").status, 0) << name;
    EXPECT_NE(mailspec("list '" + name + "'").out.find(id + "\n"), std::string::npos) << name;
    EXPECT_EQ(mailspec("explain '" + name + "'").status, 0) << name;
  }
  EXPECT_EQ(mailspec("run --embedded '" + scenario + ":9999'").status, 2);
  const auto ran = mailspec("run --embedded --deviation imap-flags-grammar rfc9051/6.4.6 | grep -A99 FAIL | grep replay: | head -n 1");
  const auto at = ran.out.find("mailspec replay ");
  ASSERT_NE(at, std::string::npos) << ran.out;
  const auto line = ran.out.substr(at + 9, ran.out.find('\n') - at - 9);
  EXPECT_EQ(mailspec(line).status, 1) << line;
}

TEST_F(BinaryTest, AServerThatEndsAtOnceIsUnreachable) {
  const auto ran = against("exit 0", "");
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_TRUE(json("r.json").at("unreachable").as_bool());
}

TEST_F(BinaryTest, AServerThatSaysNothingIsUnreachableInBoundedTime) {
  const auto ran = against("sleep 60", "");
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_LT(ran.seconds, 20);
}

TEST_F(BinaryTest, AFloodIsBounded) {
  const auto ran = against("exec yes 'junk and more junk'", "");
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_LT(ran.seconds, 20);
  const auto endless = against("exec cat /dev/zero", "");
  EXPECT_EQ(endless.status, 3) << endless.out;
  EXPECT_LT(endless.seconds, 20);
}

TEST_F(BinaryTest, AFloodOfImapIsBounded) {
  // Well-formed responses, without end, to whatever is not the way in.
  write("server.sh",
        "printf '* OK hi\\r\\n'; while read -r tag command; do case $command in CAP*) printf '* CAPABILITY IMAP4rev1\\r\\n%s OK x\\r\\n' $tag;; "
        "LOGIN*) printf '%s OK x\\r\\n' $tag;; *) exec yes \"$(printf '* 1 EXISTS\\r')\";; esac; done");
  const auto ran = mailspec("run --imap 'exec:sh " + x_dir + "/server.sh' --user u --password-env MAILSPEC_TEST_PASSWORD --timeout 0.5 --report json=r.json");
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_LT(ran.seconds, 60);
  EXPECT_TRUE(json("r.json").at("unreachable").as_bool());
}

TEST_F(BinaryTest, AServerThatHangsOnEverythingFailsInBoundedTime) {
  // It lets the suite in, and then hangs on whatever is not part of that.
  const auto ran = against(
      "printf '+OK hi\\r\\n'; while read -r l; do case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; CAPA*|UIDL*) printf -- "
      "'-ERR\\r\\n';; "
      "STAT*) printf '+OK 0 0\\r\\n';; *) sleep 60;; esac; done",
      "rfc1939/3");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("(hang)"), std::string::npos);
  // An answer to a login has a minute, and a hang wants a second try.
  EXPECT_LT(ran.seconds, 240);
}

TEST_F(BinaryTest, AServerThatStopsReadingIsWaitedForOnce) {
  // It answers until a line is longer than a pipe holds, and then reads no more: octet by octet that must not cost hours.
  const auto ran = against(
      "printf '+OK hi\\r\\n'; i=0; while [ $i -lt 12 ]; do read -r l || exit; case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; "
      "CAPA*|UIDL*) printf -- '-ERR\\r\\n';; STAT*) printf '+OK 0 0\\r\\n';; *) sleep 60;; esac; done",
      "--segmentation octet rfc1939/3/overlong-line-survived");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_LT(ran.seconds, 120);
}

TEST_F(BinaryTest, AServerThatDiesMidWordFails) {
  const auto ran = against(
      "printf '+OK hi\\r\\n'; while read -r l; do case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; CAPA*|UIDL*) printf -- "
      "'-ERR\\r\\n';; "
      "STAT*) printf '+OK 0 0\\r\\n';; *) printf '+O'; exit;; esac; done",
      "rfc1939/3/unrecognized-refused");
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.out.find("(close)"), std::string::npos);
  EXPECT_NE(ran.out.find("'+O'"), std::string::npos) << ran.out;
}

TEST_F(BinaryTest, OtherPeoplesMailIsRefused) {
  const auto ran = against(
      "printf '+OK hi\\r\\n'; while read -r l; do case $l in QUIT*) printf '+OK\\r\\n'; exit;; USER*|PASS*) printf '+OK\\r\\n';; CAPA*|UIDL*) printf -- "
      "'-ERR\\r\\n';; "
      "STAT*) printf '+OK 1 20\\r\\n';; TOP*|RETR*) printf '+OK\\r\\nSubject: private\\r\\n\\r\\n.\\r\\n';; DELE*) echo deleted >> " +
          x_dir + "/crime; printf '+OK\\r\\n';; *) printf -- '-ERR\\r\\n';; esac; done",
      "--deliver true");
  EXPECT_EQ(ran.status, 2) << ran.out;
  EXPECT_NE(ran.out.find("did not put there"), std::string::npos) << ran.out;
  EXPECT_FALSE(std::filesystem::exists(x_dir + "/crime"));
}

TEST_F(BinaryTest, NoPasswordIsWritten) {
  const auto ran = mailspec("run --embedded --keep-traces --report json=r.json");
  EXPECT_EQ(ran.status, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(x_dir)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    EXPECT_EQ(text.str().find("alices-secret"), std::string::npos) << entry.path();
  }
}

TEST_F(BinaryTest, CompletesWhatItKnows) {
  const auto words = [&](const std::string& arguments) { return mailspec("complete " + arguments).out; };
  EXPECT_NE(words("''").find("run\ttest a server\n"), std::string::npos);
  EXPECT_EQ(words("''").find("complete"), std::string::npos);
  EXPECT_EQ(words("run --embedd").substr(0, 11), "--embedded\t");
  EXPECT_EQ(words("run --deviation retr-no-dot"), "retr-no-dot-stuffing\tsends lines that begin with '.' as they are in RETR\n");
  EXPECT_EQ(words("run --seed 1 --report js"), "json=\ta report\n");
  EXPECT_EQ(words("known ad").substr(0, 4), "add\t");
  EXPECT_NE(words("run rfc1939/5/noop").find("rfc1939/5/noop-positive\t"), std::string::npos);
  EXPECT_EQ(words("run --known ''"), "") << "a file is wanted";
}

TEST_F(BinaryTest, TheOtherSubcommandsAnswer) {
  const auto version = mailspec("--version").out;
  EXPECT_NE(version.find("mailspec 0."), std::string::npos) << version;
  EXPECT_NE(version.find("\nscenario set "), std::string::npos) << version;
  EXPECT_EQ(mailspec("lint").status, 0);
  EXPECT_NE(mailspec("list --what deviations").out.find("retr-no-dot-stuffing"), std::string::npos);
  EXPECT_NE(mailspec("explain rfc1939/3/byte-stuffing").out.find("top-no-dot-stuffing"), std::string::npos);
  EXPECT_NE(mailspec("coverage").out.find("rfc1939"), std::string::npos);
  EXPECT_EQ(mailspec("doctor --embedded").status, 0);
  EXPECT_NE(mailspec("serve --list").out.find("login-delay"), std::string::npos);
  EXPECT_EQ(mailspec("selftest rfc1939/5/stat-*").status, 0);
}

}  // namespace
}  // namespace mailspec
