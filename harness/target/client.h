// A plain POP3 client for set-up: probing, emptying and counting maildrops. It judges nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/net/transport.h"
#include "harness/scenario/dialogue.h"
#include "harness/scenario/runner.h"

namespace mailspec::target {

class Client {
 public:
  // What is said goes to `record` when the client ends, so that set-up is judged by the standing rules like all else.
  using Record = std::function<void(oracle::Trace)>;
  Client(net::Transport& transport, scenario::Patience patience, Record record = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Status connect(const net::Endpoint& endpoint);
  Status start_tls();
  // What must not reach the trace, should the server say it before the login.
  void keep_secret(const std::string& password) { x_dialogue.add_secret(password); }
  Status log_in(const scenario::Account& account, const scenario::Offer& offer);
  void record_nothing() { x_record = {}; }
  // Sends one line and reads one response, whatever its status.
  Result<pop3::Reply> ask(const std::string& line);
  // QUIT, and the end of the connection.
  Status quit();
  const pop3::Reply& greeting() const { return x_greeting; }
  const net::TlsInfo* tls() const { return x_dialogue.tls(1); }

 private:
  Record x_record;
  oracle::Trace x_trace;
  scenario::Dialogue x_dialogue;
  pop3::Reply x_greeting;
};

// Of set-up's trace so many events are kept. They are recorded then; what comes behind them has no beginning that a rule could go by, and is not.
// True if the trace is empty now.
bool outgrown(oracle::Trace& trace, Client::Record& record);

// Why nobody was greeted, and which option is perhaps the right one for the endpoint; `protocol` is "imap" or "pop3". Error::Kind::config where the other
// protocol has answered.
Error with_advice(Error error, const net::Endpoint& endpoint, const std::string& protocol);

// Logs in, trying again for a while where the maildrop is held or a login delay runs.
Result<std::unique_ptr<Client>> open_maildrop(net::Transport& transport, const net::Endpoint& endpoint, const scenario::Account& account,
                                              const scenario::Offer& offer, scenario::Patience patience, const Client::Record& record = {});

// How many messages there are, by STAT and by LIST: set-up must get by with a server that is wrong in one of them.
// `most` is the larger of the two, `agreed` whether one of them is `wanted`.
struct Count {
  std::uint64_t by_stat = 0, by_list = 0;
  bool says(std::uint64_t n) const { return by_stat == n || by_list == n; }
  std::uint64_t most() const { return by_stat > by_list ? by_stat : by_list; }
};
Result<Count> count_messages(Client& client);

// RFC 1939 4 numbers the messages of a maildrop, and says nothing of their order.
enum class Order { arrival, newest_first, other };
// In which order they stand: read off the marks of what mailspec delivers, by TOP or else RETR. `arrival` where these cannot be read.
Order order_of(Client& client, std::uint64_t count, bool top);
// The same, message by message: the serial numbers of the marks. Nothing if one cannot be read.
std::optional<std::vector<std::uint64_t>> serials_of(Client& client, std::uint64_t count, bool top);

// Where the order is the server's own, of each message so many copies are delivered; those that stand where they should are kept.
constexpr std::uint64_t copies_to_choose_from(std::uint64_t kinds) { return 2 * kinds + 2; }
// Of copies that stand in this order, each told by its kind: the places of one of each kind from 0 on, in the order of the kinds. Nothing if there are none.
std::optional<std::vector<std::size_t>> choose_in_order(const std::vector<std::uint64_t>& there, std::uint64_t kinds);

}  // namespace mailspec::target
