#include "fuzz/scenario_of.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::fuzz {

namespace {

using oracle::Event;

std::string imap_command(std::string line) {
  line = replace_all(line, " box", " {box}");
  const auto mark = line.find("+}\r\n");
  if (mark == std::string::npos) return line;
  const auto brace = line.rfind('{', mark);
  const auto octets = line.substr(mark + 4);
  return line.substr(0, brace) + "{\"" + replace_all(octets.substr(0, octets.size() - 2), "\r\n", "\\r\\n") + "\\r\\n\"+}";
}

// What a server must offer before it knows the command; "" for one of the core.
std::string capability_of(std::string_view command) {
  for (const auto& extension : imap::vocabulary()) {
    const bool has = std::ranges::find(extension.commands, command, &imap::CommandWord::name) != extension.commands.end();
    if (has && !extension.capabilities.empty()) return std::string(extension.capabilities[0].name);
  }
  return {};
}

// Each command where it was sent, each answer where it came: commands may be sent ahead.
std::string imap_steps(const oracle::Trace& trace, std::set<std::string>& capabilities) {
  std::string out;
  std::set<std::string> tags;  // but for those of set-up
  bool selected[4] = {};
  for (const auto& e : trace.events) {
    const auto n = std::to_string(e.connection);
    if (e.kind == Event::Kind::received && tags.contains(e.imap_response.tag)) out += "S" + n + ": " + e.imap_response.tag + " {_}\n";
    if (e.kind == Event::Kind::received && e.imap_response.kind == imap::Response::Kind::continuation) out += "S" + n + ": + ...\n";
    if (e.kind != Event::Kind::sent) continue;
    if (!selected[e.connection]) {  // what `state: selected` does
      selected[e.connection] = e.imap_command.name == "SELECT";
      continue;
    }
    if (const auto needed = capability_of(imap::facts_of(e.imap_command.name).name); !needed.empty()) capabilities.insert(needed);
    if (e.octets.find("+}") != std::string::npos) capabilities.insert("LITERAL+");
    out += "C" + n + ": " + imap_command(e.octets) + "\n";
    if (e.imap_command.is_command()) tags.insert(e.imap_command.tag);
  }
  return out;
}

// The session's last word on its mailbox was to leave it: whether a server lets it go may be the server's choice.
bool left(const oracle::Trace& trace, int connection) {
  bool out = false;
  for (const auto& e : trace.events) {
    if (e.kind != Event::Kind::sent || e.connection != connection) continue;
    if (e.imap_command.name == "SELECT" || e.imap_command.name == "EXAMINE") out = false;
    if (e.imap_command.name == "CLOSE" || e.imap_command.name == "UNSELECT") out = true;
  }
  return out;
}

// What was sent ahead of an answer is not, here.
std::string pop3_steps(const oracle::Trace& trace) {
  std::string out;
  for (const auto& e : trace.events) {
    const auto n = std::to_string(e.connection);
    if (e.kind == Event::Kind::connect && e.connection > 1) out += "connect " + n + "\n";
    if (e.kind == Event::Kind::dropped) out += "drop " + n + " fin\n";
    if (e.kind != Event::Kind::sent) continue;
    const auto line = e.octets == "USER u" ? "USER {user}" : e.octets == "PASS p" ? "PASS {password}" : e.octets;
    out += "C" + n + "?: " + line + "\n";
  }
  return out;
}

}  // namespace

std::string scenario_of(const oracle::Trace& trace, const std::string& title, const std::string& requirement, const std::vector<int>& open) {
  const bool imap = trace.revision > 0;
  std::set<std::string> capabilities;
  const auto steps = imap ? imap_steps(trace, capabilities) : pop3_steps(trace);
  std::string out = "title:       " + title + "\n";
  if (imap) {
    out += "state:       selected\nconnections: 3\nrevision:    " + std::to_string(trace.revision) + "\n";
    std::string all;
    for (const auto& c : capabilities) all += " " + c;
    if (!all.empty()) out += "requires:   " + all + "\n";
    out += "messages:    plain.eml short.eml multi.eml dots.eml folded.eml\n";
  } else {
    out += "state:       authorization\nrequires:    deliver\nmessages:    dots.eml short.eml headeronly.eml\n";
  }
  out += "\n@" + requirement + "\n" + steps;
  for (const int n : open) {
    if (!left(trace, n)) out += "check " + std::to_string(n) + " agrees\n";
  }
  return out;
}

std::string wire_of(const oracle::Trace& trace) {
  std::string out;
  for (const auto& e : trace.events) {
    if (e.kind == Event::Kind::sent) out += e.octets + "\r\n";
    if (e.kind != Event::Kind::received) continue;
    out += (e.imap ? e.imap_response.frame.octets : e.pop3_response.line) + "\r\n";
    if (e.pop3_response.multi_line) out += e.pop3_response.content.head + ".\r\n";
  }
  return out;
}

void tell_scenario(const oracle::Trace& trace, const std::string& title, const std::string& requirement, const std::vector<int>& open) {
  if (const char* path = std::getenv("MAILSPEC_SCENARIO")) std::ofstream(path) << scenario_of(trace, title, requirement, open);
  if (const char* path = std::getenv("MAILSPEC_WIRE")) std::ofstream(path) << wire_of(trace);
}

}  // namespace mailspec::fuzz
