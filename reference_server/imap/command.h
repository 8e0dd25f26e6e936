// The server's reading of IMAP commands (RFC 3501 9, RFC 9051 9, and what extensions add), from whole commands with their literals in place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference_server/imap/extension.h"
#include "reference_server/imap/reason.h"

namespace mailspec::reference {
class Faults;
}

namespace mailspec::reference::imap {

constexpr std::uint64_t kStar = ~0ull;  // "*" in a set

struct Set {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;  // as written: either end may be kStar
  bool saved = false;                                           // "$"
  bool operator==(const Set&) const = default;
};

struct Section {
  std::vector<std::uint64_t> part;
  enum class Text { none, header, fields, fields_not, text, mime } text = Text::none;
  std::vector<std::string> names;
  std::string written;  // in upper case, as a response names it
  bool operator==(const Section&) const = default;
};

struct FetchAtt {
  std::string name;  // FLAGS UID ENVELOPE INTERNALDATE RFC822.SIZE RFC822 RFC822.HEADER RFC822.TEXT BODY BODYSTRUCTURE BODY[] BINARY[] BINARY.SIZE[]
  Section section;
  bool peek = false;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> partial;
  bool operator==(const FetchAtt&) const = default;
};

struct SearchKey {
  std::string name;  // the key's word; "(" for a list, "#" for a sequence set
  std::string text, field;
  std::int64_t day = 0;  // of dates: days since 1970
  std::uint64_t number = 0;
  Set set;
  std::vector<SearchKey> keys;
  bool operator==(const SearchKey&) const = default;
};

struct AppendItem {
  std::vector<std::string> flags;
  std::optional<std::pair<std::int64_t, int>> date;  // seconds UTC, zone in minutes
  std::string octets;
  bool binary = false;
  bool operator==(const AppendItem&) const = default;
};

struct Command {
  std::string tag;
  std::string name;  // in upper case, without UID
  bool uid = false;
  std::string mailbox, target;  // names as they were written
  std::vector<std::string> patterns;
  std::vector<std::string> selection, returns;  // of LIST and SEARCH, in upper case
  bool has_returns = false;                     // RETURN (...) was there
  bool extended = false;                        // LIST in its extended form
  Set set;
  std::vector<FetchAtt> fetch;
  char store = 0;  // '+', '-' or 0
  bool silent = false;
  std::vector<std::string> flags;
  SearchKey search;
  std::string charset;
  std::vector<std::string> items;  // STATUS items, capabilities of ENABLE
  std::vector<AppendItem> append;
  std::string user, password;
  std::string mechanism;
  std::optional<std::string> initial;  // base64
  std::string use;                     // of CREATE (RFC 6154)
  bool quoted_login = false;           // LOGIN's user came as a string
  bool operator==(const Command&) const = default;
};

// What the grammar of commands depends on.
struct Reading {
  bool rev1 = true, rev2 = false;
  Extensions in_force = default_extensions();
  bool literal8 = true;            // in APPEND
  bool number_wraps = false;       // a fault
  const Faults* faults = nullptr;  // other faults of reading
};

struct Refusal {
  std::string tag;  // "" if not even that could be read
  std::string why;
  bool no = false;  // NO rather than BAD
  std::string code;
  Reason reason = Reason::none;
};

struct Parsed {
  std::optional<Command> command;
  Refusal refusal;
};
Parsed parse_command(std::string_view octets, const Reading& reading);

// The tag at the beginning of a line, if it is one.
std::string tag_of(std::string_view line);
// What a line ends in: "{n}", "{n+}" or "~{n}".
struct LiteralMark {
  std::uint64_t size = 0;
  bool non_synchronizing = false, binary = false;
};
std::optional<LiteralMark> literal_mark(std::string_view line);

}  // namespace mailspec::reference::imap
