// Small tools for POP3 deviations and variations: each is at best one line over a typed response.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/ascii.h"
#include "reference_server/options.h"
#include "reference_server/pop3/command.h"
#include "reference_server/pop3/reply.h"
#include "reference_server/pop3/session.h"

namespace mailspec::reference {

using Pop3Command = pop3::Command;
using Pop3Reply = pop3::Reply;
using Pop3Session = pop3::Session;
using Pop3State = pop3::State;

inline void rewrite_pop3(Options& options, Pop3Options::Hook hook) { options.pop3.hooks.push_back(std::move(hook)); }

inline bool positive(const Pop3Reply& r) { return r.kind == Pop3Reply::Kind::positive; }
inline bool negative(const Pop3Reply& r) { return r.kind == Pop3Reply::Kind::negative; }

// The listing of a command without argument, or nullptr.
inline std::vector<std::string>* listing(const Pop3Command& c, Pop3Reply& r, std::string_view keyword) {
  return c.keyword == keyword && positive(r) && r.multi ? &r.lines : nullptr;
}

// The answer to STAT, LIST n or UIDL n.
inline bool one_line(const Pop3Command& c, const Pop3Reply& r, std::string_view keyword) { return c.keyword == keyword && positive(r) && !r.multi; }

// The second word of a listing line, which is a number.
inline std::uint64_t value_of(const std::string& line) { return parse_number(line.substr(line.find(' ') + 1)).value_or(0); }
inline void set_value(std::string& line, const std::string& value) { line = line.substr(0, line.find(' ') + 1) + value; }

// The octets of RETR's or TOP's answer, to be changed at will; nullptr for any other response.
inline std::string* content(Pop3Reply& r) {
  if (!positive(r) || !r.multi || (!r.message && !r.content)) return nullptr;
  if (r.message) {
    r.content = pop3::top_of(r.message->octets, r.body_lines);
    r.message = nullptr;
    r.body_lines = ~0ull;
  }
  return &*r.content;
}

}  // namespace mailspec::reference
