#include "reference_server/pop3/reply.h"

namespace mailspec::reference::pop3 {

std::string write_reply(const Reply& reply) {
  const auto& f = reply.framing;
  std::string out;
  switch (reply.kind) {
    case Reply::Kind::silence: return out;
    case Reply::Kind::positive: out = f.positive; break;
    case Reply::Kind::negative: out = f.negative; break;
    case Reply::Kind::challenge: return f.challenge + reply.text + f.line_end + reply.after;
  }
  if (!reply.code.empty()) out += " [" + reply.code + "]";
  if (!reply.text.empty()) out += " " + reply.text;
  out += f.line_end;
  if (!reply.multi || reply.kind != Reply::Kind::positive) return out + reply.after;
  if (reply.message || reply.content) return out;
  for (const auto& line : reply.lines) {
    if (f.stuff && line.starts_with('.')) out += '.';
    out += line + f.line_end;
  }
  return out + f.terminator + reply.after;
}

std::string top_of(const std::string& octets, std::uint64_t body_lines) {
  std::string out;
  Framing framing;
  framing.stuff = false;
  framing.terminator.clear();
  MessageWriter writer(octets, body_lines, framing);
  while (!writer.write(out, octets.size() + 1)) {
  }
  return out;
}

MessageWriter::MessageWriter(std::string_view octets, std::uint64_t body_lines, Framing framing)
    : x_rest(octets), x_body_lines(body_lines), x_framing(std::move(framing)) {}

bool MessageWriter::write(std::string& out, std::size_t n) {
  const std::size_t enough = out.size() + n;
  while (out.size() < enough) {
    if (x_rest.empty() || (x_in_body && x_body_lines == 0)) {
      out += x_framing.terminator;
      return true;
    }
    const auto end = x_rest.find("\r\n");
    const auto line = x_rest.substr(0, end);
    if (x_framing.stuff && line.starts_with('.')) out += '.';
    out += line;
    out += x_framing.line_end;
    if (x_in_body) --x_body_lines;
    if (line.empty()) x_in_body = true;
    x_rest.remove_prefix(end == std::string_view::npos ? x_rest.size() : end + 2);
  }
  return false;
}

}  // namespace mailspec::reference::pop3
