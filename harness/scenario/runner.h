// Runs one case against a server: steps in file order, each judged for the requirements at stake.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/language/scenario.h"
#include "harness/net/transport.h"
#include "harness/oracle/rule.h"
#include "harness/oracle/trace.h"
#include "harness/scenario/imap_dialogue.h"
#include "harness/scenario/offer.h"
#include "harness/scenario/pop3_dialogue.h"

namespace mailspec::scenario {

struct Account {
  std::string name, password;
};

// A mailbox that set-up has made, with messages in it.
struct Mailbox {
  std::string name;  // as it is sent
  std::vector<std::uint64_t> uids;
  std::set<std::string> own_keywords{};  // which the server has added to what was appended
};

// The server under test, as a runner needs it.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual net::Transport& transport() = 0;
  virtual net::Endpoint pop3_endpoint(bool implicit_tls) const = 0;
  virtual net::Endpoint imap_endpoint(bool implicit_tls) const = 0;
  virtual const Offer& offer() const = 0;
  // The maildrop holds exactly these messages afterwards, in this order.
  virtual Status prepare(const Account& account, const std::vector<MessageSpec>& messages) = 0;
  // IMAP: INBOX holds nothing afterwards. Error::Kind::config where it holds what the suite has not put there.
  virtual Status empty_inbox(const Account& account) { return prepare(account, {}); }
  // Does POP3 number the messages in the order in which they arrived, as IMAP does? RFC 1939 4 gives no order. Known once several were prepared.
  virtual bool pop3_numbers_by_arrival() const { return true; }
  // Puts one more message into it, whatever sessions are open.
  virtual Status deliver(const Account& account, const std::string& fixture) = 0;
  // The case may have changed the maildrop: `prepare` must look again.
  virtual void touched(const Account& account) = 0;
  // IMAP: a name for a mailbox, or several with this beginning, that nobody else uses.
  virtual std::string fresh_name(const Account& account) = 0;
  // IMAP: a mailbox with these messages, whose UIDs are no sequence numbers. A `shared` one may have been read before, and nothing else.
  virtual Result<Mailbox> mailbox(const Account& account, const std::vector<MessageSpec>& messages, bool shared) = 0;
  // IMAP: all mailboxes and subscriptions whose name begins so go.
  virtual void discard(const Account& account, const std::string& name) = 0;
  // The account and password for attempts that are to fail; and others, by role: "utf8", "spaced". Empty name: none.
  virtual Account special(const std::string& role) const = 0;
  // All passwords of the target: a case that needs no account must not tell them either, should the server.
  virtual std::vector<std::string> secrets() const { return {}; }
  // What has become of the server's processes since the last call, where the target says which they are: one has died, or they have grown without
  // bounds. "" if nothing has.
  virtual std::string harm() { return {}; }
  // One that goes on computing, for seconds without a rest, when all is answered and closed; "" if none does. To be asked when no other case is running.
  virtual std::string busy() { return {}; }
  // Seconds of processor time they have taken so far; 0 where nobody says which they are.
  virtual double processor_time() { return 0; }
  // A case could not log in, or not even connect: a lock left behind, or a server that has died. True if something was done about it and the case may be
  // tried again.
  virtual bool recover() { return false; }
  // The server has been started anew: what was prepared may be gone.
  virtual void restarted() {}
  // What set-up has said since the last call, to be judged by the standing rules.
  virtual std::vector<oracle::Trace> take_traces() { return {}; }
};

// The octets of a fixture by file name, LF or CRLF as it stands; nothing if there is none.
using FixtureLookup = std::function<const std::string*(const std::string& name)>;
std::string with_crlf(std::string_view octets);

// What a case sends below its stakes, by the line of the file, as it goes over the wire. What holds a secret is not in it.
using Input = std::map<int, std::string>;

struct RunOptions {
  Segmentation segmentation = Segmentation::line;
  std::uint64_t seed = 0;
  Patience patience;
  FixtureLookup fixture;
  std::function<void(const oracle::Event&)> watcher;  // told of each event as it happens; none: nobody
  bool alone = false;                                 // no other case runs meanwhile
  bool keeps_input = false;                           // in CaseResult::input
  const Input* instead = nullptr;                     // these lines send this in place of what the scenario says, "" for nothing
};

struct Stake {
  std::vector<std::string> ids;
  int line = 0;
  enum class Outcome { held, broken, unreached } outcome = Outcome::unreached;
  oracle::Finding finding;  // when broken
  std::string nearest;
  std::string item;  // of the response, that was wrong: "FLAGS"; "" where nothing is known of it
};

struct CaseResult {
  oracle::Trace trace;
  std::vector<Stake> stakes;
  std::vector<std::pair<std::string, std::string>> observations;
  std::string setup_trouble;  // why nothing could be judged; the stakes are unreached
  bool unreachable = false;
  bool not_greeted = false;     // in set-up
  bool login_failed = false;    // in set-up
  bool limited = false;         // a limit of the server's stood in the way, and waiting did not help
  bool scenario_error = false;  // the scenario itself is wrong: ours
  std::string declined;         // what the case needs the server refused, as it may; the stakes from there on are unreached
  Input input;                  // where it is kept
  bool hung() const;
  bool harmed() const;  // the server, or a session that did nothing wrong
  // Set-up got nowhere, for reasons that Stage::recover may do away with.
  bool locked_out() const { return unreachable || not_greeted || login_failed; }
};

CaseResult run_case(const Case& test, Stage& stage, const Account& account, const RunOptions& options);

// Of logging in: where the best is refused, another is tried, or not.
enum class Ways { one, all };
// Logs a connection in by the best means the offer has. The trace says all; the sentence is "" on success.
std::string log_in(Pop3Dialogue& dialogue, int connection, const Account& account, const Offer& offer, int line, Ways ways = Ways::all);

// An event as lines for people.
std::vector<std::string> wire_lines(const oracle::Event& event);
// The dialogue around an event, a line of '^' under the octet at `offset`.
std::vector<std::string> wire_excerpt(const oracle::Trace& trace, const oracle::Finding& finding);

}  // namespace mailspec::scenario
