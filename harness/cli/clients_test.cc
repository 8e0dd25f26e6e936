#include <gtest/gtest.h>

#include "harness/cli/embedded_stage.h"
#include "harness/oracle/standing_rules.h"
#include "harness/target/client.h"
#include "harness/target/imap_client.h"

namespace mailspec::cli {
namespace {

// Set-up that says more than is kept of it accuses nobody: neither of a greeting that is no longer there, nor of answers to what was forgotten.
TEST(Clients, LongSetUpIsJudgedByItsBeginning) {
  EmbeddedStage stage({}, [](const std::string&) { return nullptr; });
  const auto account = EmbeddedStage::accounts()[0];
  scenario::Offer offer;
  offer.imap.emplace();
  std::vector<oracle::Trace> traces;
  const auto record = [&](oracle::Trace trace) { traces.push_back(std::move(trace)); };
  {
    target::ImapClient imap(stage.transport(), {}, record);
    ASSERT_TRUE(imap.connect(stage.imap_endpoint(false)));
    for (int i = 0; i < 2100; ++i) ASSERT_TRUE(imap.ask("NOOP"));
    imap.log_out();
  }
  {
    target::Client pop3(stage.transport(), {}, record);
    ASSERT_TRUE(pop3.connect(stage.endpoint(false)));
    for (int i = 0; i < 2100; ++i) ASSERT_TRUE(pop3.ask("CAPA"));
    ASSERT_TRUE(pop3.quit());
  }
  ASSERT_EQ(traces.size(), 2U);
  for (const auto& trace : traces) {
    EXPECT_GT(trace.events.size(), 4000U);
    for (const auto& f : oracle::judge(trace, oracle::standing_rules(trace)).findings) ADD_FAILURE() << f.requirement << ": " << f.what;
  }
}

}  // namespace
}  // namespace mailspec::cli
