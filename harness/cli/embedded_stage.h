// The reference server in process as a stage: a server of its own, virtual time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/scenario/runner.h"
#include "reference_server/embed.h"

namespace mailspec::cli {

class EmbeddedStage : public scenario::Stage {
 public:
  // `said` is given a digest of all that the server sends, and when.
  EmbeddedStage(const reference::Options& options, scenario::FixtureLookup fixture, std::uint64_t* said = nullptr);
  net::Transport& transport() override { return x_transport; }
  net::Endpoint pop3_endpoint(bool implicit_tls) const override { return {"localhost", implicit_tls ? "pop3s" : "pop3", implicit_tls}; }
  net::Endpoint imap_endpoint(bool implicit_tls) const override { return {"localhost", implicit_tls ? "imaps" : "imap", implicit_tls}; }
  std::string fresh_name(const scenario::Account& account) override;
  Result<scenario::Mailbox> mailbox(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages, bool shared) override;
  void discard(const scenario::Account& account, const std::string& name) override;
  const scenario::Offer& offer() const override { return x_offer; }
  void set_offer(scenario::Offer offer) { x_offer = std::move(offer); }
  Status prepare(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages) override;
  bool pop3_numbers_by_arrival() const override {
    return !x_offer.pop3_has(scenario::Pop3Offer::kNewestFirst) && !x_offer.pop3_has(scenario::Pop3Offer::kOwnOrder);
  }
  Status deliver(const scenario::Account& account, const std::string& fixture) override;
  void touched(const scenario::Account& account) override { x_contents.erase(account.name); }
  scenario::Account special(const std::string& role) const override;
  std::vector<std::string> secrets() const override;
  bool recover() override;  // as a restart would

  static std::vector<scenario::Account> accounts();

 private:
  Status choose(reference::Account& owner, const std::vector<scenario::MessageSpec>& messages);
  reference::Server x_server;
  EmbeddedTransport x_transport;
  scenario::FixtureLookup x_fixture;
  scenario::Offer x_offer;
  std::map<std::string, std::vector<scenario::MessageSpec>> x_contents;
  std::uint64_t x_serial = 0, x_boxes = 0;
  std::vector<std::pair<std::vector<scenario::MessageSpec>, scenario::Mailbox>> x_shared;
};

// The reference server's own accounts, special ones included.
void add_accounts(reference::Store& store);

// What the embedded server with these options offers. With the features every embedded run has.
Result<scenario::Offer> probe_embedded(const reference::Options& options, const scenario::FixtureLookup& fixture);

}  // namespace mailspec::cli
