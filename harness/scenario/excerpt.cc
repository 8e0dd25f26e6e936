// The dialogue near a finding, as lines for people.
#include <algorithm>

#include "harness/base/text.h"
#include "harness/scenario/runner.h"

namespace mailspec::scenario {

using oracle::Event;
using oracle::Finding;

namespace {

constexpr std::size_t kWidth = 160, kContentLines = 6;

// `finding` is about this event, if there is one.
std::vector<std::string> lines_of(const Event& e, const Finding* finding) {
  std::vector<std::string> out;
  const std::string who = std::to_string(e.connection), server = "S" + who + ":  ";
  const auto mark = [&](std::string_view text, std::size_t offset) {
    const auto before = visible(text.substr(0, std::min(offset, text.size())), kWidth).size();
    if (before < kWidth) out.push_back(std::string(5 + before, ' ') + "^");
  };
  switch (e.kind) {
    case Event::Kind::sent: out.push_back("C" + who + ":  " + visible(e.octets, kWidth)); break;
    case Event::Kind::received: {
      if (e.imap) {
        out.push_back(server + visible(e.imap_response.frame.octets, kWidth));
        if (finding && finding->offset > 0) mark(e.imap_response.frame.octets, finding->offset);
        break;
      }
      out.push_back(server + visible(e.pop3_response.line, kWidth));
      if (finding && !finding->in_content) mark(e.pop3_response.line, finding->offset);
      const auto lines = e.pop3_response.content.split_lines();
      if (finding && finding->in_content) {
        const auto from = finding->offset > 60 ? finding->offset - 60 : 0;
        if (from < e.pop3_response.content.head.size()) {
          out.push_back(server + visible(std::string_view(e.pop3_response.content.head).substr(from, 120), 300));
          out.push_back(std::string(5 + visible(std::string_view(e.pop3_response.content.head).substr(from, finding->offset - from), 300).size(), ' ') + "^");
        }
      } else {
        for (std::size_t l = 0; l < std::min(lines.size(), kContentLines); ++l) out.push_back(server + visible(lines[l], kWidth));
        if (e.pop3_response.content.lines > kContentLines)
          out.push_back("     ... (" + std::to_string(e.pop3_response.content.lines) + " lines, " + std::to_string(e.pop3_response.content.octets) +
                        " octets)");
      }
      if (e.pop3_response.multi_line) out.push_back(server + ".");
      break;
    }
    case Event::Kind::unasked: out.push_back(server + visible(e.octets, kWidth) + "   (nothing was due)"); break;
    case Event::Kind::closed:
      if (const auto& begun = e.imap ? e.imap_response.frame.octets : e.pop3_response.line; !begun.empty())
        out.push_back(server + visible(begun, kWidth) + "   (incomplete)");
      out.push_back("     (the server " + std::string(e.reset ? "reset" : "closed") + " connection " + who + ")");
      break;
    case Event::Kind::hang:
      if (!e.octets.empty()) out.push_back(server + visible(e.octets, kWidth) + "   (incomplete)");
      out.push_back("     (no more in time on connection " + who + ")");
      break;
    default: out.push_back("     (" + std::string(name_of(e.kind)) + " " + who + (e.octets.empty() ? "" : ", " + visible(e.octets, 80)) + ")");
  }
  return out;
}

}  // namespace

std::vector<std::string> wire_lines(const Event& event) { return lines_of(event, nullptr); }

std::vector<std::string> wire_excerpt(const oracle::Trace& trace, const Finding& finding) {
  constexpr std::size_t kBefore = 8;
  std::vector<std::string> out;
  const auto& events = trace.events;
  if (events.empty()) return out;
  const std::size_t last = std::min(finding.event, events.size() - 1);
  for (std::size_t i = last > kBefore ? last - kBefore : 0; i <= last; ++i) {
    for (auto& line : lines_of(events[i], i == last ? &finding : nullptr)) out.push_back(std::move(line));
  }
  return out;
}

}  // namespace mailspec::scenario
