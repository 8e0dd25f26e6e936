#include <gtest/gtest.h>

#include <map>

#include "harness/cli/embedded_stage.h"
#include "harness/oracle/standing_rules.h"
#include "harness/scenario/imap_lock.h"
#include "harness/target/imap_boxes.h"
#include "harness/target/imap_client.h"
#include "harness/target/pop3_client.h"

namespace mailspec::cli {
namespace {

// Set-up that says more than is kept of it accuses nobody: neither of a greeting that is no longer there, nor of answers to what was forgotten.
TEST(Clients, LongSetUpIsJudgedByItsBeginning) {
  EmbeddedStage stage({}, [](const std::string&) { return nullptr; });
  std::vector<oracle::Trace> traces;
  const auto record = [&](oracle::Trace trace) { traces.push_back(std::move(trace)); };
  {
    target::ImapClient imap(stage.transport(), {}, record);
    ASSERT_TRUE(imap.connect(stage.imap_endpoint(false)));
    for (int i = 0; i < 2100; ++i) ASSERT_TRUE(imap.ask("NOOP"));
    imap.log_out();
  }
  {
    target::Pop3Client pop3(stage.transport(), {}, record);
    ASSERT_TRUE(pop3.connect(stage.pop3_endpoint(false)));
    for (int i = 0; i < 2100; ++i) ASSERT_TRUE(pop3.ask("CAPA"));
    ASSERT_TRUE(pop3.quit());
  }
  ASSERT_EQ(traces.size(), 2U);
  for (const auto& trace : traces) {
    EXPECT_GT(trace.events.size(), 4000U);
    for (const auto& f : oracle::judge(trace, oracle::standing_rules(trace)).findings) ADD_FAILURE() << f.requirement << ": " << f.what;
  }
}

// RFC 1939 4 gives the messages of a maildrop no order.
TEST(Clients, TheOrderIsReadOffTheMarks) {
  const std::string message = "From: a@example.org\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\n\r\nx\r\n";
  for (const bool newest_first : {false, true}) {
    reference::Options options;
    if (newest_first) options.pop3.choices.insert("newest-first");
    EmbeddedStage stage(options, [&](const std::string&) { return &message; });
    const auto account = EmbeddedStage::accounts()[0];
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(stage.deliver(account, "any"));
    const auto offer = probe_embedded(options, [&](const std::string&) { return &message; });
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->pop3_has(scenario::Pop3Offer::kNewestFirst), newest_first);
    auto client = target::open_maildrop(stage.transport(), stage.pop3_endpoint(false), account, *offer, {});
    ASSERT_TRUE(client);
    for (const bool top : {false, true})
      EXPECT_EQ(target::order_of(**client, 3, top), newest_first ? target::Order::newest_first : target::Order::arrival) << top;
    EXPECT_EQ(target::order_of(**client, 4, true), target::Order::arrival) << "where one cannot be read";
  }
}

// Whatever form of a command is refused, set-up finds another.
TEST(Clients, SetUpTakesAnotherWay) {
  const std::string message = "From: a@example.org\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\n\r\nx\r\n";
  const auto fixture = [&](const std::string&) { return &message; };
  using reference::Fault;
  const std::vector<std::vector<std::pair<Fault, std::string>>> refused{{{Fault::no_quoted, "CREATE"}},
                                                                        {{Fault::no_quoted, "SELECT"}, {Fault::no_quoted, "APPEND"}},
                                                                        {{Fault::no_atom, "SELECT"}, {Fault::no_atom, "APPEND"}},
                                                                        {{Fault::refuses_form, "APPEND flags"}},
                                                                        {{Fault::refuses_form, "APPEND flags"}, {Fault::refuses_form, "STORE FLAGS.SILENT"}},
                                                                        {{Fault::refuses_form, "STORE +FLAGS.SILENT"}},
                                                                        {{Fault::refuses_form, "STORE +FLAGS.SILENT"}, {Fault::refuses_form, "STORE +FLAGS"}},
                                                                        {{Fault::refuses_form, "EXPUNGE"}},
                                                                        {{Fault::refuses_form, "FETCH several items"}},
                                                                        {{Fault::refuses_form, "UNSELECT"}},
                                                                        {{Fault::refuses_form, "APPEND +"}},
                                                                        {{Fault::login_atoms_only, ""}}};
  for (const auto& faults : refused) {
    SCOPED_TRACE(std::string(name_of(faults[0].first)) + " " + faults[0].second);
    reference::Options options;
    for (const auto& [fault, of] : faults) {
      if (of.empty()) options.faults.insert(fault);
      else options.faults.insert(fault, of);
    }
    EmbeddedStage stage(options, fixture);
    const auto account = EmbeddedStage::accounts()[0];
    const auto offer = probe_embedded(options, fixture);
    ASSERT_TRUE(offer) << offer.error().what;
    EXPECT_EQ(offer->imap->features.contains(scenario::ImapOffer::kLoginRefused), faults[0].first == Fault::login_atoms_only);
    target::ImapBoxes boxes(stage.transport(), stage.imap_endpoint(false), *offer, {}, "run", [&](const scenario::MessageSpec&) { return message; }, {});
    for (const bool again : {false, true}) {
      auto box = boxes.mailbox(account, {{"a.eml", 1, 0, {}, "\\Seen", {}}, {"b.eml", 1, 0, {}, {}, {}}}, false);
      ASSERT_TRUE(box) << again << box.error().what;
      EXPECT_EQ(box->uids.size(), 2U);
      target::ImapClient client(stage.transport(), {});
      ASSERT_TRUE(client.connect(stage.imap_endpoint(false)));
      ASSERT_TRUE(client.log_in(account, *offer));
      ASSERT_TRUE(client.ask_somehow("EXAMINE " + imap::quoted(box->name), *offer)->ok());
      const auto seen = client.ask("SEARCH SEEN");
      ASSERT_TRUE(seen && seen->untagged.size() == 1 && seen->untagged[0].values.size() == 1);
      EXPECT_EQ(seen->untagged[0].values[0].text, "1");
    }
    EXPECT_TRUE(boxes.clean_up());
  }
}

// RFC 9051 6.2.3: LOGINDISABLED forbids LOGIN; what AUTHENTICATE says in clear shows by trying only.
TEST(Clients, ALoginThatIsRefusedInClearIsTriedUnderTls) {
  const std::string message = "From: a@example.org\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\n\r\nx\r\n";
  const auto fixture = [&](const std::string&) { return &message; };
  for (const bool refused : {false, true}) {
    reference::Options options;
    options.imap.logindisabled = true;
    if (refused) options.imap.choices.insert("announces-refused");
    const auto offer = probe_embedded(options, fixture);
    ASSERT_TRUE(offer) << offer.error().what;
    EXPECT_EQ(offer->imap->features.contains(scenario::kLoginUnderTls), refused);
    EXPECT_TRUE(offer->imap_login_needs_tls());
    EXPECT_EQ(offer->imap_needs_tls("AUTH=PLAIN"), true);
  }
}

// Where the order is the server's own, copies are delivered until some stand as they should.
TEST(Clients, AnOrderOfItsOwnIsMetByChoosing) {
  EXPECT_EQ(target::choose_in_order({2, 0, 0, 2, 1, 2}, 3), (std::vector<std::size_t>{1, 4, 5}));
  EXPECT_EQ(target::choose_in_order({2, 1, 0, 2}, 3), std::nullopt);
  const auto message = [](const std::string& name) {
    return "From: a@example.org\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\nSubject: " + name + "\r\n\r\nx\r\n";
  };
  const std::map<std::string, std::string> all{
      {"a", message("a")}, {"b", message("b")}, {"c", message("c")}, {"plain.eml", message("p")}, {"short.eml", message("s")}};
  const auto fixture = [&](const std::string& name) { return &all.at(name); };
  reference::Options options;
  options.pop3.choices.insert("own-order");
  const auto offer = probe_embedded(options, fixture);
  ASSERT_TRUE(offer);
  EXPECT_TRUE(offer->pop3_has(scenario::Pop3Offer::kOwnOrder));
  EmbeddedStage stage(options, fixture);
  stage.set_offer(*offer);
  const auto account = EmbeddedStage::accounts()[0];
  const std::vector<std::string> wanted{"c", "a", "b"};
  std::vector<scenario::MessageSpec> specs;
  for (const auto& name : wanted) specs.push_back({name, 1, 0, {}, {}, {}});
  ASSERT_TRUE(stage.prepare(account, specs));
  auto client = target::open_maildrop(stage.transport(), stage.pop3_endpoint(false), account, *offer, {});
  ASSERT_TRUE(client);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto head = (*client)->ask("TOP " + std::to_string(i + 1) + " 0");
    ASSERT_TRUE(head && head->ok());
    EXPECT_NE(head->content.head.find("Subject: " + wanted[i]), std::string::npos) << i;
  }
  EXPECT_FALSE((*client)->ask("LIST 4")->ok());
}

// RFC 9051 3.4, 7.1 and 7.1.5: a mailbox may be one session's at a time, and the suite finds that out.
TEST(Clients, ALockOnAMailboxIsFound) {
  const std::string message = "From: a@example.org\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\n\r\nx\r\n";
  for (const auto& [choice, words] : {std::pair{"", ""}, {"select-takes-over", "ends the first"}, {"select-waits", "waits"}, {"select-in-use", "refused"}}) {
    reference::Options options;
    options.imap.choices.insert(choice);
    const auto offer = probe_embedded(options, [&](const std::string&) { return &message; });
    ASSERT_TRUE(offer && offer->imap);
    const auto lock = scenario::lock_of(*offer->imap);
    EXPECT_EQ(lock.empty(), std::string(choice).empty()) << choice;
    EXPECT_NE(lock.find(words), std::string::npos) << choice << ": " << lock;
  }
}

}  // namespace
}  // namespace mailspec::cli
