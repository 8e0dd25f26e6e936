#include "harness/target/delivery.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <thread>

#include "harness/base/shell.h"
#include "harness/base/text.h"
#include "harness/net/haste.h"
#include "harness/scenario/imap_ask.h"
#include "harness/target/imap_client.h"

namespace mailspec::target {

namespace {

constexpr const char* kMessage = "the message";  // what is answered at the end of DATA

class CommandDelivery : public Delivery {
 public:
  explicit CommandDelivery(std::string command) : x_command(std::move(command)) {}
  Status deliver(const scenario::Account& account, std::string_view octets) override {
    // Commands expect a message as files hold it, with LF.
    return run_command(replace_all(x_command, "{user}", shell_word(account.name)), replace_all(std::string(octets), "\r\n", "\n"), 60);
  }

 private:
  std::string x_command;
};

// One connection for all deliveries; made anew when it has gone (RFC 2033, RFC 5321).
class MailTransfer : public Delivery {
 public:
  MailTransfer(net::Transport& transport, net::Endpoint endpoint, bool lmtp, std::string recipient)
      : x_transport(transport), x_endpoint(std::move(endpoint)), x_lmtp(lmtp), x_recipient(std::move(recipient)) {}

  Status deliver(const scenario::Account& account, std::string_view octets) override {
    auto s = attempt(account.name, octets);
    if (s) return s;
    x_stream.reset();
    if (s.error().kind == Error::Kind::setup) return s;
    return attempt(account.name, octets);
  }

 private:
  Status attempt(const std::string& user, std::string_view octets) {
    if (!x_stream) {
      auto stream = x_transport.connect(x_endpoint, 10);
      if (!stream) return stream.error();
      x_stream = std::move(*stream);
      x_unread.clear();
      if (auto s = expect('2', "the greeting"); !s) return s;
      if (auto s = ask(x_lmtp ? "LHLO mailspec.invalid" : "EHLO mailspec.invalid", '2'); !s) return s;
    }
    if (auto s = ask("MAIL FROM:<mailspec@localhost>", '2'); !s) return s;
    if (auto s = ask("RCPT TO:<" + replace_all(x_recipient, "{user}", user) + ">", '2'); !s) return s;
    if (auto s = ask("DATA", '3'); !s) return s;
    // RFC 5321 2.3.8: no bare LF is sent, so a message that has one arrives with CRLF.
    const std::string lines = scenario::with_crlf(octets);
    std::string stuffed;
    stuffed.reserve(lines.size() + 16);
    for (std::size_t at = 0; at < lines.size();) {
      const auto end = lines.find("\r\n", at) + 2;
      if (lines[at] == '.') stuffed += '.';
      stuffed += std::string_view(lines).substr(at, end - at);
      at = end;
    }
    stuffed += ".\r\n";
    if (auto s = x_stream->write(stuffed, 60); !s) return s;
    return expect('2', kMessage);
  }

  Status ask(const std::string& line, char wanted) {
    if (auto s = x_stream->write(line + "\r\n", 10); !s) return s;
    return expect(wanted, line);
  }

  Status expect(char wanted, const std::string& what) {
    for (;;) {
      const auto lf = x_unread.find('\n');
      if (lf != std::string::npos) {
        const std::string line = x_unread.substr(0, lf);
        x_unread.erase(0, lf + 1);
        if (line.size() > 3 && line[3] == '-') continue;
        if (line.empty() || line[0] != wanted) {
          // RFC 5321 4.2.1: 5 is for good. It is about the message only where others have been taken; 552 is about the room for it.
          const bool of_message = x_took_one && what == kMessage && line.starts_with('5') && !line.starts_with("552");
          return Error{of_message ? Error::Kind::limit : Error::Kind::setup,
                       x_endpoint.text() + " answered " + what + " with '" + visible(trim(line), 200) + "'"};
        }
        if (what == kMessage) x_took_one = true;
        return ok();
      }
      if (x_unread.size() > 64 * 1024) return Error{Error::Kind::setup, x_endpoint.text() + ": an endless answer"};
      const auto read = x_stream->read(60);
      if (read.kind != net::Read::Kind::data) return Error{Error::Kind::closed, x_endpoint.text() + ": no answer to " + what};
      x_unread += read.octets;
    }
  }

  net::Transport& x_transport;
  net::Endpoint x_endpoint;
  bool x_lmtp;
  std::string x_recipient;
  bool x_took_one = false;  // a message
  std::unique_ptr<net::Stream> x_stream;
  std::string x_unread;
};

// Into INBOX, for servers on which that is the maildrop. A session for each account, with no mailbox selected: it holds no lock.
class AppendDelivery : public Delivery {
 public:
  AppendDelivery(net::Transport& transport, net::Endpoint endpoint, const scenario::Offer& offer, scenario::Patience patience, Record record)
      : x_transport(transport), x_endpoint(std::move(endpoint)), x_offer(offer), x_patience(patience), x_record(std::move(record)) {}
  ~AppendDelivery() override {
    for (auto& [name, c] : x_clients) c->log_out();
  }

  Status deliver(const scenario::Account& account, std::string_view octets) override {
    // rfc9051 9: a literal is made of CHAR8, which NUL is not.
    if (octets.find('\0') != std::string_view::npos)
      return Error{Error::Kind::limit, "a message with NUL cannot be appended (RFC 9051 section 9): --deliver HOW takes it"};
    // As with MailTransfer: rfc5322 2.3, CR and LF occur together only.
    const auto lines = scenario::with_crlf(octets);
    const auto head = "APPEND INBOX {" + std::to_string(lines.size()) + "}\r\n";
    const std::vector<scenario::ImapPart> parts{{head, head, true}, {lines + "\r\n", lines.substr(0, kShown) + "\r\n", false}};
    auto answer = ask(account, parts);
    // The session may have been ended meanwhile.
    if (!answer && answer.error().kind == Error::Kind::closed) answer = ask(account, parts);
    if (!answer) return answer.error();
    const auto kind = refuses_message(answer->tagged) ? Error::Kind::limit : Error::Kind::setup;
    if (!answer->ok()) return Error{kind, "APPEND to INBOX (--deliver HOW is another way): '" + visible(answer->tagged.frame.octets, 200) + "' came"};
    return ok();
  }

  void take_back(const scenario::Account& account, const std::string& mark) override {
    auto c = client(account);
    if (!c || !(*c)->ask("SELECT INBOX")) return;
    const auto search = [&](const std::string& key) {
      std::vector<std::string> uids;
      if (auto found = (*c)->ask("UID SEARCH " + key)) {
        for (const auto& r : found->untagged) {
          if (r.keyword == "SEARCH") std::ranges::transform(r.values, std::back_inserter(uids), [](const auto& v) { return v.text; });
          if (r.keyword == "ESEARCH" && !r.values.empty()) uids.push_back(r.values.back().text);
        }
      }
      return join(uids, ",");
    };
    const auto ours = search("HEADER X-Mailspec " + scenario::quoted(mark));
    if (!ours.empty()) {
      (void)(*c)->ask("UID STORE " + ours + " +FLAGS.SILENT (\\Deleted)");
      if (x_offer.imap->lists("UIDPLUS") || x_offer.imap->lists("IMAP4rev2")) (void)(*c)->ask("UID EXPUNGE " + ours);
      else if (search("DELETED") == ours) (void)(*c)->ask("EXPUNGE");  // nobody else's goes with it
    }
    (*c)->log_out();
    x_clients.erase(account.name);
  }

 private:
  static constexpr std::size_t kShown = 400;  // octets of a message in the trace

  Result<ImapClient*> client(const scenario::Account& account) {
    auto& held = x_clients[account.name];
    if (held && held->open()) return held.get();
    held = std::make_unique<ImapClient>(x_transport, x_patience, x_record);
    held->keep_secret(account.password);
    auto s = connect_patiently(*held, x_endpoint, x_transport, x_patience);
    if (s) s = held->log_in(account, x_offer);
    if (s) return held.get();
    x_clients.erase(account.name);
    return s.error();
  }

  Result<ImapClient::Answer> ask(const scenario::Account& account, const std::vector<scenario::ImapPart>& parts) {
    auto c = client(account);
    if (!c) return c.error();
    auto answer = (*c)->ask(parts);
    if (!answer) x_clients.erase(account.name);
    return answer;
  }

  net::Transport& x_transport;
  net::Endpoint x_endpoint;
  const scenario::Offer& x_offer;
  scenario::Patience x_patience;
  Record x_record;
  std::map<std::string, std::unique_ptr<ImapClient>> x_clients;
};

}  // namespace

std::string cannot_deliver(const TargetConfig& config) {
  const std::string& d = config.deliver;
  if (d == kAppend) return config.imap || config.imaps ? "" : "deliver = \"append\" wants IMAP, too: --imap or --imaps HOST:PORT";
  if (!d.starts_with("lmtp://") && !d.starts_with("smtp://")) return {};
  auto endpoint = parse_endpoint(d.substr(7), false);
  return endpoint ? "" : "deliver: " + endpoint.error().what;
}

std::unique_ptr<Delivery> make_delivery(const TargetConfig& config, const scenario::Offer& offer, net::Transport& transport, const Record& record) {
  const std::string& d = config.deliver;
  if (d.empty() || !cannot_deliver(config).empty()) return nullptr;
  if (d == kAppend) {
    if (!offer.imap) return nullptr;
    const auto& endpoint = config.imap ? *config.imap : *config.imaps;
    return std::make_unique<AppendDelivery>(transport, endpoint, offer, scenario::Patience::of(config.timeout), record);
  }
  const bool lmtp = d.starts_with("lmtp://"), smtp = d.starts_with("smtp://");
  if (!lmtp && !smtp) return std::make_unique<CommandDelivery>(d);
  auto endpoint = parse_endpoint(d.substr(7), false);
  if (!endpoint) return nullptr;
  return std::make_unique<MailTransfer>(transport, *endpoint, lmtp, config.recipient);
}

Status run_command(const std::string& command, std::string_view input, double seconds) {
  int in[2], err[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) return Error{Error::Kind::internal, std::string("pipe: ") + std::strerror(errno)};
  const pid_t child = ::fork();
  if (child < 0) return Error{Error::Kind::internal, std::string("fork: ") + std::strerror(errno)};
  if (child == 0) {
    ::dup2(in[0], 0);
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, 1);
    ::dup2(err[1], 2);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(err[1]);
  ::fcntl(in[1], F_SETFL, O_NONBLOCK);
  std::string said;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  bool writing = true, reading = true, late = false;
  while ((writing || reading) && !late) {
    pollfd fds[2] = {{writing ? in[1] : -1, POLLOUT, 0}, {err[0], POLLIN, 0}};
    ::poll(fds, 2, 100);
    if (writing && input.empty()) {
      ::close(in[1]);
      writing = false;
    } else if (fds[0].revents) {
      const auto n = ::write(in[1], input.data(), input.size());
      if (n > 0) input.remove_prefix(static_cast<std::size_t>(n));
      else if (errno != EAGAIN) input = {};
    }
    if (fds[1].revents) {
      char buffer[4096];
      const auto n = ::read(err[0], buffer, sizeof buffer);
      if (n > 0 && said.size() < 16 * 1024) said.append(buffer, static_cast<std::size_t>(n));
      if (n <= 0) reading = false;
    }
    late = std::chrono::steady_clock::now() > end || net::cut_short(net::Haste::give_up);
  }
  if (writing) ::close(in[1]);
  ::close(err[0]);
  if (late) ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (late) return Error{Error::Kind::timeout, "'" + command + "' did not end in time"};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Error::Kind::setup, "'" + command + "' failed" + (said.empty() ? std::string() : ": " + visible(trim(said), 400))};
  }
  return ok();
}

}  // namespace mailspec::target
