#include "harness/target/imap_boxes.h"

#include <algorithm>
#include <iterator>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/scenario/imap_ask.h"
#include "harness/scenario/imap_other_ways.h"

namespace mailspec::target {

using scenario::Account;
using scenario::MessageSpec;

namespace {

constexpr std::size_t kFillers = 6;  // before the first message, so that no UID is a sequence number
// RFC 5322 3.6: Date and From are there, as a server may insist on them.
constexpr const char* kFiller = "Date: Wed, 10 Jul 2024 12:00:00 +0000\r\nFrom: mailspec@example.org\r\nSubject: filler\r\n\r\nto be expunged\r\n";

std::string refusal(const ImapClient::Answer& answer) { return "'" + visible(answer.tagged.frame.octets, 160) + "' came"; }

Error not_appended(const ImapClient::Answer& answer) {
  return {refuses_message(answer.tagged) ? Error::Kind::limit : Error::Kind::setup, "APPEND: " + refusal(answer)};
}

// Each once: a server may tell of a message more often than it was asked (RFC 9051 5.2).
std::vector<std::uint64_t> uids_of(const ImapClient::Answer& answer) {
  std::set<std::uint64_t> uids;
  for (const auto& r : answer.untagged) {
    const auto* uid = imap::fetch_item(r, "UID");
    if (uid && uid->number()) uids.insert(*uid->number());
  }
  return {uids.begin(), uids.end()};
}

std::set<std::string> keywords_of(const ImapClient::Answer& answer) {
  std::set<std::string> keywords;
  for (const auto& r : answer.untagged) {
    const auto* flags = imap::fetch_item(r, "FLAGS");
    if (!flags) continue;
    for (const auto& f : flags->items) {
      if (!f.text.starts_with('\\')) keywords.insert(lower(f.text));
    }
  }
  return keywords;
}

}  // namespace

ImapBoxes::ImapBoxes(net::Transport& transport, net::Endpoint endpoint, const scenario::Offer& offer, scenario::Patience patience, std::string run_id,
                     Make make, Record record)
    : x_transport(transport),
      x_endpoint(std::move(endpoint)),
      x_offer(offer),
      x_patience(patience),
      x_run_id(replace_all(std::move(run_id), ".", "-")),
      x_make(std::move(make)),
      x_record(std::move(record)) {}

std::string ImapBoxes::fresh_name() {
  return x_offer.imap->prefix + "mailspec-" + x_run_id + "-" + std::to_string(++x_serial) + "b";
}  // no name is the beginning of another

void ImapBoxes::forget() {
  x_shared.clear();
  x_spare.clear();
  x_clients.clear();
}

Result<ImapClient*> ImapBoxes::client(const Account& account) {
  auto& held = x_clients[account.name];
  if (held && held->open()) return held.get();
  x_accounts[account.name] = account;
  auto made = another_client(account);
  if (!made) return made.error();
  held = std::move(*made);
  return held.get();
}

Status ImapBoxes::create(ImapClient& client, const scenario::Account& account, std::string& name) {
  constexpr int kTries = 2;  // Dovecot has been seen to call a new name taken, once in many runs
  for (int tries = 1;; ++tries) {
    name = fresh_name();
    x_left.emplace(account.name, name);
    auto created = client.ask_somehow("CREATE " + scenario::quoted(name), x_offer);
    if (!created) return created.error();
    if (created->ok()) return ok();
    if (tries == kTries) return Error{Error::Kind::setup, "CREATE " + name + ": " + refusal(*created)};
  }
}

Result<scenario::Mailbox> ImapBoxes::mailbox(const Account& account, const std::vector<MessageSpec>& messages, bool shared) {
  if (shared) {
    for (const auto& s : x_shared) {
      if (s.user == account.name && s.messages == messages) return s.box;
    }
  }
  auto c = client(account);
  if (!c) return c.error();
  scenario::Mailbox out;
  if (auto& spare = x_spare[account.name]; !spare.empty()) {
    out.name = spare.back();
    spare.pop_back();
  } else {
    if (auto s = create(**c, account, out.name); !s) return s.error();
  }
  auto s = fill(**c, messages, out, x_offer.imap->lists("LITERAL+") && !x_waits);
  if (!s && x_refused) {
    // What was pipelined behind the refused one may be there: once more in another mailbox, each APPEND by itself.
    x_left.emplace(account.name, out.name);
    if (auto made = create(**c, account, out.name); !made) return made.error();
    s = fill(**c, messages, out, false);
    x_waits = static_cast<bool>(s);
  }
  if (!s) return s.error();
  if (shared) x_shared.push_back({account.name, messages, out});
  return out;
}

// Forms of APPEND, the first that is taken counts. Flags that it has not are given by STORE.
struct ImapBoxes::AppendForm {
  bool flags, quoted;
};
const ImapBoxes::AppendForm ImapBoxes::kAppendForms[] = {{true, true}, {true, false}, {false, true}, {false, false}};

Result<ImapClient::Answer> ImapBoxes::append(ImapClient& c, const std::string& name, const std::string& flags, const std::string& date,
                                             const std::string& octets, bool& without_flags) {
  Result<ImapClient::Answer> first = Error{Error::Kind::internal, "no form of APPEND"};
  for (std::size_t i = 0; i < std::size(kAppendForms); ++i) {
    // The one that was taken before; then the others.
    const auto which = (x_form + i) % std::size(kAppendForms);
    const auto& form = kAppendForms[which];
    if (!form.flags && flags.empty()) continue;
    const auto head = "APPEND " + (form.quoted ? scenario::quoted(name) : name) + " " + (flags.empty() || !form.flags ? "" : "(" + flags + ") ") +
                      (date.empty() ? "" : "\"" + date + "\" ") + "{" + std::to_string(octets.size()) + "}\r\n";
    auto a = c.ask(std::vector<scenario::ImapPart>{{head, head, true}, {octets + "\r\n", octets.substr(0, 400) + "\r\n", false}});
    if (a && a->ok()) {
      x_form = which;
      without_flags = !form.flags;
      return a;
    }
    if (i == 0) first = a;
    if (!a || !scenario::may_be_for_its_form(a->tagged)) break;
  }
  return first;
}

// At once, and where one is refused from there on one by one, by other forms.
Result<std::vector<ImapClient::Answer>> ImapBoxes::ask_all_somehow(ImapClient& c, const std::vector<std::string>& commands, const std::string& selection) {
  auto answers = c.ask_all(commands);
  if (!answers) return answers;
  const auto refused = std::ranges::find_if(*answers, [](const auto& a) { return !a.ok(); });
  for (auto i = static_cast<std::size_t>(refused - answers->begin()); i < commands.size(); ++i) {
    if ((*answers)[i].ok() && commands[i] != "EXPUNGE") continue;  // of what was refused before it EXPUNGE knew nothing
    auto again = c.ask_somehow(commands[i], x_offer, selection);
    if (!again) return again.error();
    (*answers)[i] = std::move(*again);
  }
  return answers;
}

Status ImapBoxes::fill(ImapClient& c, const std::vector<MessageSpec>& messages, scenario::Mailbox& made, bool plus) {
  const auto& name = made.name;
  const auto box = scenario::quoted(name);
  x_refused = false;
  if (messages.empty()) return ok();
  struct Item {
    std::string octets, flags, date;
    bool filler = false, deleted = false, without_flags = false;
  };
  std::vector<Item> items(kFillers, {kFiller, "", "", true, false});
  std::size_t day = 0;
  for (const auto& spec : messages) {
    auto octets = x_make(spec);
    if (!octets) return octets.error();
    for (std::uint64_t i = 0; i < spec.count; ++i) {
      std::vector<std::string> flags;
      bool deleted = false;
      for (const auto& f : words(spec.flags)) {
        if (iequals(f, "\\Deleted")) deleted = true;
        else flags.push_back(f);
      }
      // Midday UTC, days apart.
      char date[40];
      std::snprintf(date, sizeof date, "%2zu-Jul-2024 12:00:00 +0000", 10 + day++ % 20);
      items.push_back({i + 1 < spec.count ? *octets : std::move(*octets), join(flags, " "), spec.date.empty() ? date : spec.date, false, deleted});
      if ((items.size() - kFillers) % 2 == 1 && messages.size() < 100) items.push_back({kFiller, "", "", true, false});
    }
  }
  std::vector<std::string> pipelined;
  for (auto& item : items) {
    const auto size = std::to_string(item.octets.size());
    // Each message is kept once: of 25 MB every copy counts.
    auto octets = std::exchange(item.octets, {});
    if (plus) {
      const auto head = "APPEND " + box + " " + (item.flags.empty() ? "" : "(" + item.flags + ") ") + (item.date.empty() ? "" : "\"" + item.date + "\" ");
      pipelined.emplace_back().reserve(octets.size() + 512);
      pipelined.back() += head;
      pipelined.back() += "{" + size + "+}\r\n";
      pipelined.back() += octets;
      octets = {};
      if (pipelined.size() < 50 && &item != &items.back()) continue;
      auto answers = c.ask_all(std::exchange(pipelined, {}));
      if (!answers) return answers.error();
      for (const auto& a : *answers) {
        if (a.ok()) continue;
        x_refused = scenario::may_be_for_its_form(a.tagged);
        return not_appended(a);
      }
      continue;
    }
    auto a = append(c, name, item.flags, item.date, octets, item.without_flags);
    if (!a) return a.error();
    if (!a->ok()) return not_appended(*a);
  }
  std::string fillers, deleted;
  std::vector<std::string> late;  // for flags
  std::size_t place = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].filler) fillers += (fillers.empty() ? "" : ",") + std::to_string(i + 1);
    else ++place;
    if (items[i].without_flags) late.push_back("STORE " + std::to_string(place) + " FLAGS.SILENT (" + items[i].flags + ")");
    if (items[i].deleted) deleted += (deleted.empty() ? "" : ",") + std::to_string(place);
  }
  // RFC 9051 5.5: after EXPUNGE, sequence numbers wait for its answer.
  const auto selection = "SELECT " + box;
  auto answers = ask_all_somehow(c, {selection, "STORE " + fillers + " +FLAGS.SILENT (\\Deleted)", "EXPUNGE"}, selection);
  if (!answers) return answers.error();
  for (const auto& store : late) {
    auto stored = c.ask_somehow(store, x_offer);
    if (!stored) return stored.error();
    answers->push_back(*stored);
  }
  auto fetched = c.ask_somehow("FETCH 1:* (UID FLAGS)", x_offer);
  if (!fetched) return fetched.error();
  answers->push_back(*fetched);
  if (!deleted.empty()) {
    auto marked = c.ask_somehow("STORE " + deleted + " +FLAGS.SILENT (\\Deleted)", x_offer);
    if (!marked) return marked.error();
    answers->push_back(*marked);
  }
  for (const auto& a : *answers) {
    if (!a.ok()) return Error{Error::Kind::setup, "in a new mailbox: " + refusal(a)};
  }
  const auto& uids = made.uids = uids_of(*fetched);
  made.own_keywords = keywords_of(*fetched);
  for (const auto& m : messages) {
    for (const auto& f : words(m.flags)) made.own_keywords.erase(lower(f));
  }
  leave(c, name);
  std::uint64_t due = 0;
  for (const auto& m : messages) due += m.count;
  if (uids.size() != due)
    return Error{Error::Kind::setup, std::to_string(due) + " messages were appended to " + name + ", but " + std::to_string(uids.size()) + " have a UID"};
  return ok();
}

// Out of the mailbox without an EXPUNGE: a SELECT that fails leaves it, too (RFC 9051 6.3.2).
void ImapBoxes::leave(ImapClient& c, const std::string& name) {
  if (x_offer.imap->lists("UNSELECT")) {
    if (const auto left = c.ask("UNSELECT"); !left || left->ok()) return;
  }
  (void)c.ask("EXAMINE " + scenario::quoted(name + "-none"));
}

bool ImapBoxes::empty(ImapClient& c, const std::string& name) {
  auto selected = c.ask_somehow("SELECT " + scenario::quoted(name), x_offer);
  if (!selected || !selected->ok() || selected->tagged.code == "READ-ONLY") return false;
  const auto exists = std::ranges::find_if(selected->untagged, [](const auto& r) { return r.keyword == "EXISTS"; });
  bool good = true;
  if (exists != selected->untagged.end() && exists->number.value_or(0) > 0) {
    auto gone = ask_all_somehow(c, {"STORE 1:* +FLAGS.SILENT (\\Deleted)", "EXPUNGE"}, "SELECT " + scenario::quoted(name));
    good = gone && std::ranges::all_of(*gone, [](const auto& a) { return a.ok(); });
    auto left = c.ask("UID SEARCH ALL");
    good = good && left && left->ok() && std::ranges::all_of(left->untagged, [](const auto& r) { return r.keyword != "SEARCH" || r.values.empty(); });
  }
  leave(c, name);
  return good;
}

Status ImapBoxes::empty_inbox(const Account& account, bool disposable) {
  auto found = client(account);
  if (!found) return found.error();
  auto& c = **found;
  auto selected = c.ask("EXAMINE INBOX");
  if (!selected) return selected.error();
  if (!selected->ok()) return Error{Error::Kind::setup, "EXAMINE INBOX: " + refusal(*selected)};
  std::uint64_t there = 0;
  for (const auto& r : selected->untagged) {
    if (r.keyword == "EXISTS") there = r.number.value_or(0);
  }
  if (there > 0 && !disposable) {
    auto heads = c.ask("FETCH 1:* (BODY.PEEK[HEADER])");
    if (!heads) return heads.error();
    std::set<std::uint64_t> ours;
    for (const auto& r : heads->untagged) {
      if (r.keyword == "FETCH" && r.number && upper(r.frame.octets).find("\nX-MAILSPEC:") != std::string::npos) ours.insert(*r.number);
    }
    if (!heads->ok() || ours.size() != there) {
      leave(c, "INBOX");
      return Error{Error::Kind::config, "the INBOX of " + account.name + " holds mail that mailspec did not put there: --disposable allows its loss"};
    }
  }
  leave(c, "INBOX");
  if (there == 0 || empty(c, "INBOX")) return ok();
  return Error{Error::Kind::setup, "after STORE +FLAGS (\\Deleted) and EXPUNGE it still holds messages"};
}

Result<std::vector<std::string>> ImapBoxes::removal(ImapClient& c, const std::string& name) {
  const auto pattern = scenario::quoted(name + "*");
  auto there = ask_all_somehow(c, {"LIST \"\" " + pattern, "LSUB \"\" " + pattern}, {});
  if (!there) return there.error();
  std::vector<std::string> commands;
  const auto collect = [&](const ImapClient::Answer& a, const char* keyword, const char* command) {
    std::vector<std::string> names;
    for (const auto& r : a.untagged) {
      if (r.keyword != keyword || r.values.size() < 3 || !r.values[2].text.starts_with(name)) continue;
      if (r.values[0].is_list() && std::ranges::any_of(r.values[0].items, [](const auto& v) { return iequals(v.text, "\\NonExistent"); })) continue;
      names.push_back(r.values[2].text);
    }
    // Children first.
    std::ranges::sort(names, [](const auto& x, const auto& y) { return x.size() > y.size() || (x.size() == y.size() && x < y); });
    for (const auto& n : names) commands.push_back(std::string(command) + " " + scenario::quoted(n));
  };
  collect((*there)[0], "LIST", "DELETE");
  collect((*there)[1], "LSUB", "UNSUBSCRIBE");
  return commands;
}

Status ImapBoxes::take_away(ImapClient& c, const std::string& name) {
  auto commands = removal(c, name);
  if (!commands) return commands.error();
  if (commands->empty()) return ok();
  constexpr double kSlow = 0.5;  // seconds for one
  const double before = x_transport.now(), most = kSlow * static_cast<double>(commands->size());
  auto gone = ask_all_somehow(c, *commands, {});
  x_slow = x_slow || x_transport.now() - before > most;
  return gone ? ok() : Status(gone.error());
}

void ImapBoxes::discard(const Account& account, const std::string& name) {
  std::erase_if(x_shared, [&](const auto& s) { return s.box.name == name; });
  x_left.emplace(account.name, name);
  auto c = client(account);
  if (!c) return;
  if (!x_slow) {
    if (take_away(**c, name)) x_left.erase({account.name, name});
    return;
  }
  // At the end, then. If it is the mailbox alone, it may be used again.
  const auto commands = removal(**c, name);
  if (commands && commands->size() == 1 && (*commands)[0] == "DELETE " + scenario::quoted(name) && empty(**c, name)) x_spare[account.name].push_back(name);
}

Result<std::unique_ptr<ImapClient>> ImapBoxes::another_client(const Account& account) {
  auto made = std::make_unique<ImapClient>(x_transport, x_patience, x_record);
  made->keep_secret(account.password);
  if (auto s = connect_patiently(*made, x_endpoint, x_transport, x_patience); !s) return s.error();
  if (auto s = made->log_in(account, x_offer); !s) return s.error();
  return made;
}

// Over several connections at once, since each DELETE takes its time.
Status ImapBoxes::clean_up_slowly(const std::string& user, const std::vector<std::string>& names) {
  constexpr std::size_t kConnections = 6;
  std::vector<std::vector<std::string>> shares(kConnections);
  auto first = client(x_accounts[user]);
  if (!first) return first.error();
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto commands = removal(**first, names[i]);
    if (!commands) return commands.error();
    auto& share = *std::ranges::min_element(shares, {}, &std::vector<std::string>::size);
    share.insert(share.end(), commands->begin(), commands->end());
  }
  std::vector<std::pair<std::unique_ptr<ImapClient>, ImapClient::Asked>> waiting;
  Status result = ok();
  for (auto& share : shares) {
    if (share.empty()) continue;
    auto c = another_client(x_accounts[user]);
    if (!c) return c.error();
    auto asked = (*c)->send_all(std::move(share));
    if (!asked) return asked.error();
    waiting.emplace_back(std::move(*c), std::move(*asked));
  }
  for (auto& [c, asked] : waiting) {
    if (auto gone = c->read_all(asked); !gone) result = gone.error();
    c->log_out();
  }
  return result;
}

Status ImapBoxes::clean_up() {
  Status result = ok();
  std::map<std::string, std::vector<std::string>> left;
  for (const auto& [user, name] : x_left) left[user].push_back(name);
  for (const auto& [user, names] : left) {
    if (x_slow && names.size() > 1) {
      if (auto s = clean_up_slowly(user, names); !s) result = s;
      continue;
    }
    auto c = client(x_accounts[user]);
    if (!c) return c.error();
    for (const auto& name : names) {
      if (auto s = take_away(**c, name); !s) result = s;
    }
  }
  x_left.clear();
  for (auto& [user, c] : x_clients) c->log_out();
  x_clients.clear();
  return result;
}

}  // namespace mailspec::target
