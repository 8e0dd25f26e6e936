#include "harness/load/mix.h"

#include <algorithm>
#include <utility>

#include "harness/base/text.h"
#include "harness/base/toml.h"

namespace mailspec::load {

namespace {

const std::vector<std::pair<const char*, Kind>>& imap_kinds() {
  static const std::vector<std::pair<const char*, Kind>> kAll{{"NOOP", Kind::noop},
                                                              {"FETCH FLAGS", Kind::fetch_flags},
                                                              {"FETCH ENVELOPE", Kind::fetch_envelope},
                                                              {"FETCH BODY", Kind::fetch_body},
                                                              {"UID FETCH", Kind::uid_fetch},
                                                              {"STORE", Kind::store},
                                                              {"STORE.SILENT", Kind::store_silent},
                                                              {"UID STORE", Kind::uid_store},
                                                              {"SEARCH", Kind::search},
                                                              {"UID SEARCH", Kind::uid_search},
                                                              {"APPEND", Kind::append},
                                                              {"COPY", Kind::copy},
                                                              {"EXPUNGE", Kind::expunge},
                                                              {"STATUS", Kind::status},
                                                              {"LIST", Kind::list},
                                                              {"SELECT", Kind::select},
                                                              {"IDLE", Kind::idle},
                                                              {"LOGOUT", Kind::logout}};
  return kAll;
}

const std::vector<std::pair<const char*, Kind>>& pop3_kinds() {
  static const std::vector<std::pair<const char*, Kind>> kAll{{"NOOP", Kind::noop}, {"STAT", Kind::stat}, {"LIST", Kind::scan_list}, {"UIDL", Kind::uidl},
                                                              {"RETR", Kind::retr}, {"TOP", Kind::top},   {"QUIT", Kind::logout}};
  return kAll;
}

}  // namespace

const char* name_of(Kind kind) {
  for (const auto& [name, k] : imap_kinds()) {
    if (k == kind) return name;
  }
  for (const auto& [name, k] : pop3_kinds()) {
    if (k == kind) return name;
  }
  return "?";
}

const Mix& default_mix(bool imap) {
  static const Mix kImap = [] {
    Mix m;
    m.weights = {{Kind::noop, 10},  {Kind::fetch_flags, 10}, {Kind::fetch_envelope, 10}, {Kind::fetch_body, 10}, {Kind::uid_fetch, 10},
                 {Kind::store, 8},  {Kind::store_silent, 4}, {Kind::uid_store, 10},      {Kind::search, 5},      {Kind::uid_search, 5},
                 {Kind::append, 6}, {Kind::copy, 2},         {Kind::expunge, 6},         {Kind::status, 4},      {Kind::list, 2},
                 {Kind::select, 2}, {Kind::idle, 1},         {Kind::logout, 1}};
    return m;
  }();
  static const Mix kPop3 = [] {
    Mix m;
    m.weights = {{Kind::noop, 10}, {Kind::stat, 10}, {Kind::scan_list, 10}, {Kind::uidl, 10}, {Kind::retr, 40}, {Kind::top, 10}, {Kind::logout, 10}};
    return m;
  }();
  return imap ? kImap : kPop3;
}

Result<Mix> parse_mix(const std::string& path, std::string_view text, bool imap) {
  const auto result = toml::parse(text, path);
  if (!result) {
    const auto& where = result.error().source().begin;
    return Error{Error::Kind::config,
                 path + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) + ": " + std::string(result.error().description())};
  }
  const auto bad = [&](const toml::node& node, const std::string& what) {
    const auto& where = node.source().begin;
    return Error{Error::Kind::config, path + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) + ": " + what};
  };
  Mix mix = default_mix(imap);
  const std::string table = imap ? "imap" : "pop3";
  const std::vector<std::string> keys{"messages", "think", "idle", "most", "imap", "pop3"};
  for (const auto& [key, node] : result.table()) {
    const std::string name(key.str());
    if (name == "imap" || name == "pop3") {
      if (name != table) continue;
      const auto* weights = node.as_table();
      if (!weights) return bad(node, "[" + table + "] is a table of weights by command");
      mix.weights.clear();
      const auto& kinds = imap ? imap_kinds() : pop3_kinds();
      for (const auto& [command, value] : *weights) {
        const auto it = std::ranges::find_if(kinds, [&](const auto& k) { return std::string_view(command.str()) == k.first; });
        if (it == kinds.end()) {
          std::vector<std::string> names;
          for (const auto& k : kinds) names.emplace_back(k.first);
          return bad(value, unknown("command", std::string(command.str()), names));
        }
        const auto weight = value.value<double>();
        if (!weight || *weight < 0 || *weight > 1e6) return bad(value, "a weight is a number from 0 to 1000000");
        if (*weight > 0) mix.weights.push_back({it->second, *weight});
      }
      continue;
    }
    if (std::ranges::find(keys, name) == keys.end()) return bad(node, unknown("key", name, keys));
    const auto number = node.value<double>();
    if (!number || *number < 0 || *number > 100000) return bad(node, name + " is a number from 0 to 100000");
    if (name == "messages") mix.messages = static_cast<int>(*number);
    if (name == "think") mix.think = *number;
    if (name == "idle") mix.idle = *number;
    if (name == "most") mix.most = static_cast<std::uint64_t>(*number);
  }
  if (mix.weights.empty()) return Error{Error::Kind::config, path + ": [" + table + "] gives no command a weight above 0"};
  return mix;
}

Plan::Plan(const Mix& mix, std::uint64_t seed, int session) : x_mix(mix), x_state(seed * 1000003 + static_cast<std::uint64_t>(session)) {
  for (const auto& w : mix.weights) x_total += w.weight;
}

std::uint64_t Plan::draw() {
  auto z = x_state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

Intent Plan::next() {
  // By hand: the standard's distributions differ between libraries.
  const auto fraction = [&] { return static_cast<double>(draw() >> 11) * 0x1p-53; };
  auto at = fraction() * x_total;
  Intent intent{x_mix.weights.back().kind, 0, 0};
  for (const auto& w : x_mix.weights) {
    if (at < w.weight) {
      intent.kind = w.kind;
      break;
    }
    at -= w.weight;
  }
  intent.which = fraction();
  intent.how = static_cast<std::uint32_t>(draw() >> 32);
  for (const auto part : {static_cast<std::uint64_t>(intent.kind), static_cast<std::uint64_t>(intent.which * 1e9), static_cast<std::uint64_t>(intent.how)})
    x_digest = (x_digest ^ part) * 1099511628211ull;
  ++x_count;
  return intent;
}

}  // namespace mailspec::load
