// An IMAP response before it is octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference_server/imap/reason.h"

namespace mailspec::reference::imap {

struct Node {
  enum class Kind { atom, string, quoted, bare, nil, list, literal, literal8 };  // quoted: where no literal may stand; bare: a string as an atom
  Kind kind = Kind::nil;
  std::string text;
  std::vector<Node> items;

  bool operator==(const Node&) const = default;

  static Node atom(std::string text) { return make(Kind::atom, std::move(text)); }
  static Node str(std::string text) { return make(Kind::string, std::move(text)); }
  static Node quoted(std::string text) { return make(Kind::quoted, std::move(text)); }
  static Node num(std::uint64_t n) { return make(Kind::atom, std::to_string(n)); }
  static Node nil() { return {}; }
  static Node nstr(const std::optional<std::string>& text) { return text ? str(*text) : nil(); }
  static Node list(std::vector<Node> items = {}) {
    auto n = make(Kind::list, {});
    n.items = std::move(items);
    return n;
  }
  static Node make(Kind kind, std::string text) {
    Node n;
    n.kind = kind;
    n.text = std::move(text);
    return n;
  }
};

struct Response {
  enum class Kind { untagged, tagged, continuation };
  Kind kind = Kind::untagged;
  std::string tag;
  std::optional<std::uint64_t> number;
  std::string keyword;
  std::vector<Node> data;
  std::string code;  // of a status response
  std::vector<Node> code_data;
  std::string text;
  Reason reason = Reason::none;  // not written
  bool adjacent = false;         // data items follow one another without a blank (addresses do so in lists)

  // For deviations and variations.
  bool drop = false;
  double delay = 0;    // seconds until it is sent
  std::string ends{};  // the session ends behind it, for this reason
  std::string raw;     // in place of all: without the line end
  std::string line_end = "\r\n";
  std::vector<Response> before, after;

  bool operator==(const Response&) const = default;

  bool is(std::string_view k) const { return keyword == k; }
  bool tagged() const { return kind == Kind::tagged; }
};

struct Writing {
  bool utf8 = false;      // quoted strings may hold UTF-8
  bool literals = false;  // literals for all strings
  bool lower_case = false;
};

std::string write_node(const Node& node, const Writing& how);
std::string write_response(const Response& response, const Writing& how);

// The value of an item in a FETCH response, or nullptr.
Node* item(Response& response, std::string_view name);

}  // namespace mailspec::reference::imap
