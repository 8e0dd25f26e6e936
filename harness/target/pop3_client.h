// A plain POP3 client for set-up: probing, emptying and counting maildrops. It judges nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/net/transport.h"
#include "harness/scenario/pop3_dialogue.h"
#include "harness/scenario/runner.h"
#include "harness/target/set_up.h"

namespace mailspec::target {

class Pop3Client {
 public:
  Pop3Client(net::Transport& transport, scenario::Patience patience, Record record = {});
  ~Pop3Client();
  Pop3Client(const Pop3Client&) = delete;
  Pop3Client& operator=(const Pop3Client&) = delete;

  Status connect(const net::Endpoint& endpoint);
  // Did the last connect end without a greeting, or with a refusal in its place? A limit on connections looks like that.
  bool turned_away() const { return x_turned_away; }
  Status start_tls();
  // What must not reach the trace, should the server say it before the login.
  void keep_secret(const std::string& password) { x_dialogue.add_secret(password); }
  Status log_in(const scenario::Account& account, const scenario::Offer& offer);
  void record_nothing() { x_record = {}; }
  // Sends one line and reads one response, whatever its status.
  Result<pop3::Response> ask(const std::string& line);
  // QUIT, and the end of the connection.
  Status quit();
  const pop3::Response& greeting() const { return x_greeting; }
  const net::TlsInfo* tls() const { return x_dialogue.tls(1); }

 private:
  Record x_record;
  oracle::Trace x_trace;
  scenario::Pop3Dialogue x_dialogue;
  pop3::Response x_greeting;
  bool x_turned_away = false;
};

// Logs in, trying again for a while where the maildrop is held or a login delay runs.
Result<std::unique_ptr<Pop3Client>> open_maildrop(net::Transport& transport, const net::Endpoint& endpoint, const scenario::Account& account,
                                                  const scenario::Offer& offer, scenario::Patience patience, const Record& record = {});

// How many messages there are, by STAT and by LIST: set-up must get by with a server that is wrong in one of them.
// `most` is the larger of the two, `agreed` whether one of them is `wanted`.
struct Count {
  std::uint64_t by_stat = 0, by_list = 0;
  bool says(std::uint64_t n) const { return by_stat == n || by_list == n; }
  std::uint64_t most() const { return by_stat > by_list ? by_stat : by_list; }
};
Result<Count> count_messages(Pop3Client& client);

// RFC 1939 4 numbers the messages of a maildrop, and says nothing of their order.
enum class Order { arrival, newest_first, other };
// In which order they stand: read off the marks of what mailspec delivers, by TOP or else RETR. `arrival` where these cannot be read.
Order order_of(Pop3Client& client, std::uint64_t count, bool top);
// The same, message by message: the serial numbers of the marks. Nothing if one cannot be read.
std::optional<std::vector<std::uint64_t>> serials_of(Pop3Client& client, std::uint64_t count, bool top);

// Where the order is the server's own, of each message so many copies are delivered; those that stand where they should are kept.
constexpr std::uint64_t copies_to_choose_from(std::uint64_t kinds) { return 2 * kinds + 2; }
// Of copies that stand in this order, each told by its kind: the places of one of each kind from 0 on, in the order of the kinds. Nothing if there are none.
std::optional<std::vector<std::size_t>> choose_in_order(const std::vector<std::uint64_t>& there, std::uint64_t kinds);

}  // namespace mailspec::target
