// Mailboxes of one's own on a real server: made with messages in them, and taken away again. Nothing outside its own prefix is touched.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/scenario/runner.h"
#include "harness/target/imap_client.h"

namespace mailspec::target {

class ImapBoxes {
 public:
  using Make = std::function<Result<std::string>(const scenario::MessageSpec&)>;
  ImapBoxes(net::Transport& transport, net::Endpoint endpoint, const scenario::Offer& offer, scenario::Patience patience, std::string run_id, Make make,
            Record record);

  std::string fresh_name();
  // UIDs differ from sequence numbers and leave gaps. A `shared` box is made once for the same messages.
  Result<scenario::Mailbox> mailbox(const scenario::Account& account, const std::vector<scenario::MessageSpec>& messages, bool shared);
  // Whatever begins with `name` goes, subscriptions too.
  void discard(const scenario::Account& account, const std::string& name);
  // Where not all in INBOX bears the suite's mark and may be lost, it is left as it is: Error::Kind::config.
  Status empty_inbox(const scenario::Account& account, bool disposable);
  // What was made may be gone: it is made again.
  void forget();
  Status clean_up();

 private:
  Result<ImapClient*> client(const scenario::Account& account);
  // A mailbox with a fresh name, which goes to `name`.
  Status create(ImapClient& client, const scenario::Account& account, std::string& name);
  Status fill(ImapClient& client, const std::vector<scenario::MessageSpec>& messages, scenario::Mailbox& made, bool plus);
  struct AppendForm;
  static const AppendForm kAppendForms[4];
  Result<ImapClient::Answer> append(ImapClient& client, const std::string& name, const std::string& flags, const std::string& date, const std::string& octets,
                                    bool& without_flags);
  Result<std::vector<ImapClient::Answer>> ask_all_somehow(ImapClient& client, const std::vector<std::string>& commands, const std::string& selection);
  Status take_away(ImapClient& client, const std::string& name);
  // The commands that take away whatever begins with `name`.
  Result<std::vector<std::string>> removal(ImapClient& client, const std::string& name);
  Result<std::unique_ptr<ImapClient>> another_client(const scenario::Account& account);
  Status clean_up_slowly(const std::string& user, const std::vector<std::string>& names);
  bool empty(ImapClient& client, const std::string& name);
  void leave(ImapClient& client, const std::string& name);

  net::Transport& x_transport;
  net::Endpoint x_endpoint;
  const scenario::Offer& x_offer;
  scenario::Patience x_patience;
  std::string x_run_id;
  Make x_make;
  Record x_record;
  std::map<std::string, std::unique_ptr<ImapClient>> x_clients;
  std::map<std::string, scenario::Account> x_accounts;
  struct Shared {
    std::string user;
    std::vector<scenario::MessageSpec> messages;
    scenario::Mailbox box;
  };
  std::vector<Shared> x_shared;
  std::set<std::pair<std::string, std::string>> x_left;  // account and name, still to go
  // Where DELETE takes its time, mailboxes are emptied and used again.
  bool x_slow = false;
  std::map<std::string, std::vector<std::string>> x_spare;  // by account
  std::uint64_t x_serial = 0;
  // What of APPEND was refused for its form.
  std::size_t x_form = 0;  // the one that was taken last
  bool x_waits = false;    // literals wait, though LITERAL+ is offered
  bool x_refused = false;  // the last fill
};

}  // namespace mailspec::target
