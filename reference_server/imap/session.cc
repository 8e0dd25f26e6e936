#include "reference_server/imap/session.h"

#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"

namespace mailspec::reference::imap {

namespace {
constexpr int kMostBads = 50;  // then the session ends
// Does a line begin with a tag and the name of a command?
bool begins_a_command(std::string_view line) {
  const auto said = words(line);
  return said.size() > 1 && (iequals(said[1], "UID") || find_command(upper(said[1]), false));
}
// Of those that may be given before the login.
bool asks_for_a_command(std::string_view line) {
  const auto words = split(line, ' ');
  const auto* row = words.size() > 1 ? find_command(upper(words[1]), false) : nullptr;
  return row && (row->when == When::any || row->when == When::before_login) && row->name != "AUTHENTICATE";
}
// RFC 9051 7.1: what has no tag is answered untagged.
Response answer(const Refusal& refusal) {
  Response r;
  r.kind = refusal.tag.empty() ? Response::Kind::untagged : Response::Kind::tagged;
  r.tag = refusal.tag;
  r.keyword = refusal.no ? "NO" : "BAD";
  r.code = refusal.code;
  r.text = refusal.why;
  r.reason = refusal.reason;
  return r;
}
const Command& nobody() {
  static const Command kNone;
  return kNone;
}
}  // namespace

Session::Session(Store& store, const Options& options, bool tls, std::string nonce, double now)
    : x_store(store), x_options(options), x_tls(tls), x_nonce(std::move(nonce)), x_now(now), x_last_command(now), x_policy(options) {
  x_rev2 = o().rev2 && !o().rev1;
  greet();
}

void Session::greet() {
  x_serial = ++x_store.traffic.sessions;
  Response greeting;
  greeting.keyword = "OK";
  greeting.text = "mailspec reference server";
  greeting.code = "CAPABILITY";
  if (fault(Fault::preauth_in_clear) && !x_tls && !x_store.accounts().empty()) {
    greeting.keyword = "PREAUTH";
    enter(x_store.accounts().begin()->second);
  }
  for (const auto& c : capabilities()) greeting.code_data.push_back(Node::atom(c));
  if (choice("closes-at-connection-rate") && x_store.traffic.comes_too_fast(x_now)) {
    x_close = true;
    x_state = State::logout;
    return;
  }
  if (choice("bye-at-connection-rate") && x_store.traffic.comes_too_fast(x_now)) {
    greeting.keyword = "BYE";
    greeting.text = "too many connections in too short a time";
    greeting.code = "UNAVAILABLE";
    greeting.code_data.clear();
    x_close = true;
    x_state = State::logout;
  }
  Command none;
  none.name = "(greeting)";
  within(none, [&] { emit(std::move(greeting)); });
}

Session::~Session() {
  leave();
  if (x_counted) --x_account->imap_sessions;
}

void Session::leave() {
  if (!x_view.box) return;
  x_view.box->leave();
  if (x_view.box->owner == x_serial) x_view.box->owner = 0;
  x_view = {};
  if (!x_account) return;
  auto& gone = x_account->mailboxes.deleted;
  std::erase_if(gone, [](const auto& node) { return node.mapped().sessions == 0; });
}

void Session::disconnected() {
  if (x_state == State::selected) leave_by("drop");
  if (x_in_literal && fault(Fault::append_partial)) {
    x_command.append(std::exchange(x_literal_left, 0), ' ');
    x_in_literal = false;
    handle(std::exchange(x_command, {}));
  }
  if (x_state == State::selected && choice("lock-outlives-drop")) x_view.box->held_until = x_now + 5;
  leave();
  x_state = State::logout;
  x_close = true;
}

void Session::tls_started(double now) {
  x_tls = true;
  x_start_tls = false;
  x_now = x_last_command = now;
  if (fault(Fault::imap_keeps_half_a_line)) x_in.erase(0, x_in.rfind('\n') + 1);
  else if (!fault(Fault::keeps_plaintext)) x_in.clear();
  x_command.clear();
  process();
}

void Session::feed(std::string_view octets, double now) {
  x_now = now;
  if (planted("session-lf-after-literal-lost") && octets == "\n" && x_command.find("}\r\n") != std::string::npos) return;
  if (planted("session-runs-after-logout")) x_close = false;
  end_if_taken_over();
  if (x_close) return;
  if (x_in_literal && x_in.empty()) {
    const auto n = std::min<std::uint64_t>(x_literal_left, octets.size());
    x_command.append(octets.substr(0, n));
    x_literal_left -= n;
    octets.remove_prefix(n);
    if (x_literal_left > 0) return;
  }
  if (choice("answers-at-cr")) {
    if (std::exchange(x_lf_due, false) && octets.starts_with('\n')) octets.remove_prefix(1);
    x_lf_due = octets.ends_with('\r') && !x_in_literal && x_in.find('{') == std::string::npos && octets.find('{') == std::string::npos;
  }
  x_in += octets;
  if (x_lf_due) x_in += '\n';
  if (fault(Fault::imap_segment_is_command) && !octets.ends_with('\n')) x_in += "\r\n";
  if (!x_start_tls) process();
}

void Session::tick(double now) {
  x_now = now;
  if (x_idling && choice("idle-says-still-here") && now - x_said_at >= 120) {
    x_said_at = now;
    untagged_ok("", {}, "Still here");
  }
  if (x_idling && choice("idle-is-activity")) return;
  if (x_close || now - x_last_command < o().autologout) return;
  end("autologout");
}

// RFC 9051 3.4 and 7.1.5: a server may end a session; here because another has taken its mailbox.
void Session::end_if_taken_over() {
  if (x_close || x_state != State::selected || !choice("select-takes-over") || x_view.box->owner == x_serial) return;
  leave();
  end("another session has taken the mailbox");
}

// RFC 2180 3.3.
void Session::end_if_deleted() {
  if (!o().ends_deleted || x_state != State::selected || x_account->mailboxes.find(x_view.box->name) == x_view.box) return;
  leave();
  end("the mailbox has been deleted");
}

std::string Session::output(std::size_t max) {
  end_if_deleted();
  end_if_taken_over();
  if (x_waiting && !x_close) select_if_free();
  if (x_now < x_silent_until) return {};
  if (x_idling && x_state == State::selected && x_policy.telling.tells_in_idle()) {
    within(*x_idling, [this] { sync(true); });
  } else if (o().tells_unasked && !x_idling && !x_authenticating && x_state == State::selected && x_out.empty() && x_command.empty() && !x_in_literal) {
    sync(false);  // RFC 9051 5.3: anything but EXPUNGE
  }
  if (x_sent == 0 && x_out.size() <= max) return std::exchange(x_out, {});
  auto piece = x_out.substr(x_sent, max);
  x_sent += piece.size();
  if (x_sent == x_out.size()) {
    x_out = {};
    x_sent = 0;
  }
  return piece;
}

void Session::end(std::string why) {
  Response r;
  r.keyword = "BYE";
  r.text = std::move(why);
  emit(std::move(r));
  x_close = true;
  x_state = State::logout;
}

// ---- framing

// A line without its CRLF; false if there is none yet.
bool Session::take_line(std::string& line) {
  const auto lf = x_in.find('\n', x_at);
  const bool whole = lf != std::string::npos;
  if ((whole ? lf : x_in.size()) - x_at > o().line_limit) {
    if (!x_overlong && x_command.empty()) x_command = x_in.substr(x_at, 256);
    x_overlong = true;
    if (!whole) x_at = x_in.size();
  }
  if (!whole) return false;
  line = x_in.substr(x_at, lf - x_at);
  x_at = lf + 1;
  if (line.ends_with('\r')) line.pop_back();
  else if (!x_overlong) line += '\n';  // a bare LF ends nothing: the command is wrong
  return true;
}

void Session::process() {
  process_lines();
  x_in.erase(0, std::exchange(x_at, 0));
}

// RFC 9051 2.2: a client sends lines, and octets of literals between them.
void Session::process_lines() {
  std::string line;
  while (!x_close && !x_start_tls && !x_waiting) {
    if (!pass_refused_literal() || !take_literal() || !take_line(line)) return;
    if (!fault(Fault::imap_autologout_not_reset)) x_last_command = x_now;
    line_came(line);
  }
}

// As many octets of `left` as have come.
std::string_view Session::take_octets(std::uint64_t& left) {
  const auto octets = std::string_view(x_in).substr(x_at, left);
  x_at += octets.size();
  left -= octets.size();
  return octets;
}

// False if octets of it are still to come; so does the next one.
bool Session::pass_refused_literal() {
  take_octets(x_skip);
  return x_skip == 0;
}

bool Session::take_literal() {
  if (!x_in_literal) return true;
  x_command += take_octets(x_literal_left);
  x_in_literal = x_literal_left > 0;
  return !x_in_literal;
}

// A line is the rest of what was refused, belongs to IDLE or to an exchange, or is a part of a command.
void Session::line_came(const std::string& line) {
  if (x_skip_rest) return pass_rest(line);
  if (x_overlong) return refuse_overlong();
  if (x_idling) return end_idle(line);
  if (x_authenticating && !(fault(Fault::exchange_runs_commands) && asks_for_a_command(line))) return sasl_step(line);
  auto mark = literal_mark(line);
  if (!mark && line.ends_with('}') && fault(Fault::literal_size_wraps)) mark = LiteralMark{20, false, false};
  x_command += line;
  if (mark && begin_literal(*mark)) return;
  command_came();
}

// What belongs to a command whose literal was refused runs not: it is thrown away, literals and all.
void Session::pass_rest(const std::string& line) {
  const auto mark = literal_mark(line);
  x_skip_rest = mark && mark->non_synchronizing;
  if (x_skip_rest) x_skip = mark->size;
}

void Session::refuse_overlong() {
  x_overlong = false;
  // What was kept of it may end within the tag.
  const auto tag = x_command.find(' ') == std::string::npos ? "" : tag_of(x_command);
  x_command.clear();
  refuse({tag, "the line is too long", false, {}, Reason::line_too_long});
}

// RFC 9051 6.3.13: DONE ends it.
void Session::end_idle(const std::string& line) {
  const Command c = *std::exchange(x_idling, std::nullopt);
  within(c, [&] {
    if (iequals(line, "DONE")) done(c, "OK", "IDLE terminated");
    else done(c, "BAD", "DONE was due");
  });
}

// Octets that a literal may have now. Of a stranger's command little is kept; of all literals of one command together, no more than of the largest.
std::uint64_t Session::literal_room() const {
  if (x_state == State::not_authenticated) return std::min<std::uint64_t>(o().literal_limit, 64 * 1024);
  return o().literal_limit - std::min<std::uint64_t>(o().literal_limit, x_command.size());
}

// RFC 9051 4.3: a line that ends in a size waits for a literal. False where the size is none to this server, which has no LITERAL+ or LITERAL-.
bool Session::begin_literal(const LiteralMark& mark) {
  const bool plus = mark.non_synchronizing;
  const bool any_size = o().extensions.has(Extension::literal_plus);
  const bool offered = (any_size || has(Extension::literal_minus)) && !fault(Fault::literal_plus_refused);
  if (plus && (!offered || (fault(Fault::refused_literal_runs) && !begins_a_command(x_command)))) return false;
  // RFC 7888 5: LITERAL- has 4096 octets at most.
  const bool fits = mark.size <= literal_room() && !(plus && (!any_size || fault(Fault::literal_plus_small)) && mark.size > 4096);
  if (!fits) return refuse_literal(mark), true;
  x_command += "\r\n";
  x_literal_left = mark.size;
  x_command.reserve(x_command.size() + mark.size + 256);
  x_in_literal = true;
  if (!plus) ask("go ahead");
  return true;
}

// RFC 9051 4.3: NO with TOOBIG. RFC 7888 4: octets that follow belong to the command, whatever becomes of it; LITERAL- answers BAD.
void Session::refuse_literal(const LiteralMark& mark) {
  const bool plus = mark.non_synchronizing, no = !plus || o().extensions.has(Extension::literal_plus);
  const auto said = words(x_command);
  const bool is_append = said.size() > 1 && iequals(said[1], "APPEND");
  const bool too_big = no ? !plus || mark.size > literal_room() : is_append;
  const auto tag = tag_of(x_command);
  x_command.clear();
  x_skip_rest = plus && !fault(Fault::large_literal_runs);
  if (x_skip_rest) x_skip = mark.size;
  emit(answer({tag, "the literal is too big", no, too_big ? "TOOBIG" : ""}));
}

// A whole command has come, with its literals.
void Session::command_came() {
  if (fault(Fault::expunge_overtakes) && upper(x_command).find(" STORE ") != std::string::npos) {
    if (const auto end = x_in.find("\r\n", x_at); end != std::string::npos && upper(x_in.substr(x_at, end - x_at)).ends_with(" EXPUNGE")) {
      handle(x_in.substr(x_at, end - x_at));
      x_at = end + 2;
    }
  }
  const bool saves = upper(x_command).find("(SAVE") != std::string::npos;
  handle(std::exchange(x_command, {}));
  if (fault(Fault::imap_pipeline_drops) || (saves && fault(Fault::save_pipeline_drops))) x_at = x_in.size();
}

void Session::refuse(const Refusal& refusal) {
  Command none;
  none.tag = refusal.tag;
  none.name = "(syntax)";
  within(none, [&] { emit(answer(refusal)); });
  if (++x_bads > kMostBads) end("too many bad commands");
}

Reading Session::reading() const {
  Reading r;
  r.rev1 = o().rev1;
  r.rev2 = x_rev2;
  r.in_force = in_force(o().offered(), x_rev2);
  r.literal8 = o().extensions.has(Extension::binary);
  r.number_wraps = fault(Fault::imap_number_wraps);
  r.faults = &x_options.faults;
  return r;
}

void Session::handle(const std::string& octets) {
  if (fault(Fault::imap_case_sensitive)) {
    const auto w = words(octets);
    if (w.size() > 1 && w[1] != upper(w[1])) return refuse({tag_of(octets), "unknown command", false, {}});
  }
  const auto read_as = reading();
  if (const auto w = words(octets); w.size() > 1 && iequals(w[1], "MOVE") && !read_as.in_force.has(Extension::move)) {
    if (fault(Fault::not_offered_unanswered)) return;
    if (fault(Fault::not_offered_ends)) {
      x_close = true;
      return;
    }
  }
  auto parsed = parse_command(octets, read_as);
  if (parsed.refusal.reason == Reason::unknown_search_key && fault(Fault::unknown_key_no)) {
    parsed.refusal.no = true;
    if (upper(octets).find("SAVE") != std::string::npos) x_view.saved.clear();  // RFC 5182 2.1
  }
  if (!parsed.command) return refuse(parsed.refusal);
  if (parsed.command->name == "STATUS" && octets.find("}\r\n") != std::string::npos) {
    if (fault(Fault::literal_unanswered)) {
      x_close = true;
      return;
    }
  }
  Command c = std::move(*parsed.command);
  if (!x_policy.forms.takes(c, octets)) return refuse({c.tag, "not in this form", false, {}});
  if (fault(Fault::literal_is_other_name) && octets.find("}\r\n") != std::string::npos && !c.as<AppendArguments>()) {
    if (auto* name = mailbox_of(c)) *name += "x";
  }
  if (auto* scout = Scout::current()) scout->sees(c);
  for (const auto& misread : o().misreadings) misread(c);
  within(c, [&] { carry_out(c); });
}

void Session::carry_out(const Command& c) {
  reselect();
  if (x_view.box) x_policy.telling.count(x_view, c.name);
  const auto* row = find_command(c.name, c.uid);
  if (!row || !allowed(c, *row)) return bad(c, "not in this state", Reason::wrong_state);
  row->handling.run(*this, c);
}

// RFC 9051 section 3: what may be said when.
bool Session::allowed(const Head& c, const CommandRow& row) {
  if (row.when == When::any) return true;
  if (row.when == When::before_login) return x_state == State::not_authenticated || fault(Fault::login_twice);
  if (x_state == State::not_authenticated) return false;
  if (x_state == State::selected && !x_policy.forms.takes_while_selected(c)) return false;
  return row.when != When::selected || x_state == State::selected;
}

void Session::starttls(const Head& c) {
  if (!o().starttls || x_tls) return bad(c, "no STARTTLS here");
  done(c, "OK", "begin TLS negotiation");
  if (!fault(Fault::starttls_no_tls)) x_start_tls = true;
}

void Session::logout(const Head& c) {
  Response r;
  r.keyword = "BYE";
  r.text = "logging out";
  emit(std::move(r));
  leave_by("LOGOUT");
  done(c, "OK", "LOGOUT completed");
  leave();
  x_state = State::logout;
  if (choice("closes-late")) x_open_until = x_now + 3;
  x_close = !fault(Fault::logout_stays_open);
  if (!x_close) x_state = State::authenticated;
}

void Session::idle(const Head&) {
  ask("idling");
  x_idling = *x_current;
  x_policy.telling.begin_idle(x_view);
}

// ---- responses

void Session::emit(Response r) {
  const Command& c = x_current ? *x_current : nobody();
  if (auto* scout = Scout::current()) scout->sees(c, r, *this);
  for (const auto& hook : o().hooks) hook(c, r, *this);
  auto written = write_response(r, writing());
  if (x_out.empty()) x_out = std::move(written);
  else x_out += written;
  if (r.delay > 0) x_silent_until = std::max(x_silent_until, x_now + r.delay);
  if (!r.ends.empty() && !x_close) end(r.ends);
}

void Session::untagged(std::string keyword, std::vector<Node> data) {
  Response r;
  r.keyword = std::move(keyword);
  r.data = std::move(data);
  emit(std::move(r));
}

void Session::untagged_number(std::uint64_t n, std::string keyword) {
  Response r;
  r.number = n;
  r.keyword = std::move(keyword);
  emit(std::move(r));
}

void Session::untagged_ok(std::string code, std::vector<Node> data, std::string text) {
  Response r;
  r.keyword = "OK";
  r.code = std::move(code);
  r.code_data = std::move(data);
  r.text = std::move(text);
  emit(std::move(r));
}

void Session::ask(std::string text) {
  Response r;
  r.kind = Response::Kind::continuation;
  r.text = std::move(text);
  emit(std::move(r));
}

// RFC 9051 7.5.1: EXPUNGE must not come while the client may be counting on numbers.
bool Session::tells_expunges(const Head& c) const {
  const auto* row = find_command(c.name, c.uid);
  return x_policy.telling.may_tell_expunge(!c.uid && row && row->is(CommandRow::counts));
}

void Session::done(const Head& c, std::string keyword, std::string text, std::string code, std::vector<Node> code_data, Reason reason) {
  const auto* row = find_command(c.name, c.uid);
  if (x_state == State::selected && c.name != "LOGOUT" && (o().early_exists || (row && row->is(CommandRow::tells)))) sync(tells_expunges(c));
  Response r;
  r.kind = Response::Kind::tagged;
  r.tag = c.tag;
  r.keyword = std::move(keyword);
  r.code = std::move(code);
  r.code_data = std::move(code_data);
  r.text = std::move(text);
  r.reason = reason;
  if (o().extra_ok) {
    Response extra;
    extra.keyword = "OK";
    extra.text = "still here";
    emit(std::move(extra));
  }
  emit(std::move(r));
}

void Session::ok(const Head& c, std::string code, std::vector<Node> data) {
  if (const auto* row = find_command(c.name, c.uid); row && row->is(CommandRow::normalizes)) tell_normalized();
  const std::string what = (c.uid ? "UID " : "") + c.name + " completed";
  done(c, "OK", what, std::move(code), std::move(data));
}
void Session::no(const Head& c, std::string text, std::string code) { done(c, "NO", std::move(text), std::move(code)); }
void Session::bad(const Head& c, std::string text, Reason reason) {
  done(c, "BAD", std::move(text), {}, {}, reason);
  if (++x_bads > kMostBads) end("too many bad commands");
}

// ---- the view

const StoredMessage* Session::message(std::size_t index) const {
  const auto uid = x_view.slots[index].uid;
  if (const auto it = x_view.box->messages.find(uid); it != x_view.box->messages.end()) return &it->second;
  if (!o().ghosts) return nullptr;
  const auto it = x_view.box->ghosts.find(uid);
  return it == x_view.box->ghosts.end() ? nullptr : &it->second;
}
StoredMessage* Session::message(std::size_t index) { return const_cast<StoredMessage*>(std::as_const(*this).message(index)); }

void Session::sync(bool expunges) {
  auto& v = x_view;
  if (!v.box || v.seen_changes == v.box->changes) return;
  // What others have done is noticed with one command and told with the next.
  const bool own = x_current && (x_current->name == "EXPUNGE" || x_current->name == "MOVE" || x_current->name == "APPEND" || x_current->name == "COPY");
  if (choice("tells-one-late") && !own && std::exchange(v.noticed, v.box->changes) != v.box->changes) return tell_flags();
  const bool all_told = tell_expunged(expunges);
  const bool tells_new = x_policy.telling.tells_new(x_current ? x_current->name : "");
  if (tells_new) tell_new();
  tell_flags();
  if (all_told && tells_new) v.seen_changes = v.box->changes;
}

// False if something must wait.
bool Session::tell_expunged(bool allowed) {
  auto& v = x_view;
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < v.slots.size(); ++i) {
    if (!v.box->messages.contains(v.slots[i].uid)) gone.push_back(i);
  }
  for (auto n = x_policy.telling.unannounced(v); n > 0; --n) untagged_number(v.slots.size() + 1, "EXPUNGE");
  if (gone.empty()) return true;
  if (!allowed) return false;
  const bool own = x_current && (x_current->name == "EXPUNGE" || x_current->name == "MOVE");
  if (!x_policy.telling.tells_expunge(own, x_idling.has_value())) return false;
  const std::size_t most = o().expunges_one_by_one && !own ? 1 : gone.size();
  const bool all = gone.size() <= most;
  gone.resize(std::min(gone.size(), most));
  if (!o().expunges_backwards) {
    // From the first on, each makes the numbers behind it smaller.
    for (std::size_t k = 0; k < gone.size(); ++k) gone[k] -= k;
  } else {
    std::ranges::reverse(gone);
  }
  std::size_t before = 0;
  for (const auto at : gone) {
    const auto uid = v.slots[at].uid;
    const auto number = x_policy.telling.expunge_number(v, at, before++);
    x_policy.searching.forget(v, at);
    const auto slot = v.slots.begin() + static_cast<std::ptrdiff_t>(at);
    v.slots.erase(slot);
    if (planted("expunge-stale-iterator") && slot->uid == uid) return all;
    if (x_policy.telling.sends_expunge(x_idling.has_value())) untagged_number(number, "EXPUNGE");
  }
  return all;
}

void Session::tell_new() {
  auto& v = x_view;
  const auto last = v.slots.empty() ? 0 : v.slots.back().uid;
  std::size_t fresh = 0, recent = 0;
  for (auto it = v.box->messages.upper_bound(last); it != v.box->messages.end(); ++it, ++fresh) {
    v.slots.push_back({it->first, it->second.changed, it->second.recent, it->second.flags});
    if (it->second.recent && !v.read_only) it->second.recent = false;
  }
  if (fresh == 0) return;
  for (const auto& s : v.slots) recent += s.recent;
  if (x_policy.telling.flags_come_first(v, fresh)) tell_flags();
  untagged_number(v.slots.size(), "EXISTS");
  if (!x_rev2) untagged_number(recent, "RECENT");
}

void Session::tell_flags() {
  auto& v = x_view;
  for (std::size_t i = 0; i < v.slots.size(); ++i) {
    const auto* m = message(i);
    if (!m || m->changed <= v.slots[i].told) continue;
    v.slots[i].told = m->changed;
    if (!x_policy.telling.tells_flags()) continue;
    tell_flags_of(i, *m, x_rev2 || o().uid_in_fetch);
  }
}

void Session::tell_flags_of(std::size_t index, const StoredMessage& m, bool with_uid) {
  std::vector<Node> items{Node::atom("FLAGS"), flags_of(x_view.slots[index], m)};
  if (with_uid) items.insert(items.begin(), {Node::atom("UID"), Node::num(m.uid)});
  tell_fetched(index, std::move(items));
}

// Where the selection does not stay with its mailbox.
void Session::reselect() {
  auto& v = x_view;
  auto* now = v.box ? x_policy.telling.selected(v, x_account->mailboxes) : nullptr;
  if (now == v.box) return;
  const auto name = v.name;
  leave();
  v.name = name;
  v.box = now;
  ++now->sessions;
  for (const auto& [uid, m] : now->messages) v.slots.push_back({uid, m.changed, false, m.flags});
  v.seen_changes = now->changes;
}

void Session::leave_by(std::string_view way) {
  const bool keeps = way == "CLOSE" && x_view.read_only;
  if (!keeps && x_policy.leaving.removes_deleted(way)) expunge_deleted();
  x_policy.leaving.keep_flags(x_view, way);
}

std::vector<std::size_t> Session::resolve(const Set& set, bool uid, bool& bad) const {
  std::vector<std::size_t> out;
  const auto& slots = x_view.slots;
  if (set.saved) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (std::ranges::find(x_view.saved, slots[i].uid) != x_view.saved.end()) out.push_back(i);
    }
    return out;
  }
  std::vector<bool> chosen(slots.size());
  const std::string_view command = x_current ? std::string_view(x_current->name) : "";
  for (const auto& range : set.ranges) {
    if (uid) {
      const auto [first, last] = x_policy.numbers.uids(range, slots.empty() ? x_view.box->uid_next : slots.back().uid);
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].uid >= first && slots[i].uid <= last) chosen[i] = true;
      }
      continue;
    }
    const auto [first, last] = x_policy.numbers.numbers(command, range, slots.size());
    if ((first == 0 || last > slots.size()) && x_policy.numbers.refuses_beyond(command)) bad = true;
    for (auto n = std::max<std::uint64_t>(first, 1); n <= last && n <= slots.size(); ++n) chosen[n - 1] = true;
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) out.push_back(i);
  }
  return out;
}

}  // namespace mailspec::reference::imap
