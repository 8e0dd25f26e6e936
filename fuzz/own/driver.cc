// What is tried on somebody's own parser (parser.h), beyond crashes, leaks and whatever sanitizers find:
// - however the octets are cut, the same commands are understood;
// - no command is accepted before its last octet, an LF, has come;
// - time grows no faster than the input;
// - with MAILSPEC_STRICT=1 (IMAP), nothing is accepted that the grammars of RFC 3501 and RFC 9051, with the extensions mailspec knows, do not have.
#include "fuzz/own/parser.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/imap_framing.h"
#include "fuzz/properties.h"
#include "harness/base/text.h"

struct mailspec_sink {
  struct Said {
    bool accepted;
    std::string text;
    bool operator==(const Said&) const = default;
  };
  std::vector<Said> said;
};

extern "C" void mailspec_parsed(mailspec_sink* sink, int accepted, const char* text, std::size_t size) {
  sink->said.push_back({accepted != 0, size ? std::string(text, size) : std::string()});
}

namespace mailspec::fuzz {
namespace {

using Said = mailspec_sink::Said;

std::vector<Said> parse(std::string_view octets, std::size_t cut) {
  mailspec_sink sink;
  void* parser = parser_open();
  for (std::size_t at = 0; at < octets.size(); at += cut) {
    // A copy of just that size: who reads behind it is seen.
    const std::string piece(octets.substr(at, cut));
    const std::vector<char> exact(piece.begin(), piece.end());
    const auto before = sink.said.size();
    parser_feed(parser, exact.data(), exact.size(), &sink);
    for (auto i = before; cut == 1 && i < sink.said.size(); ++i)
      require(!sink.said[i].accepted || exact[0] == '\n', "a command is accepted before its CRLF has come");
  }
  parser_close(parser);
  return std::move(sink.said);
}

void compare(const std::vector<Said>& whole, const std::vector<Said>& pieces, std::size_t cut) {
  if (whole == pieces) return;
  std::size_t i = 0;
  while (i < whole.size() && i < pieces.size() && whole[i] == pieces[i]) ++i;
  const auto show = [&](const std::vector<Said>& said) {
    return i < said.size() ? (said[i].accepted ? "accepted '" : "refused '") + visible(said[i].text, 2000) + "'" : std::string("nothing");
  };
  std::fprintf(stderr, "command %zu: in one piece %s, in pieces of %zu %s\n", i + 1, show(whole).c_str(), cut, show(pieces).c_str());
  require(false);
}

void judge(std::string_view octets, const std::vector<Said>& said) {
  const auto commands = commands_in(octets);
  if (commands.size() != said.size()) return;  // other ideas of what a command is: not this property's affair
  for (std::size_t i = 0; i < said.size(); ++i) {
    reference::imap::Reading old, fresh;
    fresh.rev2 = true;
    if (!said[i].accepted || parse_command(commands[i].octets, old).command) continue;
    const auto parsed = parse_command(commands[i].octets, fresh);
    if (parsed.command || parsed.refusal.why == "unknown command") continue;  // an extension that mailspec does not know
    std::fprintf(stderr, "'%s' is accepted; it is no command: %s\n", visible(commands[i].octets, 2000).c_str(), parsed.refusal.why.c_str());
    require(false);
  }
}

}  // namespace
}  // namespace mailspec::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mailspec::fuzz;
  static const bool kStrict = std::getenv("MAILSPEC_STRICT") != nullptr;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (octets.empty()) return 0;
  const auto whole = parse(octets, octets.size());
  for (const std::size_t cut : {1u, 2u, 7u}) compare(whole, parse(octets, cut), cut);
  require_linear(octets, 1024, [](std::string_view text) { (void)parse(text, 100); });
  if (kStrict) judge(octets, whole);
  return 0;
}
