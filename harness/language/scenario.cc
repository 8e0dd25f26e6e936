#include "harness/language/scenario.h"

#include <algorithm>

namespace mailspec::scenario {

Place Asked::place() const {
  switch (subject) {
    case Subject::uids:
    case Subject::exists:
    case Subject::flags:
    case Subject::state:
    case Subject::agrees: return Place::inside;
    default: return Place::outside;
  }
}

bool Asked::about_account() const { return subject == Subject::subscribed || subject == Subject::unsubscribed; }

const std::vector<Sent>& Step::sends() const {
  static const std::vector<Sent> kNone;
  const auto* exchange = as<Exchange>();
  return exchange ? exchange->sends : kNone;
}

std::vector<const Sent*> Step::all_sent() const {
  std::vector<const Sent*> out;
  for (const auto& sent : sends()) out.push_back(&sent);
  if (const auto* attempt = as<Attempt>()) out.push_back(&attempt->sent);
  return out;
}

const std::vector<Demand>& Step::demands() const {
  static const std::vector<Demand> kNone;
  const auto* exchange = as<Exchange>();
  return exchange ? exchange->demands : kNone;
}

const std::vector<std::string>& Step::ids() const {
  static const std::vector<std::string> kNone;
  const auto* stake = as<AtStake>();
  return stake ? stake->ids : kNone;
}

const Asked* Step::asks() const {
  if (const auto* check = as<CheckSubject>()) return check;
  if (const auto* eventually = as<Eventually>()) return eventually;
  return as<Given>();
}

void Step::for_each_line(const std::function<void(const Line&)>& see) const {
  if (const auto* exchange = as<Exchange>()) {
    for (const auto& sent : exchange->sends) see(sent.pieces);
    for (const auto& demand : exchange->demands) {
      see(demand.pattern);
      if (!demand.lines) continue;
      for (const auto& line : *demand.lines) see(line.pattern);
    }
  }
  if (const auto* attempt = as<Attempt>()) see(attempt->sent.pieces);
  if (const auto* asked = asks()) see(asked->wanted);
  if (const auto* observe = as<Observe>()) see(observe->value);
  if (const auto* compare = as<Compare>()) {
    for (const auto& one : compare->any_of) see(one.left), see(one.right);
  }
}

Protocol Case::protocol_of(int connection) const {
  if (!both()) return imap() ? Protocol::imap : Protocol::pop3;
  return protocols[static_cast<std::size_t>(connection - 1) % protocols.size()];
}

bool Case::speaks(Protocol protocol) const { return both() ? std::ranges::find(protocols, protocol) != protocols.end() : protocol_of(1) == protocol; }

bool Case::needs(std::string_view feature) const { return std::ranges::find(requires_, feature) != requires_.end(); }

std::string Case::name() const {
  auto out = row.empty() ? path : path + "#" + row;
  if (imap()) out += "~rev" + std::to_string(revision);
  return out;
}

int Case::connection_at(int line) const {
  for (const auto& step : steps) {
    for (const auto* sent : step.all_sent()) {
      if (sent->line == line) return sent->connection;
    }
  }
  return 1;
}

bool Case::cites(std::string_view requirement) const {
  return std::ranges::any_of(steps, [&](const Step& s) { return std::ranges::find(s.ids(), requirement) != s.ids().end(); });
}

std::vector<std::string> Case::stakes() const {
  std::vector<std::string> out;
  for (const auto& step : steps) {
    for (const auto& id : step.ids()) {
      if (std::ranges::find(out, id) == out.end()) out.push_back(id);
    }
  }
  return out;
}

}  // namespace mailspec::scenario
