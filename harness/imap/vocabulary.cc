#include "harness/imap/vocabulary.h"

#include <algorithm>

#include "harness/base/ascii.h"
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

Extension core() {
  return {.name = "",
          .capabilities = {{"IMAP4rev1"},
                           {"IMAP4rev2"},
                           {.name = "STARTTLS", .serves_login = true},
                           {.name = "LOGINDISABLED"},
                           {.name = "AUTH=PLAIN", .serves_login = true},
                           {.name = "AUTH=LOGIN", .serves_login = true},
                           {.name = "AUTH=CRAM-MD5", .serves_login = true},
                           {.name = "AUTH=SCRAM-SHA-1", .serves_login = true},
                           {.name = "AUTH=SCRAM-SHA-256", .serves_login = true},
                           // Of these only that they are offered matters so far.
                           {"CONDSTORE"},
                           {"QRESYNC"},
                           {"UTF8=ACCEPT"}},
          .commands = {{.name = "CAPABILITY", .reads_only = true},
                       {.name = "NOOP", .reads_only = true},
                       {.name = "LOGOUT", .reads_only = true},
                       {.name = "STARTTLS"},
                       {.name = "LOGIN"},
                       {.name = "AUTHENTICATE", .continued = true},
                       {.name = "SELECT", .reads_only = true},
                       {.name = "EXAMINE", .reads_only = true},
                       {.name = "CREATE"},
                       {.name = "DELETE"},
                       {.name = "RENAME"},
                       {.name = "SUBSCRIBE", .account_wide = true},
                       {.name = "UNSUBSCRIBE", .account_wide = true},
                       {.name = "LIST", .reads_only = true, .account_wide = true},
                       {.name = "LSUB", .reads_only = true, .account_wide = true},
                       {.name = "STATUS", .reads_only = true},
                       {.name = "APPEND"},
                       {.name = "CHECK", .reads_only = true},
                       {.name = "CLOSE"},
                       {.name = "EXPUNGE"},
                       {.name = "SEARCH", .reads_only = true, .counts = true},
                       {.name = "FETCH", .reads_only = true, .counts = true},
                       {.name = "STORE", .counts = true},
                       {.name = "COPY"}},
          .untagged = {{"CAPABILITY", "rfc9051/7.2.2/capability-grammar", capability_list, Shape::words},
                       {"FLAGS", "rfc9051/7.3.5/flags-grammar", flags, Shape::list},
                       {"LIST", "rfc9051/7.3.1/list-grammar", [](Cursor& c) { return c.sp() && mailbox_list(c); }, Shape::name},
                       {"LSUB", "rfc3501/7.2.3/lsub-grammar", [](Cursor& c) { return c.sp() && mailbox_list(c); }, Shape::name},
                       {"SEARCH", "rfc3501/7.2.5/search-grammar", search_data, Shape::numbers},
                       {"STATUS", "rfc9051/7.3.3/status-data-grammar", [](Cursor& c) { return c.sp() && status_data(c); }, Shape::items},
                       {"EXISTS", "rfc9051/7.4.1/exists-grammar", nullptr, Shape::none},
                       {"RECENT", "rfc3501/7.3.2/recent-grammar", nullptr, Shape::none},
                       {"EXPUNGE", "rfc9051/7.5.1/expunge-grammar", nullptr, Shape::none},
                       {"FETCH", "rfc9051/7.5.2/fetch-grammar", nullptr, Shape::message}},
          .codes = {{"CAPABILITY", capability_list},
                    {"UIDNEXT", spaced_nz_number},
                    {"UIDVALIDITY", spaced_nz_number},
                    // RFC 3501 has UNSEEN, RFC 9051 has done without it.
                    {"UNSEEN", spaced_nz_number},
                    {"PERMANENTFLAGS", permanent_flags},
                    {"BADCHARSET", bad_charset},
                    {"ALERT"},
                    {"PARSE"},
                    {"READ-ONLY"},
                    {"READ-WRITE"},
                    {"TRYCREATE"},
                    {"CLOSED"}},
          .status_items = {{"MESSAGES", number}, {"RECENT", number}, {"UNSEEN", number}, {"UIDNEXT", nz_number}, {"UIDVALIDITY", nz_number}}};
}

template <typename Word>
const Word* find(std::vector<Word> Extension::* words, std::string_view Word::* name, std::string_view wanted) {
  for (const auto& extension : vocabulary()) {
    const auto& all = extension.*words;
    const auto it = std::ranges::find_if(all, [&](const Word& w) { return iequals(w.*name, wanted); });
    if (it != all.end()) return &*it;
  }
  return nullptr;
}

}  // namespace

const std::vector<Extension>& vocabulary() {
  static const std::vector<Extension> kAll{
      core(),
#define EXTENSION(name) ext::name(),
#include "harness/imap/ext/registry.inc"
#undef EXTENSION
  };
  return kAll;
}

const CapabilityWord* find_capability(std::string_view name) { return find(&Extension::capabilities, &CapabilityWord::name, name); }
const CommandWord* find_command_word(std::string_view name) { return find(&Extension::commands, &CommandWord::name, name); }
bool is_continued(std::string_view command) {
  const auto* word = find_command_word(command);
  return word && word->continued;
}
const UntaggedWord* find_untagged(std::string_view keyword) { return find(&Extension::untagged, &UntaggedWord::keyword, keyword); }
const CodeWord* find_code(std::string_view name) { return find(&Extension::codes, &CodeWord::name, name); }
const StatusItem* find_status_item(std::string_view name) { return find(&Extension::status_items, &StatusItem::name, name); }

}  // namespace mailspec::imap
