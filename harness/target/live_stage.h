// A real server as a stage: one worker's connection to it, its accounts' maildrops kept as the cases want them.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/net/tcp_transport.h"
#include "harness/scenario/runner.h"
#include "harness/target/config.h"
#include "harness/target/delivery.h"
#include "harness/target/imap_boxes.h"
#include "harness/target/pop3_client.h"
#include "harness/target/processes.h"

namespace mailspec::target {

class LiveStage : public scenario::Stage {
 public:
  // `lane` picks among several accounts of one role.
  LiveStage(const TargetConfig& config, const scenario::Offer& offer, scenario::FixtureLookup fixture, std::string run_id, int lane = 0);

  net::Transport& transport() override { return x_transport; }
  net::Endpoint pop3_endpoint(bool implicit_tls) const override;
  net::Endpoint imap_endpoint(bool implicit_tls) const override;
  std::string fresh_name(const scenario::Account& account) override;
  Result<scenario::Mailbox> mailbox(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages, bool shared) override;
  void discard(const scenario::Account& account, const std::string& name) override;
  const scenario::Offer& offer() const override { return x_offer; }
  Status prepare(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages) override;
  Status empty_inbox(const scenario::Account& account) override;
  bool pop3_numbers_by_arrival() const override { return x_order == Order::arrival; }
  Order order() const { return x_order; }  // as far as it has been seen
  Status deliver(const scenario::Account& account, const std::string& fixture) override;
  void touched(const scenario::Account& account) override { x_contents.erase(account.name); }
  std::vector<oracle::Trace> take_traces() override { return std::exchange(x_traces, {}); }
  scenario::Account special(const std::string& role) const override;
  std::string harm() override;
  std::string busy() override;
  double processor_time() override;
  std::vector<std::string> secrets() const override;
  bool recover() override;  // by the target's reset hook
  void restarted() override;
  // Is what is delivered to the account found by POP3, and in which order? Two messages, which are taken away again. "" if so; else why not.
  std::string try_delivery(const scenario::Account& account);
  // Leaves every maildrop it has filled empty.
  Status clean_up();

 private:
  Status prepare_anew(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages);
  Status empty(const scenario::Account& account);
  Record recorder();
  Status put(const scenario::Account& account, std::string_view octets);
  Status fill(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages);
  Status fill_and_choose(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages);
  Status keep(const scenario::Account& account, std::uint64_t first, std::uint64_t kinds);
  Status wait_for(const scenario::Account& account, std::uint64_t count);
  scenario::Patience patience() const;
  // Of POP3, as set-up uses it.
  net::Endpoint maildrop_endpoint() const;

  const TargetConfig& x_config;
  const scenario::Offer& x_offer;
  scenario::FixtureLookup x_fixture;
  std::string x_run_id;
  int x_lane;
  std::uint64_t x_serial = 0;
  net::TcpTransport x_transport;
  std::map<std::string, std::vector<scenario::MessageSpec>> x_contents;
  std::map<std::string, scenario::Account> x_used;
  std::vector<oracle::Trace> x_traces;  // of set-up
  std::unique_ptr<Delivery> x_delivery;
  Order x_order;                        // in which POP3 numbers what is delivered
  Order x_found = Order::arrival;       // of what was delivered last, beside what was wanted
  std::optional<ProcessWatch> x_watch;  // where the target says which processes, or which log
  std::unique_ptr<ImapBoxes> x_boxes;   // where there is IMAP
  int x_failures = 0;                   // of `prepare`, in a row, with different messages
  std::string x_last_failure;
  std::vector<scenario::MessageSpec> x_failed_with;
};

// The octets of a message as specified, CRLF throughout unless the fixture is hostile.
Result<std::string> make_message(const scenario::MessageSpec& spec, const scenario::FixtureLookup& fixture);
// Every message delivered bears this field first.
std::string mark_of(const std::string& run_id, std::uint64_t serial);

}  // namespace mailspec::target
