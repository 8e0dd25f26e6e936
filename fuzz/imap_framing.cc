#include "fuzz/imap_framing.h"

#include <utility>

namespace mailspec::fuzz {

std::vector<Framed> commands_in(std::string_view octets) {
  std::vector<Framed> out;
  Framed command;
  for (std::size_t at = 0; at < octets.size();) {
    const auto lf = octets.find('\n', at);
    if (lf == std::string_view::npos) break;
    auto line = octets.substr(at, lf - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    command.octets += line;
    at = lf + 1;
    const auto mark = reference::imap::literal_mark(line);
    if (!mark) {
      out.push_back(std::move(command));
      command = {};
      continue;
    }
    if (mark->size > octets.size() - at) break;
    command.octets += "\r\n";
    command.octets += octets.substr(at, mark->size);
    command.must = command.octets.size();
    at += mark->size;
  }
  return out;
}

}  // namespace mailspec::fuzz
