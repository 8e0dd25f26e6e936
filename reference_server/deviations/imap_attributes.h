// Small tools for deviations of LIST: attributes of the names that it lists.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

// An attribute more in every response of LIST for which `wanted` holds; it takes the command's arguments, the response and the session.
template <class Wanted>
ImapOptions::Hook adds_attribute(std::string attribute, Wanted wanted) {
  return [attribute = std::move(attribute), wanted](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
    const auto* asked = r.is("LIST") ? c.as<imap::ListArguments>() : nullptr;
    if (asked && wanted(*asked, r, s)) r.data[0].items.push_back(Node::atom(attribute));
  };
}

inline bool is_there(const ImapResponse& r, ImapSession& s) { return r.data.size() > 2 && s.account() && s.account()->mailboxes.all.contains(r.data[2].text); }

// All attributes of a kind for another.
inline void replace_attribute(ImapResponse& r, std::string_view from, const char* to) {
  if (!r.is("LIST")) return;
  for (auto& n : r.data[0].items) {
    if (n.text == from) n.text = to;
  }
}

}  // namespace mailspec::reference
