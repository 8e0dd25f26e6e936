#include "reference_server/store/maildrop.h"

namespace mailspec::reference {

Message& Maildrop::deliver(std::string_view octets, bool verbatim) {
  Message message;
  message.octets.reserve(octets.size() + 2);
  std::size_t from = 0;
  while (!verbatim && from < octets.size()) {
    const auto lf = octets.find('\n', from);
    if (lf == std::string_view::npos) break;
    const bool crlf = lf > from && octets[lf - 1] == '\r';
    message.octets += octets.substr(from, lf - from - (crlf ? 1 : 0));
    message.octets += "\r\n";
    from = lf + 1;
  }
  message.octets += octets.substr(from);
  if (!message.octets.ends_with("\r\n")) message.octets += "\r\n";
  message.uid = "m" + std::to_string(1000000 + next_uid * 7919);
  ++next_uid;
  return messages.emplace_back(std::move(message));
}

void Maildrop::purge() {
  if (sessions == 0) messages.remove_if([](const Message& m) { return m.removed; });
}

Account& Store::add(std::string name, std::string password) {
  auto& account = x_accounts[name];
  account.name = std::move(name);
  account.password = std::move(password);
  return account;
}

Account* Store::find(std::string_view name) {
  const auto it = x_accounts.find(name);
  return it == x_accounts.end() ? nullptr : &it->second;
}

}  // namespace mailspec::reference
