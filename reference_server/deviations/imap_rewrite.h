// Small tools for IMAP deviations and variations: each is at best one line over a typed response.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/imap/command.h"
#include "reference_server/imap/response.h"
#include "reference_server/imap/session.h"
#include "reference_server/options.h"

namespace mailspec::reference {

using ImapCommand = imap::Command;
using ImapHead = imap::Head;
using ImapResponse = imap::Response;
using ImapSession = imap::Session;
using imap::item;
using imap::Node;

// `hook` takes a const ImapCommand&, an ImapResponse& and an ImapSession&.
inline void rewrite_imap(Options& options, ImapOptions::Hook hook) { options.imap.hooks.push_back(std::move(hook)); }

// The same for commands with arguments of one kind only, which the hook takes behind the command.
template <class A>
void rewrite_imap_of(Options& options, std::function<void(const ImapCommand&, const A&, ImapResponse&, ImapSession&)> hook) {
  rewrite_imap(options, [hook = std::move(hook)](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
    if (const auto* arguments = c.as<A>()) hook(c, *arguments, r, s);
  });
}
template <class F>
  requires(!std::convertible_to<F, ImapOptions::Hook>)
void rewrite_imap(Options& options, F hook) {
  rewrite_imap_of(options, std::function(std::move(hook)));
}

// Commands with arguments of one kind are carried out as something else than what was sent. `misreading` takes the arguments, with or without an ImapHead&
// before them.
template <class A>
void misread_as(Options& options, std::function<void(ImapHead&, A&)> misreading) {
  options.imap.misreadings.push_back([misreading = std::move(misreading)](ImapCommand& c) {
    if (auto* arguments = c.as<A>()) misreading(c, *arguments);
  });
}
template <class A>
void misread_as(Options& options, std::function<void(A&)> misreading) {
  misread_as<A>(options, [misreading = std::move(misreading)](ImapHead&, A& arguments) { misreading(arguments); });
}
template <class F>
void misread(Options& options, F misreading) {
  misread_as(options, std::function(std::move(misreading)));
}

// Every key, those within others first.
template <class F>
void search_keys(imap::SearchKey& key, F f) {
  for (auto& k : key.keys) search_keys(k, f);
  f(key);
}
// Every key of SEARCH is looked for as something else.
template <class F>
void misread_keys(Options& options, F f) {
  misread(options, [f](imap::SearchArguments& a) { search_keys(a.key, f); });
}

// Every literal in a response.
template <class F>
void literals(Node& node, F f) {
  if (node.kind == Node::Kind::literal && !node.text.empty()) return f(node);
  for (auto& n : node.items) literals(n, f);
}
template <class F>
void literals(ImapResponse& r, F f) {
  for (auto& n : r.data) literals(n, f);
}

// Every body of a BODYSTRUCTURE, the outermost too.
template <class F>
void walk(Node& body, F f) {
  if (body.items.empty()) return;
  if (body.items[0].kind != Node::Kind::list && body.items.size() > 8 && body.items[8].kind == Node::Kind::list && body.items[0].text == "MESSAGE")
    walk(body.items[8], f);
  for (auto& n : body.items) {
    if (n.kind != Node::Kind::list || n.items.empty()) break;
    walk(n, f);
  }
  f(body);
}

// The value of an item in a STATUS response, or nullptr.
inline Node* status_item(ImapResponse& r, std::string_view name) {
  if (!r.is("STATUS") || r.data.size() < 2) return nullptr;
  auto& items = r.data[1].items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return &items[i + 1];
  }
  return nullptr;
}

// An item of a FETCH response and its value.
inline void erase_item(ImapResponse& r, std::string_view name) {
  if (!r.is("FETCH") || r.data.empty()) return;
  auto& items = r.data[0].items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text != name) continue;
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(i), items.begin() + static_cast<std::ptrdiff_t>(i) + 2);
    break;
  }
  if (items.empty()) r.drop = true;
}

// Is it among the options of LIST or SEARCH?
inline bool among(const std::vector<std::string>& options, std::string_view name) { return std::ranges::find(options, name) != options.end(); }

// An attribute of a LIST response.
inline void drop_attribute(ImapResponse& r, std::string_view attribute) {
  if (r.is("LIST")) std::erase_if(r.data[0].items, [&](const Node& n) { return n.text == attribute; });
}

// The value behind a word of an ESEARCH response, or nullptr.
inline Node* esearch_word(ImapResponse& r, std::string_view word) {
  for (std::size_t i = 1; r.is("ESEARCH") && i + 1 < r.data.size(); ++i) {
    if (r.data[i].text == word) return &r.data[i + 1];
  }
  return nullptr;
}

// A word of an ESEARCH response and its value.
inline void erase_word(ImapResponse& r, std::string_view word) {
  for (std::size_t i = 0; i + 1 < r.data.size(); ++i) {
    if (r.data[i].text != word) continue;
    r.data.erase(r.data.begin() + static_cast<std::ptrdiff_t>(i), r.data.begin() + static_cast<std::ptrdiff_t>(i) + 2);
    return;
  }
}

}  // namespace mailspec::reference
