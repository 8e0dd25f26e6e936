// The words of IMAP that the judge knows: capabilities, commands, untagged responses, response codes, STATUS items. What RFC 3501 and RFC 9051 have
// is in vocabulary.cc; each extension has a file of its own in ext/. Whoever must know a word asks here.
#pragma once

#include <string_view>
#include <vector>

namespace mailspec::imap {

namespace grammar {
class Cursor;
}
// Reads the rest of a response behind a word; false after Cursor::fail.
using Production = bool (*)(grammar::Cursor&);

struct CapabilityWord {
  std::string_view name;
  bool in_rev2 = false;       // RFC 9051 appendix E: IMAP4rev2 has it without naming it
  bool serves_login = false;  // means something before the login only, so it must be announced there
};

struct CommandWord {
  std::string_view name;      // without UID
  bool reads_only = false;    // leaves mailboxes and messages as they were
  bool account_wide = false;  // answers with, or changes, what all sessions of the account share: subscriptions, all names
  bool counts = false;        // without UID its answers count messages, so that none may be expunged meanwhile (RFC 9051 7.5.1)
  bool continued = false;     // goes on in lines of its own after a continuation request
};

// How the data of an untagged response compares with a pattern.
enum class Shape {
  none,      // the keyword says it all
  sequence,  // value by value
  words,     // in any order
  list,      // one list, in any order: FLAGS
  numbers,   // SEARCH
  items,     // a mailbox, and pairs in a list: STATUS
  name,      // attributes, delimiter, name: LIST
  pairs,     // a correlator, and pairs: ESEARCH
  message,   // FETCH
};

struct UntaggedWord {
  std::string_view keyword;
  const char* requirement;    // that it keeps to its grammar
  Production data = nullptr;  // behind the keyword; none: the grammar of numbered responses has it
  Shape shape = Shape::sequence;
};

struct CodeWord {
  std::string_view name;
  Production arguments = nullptr;  // behind the name, up to "]"; none if it has none
};

struct StatusItem {
  std::string_view name;
  Production value;
  std::string_view needs{};  // the capability without which IMAP4rev1 does not have it
};

struct Extension {
  std::string_view name;
  std::vector<CapabilityWord> capabilities{};
  std::vector<CommandWord> commands{};
  std::vector<UntaggedWord> untagged{};
  std::vector<CodeWord> codes{};
  std::vector<StatusItem> status_items{};
};

// The core first, then the extensions in the order of the registry, ext/registry.inc.
const std::vector<Extension>& vocabulary();

// In any case of letters; nullptr for what is not known.
const CapabilityWord* find_capability(std::string_view name);
const CommandWord* find_command_word(std::string_view name);
// Does it go on in lines of its own after a continuation request?
bool is_continued(std::string_view command);
const UntaggedWord* find_untagged(std::string_view keyword);
const CodeWord* find_code(std::string_view name);
const StatusItem* find_status_item(std::string_view name);

}  // namespace mailspec::imap
