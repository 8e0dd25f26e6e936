// Every scenario against the embedded server, each a test of its own; and what must hold of the library as a whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/embedded_stage.h"
#include "harness/suite/lint.h"
#include "harness/suite/offered.h"
#include "harness/suite/select.h"
#include "harness/suite/standing.h"
#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/pop3_rewrite.h"
#include "where.h"

namespace mailspec::cli {
namespace {

const suite::Library& library() {
  static const suite::Library kLibrary = [] {
    auto loaded = suite::load_library("");
    if (!loaded) {
      std::fprintf(stderr, "%s\n", loaded.error().what.c_str());
      std::abort();
    }
    return std::move(*loaded);
  }();
  return kLibrary;
}

scenario::FixtureLookup fixtures() {
  return [](const std::string& name) { return library().fixture(name); };
}

class ScenarioTest : public testing::Test {
 public:
  explicit ScenarioTest(const scenario::Case& c) : x_case(c) {}
  void TestBody() override {
    static const auto kOffer = probe_embedded({}, fixtures());
    ASSERT_TRUE(kOffer);
    if (suite::reason_to_skip(x_case, *kOffer)) return;  // the reference server offers nearly all; variations cover the rest
    EmbeddedStage stage({}, fixtures());
    stage.set_offer(*kOffer);
    scenario::RunOptions options;
    options.fixture = fixtures();
    const auto result = scenario::run_case(x_case, stage, EmbeddedStage::accounts()[0], options);
    EXPECT_EQ(result.setup_trouble, "");
    for (const auto& stake : result.stakes) EXPECT_EQ(stake.finding.what, "") << stake.ids[0];
    for (const auto& event : result.trace.events) {
      for (const auto* secret : {"alices-secret", "right-for-mallory", "carols-secret"}) {
        EXPECT_EQ(event.octets.find(secret), std::string::npos) << "a password reached the trace";
      }
    }
  }

 private:
  const scenario::Case& x_case;
};

TEST(Library, LintFindsNothing) {
  std::vector<std::string> deviated;
  for (const auto& d : reference::deviations()) deviated.push_back(d.requirement);
  EXPECT_EQ(suite::lint(library(), suite::rule_requirements(), deviated), std::vector<std::string>{});
}

// A file that was split: each check goes with its stake, and no two files answer for one.
TEST(Library, AFormerRowIsNamedBehindItsPath) {
  const auto present = [](const std::string& name) { return result::present(library().former, name); };
  const std::string id = "rfc2449/6.3/announced-mechanism-works@";
  EXPECT_EQ(present(id + "pop3/rfc5034/announced-cram-md5.pop3"), id + "pop3/rfc5034/announced.pop3#CRAM-MD5") << "it had no rows";
  EXPECT_EQ(present("imap/rfc9051/6.2-login/scram-faults-sha-256.imap#no-proof~rev2"), "imap/rfc9051/6.2-login/scram-faults.imap#sha-256 no-proof~rev2");
}

TEST(Library, FormerChecksAreOneCheckNow) {
  const std::string path = "imap/rfc9051/6.3-list/attributes.imap", row = "#one~rev1";
  EXPECT_EQ(result::present(library().former, "rfc9051/6.3.9.5/children@" + path + row), "rfc9051/6.3.9.5/children@imap/rfc3348/children.imap" + row);
  EXPECT_EQ(result::present(library().former, "rfc5258/3/exists@" + path + row), "rfc5258/3/exists@" + path + row);
  EXPECT_EQ(result::present(library().former, path + row), path + row) << "the case is still there";
  auto twice = library();
  for (auto& c : twice.cases) {
    if (c.path == "imap/rfc2971/id.imap") c.was.push_back("imap/rfc2177/idle.imap");  // other stakes: none of them is answered for twice
    if (c.path == "imap/rfc5258/children.imap") c.was.push_back("imap/rfc5258/no.imap");
  }
  std::vector<std::string> deviated;
  for (const auto& d : reference::deviations()) deviated.push_back(d.requirement);
  EXPECT_TRUE(suite::lint(twice, suite::rule_requirements(), deviated).empty());
  for (auto& c : twice.cases) {
    if (c.path == "imap/rfc2971/id.imap" && c.row == "nil") c.was = {"imap/a.imap"};
    if (c.path == "imap/rfc2971/id.imap" && c.row == "empty") c.row = "nil", c.path = "imap/b.imap", c.was = {"imap/a.imap"};
  }
  const auto findings = suite::lint(twice, suite::rule_requirements(), deviated);
  EXPECT_EQ(findings.size(), 2u) << join(findings, "\n");
  EXPECT_NE(std::ranges::find(findings, "imap/b.imap: was: imap/a.imap, but imap/rfc2971/id.imap answers for rfc2971/3.1/id of it"), findings.end())
      << join(findings, "\n");
}

TEST(Library, SwitchNamesAreUnique) {
  std::set<std::string> names;
  for (const auto* switches : {&reference::deviations(), &reference::variations()}) {
    for (const auto& s : *switches) EXPECT_TRUE(names.insert(s.name).second) << s.name;
  }
}

// A standing rule is asked of all dialogues in its protocol, and of no others.
TEST(Select, AStandingRuleBringsTheCasesOfItsProtocol) {
  const auto count = [](const std::string& id, scenario::Protocol protocol) {
    const auto plan = suite::select(library(), {id}, suite::rule_requirements());
    EXPECT_TRUE(plan) << id;
    return std::ranges::count_if(*plan, [&](const auto* c) { return c->speaks(protocol); });
  };
  const auto all = [](scenario::Protocol protocol) { return std::ranges::count_if(library().cases, [&](const auto& c) { return c.speaks(protocol); }); };
  using enum scenario::Protocol;
  EXPECT_EQ(count("rfc1939/5/noop-positive", pop3), all(pop3));
  EXPECT_LT(count("rfc1939/5/noop-positive", imap), all(imap) / 10);
  EXPECT_EQ(count("security/auth/no-secret-echoed", pop3), all(pop3));
  EXPECT_EQ(count("security/auth/no-secret-echoed", imap), all(imap));
}

// A password with a quote, a backslash and a blank accuses nobody: what cannot hold it is left out.
TEST(Passwords, AnOddOneAccusesNobody) {
  const auto offer = probe_embedded({}, fixtures());
  ASSERT_TRUE(offer);
  std::vector<const scenario::Case*> plan;
  for (const auto& c : library().cases) {
    if (!c.needs("heavy")) plan.push_back(&c);
  }
  const auto account = EmbeddedStage({}, fixtures()).special("odd");
  ASSERT_NE(account.password.find_first_of("\"\\ "), std::string::npos);
  const auto run = suite::run(library(), plan, *offer, {account},
                              [&](const suite::Lane&) {
                                auto stage = std::make_unique<EmbeddedStage>(reference::Options{}, fixtures());
                                stage->set_offer(*offer);
                                return stage;
                              },
                              {});
  std::size_t left_out = 0;
  for (const auto& check : run.checks) {
    if (check.verdict == result::Verdict::skip && check.reason.find("cannot be sent as") != std::string::npos) ++left_out;
    else EXPECT_TRUE(check.verdict == result::Verdict::pass || check.verdict == result::Verdict::skip) << check.id << ": " << check.reason;
  }
  EXPECT_GT(left_out, 5u);
  EXPECT_LT(left_out, 60u);
}

// One that takes no new connection any longer, once the server is gone.
class MortalTransport : public net::Transport {
 public:
  MortalTransport(net::Transport& inner, const bool& gone) : x_inner(inner), x_gone(gone) {}
  Result<std::unique_ptr<net::Stream>> connect(const net::Endpoint& endpoint, double seconds) override {
    if (x_gone) return Error{Error::Kind::unreachable, endpoint.text() + ": Connection refused"};
    return x_inner.connect(endpoint, seconds);
  }
  double now() override { return x_inner.now(); }
  void wait(double seconds) override { x_inner.wait(seconds); }
  bool virtual_time() const override { return x_inner.virtual_time(); }

 private:
  net::Transport& x_inner;
  const bool& x_gone;
};

class MortalStage : public EmbeddedStage {
 public:
  MortalStage(const reference::Options& options, const bool& gone) : EmbeddedStage(options, fixtures()), x_transport(EmbeddedStage::transport(), gone) {}
  net::Transport& transport() override { return x_transport; }

 private:
  MortalTransport x_transport;
};

// RFC 1939 3: a refusal may end its session. It ends no other, and the next is to be had.
TEST(Endings, ACrashBehindARefusalIsNoRefusal) {
  const auto offer = probe_embedded({}, fixtures());
  ASSERT_TRUE(offer);
  for (const auto* path : {"pop3/rfc1939/3-basics/unrecognized-in-transaction.pop3", "pop3/rfc1939/3-basics/wrong-state-authorization.pop3"}) {
    const auto c = std::ranges::find(library().cases, std::string(path), &scenario::Case::path);
    ASSERT_NE(c, library().cases.end()) << path;
    for (const bool crashes : {false, true}) {
      bool gone = false;
      reference::Options options;
      options.pop3.hooks.push_back([&](const auto&, auto& reply, auto&) {
        if (!reference::negative(reply)) return;
        reply.close = true;
        gone = crashes;
      });
      MortalStage stage(options, gone);
      stage.set_offer(*offer);
      scenario::RunOptions run;
      run.fixture = fixtures();
      const auto result = scenario::run_case(*c, stage, EmbeddedStage::accounts()[0], run);
      EXPECT_EQ(result.harmed(), crashes) << path << ": " << result.setup_trouble;
      EXPECT_FALSE(result.unreachable) << path;
    }
  }
}

TEST(Segmentation, NoVerdictChanges) {
  const auto offer = probe_embedded({}, fixtures());
  ASSERT_TRUE(offer);
  std::vector<const scenario::Case*> plan;
  for (const auto& c : library().cases) {
    if (!c.needs("heavy")) plan.push_back(&c);
  }
  std::map<std::string, result::Verdict> first;
  for (const auto segmentation : {scenario::Segmentation::line, scenario::Segmentation::octet, scenario::Segmentation::whole, scenario::Segmentation::random}) {
    suite::Options options;
    options.segmentation = segmentation;
    const auto run = suite::run(
        library(), plan, *offer, EmbeddedStage::accounts(),
        [&](const suite::Lane&) {
          auto stage = std::make_unique<EmbeddedStage>(reference::Options{}, fixtures());
          stage->set_offer(*offer);
          return stage;
        },
        options);
    for (const auto& check : run.checks) {
      const auto [it, fresh] = first.emplace(check.id, check.verdict);
      EXPECT_EQ(it->second, check.verdict) << check.id << " under " << scenario::name_of(segmentation) << ": " << check.reason;
    }
  }
}

}  // namespace

void register_scenarios() {
  for (const auto& c : library().cases) {
    testing::RegisterTest("Scenario", visible(c.name()).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [&c]() -> testing::Test* { return new ScenarioTest(c); });
  }
}

}  // namespace mailspec::cli

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  mailspec::cli::register_scenarios();
  return RUN_ALL_TESTS();
}
