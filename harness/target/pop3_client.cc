#include "harness/target/pop3_client.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::target {

using Outcome = scenario::Pop3Dialogue::Outcome;

Pop3Client::Pop3Client(net::Transport& transport, scenario::Patience patience, Record record)
    : x_record(std::move(record)), x_dialogue(transport, x_trace, scenario::Segmentation::line, patience) {
  x_trace.scenario = "(set-up)";
  // Nothing is known of the messages here: the rules are to give room.
  x_trace.hostile = x_trace.utf8_messages = true;
}

Pop3Client::~Pop3Client() {
  if (x_dialogue.open(1)) x_dialogue.drop(1, scenario::Wires::End::fin, 0);
  if (x_record) x_record(std::move(x_trace));
}

Status Pop3Client::connect(const net::Endpoint& endpoint) {
  x_turned_away = false;
  if (auto s = x_dialogue.connect(1, endpoint, "", 0); !s) return s;
  switch (x_dialogue.receive(1)) {
    case Outcome::ok: break;
    case Outcome::closed: x_turned_away = true; return Error{Error::Kind::unreachable, endpoint.text() + " closes the connection without a greeting"};
    default: return Error{Error::Kind::unreachable, endpoint.text() + " sends no greeting"};
  }
  x_greeting = x_dialogue.last().pop3_response;
  x_turned_away = !x_greeting.ok();
  if (x_turned_away) return Error{Error::Kind::unreachable, endpoint.text() + " greets with '" + visible(x_greeting.line, 120) + "'"};
  return ok();
}

Status Pop3Client::start_tls() {
  auto reply = ask("STLS");
  if (!reply) return reply.error();
  if (!reply->ok()) return Error{Error::Kind::setup, "STLS was refused: " + visible(reply->line, 120)};
  return x_dialogue.start_tls(1, {}, 0);
}

Status Pop3Client::log_in(const scenario::Account& account, const scenario::Offer& offer) {
  x_dialogue.add_secret(account.password);
  const auto why = scenario::log_in(x_dialogue, 1, account, offer, 0);
  if (!why.empty()) return Error{Error::Kind::setup, "login of " + account.name + ": " + why};
  return ok();
}

Result<pop3::Response> Pop3Client::ask(const std::string& line) {
  if (!x_dialogue.open(1)) return Error{Error::Kind::closed, "the connection is closed"};
  outgrown(x_trace, x_record);
  x_dialogue.send(1, line + "\r\n", line + "\r\n", 0);
  switch (x_dialogue.receive(1)) {
    case Outcome::ok: return x_dialogue.last().pop3_response;
    case Outcome::closed: return Error{Error::Kind::closed, "the server closed the connection after " + line};
    default: return Error{Error::Kind::timeout, "no response to " + line};
  }
}

Status Pop3Client::quit() {
  auto reply = ask("QUIT");
  if (!reply) return reply.error();
  x_dialogue.wait_closed(1);
  if (!reply->ok()) return Error{Error::Kind::setup, "QUIT: " + visible(reply->line, 120)};
  return ok();
}

Result<std::unique_ptr<Pop3Client>> open_maildrop(net::Transport& transport, const net::Endpoint& endpoint, const scenario::Account& account,
                                                  const scenario::Offer& offer, scenario::Patience patience, const Record& record) {
  constexpr int kTries = 8;
  Error last{Error::Kind::setup, "never tried"};
  for (int i = 0; i < kTries; ++i) {
    if (i) transport.wait(0.2 * i);
    auto client = std::make_unique<Pop3Client>(transport, patience, record);
    client->keep_secret(account.password);
    if (auto s = connect_patiently(*client, endpoint, transport, patience); !s) return s.error();
    if (offer.pop3_login_needs_tls()) {
      if (auto s = client->start_tls(); !s) return s.error();
    }
    // Outside UTF-8 mode a server may send a surrogate, in which our own mark is not to be found (RFC 6856 2.1).
    if (offer.pop3_has("UTF8")) (void)client->ask("UTF8");
    auto s = client->log_in(account, offer);
    if (s) return client;
    last = s.error();
    if (const auto* delay = pop3::find(offer.pop3->before_tls, "LOGIN-DELAY"); delay && !delay->params.empty()) {
      transport.wait(std::min(60.0, static_cast<double>(parse_number(delay->params[0]).value_or(0))));
    }
  }
  return last;
}

Result<Count> count_messages(Pop3Client& client) {
  Count count;
  auto stat = client.ask("STAT");
  if (!stat) return stat.error();
  // Of a broken answer the first digits will do.
  const auto digits = stat->text.find_first_of("0123456789");
  if (digits != std::string::npos)
    count.by_stat = parse_number(stat->text.substr(digits, stat->text.find_first_not_of("0123456789", digits) - digits)).value_or(0);
  auto list = client.ask("LIST");
  if (!list) return list.error();
  if (list->ok()) count.by_list = list->content.lines;
  return count;
}

namespace {

// The serial number in "X-Mailspec: RUN.SERIAL".
std::optional<std::uint64_t> serial_in(std::string_view head) {
  constexpr std::string_view kField = "X-MAILSPEC:";
  const auto field = upper(head).find(kField);
  if (field == std::string::npos) return {};
  const auto line = head.substr(field, head.find_first_of("\r\n", field) - field);
  const auto dot = line.rfind('.');
  return dot == std::string_view::npos ? std::nullopt : parse_number(line.substr(dot + 1));
}

}  // namespace

std::optional<std::vector<std::uint64_t>> serials_of(Pop3Client& client, std::uint64_t count, bool top) {
  std::vector<std::uint64_t> serials;
  for (std::uint64_t n = 1; n <= count; ++n) {
    const auto head = client.ask((top ? "TOP " : "RETR ") + std::to_string(n) + (top ? " 0" : ""));
    const auto serial = head && head->ok() ? serial_in(head->content.head) : std::nullopt;
    if (!serial) return std::nullopt;
    serials.push_back(*serial);
  }
  return serials;
}

Order order_of(Pop3Client& client, std::uint64_t count, bool top) {
  constexpr std::uint64_t kMost = 10;  // as many say enough
  const auto serials = serials_of(client, std::min(count, kMost), top);
  if (!serials || std::ranges::is_sorted(*serials)) return Order::arrival;
  return std::ranges::is_sorted(*serials, std::greater()) ? Order::newest_first : Order::other;
}

std::optional<std::vector<std::size_t>> choose_in_order(const std::vector<std::uint64_t>& there, std::uint64_t kinds) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < there.size() && chosen.size() < kinds; ++i) {
    if (there[i] == chosen.size()) chosen.push_back(i);
  }
  if (chosen.size() < kinds) return std::nullopt;
  return chosen;
}

}  // namespace mailspec::target
