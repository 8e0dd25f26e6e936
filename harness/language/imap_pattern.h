// What an S line of an .imap file demands of a response, as a tree: the form that the matcher compares by meaning.
#pragma once

#include <vector>

#include "harness/language/line.h"

namespace mailspec::scenario {

struct ImapNode {
  enum class Kind { leaf, list, code, rest };
  Kind kind = Kind::leaf;
  Line pieces;          // of a leaf: literal text and braces
  bool quoted = false;  // a leaf written in quotes
  std::vector<ImapNode> items;
};
using ImapPattern = std::vector<ImapNode>;

// "* 2 FETCH (UID {u2})", "a1 OK [READ-WRITE] ..." as nodes. An Error is the scenario's: a list or a string without its end, or nothing at all.
Result<ImapPattern> compile_pattern(const Line& line);

}  // namespace mailspec::scenario
