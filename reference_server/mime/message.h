// The server's reading of messages: header fields, MIME parts and where their octets lie (RFC 5322, RFC 2045, RFC 2046), addresses for ENVELOPE.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::reference::mime {

struct Field {
  std::string name;
  std::string_view raw;  // the whole field with its line ends
  std::string value;     // unfolded, blanks at both ends removed
};

using Params = std::vector<std::pair<std::string, std::string>>;

struct Part {
  std::string_view header;  // with the empty line
  std::string_view body;
  std::vector<Field> fields;
  std::string type = "TEXT", subtype = "PLAIN";
  Params params;
  std::string encoding = "7BIT";
  std::vector<Part> parts;  // of a multipart; of message/rfc822 one: the message within
  bool multipart() const { return type == "MULTIPART" && !parts.empty(); }
  bool message() const { return type == "MESSAGE" && (subtype == "RFC822" || subtype == "GLOBAL") && !parts.empty(); }
  const Field* field(std::string_view name) const;
  std::size_t lines() const;
};

// `octets` must outlive the result.
Part parse_message(std::string_view octets);

struct Address {
  std::optional<std::string> name, route, mailbox, host;
};
// RFC 5322 3.4, groups in the form of ENVELOPE: a start with a mailbox and no host, an end with neither.
std::vector<Address> parse_addresses(std::string_view text);

// "attachment; filename=x": the value in upper case as `first`, and its parameters.
std::pair<std::string, Params> parse_parameterized(std::string_view text);

// A part's octets without its content transfer encoding; nothing if the encoding is unknown.
std::optional<std::string> decode(const Part& part);

}  // namespace mailspec::reference::mime
