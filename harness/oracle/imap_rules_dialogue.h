// For tests of the rules: dialogues in a line's shorthand, and what the rules find in them.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/imap/command.h"
#include "harness/imap/framer.h"
#include "harness/oracle/imap_rules.h"

namespace mailspec::oracle {

// "C: a1 NOOP", "S: * OK hi", "C2: ...", "= connect", "=2 closed".
inline Trace dialogue(const std::vector<std::string>& lines, std::vector<std::string> offered = {"IMAP4rev1"}) {
  Trace trace;
  trace.revision = 1;
  trace.offered = std::move(offered);
  for (const auto& line : lines) {
    const int n = line[1] >= '1' && line[1] <= '9' ? line[1] - '0' : 1;
    const std::string text = line.substr(line.find(' ') + 1);
    Event e;
    e.connection = n;
    e.user = "u";
    e.imap = true;
    if (line[0] == '=') {
      e.kind = text == "connect" ? Event::Kind::connect : text == "tls" ? Event::Kind::tls : Event::Kind::closed;
    } else if (line[0] == 'C') {
      e.kind = Event::Kind::sent;
      e.octets = text;
      e.imap_command = imap::parse_command(text);
    } else {
      imap::Framer framer;
      framer.feed(text + "\r\n");
      e.kind = Event::Kind::received;
      auto frame = framer.next();
      EXPECT_TRUE(frame) << text;
      e.imap_response = imap::parse_response(frame ? *frame : imap::Frame{});
    }
    trace.events.push_back(std::move(e));
  }
  return trace;
}

inline std::set<std::string> found(const std::vector<std::string>& lines, std::vector<std::string> offered = {"IMAP4rev1"}) {
  std::vector<std::string> all{"= connect", "S: * OK hi"};
  all.insert(all.end(), lines.begin(), lines.end());
  std::set<std::string> out;
  for (const auto& f : judge(dialogue(all, std::move(offered)), imap_rules()).findings) out.insert(f.requirement);
  return out;
}

using Set = std::set<std::string>;
inline const std::vector<std::string> kSelected{
    "C: s SELECT box",        "S: * FLAGS (\\Seen)",      "S: * 3 EXISTS", "S: * 0 RECENT", "S: * OK [UIDVALIDITY 5] v",
    "S: * OK [UIDNEXT 20] n", "S: s OK [READ-WRITE] done"};

inline std::vector<std::string> selected(std::vector<std::string> more) {
  auto out = kSelected;
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace mailspec::oracle
