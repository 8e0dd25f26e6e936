// A response as data: its kind, and a tree of what it says. Made leniently; whether it keeps to the grammar is grammar.h's to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/imap/framer.h"

namespace mailspec::imap {

struct Value {
  enum class Kind {
    atom,    // also numbers, NIL and FETCH item names with their section, as they stand: BODY[HEADER.FIELDS (To)]<0>
    quoted,  // without quotes and escapes
    literal,
    list,
  };
  Kind kind = Kind::atom;
  std::string text;
  std::vector<Value> items;  // of a list
  std::size_t at = 0;        // in the frame
  std::uint64_t size = 0;    // of a literal: as announced; its beginning stands in `text` when `sha256` is not empty
  std::string sha256;
  bool binary = false;

  bool is_nil() const;
  bool is_string() const { return kind == Kind::quoted || kind == Kind::literal; }
  bool is_list() const { return kind == Kind::list; }
  bool whole() const { return sha256.empty(); }
  std::uint64_t octets() const { return kind == Kind::literal ? size : text.size(); }
  std::optional<std::uint64_t> number() const;
};

struct Response {
  enum class Kind { none, untagged, tagged, continuation };
  Kind kind = Kind::none;
  std::string tag;                      // of a tagged one
  std::string keyword;                  // in upper case: OK NO BAD BYE PREAUTH CAPABILITY LIST ... EXISTS EXPUNGE FETCH
  std::optional<std::uint64_t> number;  // before the keyword
  std::string code;                     // of a status response: the response code's name in upper case, "" if there is none
  std::vector<Value> code_values;
  std::string code_text;  // all between the brackets
  std::string text;       // for people; of a continuation all after "+ "
  std::vector<Value> values;
  Frame frame;
  bool untidy = false;  // parentheses or quotes are not balanced: `values` hold what could be read

  bool is_status() const { return keyword == "OK" || keyword == "NO" || keyword == "BAD" || keyword == "BYE" || keyword == "PREAUTH"; }
};

Response parse_response(Frame frame);

// A FETCH response's items, name by name: names in upper case with their section as it stands ("BODY[1.MIME]"), "<0>" cut off into `origin`.
struct FetchItem {
  std::string name;
  std::optional<std::uint64_t> origin;
  const Value* value = nullptr;
};
std::vector<FetchItem> fetch_items(const Response& response);
const Value* fetch_item(const Response& response, std::string_view name);

// The values of a line of text without literals, as `parse_response` makes them.
std::vector<Value> parse_values(std::string_view text);

}  // namespace mailspec::imap
