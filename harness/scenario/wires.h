// Connections to a server under test, whatever protocol they speak: octets cut as the segmentation says, TLS, ends, and the trace.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "harness/language/scenario.h"
#include "harness/net/transport.h"
#include "harness/oracle/trace.h"
#include "harness/tls/hello.h"

namespace mailspec::scenario {

enum class Segmentation { line, octet, whole, random };
const char* name_of(Segmentation segmentation);

struct Patience {
  double reply = 10;   // seconds for a response to come whole, counted anew whenever octets come
  double quiet = 0.2;  // seconds in which nothing may come where nothing is due
  double total = 120;  // seconds for one response, however it trickles: twelve times as long; and three times this for all that comes before more is sent
  double login = 60;   // seconds for the answer to a login: who guesses passwords is made to wait, longer each time
  double limits = 60;  // seconds in which a limit on connections or logins, or a lock, is waited out

  static Patience of(double reply) { return {reply, 0.2, 12 * reply}; }
  // Where much has been waited for in vain.
  static Patience short_of(double reply) { return {reply, 0.2, 12 * reply, 6 * reply, 2 * reply}; }
  // Seconds before what a server refuses for the time being is tried again, longer each time; nothing where `limits` allows no other try.
  std::optional<double> pause(std::size_t attempt) const;
};

class Wires {
 public:
  enum class Outcome { ok, closed, hang, flood, none };

  Wires(Protocol protocol, net::Transport& transport, oracle::Trace& trace, Segmentation segmentation, Patience patience);
  virtual ~Wires();
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;

  // Called with each event of the trace as soon as it is whole.
  void watch(std::function<void(const oracle::Event&)> watcher) { x_watcher = std::move(watcher); }
  // Octets that must never reach the trace.
  void add_secret(std::string secret);

  Status connect(int connection, const net::Endpoint& endpoint, std::string user, int line);
  bool begun(int connection) const { return find(connection) != nullptr; }
  bool open(int connection) const;
  // Sends what is held back for --segmentation whole.
  void flush();
  std::size_t last_event() const { return x_last_event; }
  const oracle::Event& last() const { return x_trace.events[x_last_event]; }
  bool truncated(int connection) const;  // the server ended TLS without close_notify
  virtual bool overfull() const { return false; }
  // Reads until the server closes the connection.
  virtual Outcome wait_closed(int connection) = 0;
  Status start_tls(int connection, const net::TlsWish& wish, int line);
  const net::TlsInfo* tls(int connection) const;
  // Says a hello in place of a handshake, and reads what the server chooses; the connection ends with it. An error: no answer in time, or it is closed.
  Result<tls::HelloAnswer> hello(int connection, const tls::Hello& hello, int line);
  // Sends octets in place of a handshake, then `command` in clear; what came of both. The connection ends with it.
  std::string wrong_handshake(int connection, std::string_view octets, std::string_view command, double quiet, int line);
  using End = Drop::How;
  static End end_of(std::string_view word);
  void drop(int connection, End end, int line);
  void note(oracle::Event::Kind kind, int connection, std::string text, int line);
  void set_user(int connection, std::string user);

 protected:
  // What has come and is no part of a response that was read yet.
  virtual std::string unread(int connection) = 0;
  struct Wire {
    virtual ~Wire() = default;
    std::unique_ptr<net::Stream> stream;
    std::string held;  // for --segmentation whole
    bool ended = false;
    bool unwritable = false;  // sending has failed; what the server said before is still to be read
    bool truncated = false;
    std::string user;
    double sent_at = 0;  // when something was sent last, or the connection was made
  };
  // A wire of the protocol's own kind; its greeting is due at `line`.
  virtual std::unique_ptr<Wire> make_wire(int line) = 0;
  // Puts what has come of an unfinished response into the event that says how it ended.
  virtual void unfinished(Wire& wire, oracle::Event& event) = 0;

  Wire& wire(int connection);
  const Wire* find(int connection) const;
  std::string elide(std::string text) const;
  // Does a secret stand in it that is too long to be there by chance?
  bool tells_secret(std::string_view text) const;
  // The new event, to be filled in by the caller; it is whole when the next one is recorded or something is read.
  oracle::Event& record(oracle::Event::Kind kind, int connection, int line);
  net::Read read(Wire& wire, double seconds);
  // Cut as the segmentation says, or held back until `flush`.
  void write(Wire& wire, std::string_view octets);
  void closed(int connection, bool reset);

  static constexpr std::size_t kKeepOctets = 8 * 1024;  // of one event in the trace
  static constexpr std::size_t kKeepUnasked = 64 * 1024;

  net::Transport& x_transport;
  oracle::Trace& x_trace;
  Segmentation x_segmentation;
  Patience x_patience;

 private:
  Protocol x_protocol;
  void cut(Wire& wire, std::string_view octets);
  void tell();  // the watcher of what was recorded last
  std::function<void(const oracle::Event&)> x_watcher;
  bool x_untold = false;
  std::vector<std::string> x_secrets;
  std::map<int, std::unique_ptr<Wire>> x_wires;
  std::minstd_rand x_random;
  std::size_t x_last_event = 0;
  double x_start;
};

}  // namespace mailspec::scenario
