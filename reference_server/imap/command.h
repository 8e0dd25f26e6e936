// The server's reading of IMAP commands (RFC 3501 9, RFC 9051 9, and what extensions add), from whole commands with their literals in place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
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

// ---- The arguments of commands: a kind for each shape that RFC 3501 9, RFC 9051 9 and the extensions give them. Names of mailboxes stand as they were
// written.

struct NoArguments {
  bool operator==(const NoArguments&) const = default;
};

// LOGIN (RFC 9051 6.2.3).
struct LoginArguments {
  std::string user, password;
  bool quoted = false;  // the user came as a quoted string
  bool operator==(const LoginArguments&) const = default;
};

// AUTHENTICATE (RFC 9051 6.2.2).
struct AuthenticateArguments {
  std::string mechanism;               // in upper case
  std::optional<std::string> initial;  // base64, or "=" (RFC 4959 3)
  bool operator==(const AuthenticateArguments&) const = default;
};

// SELECT, EXAMINE, DELETE, SUBSCRIBE, UNSUBSCRIBE.
struct MailboxArguments {
  std::string mailbox;
  bool operator==(const MailboxArguments&) const = default;
};

// CREATE (RFC 9051 6.3.4).
struct CreateArguments {
  std::string mailbox;
  std::string use;  // RFC 6154 3: the attribute, "" if none was asked for
  bool operator==(const CreateArguments&) const = default;
};

// RENAME (RFC 9051 6.3.6).
struct RenameArguments {
  std::string mailbox, target;
  bool operator==(const RenameArguments&) const = default;
};

// STATUS (RFC 9051 6.3.11).
struct StatusArguments {
  std::string mailbox;
  std::vector<std::string> items;  // in upper case
  bool operator==(const StatusArguments&) const = default;
};

// LIST (RFC 9051 6.3.9, RFC 5258).
struct ListArguments {
  std::string mailbox;  // the reference
  std::vector<std::string> patterns;
  std::vector<std::string> selection, returns;  // options, in upper case
  std::vector<std::string> status_items;        // of the return option STATUS (RFC 5819), in upper case
  bool has_returns = false;                     // RETURN (...) was there
  bool extended = false;                        // in the extended form (RFC 5258 3)
  bool operator==(const ListArguments&) const = default;
};

// LSUB (RFC 3501 6.3.9).
struct LsubArguments {
  std::string mailbox;  // the reference
  std::string pattern;
  bool operator==(const LsubArguments&) const = default;
};

// APPEND (RFC 9051 6.3.12): one message at least, and several with RFC 3502.
struct AppendArguments {
  std::string mailbox;
  std::vector<AppendItem> items;
  bool operator==(const AppendArguments&) const = default;
};

// UID EXPUNGE (RFC 9051 6.4.9).
struct SetArguments {
  Set set;
  bool operator==(const SetArguments&) const = default;
};

// SEARCH (RFC 9051 6.4.4).
struct SearchArguments {
  std::vector<std::string> returns;  // options, in upper case
  bool has_returns = false;          // RETURN (...) was there
  std::string charset;               // in upper case, "" if none was given
  SearchKey key;                     // "(": all keys that were given
  bool operator==(const SearchArguments&) const = default;
};

// FETCH (RFC 9051 6.4.5).
struct FetchArguments {
  Set set;
  std::vector<FetchAtt> items;  // those of a macro, too
  bool operator==(const FetchArguments&) const = default;
};

// STORE (RFC 9051 6.4.6).
struct StoreArguments {
  Set set;
  char sign = 0;  // '+', '-', or 0: the flags are replaced
  bool silent = false;
  std::vector<std::string> flags;
  bool operator==(const StoreArguments&) const = default;
};

// COPY and MOVE (RFC 9051 6.4.7, 6.4.8).
struct CopyArguments {
  Set set;
  std::string mailbox;
  bool operator==(const CopyArguments&) const = default;
};

// Words in a row, which only the command itself can tell the meaning of: the names of ENABLE, and what other extensions have.
struct Words {
  std::vector<std::string> words;
  bool operator==(const Words&) const = default;
};

using Arguments =
    std::variant<NoArguments, LoginArguments, AuthenticateArguments, MailboxArguments, CreateArguments, RenameArguments, StatusArguments, ListArguments,
                 LsubArguments, AppendArguments, SetArguments, SearchArguments, FetchArguments, StoreArguments, CopyArguments, Words>;

// What every command begins with.
struct Head {
  std::string tag;
  std::string name;  // in upper case, without UID
  bool uid = false;  // UID stood before it
  bool operator==(const Head&) const = default;
};

struct Command : Head {
  Arguments arguments;
  bool operator==(const Command&) const = default;

  // The arguments, if they are of this kind; nullptr if not.
  template <class A>
  const A* as() const {
    return std::get_if<A>(&arguments);
  }
  template <class A>
  A* as() {
    return std::get_if<A>(&arguments);
  }
};

// The name of a mailbox among the arguments, of RENAME the old one and of LIST and LSUB the reference; nullptr if there is none.
template <class Of>
auto mailbox_of(Of& command) {
  using Name = std::conditional_t<std::is_const_v<Of>, const std::string, std::string>;
  return std::visit(
      [](auto& arguments) -> Name* {
        if constexpr (requires { arguments.mailbox; }) return &arguments.mailbox;
        else return nullptr;
      },
      command.arguments);
}

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
