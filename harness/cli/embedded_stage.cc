#include "harness/cli/embedded_stage.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/scenario/imap_matcher.h"
#include "harness/target/imap_probe.h"
#include "harness/target/live_stage.h"
#include "harness/target/pop3_client.h"
#include "harness/target/pop3_probe.h"

namespace mailspec::cli {

using scenario::Account;

namespace {
const std::map<std::string, Account, std::less<>>& special_accounts() {
  static const std::map<std::string, Account, std::less<>> kAll{
      {"wrong-password", {"mallory", "right-for-mallory"}},
      {"utf8", {"j\xC3\xBCrgen", "p\xC3\xA4ssw\xC3\xB6rd"}},
      {"spaced", {"spacey", "a password with spaces"}},
      {"other", {"bob", "bobs-secret"}},
      {"apop", {"carol", "carols-secret"}},
      {"odd", {"quentin", "a \"quoted\\ secret"}},
  };
  return kAll;
}
}  // namespace

std::vector<Account> EmbeddedStage::accounts() { return {{"alice", "alices-secret"}}; }

void add_accounts(reference::Store& store) {
  for (const auto& a : EmbeddedStage::accounts()) store.add(a.name, a.password);
  for (const auto& [role, a] : special_accounts()) store.add(a.name, a.password).apop = role == "apop";
}

EmbeddedStage::EmbeddedStage(const reference::Options& options, scenario::FixtureLookup fixture, std::uint64_t* said)
    : x_server(options, true), x_transport(x_server, said), x_fixture(std::move(fixture)) {
  add_accounts(x_server.store());
}

Account EmbeddedStage::special(const std::string& role) const {
  if (const auto it = special_accounts().find(role); it != special_accounts().end()) return it->second;
  if (role == "nobody") return {"mailspec-nobody", "mailspec-wrong"};
  return {};
}

std::vector<std::string> EmbeddedStage::secrets() const {
  std::vector<std::string> out;
  for (const auto& a : accounts()) out.push_back(a.password);
  for (const auto& [role, a] : special_accounts()) out.push_back(a.password);
  return out;
}

bool EmbeddedStage::recover() {
  x_server.restart();
  for (auto& [name, account] : x_server.store().accounts()) account.maildrop.locked = false;
  return true;
}

Status EmbeddedStage::prepare(const Account& account, const std::vector<scenario::MessageSpec>& messages) {
  if (const auto it = x_contents.find(account.name); it != x_contents.end() && it->second == messages) return ok();
  auto* owner = x_server.store().find(account.name);
  if (!owner) return Error{Error::Kind::setup, "the embedded server has no account " + account.name};
  if (owner->maildrop.sessions > 0) return Error{Error::Kind::setup, "the maildrop of " + account.name + " is in use"};
  auto& inbox = owner->inbox();
  for (auto it = inbox.messages.begin(); it != inbox.messages.end();) inbox.expunge((it++)->first);
  owner->maildrop.locked = false;
  auto in_turn = messages;
  if (x_offer.pop3_has(scenario::Pop3Offer::kNewestFirst)) std::ranges::reverse(in_turn);
  if (x_offer.pop3_has(scenario::Pop3Offer::kOwnOrder)) {
    if (auto s = choose(*owner, messages); !s) return s;
    in_turn.clear();
  }
  for (const auto& spec : in_turn) {
    auto octets = target::make_message(spec, x_fixture);
    if (!octets) return octets.error();
    for (std::uint64_t i = 0; i < spec.count; ++i) owner->deliver(target::mark_of("embedded", ++x_serial) + *octets);
  }
  x_contents[account.name] = messages;
  return ok();
}

// As LiveStage does: of several copies of each message those stay which POP3 numbers in the order that is wanted.
Status EmbeddedStage::choose(reference::Account& owner, const std::vector<scenario::MessageSpec>& messages) {
  constexpr std::uint64_t kMostKinds = 6;
  const Error no_choice{Error::Kind::limit, "POP3 numbers the messages in an order of its own, which RFC 1939 section 4 lets it"};
  std::vector<std::string> each;
  for (const auto& spec : messages) {
    auto octets = target::make_message(spec, x_fixture);
    if (!octets) return octets.error();
    if (spec.count > kMostKinds) return no_choice;
    each.insert(each.end(), spec.count, *octets);
  }
  if (each.empty()) return ok();
  if (each.size() > kMostKinds) return no_choice;
  std::map<const reference::StoredMessage*, std::uint64_t> kinds;
  std::vector<const reference::StoredMessage*> there;
  for (std::uint64_t copy = 0; copy < target::copies_to_choose_from(each.size()); ++copy) {
    for (std::size_t kind = 0; kind < each.size(); ++kind) {
      there.push_back(&owner.deliver(target::mark_of("embedded", ++x_serial) + each[kind]));
      kinds[there.back()] = kind;
    }
  }
  std::ranges::sort(there, {}, [](const auto* m) { return reference::pop3::own_place(*m); });
  std::vector<std::uint64_t> in_order;
  for (const auto* m : there) in_order.push_back(kinds[m]);
  const auto chosen = target::choose_in_order(in_order, each.size());
  if (!chosen) return no_choice;
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (std::ranges::find(*chosen, i) == chosen->end()) owner.inbox().expunge(there[i]->uid);
  }
  return ok();
}

Status EmbeddedStage::deliver(const Account& account, const std::string& fixture) {
  touched(account);
  auto octets = target::make_message({fixture, 1, 0, {}, {}, {}}, x_fixture);
  if (!octets) return octets.error();
  auto* owner = x_server.store().find(account.name);
  if (!owner) return Error{Error::Kind::setup, "the embedded server has no account " + account.name};
  owner->deliver(target::mark_of("embedded", ++x_serial) + *octets);
  return ok();
}

std::string EmbeddedStage::fresh_name(const Account&) {
  const auto& imap = x_server.options().imap;
  return imap.prefix + "ms" + std::to_string(++x_boxes) + "b";  // no name is the beginning of another
}

Result<scenario::Mailbox> EmbeddedStage::mailbox(const Account& account, const std::vector<scenario::MessageSpec>& messages, bool shared) {
  auto* owner = x_server.store().find(account.name);
  if (!owner) return Error{Error::Kind::setup, "the embedded server has no account " + account.name};
  if (shared) {
    for (const auto& [specs, box] : x_shared) {
      if (specs == messages && owner->mailboxes.find(box.name)) return box;
    }
  }
  scenario::Mailbox out;
  out.name = fresh_name(account);
  auto& boxes = owner->mailboxes;
  const auto& options = x_server.options().imap;
  boxes.begin(options.first_uidvalidity, options.first_uid, options.uid_stride);
  auto& box = boxes.create(out.name);
  box.uid_next += 6 * box.uid_stride;
  for (const auto& spec : messages) {
    auto octets = target::make_message(spec, x_fixture);
    if (!octets) return octets.error();
    for (std::uint64_t i = 0; i < spec.count; ++i) {
      const auto asked = words(spec.flags);
      const auto flags = options.as_appended({asked.begin(), asked.end()});
      const auto date = scenario::instant(spec.date).value_or(1720612800 + static_cast<std::int64_t>(box.messages.size()) * 86400);
      const auto sign = spec.date.find_last_of("+-");
      const auto east = spec.date.size() == sign + 5 ? parse_number(std::string_view(spec.date).substr(sign + 1)).value_or(0) : 0;  // hhmm
      const int zone = static_cast<int>(east / 100 * 60 + east % 100) * (east && spec.date[sign] == '-' ? -1 : 1);
      const auto& m = box.append(*octets, flags, date, zone);
      out.uids.push_back(m.uid);
      std::ranges::set_difference(flags, std::set<std::string>(asked.begin(), asked.end()), std::inserter(out.own_keywords, out.own_keywords.end()));
      // UIDs are no sequence numbers, and leave gaps.
      if (out.uids.size() % 2 == 1) box.uid_next += box.uid_stride;
    }
  }
  if (shared) x_shared.emplace_back(messages, out);
  return out;
}

void EmbeddedStage::discard(const Account& account, const std::string& name) {
  std::erase_if(x_shared, [&](const auto& s) { return s.second.name == name; });
  auto* owner = x_server.store().find(account.name);
  if (!owner) return;
  auto& boxes = owner->mailboxes;
  std::erase_if(boxes.all, [&](const auto& e) { return e.first.starts_with(name) && e.second.sessions == 0; });
  std::erase_if(boxes.subscribed, [&](const auto& n) { return n.starts_with(name); });
}

Result<scenario::Offer> probe_embedded(const reference::Options& options, const scenario::FixtureLookup& fixture) {
  EmbeddedStage stage(options, fixture);
  // Several messages, so that TOP can be tried where CAPA is refused, and their order seen.
  const auto account = EmbeddedStage::accounts()[0];
  const std::vector<std::string> messages{"plain.eml", "short.eml", "plain.eml", "short.eml"};
  for (const auto& message : messages) {
    if (auto s = stage.deliver(account, message); !s) return s.error();
  }
  scenario::Offer offer;
  auto pop3 = target::probe_pop3(stage.transport(), stage.pop3_endpoint(false), stage.pop3_endpoint(true), account, {});
  if (!pop3) return pop3.error();
  offer.pop3 = std::move(*pop3);
  if (auto client = target::open_maildrop(stage.transport(), stage.pop3_endpoint(!offer.pop3->clear), account, offer, {})) {
    const auto order = target::order_of(**client, messages.size(), offer.pop3_has("TOP"));
    if (order == target::Order::newest_first) offer.pop3->features.insert(scenario::Pop3Offer::kNewestFirst);
    if (order == target::Order::other) offer.pop3->features.insert(scenario::Pop3Offer::kOwnOrder);
    (void)(*client)->quit();
  }
  auto imap = target::probe_imap(stage.transport(), stage.imap_endpoint(false), stage.imap_endpoint(true), account, {});
  if (!imap) return imap.error();
  offer.imap = std::move(*imap);
  for (const auto* feature : {"deliver", "slow", "heavy", "accounts:2", "wrong-password", "spaced-password", "apop-account", "ca"})
    offer.features.insert(feature);
  if (options.pop3.utf8 && options.pop3.utf8_user) offer.features.insert("utf8-account");
  return offer;
}

}  // namespace mailspec::cli
