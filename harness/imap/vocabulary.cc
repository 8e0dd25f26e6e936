#include "harness/imap/vocabulary.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/grammar_parts.h"

namespace mailspec::imap {

namespace ext {
#define EXTENSION(name) Extension name();
#include "harness/imap/ext/registry.inc"
#undef EXTENSION
}  // namespace ext

namespace {

using namespace grammar;

bool spaced_nz_number(Cursor& c) { return c.sp() && nz_number(c); }

// PERMANENTFLAGS SP "(" [flag-perm *(SP flag-perm)] ")"
bool permanent_flags(Cursor& c) {
  if (!c.sp() || !c.lit('(')) return c.fail("PERMANENTFLAGS");
  if (c.peek() != ')') {
    do {
      if (c.peek() == '\\' && c.peek(1) == '*') c.skip(2);
      else if (!flag(c)) return c.fail("flag-perm");
    } while (c.peek() == ' ' && c.sp());
  }
  return c.lit(')');
}

// BADCHARSET [SP "(" charset *(SP charset) ")"]
bool bad_charset(Cursor& c) {
  if (c.peek() != ' ') return true;
  if (!c.sp() || !c.lit('(')) return false;
  do {
    if (!astring(c)) return c.fail("charset");
  } while (c.peek() == ' ' && c.sp());
  return c.lit(')');
}

// "SEARCH" *(SP nz-number)
bool search_data(Cursor& c) {
  while (c.peek() == ' ') {
    c.skip(1);
    // RFC 7162 3.1.5 puts (MODSEQ n) at the end.
    if (c.peek() == '(') return extension_value(c);
    if (!nz_number(c)) return false;
  }
  return true;
}

// RFC 3501 7.2.6 wants all system flags there, of which \Recent is one (2.3.2), and the ABNF has none: both forms pass.
bool flags(Cursor& c) { return c.sp() && (c.dialect().rev2 ? flag_list(c) : fetch_flags(c)); }
bool list_data(Cursor& c) { return c.sp() && mailbox_list(c); }
bool uniqueid(Cursor& c) { return nz_number(c) || c.fail("uniqueid"); }
bool whole_body(Cursor& c) { return body(c); }

std::vector<CapabilityWord> capabilities() {
  return {{"IMAP4rev1"},
          {"IMAP4rev2"},
          {.name = "STARTTLS", .serves_login = true},
          {.name = "LOGINDISABLED"},
          {.name = "AUTH=PLAIN", .serves_login = true},
          {.name = "AUTH=LOGIN", .serves_login = true},
          {.name = "AUTH=CRAM-MD5", .serves_login = true},
          {.name = "AUTH=SCRAM-SHA-1", .serves_login = true},
          {.name = "AUTH=SCRAM-SHA-256", .serves_login = true}};
}

std::vector<CommandWord> commands() {
  return {{.name = "CAPABILITY", .reads_only = true, .outside = true},
          {.name = "NOOP", .reads_only = true, .polls = true},
          {.name = "LOGOUT", .reads_only = true, .outside = true},
          {.name = "STARTTLS"},
          {.name = "LOGIN", .logs_in = true},
          {.name = "AUTHENTICATE", .ended_by = "*", .logs_in = true},
          {.name = "SELECT", .reads_only = true, .selects = true},
          {.name = "EXAMINE", .reads_only = true, .selects = true},
          {.name = "CREATE", .outside = true, .renames = true},
          {.name = "DELETE", .outside = true, .renames = true},
          {.name = "RENAME", .outside = true, .renames = true},
          {.name = "SUBSCRIBE", .scope = Scope::account, .outside = true},
          {.name = "UNSUBSCRIBE", .scope = Scope::account, .outside = true},
          {.name = "LIST", .reads_only = true, .scope = Scope::names, .outside = true},
          {.name = "LSUB", .reads_only = true, .scope = Scope::account, .outside = true},
          {.name = "STATUS", .reads_only = true, .outside = true},
          {.name = "APPEND", .outside = true, .changes_messages = true, .appends = true},
          {.name = "CHECK", .reads_only = true, .polls = true},
          {.name = "CLOSE", .leaves = true, .removes = Removal::untold},
          {.name = "EXPUNGE", .changes_messages = true, .removes = Removal::told},
          {.name = "SEARCH", .reads_only = true, .counts = true, .searches = true},
          {.name = "FETCH", .reads_only = true, .counts = true, .changes_messages = true},
          {.name = "STORE", .counts = true, .changes_messages = true},
          {.name = "COPY", .changes_messages = true, .copies = true}};
}

std::vector<UntaggedWord> untagged() {
  return {{"CAPABILITY", "rfc9051/7.2.2/capability-grammar", capability_list, Shape::words},
          {"FLAGS", "rfc9051/7.3.5/flags-grammar", flags, Shape::list},
          {"LIST", "rfc9051/7.3.1/list-grammar", list_data, Shape::name, Gift::always},
          {"LSUB", "rfc3501/7.2.3/lsub-grammar", list_data, Shape::name, Gift::always},
          {"SEARCH", "rfc3501/7.2.5/search-grammar", search_data, Shape::numbers, Gift::values},
          {"STATUS", "rfc9051/7.3.3/status-data-grammar", [](Cursor& c) { return c.sp() && status_data(c); }, Shape::items, Gift::always},
          {"EXISTS", "rfc9051/7.4.1/exists-grammar", nullptr, Shape::none, Gift::none, Numbering::number},
          {"RECENT", "rfc3501/7.3.2/recent-grammar", nullptr, Shape::none, Gift::none, Numbering::number},
          {"EXPUNGE", "rfc9051/7.5.1/expunge-grammar", nullptr, Shape::none, Gift::none, Numbering::nz_number},
          {"FETCH", "rfc9051/7.5.2/fetch-grammar", [](Cursor& c) { return c.sp() && msg_att(c); }, Shape::message, Gift::always, Numbering::nz_number}};
}

std::vector<CodeWord> codes() {
  return {{"CAPABILITY", capability_list, Shape::words},
          {"UIDNEXT", spaced_nz_number},
          {"UIDVALIDITY", spaced_nz_number},
          // RFC 3501 has UNSEEN, RFC 9051 has done without it.
          {"UNSEEN", spaced_nz_number},
          {"PERMANENTFLAGS", permanent_flags, Shape::list},
          {"BADCHARSET", bad_charset},
          {.name = "ALERT", .of_nobody = true},
          {.name = "PARSE", .of_form = true},
          {"READ-ONLY"},
          {"READ-WRITE"},
          {"TRYCREATE"},
          {"CLOSED"},
          // Of RFC 5530, which RFC 9051 7.1 has taken in, what the judge goes by. The ABNF allows any text behind a code that is no keyword of it.
          {.name = "UNAVAILABLE", .arguments = code_text, .passes = true, .of_nobody = true},
          {.name = "INUSE", .arguments = code_text, .passes = true, .of_nobody = true},
          {.name = "LIMIT", .arguments = code_text, .passes = true, .of_nobody = true},
          {.name = "CANNOT", .arguments = code_text, .of_form = true},
          {.name = "CLIENTBUG", .arguments = code_text, .of_form = true},
          {.name = "SERVERBUG", .arguments = code_text, .of_form = true, .of_nobody = true},
          {.name = "PRIVACYREQUIRED", .arguments = code_text, .of_nobody = true},
          {.name = "CONTACTADMIN", .arguments = code_text, .of_nobody = true},
          {.name = "EXPIRED", .arguments = code_text, .of_nobody = true}};
}

std::vector<FetchWord> fetch_items() {
  return {{.name = "FLAGS", .value = fetch_flags, .is_news = true},
          {.name = "UID", .value = uniqueid, .is_news = true},
          {.name = "ENVELOPE", .value = envelope, .is_static = true},
          {.name = "INTERNALDATE", .value = date_time, .is_static = true},
          {.name = "RFC822.SIZE", .value = number64, .is_static = true},
          {.name = "RFC822.HEADER", .value = nstring, .is_static = true, .same_as = "BODY[HEADER]"},
          {.name = "RFC822.TEXT", .value = nstring, .is_static = true, .sets_seen = true, .same_as = "BODY[TEXT]"},
          {.name = "RFC822", .value = nstring, .is_static = true, .sets_seen = true, .same_as = "BODY[]"},
          {.name = "BODY", .value = whole_body, .is_static = true},
          {.name = "BODYSTRUCTURE", .value = whole_body, .is_static = true},
          {.name = "BODY[", .value = nstring, .section = section, .origin = true, .is_static = true, .sets_seen = true}};
}

std::vector<SearchKey> search_keys() {
  return {{"ALL"},
          {"ANSWERED", 0, "UNANSWERED"},
          {"UNANSWERED", 0, "ANSWERED"},
          {"DELETED", 0, "UNDELETED"},
          {"UNDELETED", 0, "DELETED"},
          {"DRAFT", 0, "UNDRAFT"},
          {"UNDRAFT", 0, "DRAFT"},
          {"FLAGGED", 0, "UNFLAGGED"},
          {"UNFLAGGED", 0, "FLAGGED"},
          {"SEEN", 0, "UNSEEN"},
          {"UNSEEN", 0, "SEEN"},
          {"KEYWORD", 1, "UNKEYWORD"},
          {"UNKEYWORD", 1, "KEYWORD"},
          {"NEW"},
          {"OLD"},
          {"RECENT"},
          {"BCC", 1},
          {"BODY", 1},
          {"CC", 1},
          {"FROM", 1},
          {"SUBJECT", 1},
          {"TEXT", 1},
          {"TO", 1},
          {"HEADER", 2},
          {"BEFORE", 1},
          {"ON", 1},
          {"SINCE", 1},
          {"SENTBEFORE", 1},
          {"SENTON", 1},
          {"SENTSINCE", 1},
          {"LARGER", 1},
          {"SMALLER", 1},
          {"UID", 1}};
}

// What RFC 3501 and RFC 9051 have, beside what stands in ext/.
Extension core() {
  return {.name = "",
          .capabilities = capabilities(),
          .commands = commands(),
          .untagged = untagged(),
          .codes = codes(),
          .status_items = {{"MESSAGES", number}, {"RECENT", number}, {"UNSEEN", number}, {"UIDNEXT", nz_number}, {"UIDVALIDITY", nz_number}},
          .fetch_items = fetch_items(),
          .search_keys = search_keys()};
}

const std::vector<Extension>& registry() {
  static const std::vector<Extension> kAll{
      core(),
#define EXTENSION(name) ext::name(),
#include "harness/imap/ext/registry.inc"
#undef EXTENSION
  };
  return kAll;
}

struct Filter {
  std::set<std::string, std::less<>> left_out;
  bool fixed = false;  // a word has been asked for
};
Filter& filter() {
  static Filter the;
  return the;
}

struct LessInUpperCase {
  bool operator()(std::string_view a, std::string_view b) const { return std::ranges::lexicographical_compare(a, b, {}, to_upper, to_upper); }
};

// One kind of word by its name, whatever extension has it; of two of a name the first.
template <typename Word, std::vector<Word> Extension::* words, std::string_view Word::* name>
const Word* find(std::string_view wanted) {
  static const auto kIndex = [] {
    std::map<std::string_view, const Word*, LessInUpperCase> all;
    for (const auto& extension : vocabulary()) {
      for (const auto& word : extension.*words) all.emplace(word.*name, &word);
    }
    return all;
  }();
  const auto it = kIndex.find(wanted);
  return it == kIndex.end() ? nullptr : it->second;
}

}  // namespace

bool Extension::in_rev2() const { return std::ranges::any_of(capabilities, &CapabilityWord::in_rev2); }

const std::vector<Extension>& vocabulary() {
  static const auto kActive = [] {
    filter().fixed = true;
    std::vector<Extension> active;
    std::ranges::copy_if(registry(), std::back_inserter(active), [](const auto& e) { return e.in_rev2() || !filter().left_out.contains(e.name); });
    return active;
  }();
  return kActive;
}

Status leave_out(std::string_view extension) {
  std::vector<std::string> names;
  for (const auto& e : registry()) {
    if (!e.name.empty()) names.emplace_back(e.name);
  }
  if (std::ranges::find(names, extension) == names.end())
    return Error{Error::Kind::usage, unknown("extension", extension, names) + " (there are: " + join(names, ", ") + ")"};
  if (filter().fixed) return Error{Error::Kind::internal, "it is too late to leave out " + std::string(extension) + ": a word of IMAP has been asked for"};
  filter().left_out.emplace(extension);
  return ok();
}

std::vector<Extension> left_out() {
  std::vector<Extension> out;
  std::ranges::copy_if(registry(), std::back_inserter(out), [](const auto& e) { return filter().left_out.contains(e.name); });
  return out;
}

const CapabilityWord* find_capability(std::string_view name) { return find<CapabilityWord, &Extension::capabilities, &CapabilityWord::name>(name); }
const CommandWord* find_command_word(std::string_view name) { return find<CommandWord, &Extension::commands, &CommandWord::name>(name); }
const UntaggedWord* find_untagged(std::string_view keyword) { return find<UntaggedWord, &Extension::untagged, &UntaggedWord::keyword>(keyword); }
const CodeWord* find_code(std::string_view name) { return find<CodeWord, &Extension::codes, &CodeWord::name>(name); }
const StatusItem* find_status_item(std::string_view name) { return find<StatusItem, &Extension::status_items, &StatusItem::name>(name); }
const SearchKey* find_search_key(std::string_view name) { return find<SearchKey, &Extension::search_keys, &SearchKey::name>(name); }
const ReturnItem* find_return_item(std::string_view name) { return find<ReturnItem, &Extension::return_items, &ReturnItem::name>(name); }
const ListItem* find_list_item(std::string_view name) { return find<ListItem, &Extension::list_items, &ListItem::name>(name); }
const FetchWord* find_fetch_item(std::string_view name) {
  const auto section = name.find('[');
  return find<FetchWord, &Extension::fetch_items, &FetchWord::name>(section == std::string_view::npos ? name : name.substr(0, section + 1));
}

const CommandWord& facts_of(std::string_view command) {
  static const CommandWord kUnknown{};
  const auto* word = find_command_word(istarts_with(command, "UID ") ? command.substr(4) : command);
  return word ? *word : kUnknown;
}

bool sets_seen(std::string_view text) {
  const auto ends = [&](std::size_t at) { return at == text.size() || text[at] == ' ' || text[at] == ')'; };
  const auto asks_for = [&](const FetchWord& item) {
    for (std::size_t at = 0; at + item.name.size() <= text.size(); ++at) {
      if (iequals(text.substr(at, item.name.size()), item.name) && (item.section || ends(at + item.name.size()))) return true;
    }
    return false;
  };
  return std::ranges::any_of(vocabulary(), [&](const auto& extension) {
    return std::ranges::any_of(extension.fetch_items, [&](const auto& item) { return item.sets_seen && asks_for(item); });
  });
}

}  // namespace mailspec::imap
