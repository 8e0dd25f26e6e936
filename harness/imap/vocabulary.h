// The words of IMAP that the judge knows, as tables. What RFC 3501 and RFC 9051 have is in vocabulary.cc; each extension has a file of its own in ext/.
// Grammar, rules, patterns, the offer, the suite and lint read these tables: whoever must know a word asks here, and spells it nowhere else.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace mailspec::oracle {
class ImapCheck;
}

namespace mailspec::imap {

namespace grammar {
class Cursor;
}
// Reads what follows a word in a response. False after Cursor::fail.
using Production = bool (*)(grammar::Cursor&);

struct CapabilityWord {
  std::string_view name;
  bool in_rev2 = false;           // RFC 9051 appendix E: IMAP4rev2 has it without naming it
  bool serves_login = false;      // it means something before the login only, so it must be announced there
  std::string_view implied_by{};  // a server that announces this capability has that of `name`, too
  bool utf8 = false;              // once it is enabled, UTF-8 may stand in strings and text (RFC 6855 3, RFC 9051 6.3.1)
};

// What all sessions of an account share, as far as a command has to do with it.
enum class Scope {
  own,      // only mailboxes that the command names
  names,    // the names of mailboxes that its pattern fits
  account,  // subscriptions, or all names
};

// What a command does about messages that go.
enum class Removal {
  none,
  told,    // it may take messages away, and EXPUNGE tells of each (RFC 9051 7.5.1)
  untold,  // it may take messages away, and tells of none (RFC 9051 6.4.1)
};

struct CommandWord {
  std::string_view name;            // without UID
  bool reads_only = false;          // leaves mailboxes and messages as they were
  Scope scope = Scope::own;         // of what it answers with or changes
  bool counts = false;              // without UID its answers count messages, so that none may be expunged meanwhile (RFC 9051 7.5.1)
  std::string_view ended_by{};      // after a continuation request it goes on in lines of its own; this line, without CRLF, ends it
  bool logs_in = false;             // OK ends the not authenticated state (RFC 9051 3.1)
  bool selects = false;             // OK leaves a mailbox selected (RFC 9051 6.3.2)
  bool leaves = false;              // OK leaves none selected (RFC 9051 6.4.1, 6.4.2)
  bool changes_session = false;     // leaves mailboxes as they were, but not what the session may do
  bool outside = false;             // needs no selected mailbox, and tells nothing of one: it is about the account, or a mailbox that it names
  bool changes_messages = false;    // may change messages, flags or numbers; FETCH may set \Seen
  Removal removes = Removal::none;  // messages, in the selected mailbox
  bool copies = false;              // messages of the selected mailbox into the one that its second argument names
  bool appends = false;             // messages of the client's
  bool renames = false;             // afterwards a name may stand for another mailbox, or for none
  bool searches = false;            // is answered with numbers or UIDs of the messages that fit
  bool polls = false;               // does nothing but give the server an occasion to send news (RFC 9051 6.1.2)
  bool listens = false;             // the server sends news until the client ends it (RFC 2177)
};

// How the data of an untagged response or a response code compares with a pattern.
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

// The number before the keyword of an untagged response.
enum class Numbering { none, number, nz_number };

// What a client learns by an untagged response to the command that asks for it.
enum class Gift {
  none,    // it is no answer to a question
  always,  // something, by its coming
  values,  // something if it holds a value that is not NIL
};

struct UntaggedWord {
  std::string_view keyword;
  const char* requirement;    // that it keeps to its grammar
  Production data = nullptr;  // behind the keyword; none if nothing follows
  Shape shape = Shape::sequence;
  Gift gift = Gift::none;
  Numbering numbering = Numbering::none;
  std::vector<std::string_view> asked_by{};  // words of commands; without one of them before it it may not come (RFC 9051 6.5); none: it may
};

struct CodeWord {
  std::string_view name;
  Production arguments = nullptr;  // behind the name, up to "]"; none if it has none
  Shape shape = Shape::sequence;   // of its arguments
  bool passes = false;             // as the reason of a NO: for the time being; the same command may work later (RFC 9051 7.1)
  bool of_form = false;            // as the reason of a NO: the form of the command may be why, another may be taken
  bool of_nobody = false;          // as the reason of a refused login: it has nothing to do with who logs in
};

struct StatusItem {
  std::string_view name;
  Production value;
  std::string_view needs{};  // the capability without which IMAP4rev1 does not have it
};

// An item of a FETCH response (msg-att, RFC 9051 9).
struct FetchWord {
  std::string_view name;                     // up to and with "[" where a section follows
  Production value = nullptr;                // behind the name, the section, and a blank
  Production section = nullptr;              // "[" ... "]"
  bool origin = false;                       // "<" number ">" may follow the section
  bool is_static = false;                    // never changes while the message is there (RFC 9051 2.3.1.1)
  bool is_news = false;                      // may come unasked when something has changed
  bool sets_seen = false;                    // asking for it sets \Seen (RFC 9051 6.4.5); with a section ".PEEK" avoids that
  std::string_view same_as{};                // this item has the same octets (RFC 9051 6.4.5)
  std::vector<std::string_view> asked_by{};  // as in UntaggedWord
  const char* requirement = nullptr;         // that it does not come unasked; with asked_by
};

// A key of SEARCH (RFC 9051 6.4.4).
struct SearchKey {
  std::string_view name;
  int arguments = 0;            // astrings, dates, numbers, flags or sets behind it; keys behind NOT and OR are not meant
  std::string_view opposite{};  // the key that finds exactly the other messages, with the same arguments
};

// An item of what ESEARCH returns (search-return-data, RFC 9051 9; RFC 4466 2.6.2).
struct ReturnItem {
  std::string_view name;
  Production value;
};

// An extended data item of LIST (mbox-list-extended-item, RFC 9051 9; RFC 5258 6).
struct ListItem {
  std::string_view name;
  std::string_view asked_by{};        // the LIST option without which it may not come; "": any
  const char* requirement = nullptr;  // that it does not come unasked; with asked_by
};

using MakeRule = std::unique_ptr<oracle::ImapCheck> (*)();

struct Extension {
  std::string_view name;
  std::string_view document{};  // the RFC that describes it, as "rfc2971": its records, ledger and scenarios bear that name; "": there are none
  std::vector<CapabilityWord> capabilities{};
  std::vector<CommandWord> commands{};
  std::vector<UntaggedWord> untagged{};
  std::vector<CodeWord> codes{};
  std::vector<StatusItem> status_items{};
  std::vector<FetchWord> fetch_items{};
  std::vector<SearchKey> search_keys{};
  std::vector<ReturnItem> return_items{};
  std::vector<ListItem> list_items{};
  std::vector<MakeRule> rules{};  // standing rules that are about this extension alone

  // IMAP4rev2 has it, or a part of it, without naming it.
  bool in_rev2() const;
};

// All that is active: the core first, whose name is "", then the extensions in the order of the registry, ext/registry.inc.
const std::vector<Extension>& vocabulary();
// Takes an extension out, as if it did not stand in the registry. What IMAP4rev2 has taken in keeps its words, as it goes from IMAP4rev1 only. To be
// called before anything asks for a word: an error after that, and where no extension has this name.
Status leave_out(std::string_view extension);
// Those that were left out, whole.
std::vector<Extension> left_out();

// In any case of letters; nullptr for what is not known.
const CapabilityWord* find_capability(std::string_view name);
const UntaggedWord* find_untagged(std::string_view keyword);
const CodeWord* find_code(std::string_view name);
const StatusItem* find_status_item(std::string_view name);
const SearchKey* find_search_key(std::string_view name);
const ReturnItem* find_return_item(std::string_view name);
const ListItem* find_list_item(std::string_view name);
// "BODY[1.MIME]" and "BODY[" are the item "BODY[".
const FetchWord* find_fetch_item(std::string_view name);
// Without UID.
const CommandWord* find_command_word(std::string_view name);
// The same of a command as it is sent, with UID or without; of one that is not known nothing is so.
const CommandWord& facts_of(std::string_view command);
// Does the text ask for an item of FETCH that sets \Seen?
bool sets_seen(std::string_view text);

}  // namespace mailspec::imap
