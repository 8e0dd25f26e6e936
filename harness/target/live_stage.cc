#include "harness/target/live_stage.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/target/pop3_client.h"

namespace mailspec::target {

using scenario::Account;
using scenario::MessageSpec;

LiveStage::LiveStage(const TargetConfig& config, const scenario::Offer& offer, scenario::FixtureLookup fixture, std::string run_id, int lane)
    : x_config(config),
      x_offer(offer),
      x_fixture(std::move(fixture)),
      x_run_id(std::move(run_id)),
      x_lane(lane),
      x_transport({config.host(), config.ca_pem}),
      x_delivery(make_delivery(config, offer, x_transport, recorder())),
      x_order(offer.pop3_has(scenario::Pop3Offer::kNewestFirst) ? Order::newest_first
              : offer.pop3_has(scenario::Pop3Offer::kOwnOrder)  ? Order::other
                                                                : Order::arrival) {
  if (!config.pid.empty() || !config.log.empty()) {
    if (auto watch = ProcessWatch::begin(config.pid, config.log)) x_watch = *watch;
  }
  if (!x_offer.imap) return;
  x_boxes = std::make_unique<ImapBoxes>(
      x_transport, imap_endpoint(!x_offer.imap->clear), x_offer, patience(), x_run_id,
      [this](const MessageSpec& spec) { return make_message(spec, x_fixture); }, recorder());
}

net::Endpoint LiveStage::imap_endpoint(bool implicit_tls) const {
  if (implicit_tls && x_config.imaps) return *x_config.imaps;
  return x_config.imap ? *x_config.imap : *x_config.imaps;
}

std::string LiveStage::fresh_name(const Account&) { return x_boxes->fresh_name(); }
Result<scenario::Mailbox> LiveStage::mailbox(const Account& account, const std::vector<MessageSpec>& messages, bool shared) {
  return x_boxes->mailbox(account, messages, shared);
}
void LiveStage::discard(const Account& account, const std::string& name) { x_boxes->discard(account, name); }

net::Endpoint LiveStage::pop3_endpoint(bool implicit_tls) const {
  if (implicit_tls && x_config.pop3s) return *x_config.pop3s;
  return x_config.pop3 ? *x_config.pop3 : *x_config.pop3s;
}

net::Endpoint LiveStage::maildrop_endpoint() const { return pop3_endpoint(!x_offer.pop3 || !x_offer.pop3->clear); }

scenario::Patience LiveStage::patience() const { return scenario::Patience::of(x_config.timeout); }

Account LiveStage::special(const std::string& role) const {
  if (const auto it = x_config.special.find(role); it != x_config.special.end()) return it->second[static_cast<std::size_t>(x_lane) % it->second.size()];
  if (role == "nobody") return {"mailspec-nobody", "mailspec-wrong"};
  if (role == "other" && x_config.accounts.size() > 1) return x_config.accounts.back();
  if (role == "other than other" && x_config.accounts.size() > 1) return x_config.accounts.front();
  return {};
}

std::vector<std::string> LiveStage::secrets() const {
  std::vector<std::string> out;
  for (const auto& a : x_config.accounts) out.push_back(a.password);
  for (const auto& [role, all] : x_config.special) {
    for (const auto& a : all) out.push_back(a.password);
  }
  return out;
}

std::string LiveStage::harm() { return x_watch ? x_watch->harm() : ""; }
std::string LiveStage::busy() { return x_watch ? x_watch->busy() : ""; }
double LiveStage::processor_time() { return x_watch ? x_watch->processor_time() : 0; }

bool LiveStage::recover() {
  if (x_config.hook_reset.empty()) return false;
  x_contents.clear();
  return static_cast<bool>(run_command(x_config.hook_reset, "", 60));
}

void LiveStage::restarted() {
  x_contents.clear();
  if (x_boxes) x_boxes->forget();
}

Record LiveStage::recorder() {
  return [this](oracle::Trace trace) {
    constexpr std::size_t kMost = 64;  // between two cases
    trace.offered = x_offer.tags();
    if (x_traces.size() < kMost) x_traces.push_back(std::move(trace));
  };
}

Status LiveStage::empty(const Account& account) {
  // A server at fault may be wrong about its messages; what counts is that they are gone in the end.
  for (int round = 0; round < 3; ++round) {
    auto client = open_maildrop(x_transport, maildrop_endpoint(), account, x_offer, patience(), recorder());
    if (!client) return client.error();
    auto count = count_messages(**client);
    if (!count) return count.error();
    if (count->most() == 0 || (round > 0 && count->says(0))) {
      (void)(*client)->quit();
      return ok();
    }
    for (std::uint64_t n = 1; n <= count->most(); ++n) {
      const std::string number = std::to_string(n);
      if (!x_config.disposable) {
        auto head = (*client)->ask(x_offer.pop3_has("TOP") ? "TOP " + number + " 0" : "RETR " + number);
        if (!head) return head.error();
        if (head->ok() && upper(head->content.head).find("X-MAILSPEC:") == std::string::npos) {
          return Error{
              Error::Kind::config,
              "the maildrop of " + account.name +
                  " holds a message that mailspec did not put there; give it an account of its own, or allow its loss: --disposable, or disposable = true "
                  "in the target file"};
        }
        if (!head->ok()) continue;
      }
      if (auto gone = (*client)->ask("DELE " + number); !gone) return gone.error();
    }
    (void)(*client)->quit();
  }
  auto client = open_maildrop(x_transport, maildrop_endpoint(), account, x_offer, patience(), recorder());
  if (!client) return client.error();
  auto count = count_messages(**client);
  if (!count) return count.error();
  (void)(*client)->quit();
  if (count->says(0)) return ok();
  return Error{Error::Kind::setup, "the maildrop of " + account.name + " cannot be emptied: after DELE and QUIT it still has messages"};
}

// By POP3, where it is offered.
Status LiveStage::empty_inbox(const Account& account) {
  if (x_offer.pop3) return prepare(account, {});
  return x_boxes->empty_inbox(account, x_config.disposable);
}

Status LiveStage::put(const Account& account, std::string_view octets) {
  if (!x_delivery) return Error{Error::Kind::setup, "there is no way to deliver messages"};
  return x_delivery->deliver(account, mark_of(x_run_id, ++x_serial) + std::string(octets));
}

Status LiveStage::prepare(const Account& account, const std::vector<MessageSpec>& messages) {
  constexpr int kMostFailures = 6;  // in a row; a server in which nothing can be set up shall not cost an hour
  if (x_failures >= kMostFailures)
    return Error{Error::Kind::setup, "set-up has failed " + std::to_string(kMostFailures) + " times in a row; last: " + x_last_failure};
  auto s = prepare_anew(account, messages);
  if (s) {
    x_failures = 0;
    return s;
  }
  // What is refused of one message says nothing of others.
  if (s.error().kind == Error::Kind::limit) return s;
  if (x_failures == 0 || x_failed_with != messages) ++x_failures;
  x_failed_with = messages;
  x_last_failure = s.error().what;
  return s;
}

std::string LiveStage::try_delivery(const Account& account) {
  auto s = prepare(account, {});
  if (!s) return s.error().what;
  touched(account);
  const auto before = x_serial;
  s = prepare(account, {{"plain.eml", 1, 0, {}, {}, {}}, {"short.eml", 1, 0, {}, {}, {}}});
  if (!s) {
    for (auto serial = before + 1; serial <= x_serial; ++serial) x_delivery->take_back(account, x_run_id + "." + std::to_string(serial));
    return s.error().what;
  }
  // Emptying looks for the mark in what it finds.
  s = prepare(account, {});
  return s ? std::string() : s.error().what;
}

Status LiveStage::prepare_anew(const Account& account, const std::vector<MessageSpec>& messages) {
  x_used[account.name] = account;
  if (const auto it = x_contents.find(account.name); it != x_contents.end() && it->second == messages) return ok();
  x_contents.erase(account.name);
  // A server whose order is not that of arrival may be met by delivering the other way round; one whose order varies by trying again.
  for (int tries = x_order == Order::other ? 1 : 3; tries > 0; --tries) {
    if (auto s = fill(account, messages); !s) return s;
    if (x_found == Order::arrival || messages.size() < 2) {
      x_contents[account.name] = messages;
      return ok();
    }
    if (x_found == Order::newest_first) x_order = x_order == Order::newest_first ? Order::arrival : Order::newest_first;
  }
  x_order = Order::other;
  constexpr int kRounds = 2;
  for (int round = 0; round < kRounds; ++round) {
    const auto s = fill_and_choose(account, messages);
    if (s) x_contents[account.name] = messages;
    if (s || s.error().kind != Error::Kind::limit) return s;
  }
  return Error{Error::Kind::limit, "POP3 numbers the messages of " + account.name +
                                       " in an order of its own, which RFC 1939 section 4 lets it; the case needs them in the order of their arrival"};
}

// Delivers the messages so that POP3 numbers them as they stand here, if its order is the one that is known.
Status LiveStage::fill(const Account& account, const std::vector<MessageSpec>& messages) {
  if (auto s = empty(account); !s) return s;
  const auto first = x_serial;
  auto in_turn = messages;
  if (x_order == Order::newest_first) std::ranges::reverse(in_turn);
  for (const auto& spec : in_turn) {
    auto octets = make_message(spec, x_fixture);
    if (!octets) return octets.error();
    for (std::uint64_t i = 0; i < spec.count; ++i) {
      if (auto s = put(account, *octets); !s) return s;
    }
  }
  x_found = Order::arrival;
  return x_serial == first ? ok() : wait_for(account, x_serial - first);
}

// Delivers each message several times, and keeps of the copies those that POP3 numbers as the messages stand here.
Status LiveStage::fill_and_choose(const Account& account, const std::vector<MessageSpec>& messages) {
  constexpr std::uint64_t kMostKinds = 6;
  const Error no_choice{Error::Kind::limit, "no copies stand in the order that is wanted"};
  std::uint64_t kinds = 0;
  for (const auto& spec : messages) kinds += spec.count;
  if (kinds > kMostKinds || std::ranges::any_of(messages, [](const auto& spec) { return !spec.made.empty(); })) return no_choice;
  if (auto s = empty(account); !s) return s;
  const auto first = x_serial + 1;
  for (std::uint64_t copy = 0; copy < copies_to_choose_from(kinds); ++copy) {
    for (const auto& spec : messages) {
      auto octets = make_message(spec, x_fixture);
      if (!octets) return octets.error();
      for (std::uint64_t i = 0; i < spec.count; ++i) {
        if (auto s = put(account, *octets); !s) return s;
      }
    }
  }
  if (auto s = wait_for(account, x_serial + 1 - first); !s) return s;
  return keep(account, first, kinds);
}

// The copies have serial numbers from `first` on, kind by kind in turn.
Status LiveStage::keep(const Account& account, std::uint64_t first, std::uint64_t kinds) {
  const Error no_choice{Error::Kind::limit, "no copies stand in the order that is wanted"};
  const auto kinds_there = [&](Pop3Client& client, std::uint64_t count) {
    auto serials = serials_of(client, count, x_offer.pop3_has("TOP")).value_or(std::vector<std::uint64_t>{});
    for (auto& serial : serials) serial = (serial - first) % kinds;
    return serials;
  };
  {
    const auto count = copies_to_choose_from(kinds) * kinds;
    auto client = open_maildrop(x_transport, maildrop_endpoint(), account, x_offer, patience(), recorder());
    if (!client) return client.error();
    const auto chosen = choose_in_order(kinds_there(**client, count), kinds);
    if (!chosen) return no_choice;
    for (std::size_t i = 0; i < count; ++i) {
      if (std::ranges::find(*chosen, i) != chosen->end()) continue;
      if (auto gone = (*client)->ask("DELE " + std::to_string(i + 1)); !gone) return gone.error();
    }
    if (auto s = (*client)->quit(); !s) return s;
  }
  // An order that is another in each session is none to go by.
  auto client = open_maildrop(x_transport, maildrop_endpoint(), account, x_offer, patience(), recorder());
  if (!client) return client.error();
  const auto left = choose_in_order(kinds_there(**client, kinds), kinds);
  (void)(*client)->quit();
  return left ? ok() : Status(no_choice);
}

// Mail may be on its way for a while after it was handed over.
Status LiveStage::wait_for(const Account& account, std::uint64_t count) {
  std::uint64_t there = 0;
  const int tries = x_failures == 0 ? 40 : 8;
  for (int i = 0; i < tries; ++i) {
    if (i) x_transport.wait(0.25);
    auto client = open_maildrop(x_transport, maildrop_endpoint(), account, x_offer, patience(), recorder());
    if (!client) return client.error();
    auto found = count_messages(**client);
    if (!found) return found.error();
    there = found->most();
    if (found->says(count) && count > 1) {
      x_found = order_of(**client, count, x_offer.pop3_has("TOP"));
      // What was delivered the other way round stands as it should.
      if (x_order == Order::newest_first && x_found != Order::other) x_found = x_found == Order::arrival ? Order::newest_first : Order::arrival;
    }
    (void)(*client)->quit();
    if (found->says(count)) return ok();
    if (found->by_stat > count && found->by_list > count) break;
  }
  return Error{Error::Kind::setup,
               std::to_string(count) + " messages were delivered to " + account.name + ", but " + std::to_string(there) +
                   " are there. Does the server drop a message whose Message-ID it has seen before (duplicate suppression)? Switch that off"};
}

Status LiveStage::deliver(const Account& account, const std::string& fixture) {
  touched(account);
  auto octets = make_message({fixture, 1, 0, {}, {}, {}}, x_fixture);
  if (!octets) return octets.error();
  return put(account, *octets);
}

Status LiveStage::clean_up() {
  Status result = x_boxes ? x_boxes->clean_up() : ok();
  for (const auto& [name, account] : x_used) {
    if (const auto it = x_contents.find(name); it != x_contents.end() && it->second.empty()) continue;
    if (auto s = empty(account); !s) result = s;
  }
  return result;
}

namespace {

std::string made_message(const MessageSpec& spec) {
  std::string out = "From: big@example.org\r\nTo: you@example.org\r\nSubject: a " + spec.made + " message\r\nDate: Wed, 10 Jul 2024 12:00:00 +0000\r\n";
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  if (spec.made == "big") {
    out += "\r\n";
    out.reserve(spec.amount + 100);
    for (std::uint64_t line = 0; out.size() + 2 < spec.amount; ++line)
      out += "line " + number(line) + " of the big message, with some text to fill it up a little\r\n";
  } else if (spec.made == "header") {
    for (std::uint64_t line = 0; out.size() < spec.amount; ++line)
      out += "X-Line-" + number(line) + ": of a big header, with some text to fill it up a little\r\n";
    out += "\r\nbody\r\n";
  } else if (spec.made == "nested") {
    for (std::uint64_t n = 0; n < spec.amount; ++n) out += "Content-Type: multipart/mixed; boundary=b" + number(n) + "\r\n\r\n--b" + number(n) + "\r\n";
    out += "\r\ninnermost\r\n";
    for (auto n = spec.amount; n-- > 0;) out += "--b" + number(n) + "--\r\n";
  } else {
    out += "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (std::uint64_t n = 0; n < spec.amount; ++n) out += "--b\r\n\r\npart " + number(n) + "\r\n";
    out += "--b--\r\n";
  }
  return out;
}

}  // namespace

Result<std::string> make_message(const MessageSpec& spec, const scenario::FixtureLookup& fixture) {
  if (!spec.made.empty()) return made_message(spec);
  const auto* octets = fixture(spec.fixture);
  if (!octets) return Error{Error::Kind::config, "there is no fixture '" + spec.fixture + "' in scenarios/fixtures"};
  return spec.fixture.starts_with("hostile-") ? *octets : scenario::with_crlf(*octets);
}

std::string mark_of(const std::string& run_id, std::uint64_t serial) { return "X-Mailspec: " + run_id + "." + std::to_string(serial) + "\r\n"; }

}  // namespace mailspec::target
