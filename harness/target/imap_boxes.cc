#include "harness/target/imap_boxes.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/scenario/imap_ask.h"

namespace mailspec::target {

using scenario::Account;
using scenario::MessageSpec;

namespace {

constexpr std::size_t kFillers = 6;  // before the first message, so that no UID is a sequence number
constexpr const char* kFiller = "Subject: filler\r\n\r\nto be expunged\r\n";

std::string refusal(const ImapClient::Answer& answer) { return "'" + visible(answer.tagged.frame.octets, 160) + "' came"; }

}  // namespace

ImapBoxes::ImapBoxes(net::Transport& transport, net::Endpoint endpoint, const scenario::Offer& offer, scenario::Patience patience, std::string run_id,
                     Make make, ImapClient::Record record)
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

Result<ImapClient*> ImapBoxes::client(const Account& account) {
  auto& held = x_clients[account.name];
  if (held && held->open()) return held.get();
  held = std::make_unique<ImapClient>(x_transport, x_patience, x_record);
  x_accounts[account.name] = account;
  if (auto s = held->connect(x_endpoint); !s) return s.error();
  if (auto s = held->log_in(account, x_offer); !s) return s.error();
  return held.get();
}

Result<scenario::Mailbox> ImapBoxes::mailbox(const Account& account, const std::vector<MessageSpec>& messages, bool shared) {
  if (shared) {
    for (const auto& s : x_shared) {
      if (s.user == account.name && s.messages == messages) return s.box;
    }
  }
  auto c = client(account);
  if (!c) return c.error();
  scenario::Mailbox out{fresh_name(), {}};
  x_left.emplace(account.name, out.name);
  if (auto s = fill(**c, out.name, messages, out.uids); !s) return s.error();
  if (shared) x_shared.push_back({account.name, messages, out});
  return out;
}

Status ImapBoxes::fill(ImapClient& c, const std::string& name, const std::vector<MessageSpec>& messages, std::vector<std::uint64_t>& uids) {
  const auto box = scenario::quoted(name);
  auto created = c.ask("CREATE " + box);
  if (!created) return created.error();
  if (!created->ok()) return Error{Error::Kind::setup, "CREATE " + name + ": " + refusal(*created)};
  if (messages.empty()) return ok();
  struct Item {
    std::string octets, flags, date;
    bool filler = false, deleted = false;
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
  const bool plus = x_offer.imap->lists("LITERAL+");
  std::vector<std::string> pipelined;
  for (auto& item : items) {
    const auto head = "APPEND " + box + " " + (item.flags.empty() ? "" : "(" + item.flags + ") ") + (item.date.empty() ? "" : "\"" + item.date + "\" ");
    const auto size = std::to_string(item.octets.size());
    // Each message is kept once: of 25 MB every copy counts.
    auto octets = std::exchange(item.octets, {});
    if (plus) {
      pipelined.emplace_back().reserve(octets.size() + 512);
      pipelined.back() += head;
      pipelined.back() += "{" + size + "+}\r\n";
      pipelined.back() += octets;
      octets = {};
      if (pipelined.size() < 50 && &item != &items.back()) continue;
      auto answers = c.ask_all(std::exchange(pipelined, {}));
      if (!answers) return answers.error();
      for (const auto& a : *answers) {
        if (!a.ok()) return Error{Error::Kind::setup, "APPEND: " + refusal(a)};
      }
      continue;
    }
    auto a = c.ask(std::vector<scenario::ImapPart>{{head + "{" + size + "}\r\n", head + "{" + size + "}\r\n", true},
                                                   {octets + "\r\n", octets.substr(0, 400) + "\r\n", false}});
    if (!a) return a.error();
    if (!a->ok()) return Error{Error::Kind::setup, "APPEND: " + refusal(*a)};
  }
  std::string fillers, deleted;
  std::size_t place = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].filler) fillers += (fillers.empty() ? "" : ",") + std::to_string(i + 1);
    else ++place;
    if (items[i].deleted) deleted += (deleted.empty() ? "" : ",") + std::to_string(place);
  }
  // RFC 9051 5.5: after EXPUNGE, sequence numbers wait for its answer.
  auto answers = c.ask_all({"SELECT " + box, "STORE " + fillers + " +FLAGS.SILENT (\\Deleted)", "EXPUNGE"});
  if (!answers) return answers.error();
  auto fetched = c.ask("FETCH 1:* (UID)");
  if (!fetched) return fetched.error();
  answers->push_back(*fetched);
  if (!deleted.empty()) {
    auto marked = c.ask("STORE " + deleted + " +FLAGS.SILENT (\\Deleted)");
    if (!marked) return marked.error();
    answers->push_back(*marked);
  }
  for (const auto& a : *answers) {
    if (!a.ok()) return Error{Error::Kind::setup, "in a new mailbox: " + refusal(a)};
  }
  for (const auto& r : fetched->untagged) {
    const auto* uid = imap::fetch_item(r, "UID");
    if (uid && uid->number()) uids.push_back(*uid->number());
  }
  std::ranges::sort(uids);
  // Out of the mailbox without an EXPUNGE: a SELECT that fails leaves it, too (RFC 9051 6.3.2).
  auto left = c.ask(x_offer.imap->lists("UNSELECT") ? "UNSELECT" : "EXAMINE " + scenario::quoted(name + "-none"));
  if (!left) return left.error();
  std::uint64_t due = 0;
  for (const auto& m : messages) due += m.count;
  if (uids.size() != due)
    return Error{Error::Kind::setup, std::to_string(due) + " messages were appended to " + name + ", but " + std::to_string(uids.size()) + " have a UID"};
  return ok();
}

Status ImapBoxes::take_away(ImapClient& c, const std::string& name) {
  const auto pattern = scenario::quoted(name + "*");
  auto there = c.ask_all({"LIST \"\" " + pattern, "LSUB \"\" " + pattern});
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
  if (commands.empty()) return ok();
  auto gone = c.ask_all(commands);
  return gone ? ok() : Status(gone.error());
}

void ImapBoxes::discard(const Account& account, const std::string& name) {
  std::erase_if(x_shared, [&](const auto& s) { return s.box.name == name; });
  x_left.emplace(account.name, name);
  auto c = client(account);
  if (c && take_away(**c, name)) x_left.erase({account.name, name});
}

Status ImapBoxes::clean_up() {
  Status result = ok();
  for (const auto& [user, name] : x_left) {
    auto c = client(x_accounts[user]);
    if (!c) return c.error();
    if (auto s = take_away(**c, name); !s) result = s;
  }
  x_left.clear();
  for (auto& [user, c] : x_clients) c->log_out();
  x_clients.clear();
  return result;
}

}  // namespace mailspec::target
