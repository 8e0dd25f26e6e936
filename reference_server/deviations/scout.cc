#include "reference_server/deviations/scout.h"

#include <algorithm>
#include <utility>

#include "reference_server/imap/command.h"
#include "reference_server/imap/response.h"
#include "reference_server/imap/session.h"
#include "reference_server/options.h"
#include "reference_server/pop3/reply.h"
#include "reference_server/pop3/session.h"

namespace mailspec::reference {

namespace {
thread_local Scout* t_current = nullptr;
}

Scout* Scout::current() { return t_current; }
void Scout::set_current(Scout* scout) { t_current = scout; }

template <class Command, class Response, class Session, class HooksOf>
void Scout::try_hooks(const Command& command, const Response& response, Session& session, HooksOf hooks_of) {
  auto copy = response;
  for (std::size_t i = 0; i < x_of.size(); ++i) {
    const auto& hooks = hooks_of(*x_of[i]);
    if (hooks.empty()) continue;
    auto& own = session.scouted[i];
    std::swap(session.counter, own.counter);
    std::swap(session.memory, own.memory);
    for (const auto& hook : hooks) hook(command, copy, session);
    std::swap(session.counter, own.counter);
    std::swap(session.memory, own.memory);
    if (copy == response) continue;
    x_fired.insert(i);
    copy = response;
  }
}

void Scout::sees(const imap::Command& command) {
  auto copy = command;
  for (std::size_t i = 0; i < x_of.size(); ++i) {
    const auto& misreadings = x_of[i]->imap.misreadings;
    if (misreadings.empty()) continue;
    for (const auto& misread : misreadings) misread(copy);
    if (copy == command) continue;
    x_fired.insert(i);
    copy = command;
  }
}

void Scout::sees(const imap::Command& command, const imap::Response& response, imap::Session& session) {
  try_hooks(command, response, session, [](const Options& o) -> const auto& { return o.imap.hooks; });
}

void Scout::sees(const pop3::Command& command, const pop3::Reply& reply, pop3::Session& session) {
  try_hooks(command, reply, session, [](const Options& o) -> const auto& { return o.pop3.hooks; });
}

bool can_be_scouted(const Options& options) {
  const Options plain;
  const auto same = [](const auto& one, const auto& other) { return one == other; };
  return same(static_cast<const Pop3Offer&>(options.pop3), static_cast<const Pop3Offer&>(plain.pop3)) &&
         same(static_cast<const ConnectionOptions&>(options), static_cast<const ConnectionOptions&>(plain)) &&
         same(static_cast<const ImapOffer&>(options.imap), static_cast<const ImapOffer&>(plain.imap)) && options.sasl == plain.sasl &&
         options.frailties.empty() && options.pop3.choices.all().empty() && options.imap.choices.all().empty();
}

std::set<std::size_t> Scout::take() {
  for (std::size_t i = 0; i < x_of.size(); ++i) {
    const auto& faults = x_of[i]->faults;
    const auto part_asked = [&](const auto& fault_and_parts) {
      const auto& [fault, parts] = fault_and_parts;
      return std::ranges::any_of(parts, [&](const auto& part) {
        const auto asked = x_asked.x_parts.find(fault);
        return asked != x_asked.x_parts.end() && asked->second.contains(part);
      });
    };
    if ((faults.x_whole & x_asked.x_whole).any() || std::ranges::any_of(faults.x_parts, part_asked)) x_fired.insert(i);
  }
  x_asked = {};
  return std::exchange(x_fired, {});
}

}  // namespace mailspec::reference
