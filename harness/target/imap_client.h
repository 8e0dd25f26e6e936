// A plain IMAP client for set-up: probing, making mailboxes and taking them away. It judges nothing.
#pragma once

#include <string>
#include <vector>

#include "harness/net/transport.h"
#include "harness/scenario/imap_dialogue.h"
#include "harness/scenario/runner.h"
#include "harness/target/set_up.h"

namespace mailspec::target {

// Is a refused APPEND refused for its message? RFC 9051 6.3.12: NO where something is wrong with it. What passes (7.1), or is about the mailbox, says nothing
// of the message.
bool refuses_message(const imap::Response& tagged);

class ImapClient {
 public:
  ImapClient(net::Transport& transport, scenario::Patience patience, Record record = {});
  ~ImapClient();
  ImapClient(const ImapClient&) = delete;
  ImapClient& operator=(const ImapClient&) = delete;

  Status connect(const net::Endpoint& endpoint);
  // Did the last connect end without a greeting, or with a refusal in its place? A limit on connections looks like that.
  bool turned_away() const { return x_turned_away; }
  Status start_tls();
  // What must not reach the trace, should the server say it before the login.
  void keep_secret(const std::string& password) { x_dialogue.add_secret(password); }
  Status log_in(const scenario::Account& account, const scenario::Offer& offer);
  bool open() const { return x_dialogue.open(1); }
  void record_nothing() { x_record = {}; }
  struct Answer {
    imap::Response tagged;
    std::vector<imap::Response> untagged;
    bool ok() const { return tagged.keyword == "OK"; }
  };
  // Sends a command and reads to its tagged response. An Error only where none came.
  Result<Answer> ask(const std::string& command);
  // The same, and by other forms (scenario/imap_other_ways.h) where that is refused. What has come by them is in the answer, too.
  Result<Answer> ask_somehow(const std::string& command, const scenario::Offer& offer, const std::string& selection = {});
  // The same where the answer may be kept back: an Error, too, where none came within so many seconds; `answer_within` waits for it once more.
  Result<Answer> ask_within(const std::string& command, double seconds);
  Result<Answer> answer_within(double seconds);
  // The same with literals: APPEND and the like. Each part that waits does so for "+".
  Result<Answer> ask(std::vector<scenario::ImapPart> parts);
  // Sends many at once and reads all answers: without literals that wait.
  Result<std::vector<Answer>> ask_all(std::vector<std::string> commands);
  // The two halves of that, so that several clients may wait at the same time.
  struct Asked {
    std::vector<std::string> tags, commands;
  };
  Result<Asked> send_all(std::vector<std::string> commands);
  Result<std::vector<Answer>> read_all(const Asked& asked);
  void log_out();
  // By another way than LOGIN, which was refused?
  bool login_refused() const;
  const imap::Response& greeting() const { return x_greeting; }
  const net::TlsInfo* tls() const { return x_dialogue.tls(1); }

 private:
  Result<Answer> await(const std::string& tag, const std::string& shown);
  void make_room();  // in the trace
  Record x_record;
  std::string x_kept_back;  // the tag of what is not answered yet
  oracle::Trace x_trace;
  scenario::ImapDialogue x_dialogue;
  imap::Response x_greeting;
  bool x_turned_away = false;
};

// The capabilities a CAPABILITY command gives.
Result<std::vector<std::string>> ask_capability(ImapClient& client);

}  // namespace mailspec::target
