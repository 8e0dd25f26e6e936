#include "reference_server/pop3/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "reference_server/mime/base64.h"
#include "reference_server/mime/utf8.h"
#include "reference_server/pop3/order.h"

namespace mailspec::reference::pop3 {

namespace {

constexpr std::size_t kSaslLine = 64 * 1024;  // RFC 5034 4: answers to challenges have no 255 octet limit
constexpr std::size_t kInput = 1024 * 1024;   // unread input kept for a pipelining client

struct Language {
  const char* tag;
  const char* name;
  const char* done;
};
constexpr Language kLanguages[] = {{"en", "English", "done"}, {"de", "Deutsch", "erledigt, schön"}, {"es", "Español", "hecho"}};

// RFC 6856 2.1: a message that needs UTF-8 mode has octets above 0x7F in its header.
bool needs_utf8(const std::string& octets) {
  const auto end = std::min(octets.find("\r\n\r\n"), octets.size());
  return std::any_of(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return (c & 0x80) != 0; });
}

// RFC 6855 7, the simplest surrogate: header octets above 0x7F become "?".
std::string surrogate_of(const std::string& octets) {
  std::string out = octets;
  const auto end = std::min(out.find("\r\n\r\n"), out.size());
  for (std::size_t i = 0; i < end; ++i) {
    if (out[i] & 0x80) out[i] = '?';
  }
  return out;
}

bool reads(const Command& command) {
  static constexpr std::array<std::string_view, 4> kReads{"LIST", "UIDL", "RETR", "TOP"};
  return std::ranges::find(kReads, command.keyword) != kReads.end();
}

std::string hash_uid(const std::string& octets) { return md5_hex(octets); }

}  // namespace

// FNV-1a of what it begins with: the octets that delivery puts there are others each time.
std::uint64_t own_place(const StoredMessage& message) {
  constexpr std::size_t kMost = 4096;
  std::uint64_t place = 14695981039346656037u;
  for (const char c : std::string_view(message.octets).substr(0, kMost)) place = (place ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return place;
}

namespace {

// RFC 1939 7: one to 70 characters in the range 0x21 to 0x7E.
std::string printable_uid(const StoredMessage& message) {
  constexpr std::size_t kMost = 70, kFirst = 0x21, kPrintable = 0x7E - kFirst + 1;
  std::string uid = std::to_string(message.serial) + ":";
  for (std::size_t i = message.serial * kMost; uid.size() < kMost; ++i) uid += static_cast<char>(kFirst + i % kPrintable);
  return uid;
}

}  // namespace

Session::Session(Store& store, const Options& options, bool tls, std::string nonce, double now)
    : x_store(store),
      x_options(options),
      x_login_policy(options),
      x_maildrop_policy(options),
      x_tls(tls),
      x_nonce(std::move(nonce)),
      x_now(now),
      x_last_command(now) {
  if (choice("closes-at-connection-rate") && store.traffic.comes_too_fast(now)) {
    x_close = true;
    x_state = State::ended;
    return;
  }
  Command none;
  Reply greeting = Reply::good("mailspec reference server");
  if (options.pop3.apop) {
    x_timestamp = "<" + x_login_policy.timestamp(x_nonce) + "@localhost>";
    greeting.text += " " + x_timestamp;
  }
  none.keyword = "(greeting)";
  send(none, std::move(greeting));
}

Session::~Session() { release(); }

bool Session::gone(const Slot& slot) const { return !x_account->inbox().messages.contains(slot.message->uid); }
const Session::Slot* Session::slot(std::uint64_t number) const { return number >= 1 && number <= x_slots.size() ? &x_slots[number - 1] : nullptr; }

void Session::feed(std::string_view octets, double now) {
  x_now = now;
  if (x_close || (x_start_tls && x_in.size() > kInput)) return;
  if (fault(Fault::pop3_segment_is_command) && !octets.ends_with('\n')) x_in += std::string(octets) + "\r\n";
  else x_in += octets;
  if (planted("pop3-cr-lf-apart") && octets.ends_with('\r')) x_in += "\n";
  process();
}

void Session::tick(double now) {
  x_now = now;
  if (x_close || now - x_last_command < x_options.pop3.autologout) return;
  // RFC 1939 3: no UPDATE state, no response.
  if (x_state == State::transaction && x_maildrop_policy.updates("timer")) x_maildrop_policy.update(*x_account, x_slots);
  if (fault(Fault::autologout_speaks)) x_out += "-ERR inactivity timeout\r\n";
  release();
  x_state = State::ended;
  x_close = true;
}

std::string Session::output(std::size_t max) {
  if (x_now < x_silent_until) return {};
  for (;;) {
    if (x_writer && x_out.size() < max) {
      if (x_writer->write(x_out, max)) {
        x_out += x_current->after;
        x_writer.reset();
        x_current.reset();
      }
    }
    if (x_writer || x_out.size() >= max || x_close) break;
    const auto before = x_in.size();
    process();
    if (x_in.size() == before) break;
  }
  return std::exchange(x_out, {});
}

void Session::disconnected() {
  if (x_state == State::transaction) {
    x_maildrop_policy.drop(*x_account, x_slots, x_in);
    if (choice("lock-outlives-drop")) x_account->maildrop.held_until = x_now + 3;
  }
  release();
  x_state = State::ended;
  x_close = true;
}

void Session::tls_started(double now) {
  x_tls = x_upgraded = true;
  x_start_tls = false;
  x_last_command = x_now = now;
  // RFC 2595 4 and 8: nothing said before TLS counts after it.
  if (fault(Fault::pop3_keeps_half_a_line)) x_in.erase(0, x_in.rfind('\n') + 1);
  else if (!fault(Fault::keep_plaintext)) x_in.clear();
  if (x_login_policy.forgets_user_at_tls()) x_user.reset();
  x_utf8 = false;
  process();
}

// A line without its CRLF, or nothing yet. Over-long lines are answered at once and dropped to their end.
std::optional<std::string> Session::next_line() {
  const auto crlf = x_in.find("\r\n");
  const auto lf = x_in.find('\n');
  auto end = crlf;
  std::size_t width = 2;
  if (x_options.pop3.accept_bare_lf && lf < crlf) {
    end = lf;
    width = 1;
    if (lf > 0 && x_in[lf - 1] == '\r') --end, width = 2;
  }
  if (x_skip_line) {
    if (end == std::string::npos) {
      x_in = x_in.ends_with('\r') ? "\r" : "";
      return std::nullopt;
    }
    x_in.erase(0, end + width);
    x_skip_line = false;
    return next_line();
  }
  const std::size_t limit = x_exchange && !fault(Fault::sasl_short_line) ? kSaslLine : x_options.pop3.command_limit;
  const bool over = end == std::string::npos ? x_in.size() > limit : end + width > limit;
  if (over) {
    if (end == std::string::npos) {
      // A CR may be half of the line's end.
      x_in = x_in.ends_with('\r') ? "\r" : "";
      x_skip_line = true;
    } else {
      x_in.erase(0, end + width);
    }
    const bool twice = fault(x_exchange ? Fault::big_response_is_two : Fault::big_line_is_two);
    x_exchange.reset();
    Reply reply = Reply::refusal(Reply::Reason::line_too_long, "line too long");
    reply.close = x_options.pop3.close_on_bad_line;
    send(parse_command("(long)"), reply);
    if (twice) send(parse_command("(long)"), reply);
    return std::nullopt;
  }
  if (end == std::string::npos) return std::nullopt;
  std::string line = x_in.substr(0, end);
  x_in.erase(0, end + width);
  return line;
}

void Session::process() {
  while (!x_close && !x_start_tls && !x_writer && x_out.size() < kInput) {
    const auto before = x_in.size();
    auto line = next_line();
    if (!line) {
      if (x_in.size() == before || x_in.empty()) return;
      continue;
    }
    handle(std::move(*line));
  }
}

void Session::handle(std::string line) {
  if (!fault(Fault::pop3_autologout_not_reset)) x_last_command = x_now;
  if (fault(Fault::nul_cuts_line)) line = line.substr(0, line.find('\0'));
  if (x_exchange) {
    Command command;
    command.sasl_response = true;
    command.rest = line;
    if (line == "*") {
      x_exchange.reset();
      return send(command, Reply::bad("authentication cancelled"));
    }
    auto octets = base64_decode(line);
    if (!octets && fault(Fault::sasl_lenient_base64)) {
      std::erase_if(line, [](char c) { return !is_digit(c) && c != '+' && c != '/' && !(to_upper(c) >= 'A' && to_upper(c) <= 'Z'); });
      while (line.size() % 4) line += '=';
      octets = base64_decode(line);
    }
    if (!octets) {
      x_exchange.reset();
      return send(command, Reply::refusal(Reply::Reason::not_base64, "not base64"));
    }
    if (fault(Fault::sasl_nul_cuts)) {
      const auto second = octets->find('\0', octets->find('\0') + 1);
      if (second != std::string::npos) *octets = octets->substr(0, octets->find('\0', second + 1));
    }
    return send(command, sasl_step(octets));
  }
  if (fault(Fault::pop3_pipeline_drops) && x_in.find("\r\n") != std::string::npos) x_in.erase(0, x_in.find("\r\n") + 2);
  auto command = parse_command(line);
  if (fault(Fault::long_argument_hangs) && !command.args.empty() && command.args[0].size() >= 40) return;
  const bool exact = fault(Fault::pop3_case_sensitive) || (fault(Fault::auth_case_sensitive) && command.keyword == "AUTH");
  if (exact) command.keyword = line.substr(0, line.find(' '));
  if ((fault(Fault::empty_line_closes) && line.empty()) || (fault(Fault::colon_closes) && command.keyword.find(':') != std::string::npos)) {
    release();
    x_state = State::ended;
    x_close = true;
    return;
  }
  if (fault(Fault::pipeline_reorders)) {
    if (const auto next = x_in.find("\r\n"); next != std::string::npos && line.size() > 4 && command.keyword != "USER") {
      auto second = x_in.substr(0, next);
      x_in = line + "\r\n" + x_in.substr(next + 2);
      line = second;
      command = parse_command(line);
    }
  }
  const auto was = x_state;
  const bool more = x_in.find("\r\n") != std::string::npos;
  send(command, dispatch(command));
  if (fault(Fault::pipeline_lost_after_login) && was == State::authorization && x_state == State::transaction) x_in.clear();
  if (fault(Fault::pipeline_twice) && more && was == State::transaction && x_state == State::transaction && !x_writer) {
    send(command, dispatch(command));
  }
}

void Session::send(const Command& command, Reply reply) {
  if (reply.kind != Reply::Kind::challenge && !reply.structured && x_language != "en") reply.text = words_in_language(reply.text);
  if (reply.kind == Reply::Kind::negative && !x_options.pop3.resp_codes) reply.code.clear();
  if (auto* scout = Scout::current()) scout->sees(command, reply, *this);
  for (const auto& hook : x_options.pop3.hooks) hook(command, reply, *this);
  x_out += write_reply(reply);
  if (reply.delay > 0) x_silent_until = std::max(x_silent_until, x_now + reply.delay);
  x_close = reply.close;
  if (x_close && x_state != State::ended) {
    release();
    x_state = State::ended;
  }
  x_start_tls = reply.start_tls;
  if (reply.kind == Reply::Kind::positive && reply.multi && (reply.message || reply.content)) {
    x_current = std::move(reply);
    const auto& octets = x_current->content ? *x_current->content : x_current->message->octets;
    x_writer = std::make_unique<MessageWriter>(octets, x_current->body_lines, x_current->framing);
  }
}

Reply Session::dispatch(const Command& command) {
  using Handler = Reply (Session::*)(const Command&);
  struct Entry {
    std::string_view keyword;
    bool authorization, transaction;
    std::size_t min_args, max_args;
    Handler handler;
    bool offered;
  };
  const auto& o = x_options;
  const bool stls_now = o.pop3.stls;
  const Entry entries[] = {
      {"CAPA", true, true, 0, 0, &Session::capa, o.pop3.capa},
      {"QUIT", true, true, 0, 0, &Session::quit, true},
      {"LANG", true, true, 0, 1, &Session::lang, o.pop3.lang},
      {"USER", true, false, 1, 999, &Session::user, o.pop3.user},
      {"PASS", true, false, 1, 999, &Session::pass, o.pop3.user},
      {"APOP", true, false, 2, 2, &Session::apop, o.pop3.apop},
      {"AUTH", true, false, 1, 2, &Session::auth, !o.sasl.mechanisms.empty()},
      {"STLS", true, false, 0, 0, &Session::stls, stls_now},
      {"UTF8", true, false, 0, 0, &Session::utf8, o.pop3.utf8},
      {"STAT", false, true, 0, 0, &Session::stat, true},
      {"LIST", false, true, 0, 1, &Session::list, true},
      {"UIDL", false, true, 0, 1, &Session::uidl, o.pop3.uidl},
      {"RETR", false, true, 1, 1, &Session::retr, true},
      {"TOP", false, true, 2, 2, &Session::top, o.pop3.top},
      {"DELE", false, true, 1, 1, &Session::dele, true},
      {"NOOP", false, true, 0, 0, &Session::noop, true},
      {"RSET", false, true, 0, 0, &Session::rset, true},
  };
  for (const auto& e : entries) {
    if (e.keyword != command.keyword) continue;
    if (!e.offered) break;
    const bool here = (x_state == State::authorization && e.authorization) || (x_state == State::transaction && e.transaction);

    const bool again = fault(Fault::sasl_auth_twice) && x_auth_done && command.keyword == "AUTH";
    const bool capa_fault = fault(Fault::capa_err_in_transaction) && x_state == State::transaction && command.keyword == "CAPA";
    const bool early = fault(Fault::reads_before_login) && x_state == State::authorization && reads(command);
    if ((!here && !early && !again) || capa_fault) return Reply::refusal(Reply::Reason::wrong_state, "not in this state");
    if (command.args.size() < e.min_args || command.args.size() > e.max_args)
      return Reply::refusal(Reply::Reason::wrong_arguments, "wrong number of arguments");
    if (command.keyword != "PASS" && std::ranges::any_of(command.args, [](const auto& a) { return a.empty(); })) {
      return Reply::refusal(Reply::Reason::syntax_error, "syntax error");
    }
    return (this->*e.handler)(command);
  }
  return Reply::refusal(Reply::Reason::unknown_command, "unknown command");
}

// RFC 1939 7: the name is all that follows the space.
Reply Session::user(const Command& command) {
  if (x_options.pop3.plaintext_needs_tls && !x_tls) return Reply::bad("not before STLS");
  const std::string& name = *command.rest;
  const bool ascii = std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; });
  // RFC 6856 2.2: UTF-8 only when announced, and then well formed and free of prohibited characters.
  if (!ascii && !x_options.pop3.utf8_user) return Reply::bad("malformed name");
  const auto prepared = x_login_policy.prepared(name);
  if (!prepared || prepared->empty()) return Reply::bad("malformed name");
  if (x_options.pop3.user_says_err_for_unknown && !x_store.find(*prepared)) return Reply::bad("no such mailbox");
  x_user = *prepared;
  return Reply::good("send PASS");
}

Reply Session::pass(const Command& command) {
  if (!x_user && fault(Fault::pass_without_user)) return Reply::good("fine");
  if (!x_user) return Reply::bad("USER first");
  const std::string user = *std::exchange(x_user, std::nullopt);
  std::string given = *command.rest;
  if (x_options.pop3.pass_is_one_word) given = given.substr(0, given.find(' '));
  if (x_options.pop3.plaintext_needs_tls && !x_tls) return Reply::bad("not before STLS");
  auto* account = x_store.find(user);
  if (x_login_policy.takes_password(account, given)) return open_maildrop(*account);
  if (account) x_login_policy.refused(*account);
  return login_failed("wrong user or password");
}

// RFC 1939 7: digest = MD5(timestamp password), in lower-case hexadecimal.
Reply Session::apop(const Command& command) {
  x_user.reset();
  auto* account = x_store.find(saslprep(command.args[0], false).value_or(""));
  if (!account || !account->apop || !x_login_policy.takes_digest(*account, x_timestamp, command.args[1])) return login_failed("permission denied");
  return open_maildrop(*account);
}

Reply Session::auth(const Command& command) {
  x_user.reset();
  const auto mechanism = x_login_policy.mechanism(command.args[0]);
  const bool plaintext = mechanism == "PLAIN" || mechanism == "LOGIN";
  const bool offered = std::ranges::find(x_options.sasl.mechanisms, mechanism) != x_options.sasl.mechanisms.end();
  if (!offered || (plaintext && x_options.pop3.plaintext_needs_tls && !x_tls)) return Reply::refusal(Reply::Reason::not_offered, "mechanism not offered");
  const auto lookup = [this](std::string_view name) -> std::optional<std::string> {
    const auto* account = x_store.find(name);
    if (!account) return std::nullopt;
    return account->password;
  };
  x_exchange = make_exchange(mechanism, lookup, x_login_policy.challenge_nonce(mechanism, x_nonce), x_options.scram_faults());
  if (command.args.size() == 1) return sasl_step(std::nullopt);
  // RFC 5034 4: refused when the mechanism does not let the client speak first. LOGIN clients do so all the same.
  if (!x_exchange->client_first() && !x_login_policy.takes_early_response()) {
    x_exchange.reset();
    return Reply::bad("this mechanism has no initial response");
  }
  if (!x_exchange->client_first() || !x_login_policy.reads_initial_response()) return sasl_step(std::nullopt);
  const auto octets = command.args[1] == "=" ? std::optional(std::string()) : base64_decode(command.args[1]);
  if (!octets) {
    x_exchange.reset();
    return Reply::refusal(Reply::Reason::not_base64, "not base64");
  }
  return sasl_step(octets);
}

Reply Session::sasl_step(const std::optional<std::string>& response) {
  auto step = x_exchange->step(response);
  if (step.kind == Exchange::Step::Kind::challenge) {
    return Reply::ask(base64_encode(step.challenge));
  }
  step = x_login_policy.decided(std::move(step), response, x_store);
  x_exchange.reset();
  if (step.kind == Exchange::Step::Kind::failure) {
    return login_failed(step.why);
  }
  auto* account = x_store.find(step.user);
  if (!account) return login_failed("wrong user or password");
  auto reply = open_maildrop(*account);
  x_auth_done = reply.kind == Reply::Kind::positive;
  return reply;
}

// RFC 3206 5: [AUTH] says that the credentials are at fault.
Reply Session::login_failed(std::string why) {
  ++x_refused_logins;
  ++x_store.traffic.refused_logins;
  auto reply = Reply::bad(std::move(why), x_options.pop3.auth_resp_code ? "AUTH" : "");
  reply.close = x_options.pop3.close_after_failed_login;
  return reply;
}

// What keeps a maildrop from being opened for the time being, "" if nothing does.
std::string Session::why_held(Account& account) const {
  if (x_now < account.maildrop.held_until && choice("lock-outlives-drop")) return "a session that has gone still holds the maildrop";
  const bool by_imap = account.inbox().sessions > account.maildrop.sessions;
  if (by_imap && choice("in-use-by-imap")) return "an IMAP session holds the maildrop";
  return {};
}

// RFC 1939 4: lock, number, measure.
Reply Session::open_maildrop(Account& account) {
  auto& maildrop = account.maildrop;
  ++x_store.traffic.logins;
  if (choice("temporary-now-and-then") && x_options.pop3.resp_codes && x_options.pop3.auth_resp_code && x_store.traffic.logins % 7 == 0)
    return Reply::bad("come again", "SYS/TEMP");
  if (const auto why = why_held(account); !why.empty()) return Reply::bad(why, "IN-USE");
  if (account.unusable) return Reply::bad("the maildrop cannot be opened", "SYS/PERM");
  if (x_login_policy.is_locked(maildrop)) return Reply::bad("maildrop already locked", "IN-USE");
  if (x_login_policy.is_too_soon(maildrop, x_now)) return Reply::bad("too soon after the last login", "LOGIN-DELAY");
  maildrop.last_login = x_now;
  maildrop.locked = true;
  ++maildrop.sessions;
  auto& inbox = account.inbox();
  ++inbox.sessions;
  x_account = &account;
  x_slots.clear();
  for (const auto* message : x_maildrop_policy.shown(inbox)) number(*message);
  for (auto& slot : x_slots) slot.deleted = maildrop.marks.contains(slot.message->uid);
  maildrop.marks.clear();
  // RFC 1939 4 numbers messages, and says nothing of their order.
  if (choice("newest-first")) std::ranges::reverse(x_slots);
  if (choice("own-order")) std::ranges::sort(x_slots, {}, [](const Slot& s) { return own_place(*s.message); });
  x_state = State::transaction;
  return Reply::good(x_options.pop3.login_text_is_empty ? "" : "maildrop locked and ready");
}

void Session::number(const StoredMessage& message) {
  std::string uid = choice("printable-uids")   ? printable_uid(message)
                    : x_options.pop3.hash_uids ? hash_uid(message.octets)
                                               : "m" + std::to_string(1000000 + message.serial * 7919);
  uid = x_maildrop_policy.unique_id(std::move(uid), message, x_slots.size() + 1, x_nonce);
  std::uint64_t size = message.octets.size();
  if (!x_utf8 && x_options.pop3.utf8 && x_options.pop3.surrogates && needs_utf8(message.octets)) size = surrogate_of(message.octets).size();
  x_slots.push_back({&message, size, std::move(uid)});
}

Reply Session::stls(const Command&) {
  if (x_user && choice("stls-refused-after-user")) return Reply::bad("not after USER");
  if (x_tls) return Reply::bad("TLS is active");
  if (x_utf8 && x_options.pop3.stls_refused_after_utf8) return Reply::bad("not after UTF8");
  auto reply = Reply::good("begin TLS negotiation");
  reply.start_tls = !fault(Fault::stls_breaks);
  return reply;
}

Reply Session::utf8(const Command&) {
  x_utf8 = !fault(Fault::utf8_ignored);
  return Reply::good("UTF-8 mode");
}

Session::Slot* Session::find(const std::vector<std::string>& args) {
  const auto number = args.empty() ? std::nullopt : x_maildrop_policy.number(args[0]);
  return number ? x_maildrop_policy.find(x_slots, *number) : nullptr;
}

Reply Session::no_such_message() const { return Reply::bad("no such message, " + std::to_string(x_slots.size()) + " in the maildrop"); }

Reply Session::stat(const Command&) {
  std::uint64_t count = 0, octets = 0;
  for (const auto& slot : x_slots) {
    if (slot.deleted) continue;
    ++count;
    octets += slot.size;
  }
  if (x_account) count = x_maildrop_policy.counted(count, x_account->inbox());
  return Reply::data(std::to_string(count) + " " + std::to_string(octets));
}

Reply Session::list(const Command& command) {
  const auto listing = [this](const Slot& slot) { return std::to_string(&slot - x_slots.data() + 1) + " " + std::to_string(slot.size); };
  if (!command.args.empty()) {
    const auto* slot = find(command.args);
    return slot ? Reply::data(listing(*slot)) : no_such_message();
  }
  auto reply = Reply::good("scan listing follows");
  reply.multi = true;
  for (const auto& slot : x_slots) {
    if (!slot.deleted) reply.lines.push_back(listing(slot));
  }
  return reply;
}

Reply Session::uidl(const Command& command) {
  const auto listing = [this](const Slot& slot) { return std::to_string(&slot - x_slots.data() + 1) + " " + slot.uid; };
  if (!command.args.empty()) {
    const auto* slot = find(command.args);
    return slot ? Reply::data(listing(*slot)) : no_such_message();
  }
  auto reply = Reply::good("unique-id listing follows");
  reply.multi = true;
  for (const auto& slot : x_slots) {
    if (!slot.deleted) reply.lines.push_back(listing(slot));
  }
  return reply;
}

Reply Session::send_message(Slot& slot, std::uint64_t body_lines) {
  auto reply = Reply::good("message follows");
  reply.multi = true;
  reply.body_lines = body_lines;
  // RFC 6856 2.1: not as it is, unless in UTF-8 mode.
  if (!x_utf8 && x_options.pop3.utf8 && !fault(Fault::utf8_sent_anyway) && needs_utf8(slot.message->octets)) {
    if (!x_options.pop3.surrogates) return Reply::bad("this message needs UTF-8 mode", "UTF8");
    reply.content = surrogate_of(slot.message->octets);
    return reply;
  }
  reply.message = slot.message;
  return reply;
}

Reply Session::retr(const Command& command) {
  auto* slot = find(command.args);
  if (!slot) return no_such_message();
  auto reply = send_message(*slot, std::numeric_limits<std::uint64_t>::max());
  x_maildrop_policy.retrieved(*slot);
  if (x_options.pop3.retr_sets_seen) mark_seen(slot->message->uid);
  return reply;
}

void Session::mark_seen(std::uint64_t uid) {
  auto& inbox = x_account->inbox();
  const auto it = inbox.messages.find(uid);
  if (it != inbox.messages.end() && it->second.flags.insert("\\Seen").second) it->second.changed = ++inbox.changes;
}

Reply Session::top(const Command& command) {
  auto* slot = find(command.args);
  const auto lines = parse_line_count(command.args[1]);
  if (!lines) return Reply::bad("the number of lines is not a number");
  if (!slot) return no_such_message();
  return send_message(*slot, x_maildrop_policy.body_lines(*slot->message, *lines));
}

Reply Session::dele(const Command& command) {
  auto* slot = find(command.args);
  if (!slot) return no_such_message();
  x_maildrop_policy.mark(*slot, x_account->inbox());
  return Reply::good("message " + std::to_string(slot - x_slots.data() + 1) + " deleted");
}

Reply Session::noop(const Command&) { return Reply::good(""); }

Reply Session::rset(const Command&) {
  if (x_maildrop_policy.updates("RSET")) x_maildrop_policy.update(*x_account, x_slots);
  x_maildrop_policy.unmark(x_slots, "RSET");
  return Reply::good("maildrop has " + std::to_string(x_slots.size()) + " messages");
}

Reply Session::capa(const Command&) {
  x_maildrop_policy.unmark(x_slots, "CAPA");
  const auto& o = x_options;
  auto reply = Reply::good("capability list follows");
  reply.multi = true;
  auto& lines = reply.lines;
  const bool untold = choice("works-untold");
  if (o.pop3.top && !untold) lines.emplace_back("TOP");
  if (o.pop3.uidl && !untold) lines.emplace_back("UIDL");
  const bool plaintext = !o.pop3.plaintext_needs_tls || x_tls || choice("announces-refused");
  if (o.pop3.user && plaintext) lines.emplace_back("USER");
  std::string sasl = "SASL";
  for (const auto& m : o.sasl.mechanisms) {
    if (plaintext || (m != "PLAIN" && m != "LOGIN")) sasl += " " + m;
  }
  if (sasl != "SASL") lines.push_back(sasl);
  // RFC 2595 4: "present and permitted in the current state".
  if (o.pop3.stls && !x_tls && x_state == State::authorization) lines.emplace_back("STLS");
  if (o.pop3.pipelining) lines.emplace_back("PIPELINING");
  if (o.pop3.resp_codes) lines.emplace_back("RESP-CODES");
  if (o.pop3.resp_codes && o.pop3.auth_resp_code) lines.emplace_back("AUTH-RESP-CODE");
  if (o.pop3.login_delay) lines.push_back("LOGIN-DELAY " + std::to_string(o.pop3.login_delay));
  if (!o.pop3.expire.empty()) lines.push_back("EXPIRE " + o.pop3.expire);
  if (untold) return reply;
  if (o.pop3.utf8) lines.emplace_back(o.pop3.utf8_user ? "UTF8 USER" : "UTF8");
  if (o.pop3.lang) lines.emplace_back("LANG");
  if (o.pop3.implementation) lines.emplace_back("IMPLEMENTATION mailspec-reference");
  return reply;
}

std::string Session::words_in_language(std::string english) const {
  for (const auto& language : kLanguages) {
    if (x_language == language.tag) return language.done;
  }
  return english;
}

// RFC 6856 3.2. The basic language range matches a tag or a prefix of it at a "-".
Reply Session::lang(const Command& command) {
  if (command.args.empty()) {
    if (!x_options.pop3.lists_languages) return Reply::bad("languages are not listed");
    auto reply = Reply::good("language listing follows");
    reply.multi = true;
    for (const auto& language : kLanguages) reply.lines.push_back(std::string(language.tag) + " " + language.name);
    return reply;
  }
  const auto wanted = command.args[0] == "*" ? std::string("en") : command.args[0];
  for (const auto& language : kLanguages) {
    if (!iequals(language.tag, wanted)) continue;
    x_language = language.tag;
    return Reply::data(std::string(language.tag) + " " + language.done);
  }

  return Reply::bad("no such language");
}

Reply Session::quit(const Command&) {
  auto reply = Reply::good("signing off");
  reply.close = !fault(Fault::quit_stays_open);
  if (x_state == State::authorization && fault(Fault::quit_auth_closes_silently)) reply.kind = Reply::Kind::silence;
  if (x_state == State::authorization && fault(Fault::quit_refused_before_login)) reply.kind = Reply::Kind::negative;
  if (choice("closes-late")) x_open_until = x_now + 3;
  const bool removes = std::ranges::any_of(x_slots, &Slot::deleted);
  // RFC 1939 6: after an error some or none of the marked messages may have been removed.
  if (removes && choice("removal-fails-now-and-then") && ++x_store.traffic.removals % 4 == 0) {
    reply.kind = Reply::Kind::negative;
    reply.text = "some deleted messages not removed";
  } else if (x_state == State::transaction) {
    x_maildrop_policy.update(*x_account, x_slots);
    if (!removes && fault(Fault::quit_refused_without_marks)) reply.kind = Reply::Kind::negative;
  }
  x_by_quit = true;
  release();
  x_state = State::ended;
  return reply;
}

void Session::release() {
  if (!x_account) return;
  auto& maildrop = x_account->maildrop;
  if (x_maildrop_policy.unlocks(x_by_quit)) maildrop.locked = maildrop.sessions > 1;
  --maildrop.sessions;
  x_writer.reset();
  x_slots.clear();
  x_account->inbox().leave();
  x_account = nullptr;
}

}  // namespace mailspec::reference::pop3
