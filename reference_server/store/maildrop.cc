#include "reference_server/store/maildrop.h"

namespace mailspec::reference {

StoredMessage& Account::deliver(std::string_view octets, bool verbatim) {
  std::string stored;
  stored.reserve(octets.size() + 2);
  std::size_t from = 0;
  bool bare = false, whole = false;  // LF, CRLF
  while (!verbatim && from < octets.size()) {
    const auto lf = octets.find('\n', from);
    if (lf == std::string_view::npos) break;
    const bool crlf = lf > from && octets[lf - 1] == '\r';
    stored += octets.substr(from, lf - from - (crlf ? 1 : 0));
    stored += "\r\n";
    (crlf ? whole : bare) = true;
    from = lf + 1;
  }
  stored += octets.substr(from);
  if (!stored.ends_with("\r\n")) stored += "\r\n";
  auto& box = inbox();
  // Days apart.
  auto& message = box.append(std::move(stored), {}, 1720612800 + static_cast<std::int64_t>(box.uid_next % 10000) * 86400, 0);
  message.delivered = true;
  message.mended = bare && whole;
  return message;
}

bool Traffic::comes_too_fast(double now) {
  constexpr double kWindow = 10;  // seconds
  constexpr std::size_t kMost = 20;
  while (!connections.empty() && connections.front() < now - kWindow) connections.pop_front();
  if (connections.size() >= kMost) return true;
  connections.push_back(now);
  return false;
}

Account& Store::add(std::string name, std::string password) {
  auto& account = x_accounts[name];
  account.name = std::move(name);
  account.password = std::move(password);
  if (!account.mailboxes.find("INBOX")) account.mailboxes.all["INBOX"].name = "INBOX";
  return account;
}

Account* Store::find(std::string_view name) {
  const auto it = x_accounts.find(name);
  return it == x_accounts.end() ? nullptr : &it->second;
}

}  // namespace mailspec::reference
