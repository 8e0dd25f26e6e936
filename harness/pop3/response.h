// A POP3 response as data (RFC 1939 section 3, RFC 2449 section 3, RFC 5034 section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pop3/command.h"

namespace mailspec::pop3 {

enum class Status { ok, err, challenge, none };  // none: the line begins with no status indicator

// A breach of the response syntax that the octets alone show.
struct Fault {
  std::string requirement;
  std::string what;
  std::size_t offset = 0;  // in the first line, or in the content when `in_content`
  bool in_content = false;
};

// The lines after the first of a multi-line response, byte-stuffing undone. Long contents are kept as digests and both ends.
struct Content {
  std::uint64_t octets = 0;  // each line with its CRLF, the terminating line left out
  std::uint64_t lines = 0;
  std::uint64_t header_octets = 0;  // up to and with the first empty line; all octets if there is none
  bool has_empty_line = false;
  std::uint64_t body_lines = 0;
  std::string sha256;       // hex, of all octets
  std::string body_sha256;  // hex, of the octets after the first empty line
  std::string head;         // all octets when `whole`, else the first ones
  std::string tail;         // the last ones when not `whole`
  bool whole = true;
  std::uint64_t bare_lf = 0;

  std::vector<std::string> split_lines() const;  // of `head`, without CRLF
  std::string_view header() const;               // of `head`
  std::string_view body() const;                 // of `head`
};

struct Response {
  Shape shape = Shape::single;
  Status status = Status::none;
  std::string line;                 // the first line without its line end
  std::string text;                 // what follows the status indicator and one space
  std::optional<std::string> code;  // of "[CODE]" at the start of the text, as written
  bool space = false;               // the status indicator was followed by a space
  bool multi_line = false;          // lines followed
  Content content;
  std::vector<Fault> faults;

  bool ok() const { return status == Status::ok; }
};

// RFC 2449 3: resp-code = "[" resp-level *("/" resp-level) "]" at the start of the text; the inside of the brackets.
std::optional<std::string> response_code(std::string_view text);

// "SYS" matches "SYS/TEMP", in any case (RFC 2449 8).
bool code_is(const std::optional<std::string>& code, std::string_view wanted);

struct Capability {
  std::string tag;  // in upper case
  std::vector<std::string> params;
  std::string line;
  bool operator==(const Capability&) const = default;
};

using CapaList = std::vector<Capability>;

CapaList parse_capa(const Content& content);
const Capability* find(const CapaList& list, std::string_view tag);

// A line "n value" (scan listing, unique-id listing): exact single space. `rest` is what follows the second word, with its space.
struct Listing {
  std::uint64_t number = 0;
  std::string value;
  std::string rest;
};
std::optional<Listing> parse_listing(std::string_view line);

// The text of STAT's answer: "nn mm" and whatever follows (RFC 1939 5).
struct DropListing {
  std::uint64_t count = 0;
  std::uint64_t octets = 0;
  std::string rest;
};
std::optional<DropListing> parse_drop_listing(std::string_view text);

}  // namespace mailspec::pop3
