#include "reference_server/imap/commands.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap {

namespace {

void read_login(Parser& p, Command& c) {
  p.sp();
  c.quoted_login = p.peek() == '"';
  c.user = p.astring("user");
  p.sp();
  c.password = p.astring("password");
}

void read_authenticate(Parser& p, Command& c) {
  p.sp();
  c.mechanism = p.word();
  if (!p.has(Extension::sasl_ir) || !p.take(' ')) return;
  const auto start = p.at();
  while (!p.at_end() && p.peek() != ' ') p.skip(1);
  c.initial = p.from(start);
  if (c.initial->empty()) p.fail("an initial response was due");
  // RFC 4959 section 7: base64 or "=", no string. Whether it is good base64 is the exchange's to say.
  if (c.initial->find_first_of("\r\n") != std::string::npos) p.fail("an initial response is no literal");
}

void read_mailbox(Parser& p, Command& c) {
  p.sp();
  c.mailbox = p.astring(c.name);
}

void read_create(Parser& p, Command& c) {
  read_mailbox(p, c);
  if (!p.has(Extension::special_use) || !p.take(' ')) return;
  p.lit('(');
  if (p.word() != "USE") p.fail("USE was due");
  p.sp();
  for (const auto& f : p.flag_list()) c.use = f;
  p.lit(')');
}

void read_rename(Parser& p, Command& c) {
  read_mailbox(p, c);
  p.sp();
  c.target = p.astring("target");
}

void read_status(Parser& p, Command& c) {
  read_mailbox(p, c);
  p.sp();
  c.items = p.status_items();
}

void read_lsub(Parser& p, Command& c) {
  read_mailbox(p, c);
  p.sp();
  c.patterns.push_back(p.list_mailbox());
}

void read_append(Parser& p, Command& c) {
  read_mailbox(p, c);
  do {
    AppendItem item;
    p.sp();
    if (p.peek() == '(') {
      item.flags = p.flag_list();
      p.refuse_recent(item.flags);
      p.sp();
    }
    if (p.peek() == '"') {
      item.date = parse_date_time(p.quoted());
      if (!item.date) p.fail("that is no date");
      p.sp();
    }
    bool binary = false;
    if (p.peek() != '{' && !(p.peek() == '~' && p.reading().literal8 && p.has(Extension::binary))) p.fail("a literal was due");
    if (!p.failed()) item.octets = p.literal(&binary);
    item.binary = binary;
    c.append.push_back(std::move(item));
  } while (!p.failed() && p.has(Extension::multiappend) && p.peek() == ' ');
}

void read_store(Parser& p, Command& c) {
  p.sp();
  c.set = p.set();
  p.sp();
  for (const char sign : {'+', '-'}) {
    if (c.store == 0 && p.take(sign)) c.store = sign;
  }
  const auto what = p.word();
  if (what == "FLAGS.SILENT") c.silent = true;
  else if (what != "FLAGS") p.fail("FLAGS was due");
  p.sp();
  if (p.peek() == '(') {
    c.flags = p.flag_list();
  } else {
    do {
      c.flags.push_back(p.flag());
    } while (!p.failed() && p.take(' '));
  }
  p.refuse_recent(c.flags);
}

bool is_there(const CommandRow& row, bool uid) {
  return uid ? row.is(CommandRow::may_have_uid) || row.is(CommandRow::must_have_uid) : !row.is(CommandRow::must_have_uid);
}

const CommandRow* find_among(const std::vector<CommandRow>& rows, std::string_view name, bool uid) {
  const auto it = std::ranges::find_if(rows, [&](const CommandRow& row) { return row.name == name && is_there(row, uid); });
  return it == rows.end() ? nullptr : &*it;
}

template <typename Chosen>
const CommandRow* find_where(std::string_view name, bool uid, Chosen chosen) {
  if (const auto* row = find_among(core_commands(), name, uid)) return row;
  for (const auto& e : extensions()) {
    if (const auto* row = chosen(e.id) ? find_among(e.commands, name, uid) : nullptr) return row;
  }
  return nullptr;
}

}  // namespace

void read_set_and_mailbox(Parser& p, Command& c) {
  p.sp();
  c.set = p.set();
  read_mailbox(p, c);
}

const std::vector<CommandRow>& core_commands() {
  using enum When;
  using enum CommandRow::Trait;
  static const std::vector<CommandRow> kAll{
      {"CAPABILITY", any, nullptr, [](Session& s, const Command& c) { s.capability(c); }},
      {"NOOP", any, nullptr, [](Session& s, const Command& c) { s.ok(c); }, tells},
      {"LOGOUT", any, nullptr, [](Session& s, const Command& c) { s.logout(c); }},
      {"STARTTLS", before_login, nullptr, [](Session& s, const Command& c) { s.starttls(c); }},
      {"LOGIN", before_login, read_login, [](Session& s, const Command& c) { s.login(c); }},
      {"AUTHENTICATE", before_login, read_authenticate, [](Session& s, const Command& c) { s.authenticate(c); }},
      {"SELECT", after_login, read_mailbox, [](Session& s, const Command& c) { s.select(c); }, tells | normalizes},
      {"EXAMINE", after_login, read_mailbox, [](Session& s, const Command& c) { s.select(c); }, tells | normalizes},
      {"CREATE", after_login, read_create, [](Session& s, const Command& c) { s.create(c); }, normalizes},
      {"DELETE", after_login, read_mailbox, [](Session& s, const Command& c) { s.remove(c); }, normalizes},
      {"RENAME", after_login, read_rename, [](Session& s, const Command& c) { s.rename(c); }, normalizes},
      {"SUBSCRIBE", after_login, read_mailbox, [](Session& s, const Command& c) { s.subscribe(c); }},
      {"UNSUBSCRIBE", after_login, read_mailbox, [](Session& s, const Command& c) { s.subscribe(c); }},
      {"LIST", after_login, read_list, [](Session& s, const Command& c) { s.list(c); }},
      {"LSUB", after_login, read_lsub, [](Session& s, const Command& c) { s.lsub(c); }, rev1_only},
      {"STATUS", after_login, read_status, [](Session& s, const Command& c) { s.status(c); }},
      {"APPEND", after_login, read_append, [](Session& s, const Command& c) { s.append(c); }, tells | normalizes},
      {"CHECK", selected, nullptr, [](Session& s, const Command& c) { s.ok(c); }, rev1_only | tells},
      {"CLOSE", selected, nullptr, [](Session& s, const Command& c) { s.close(c); }},
      {"EXPUNGE", selected, nullptr, [](Session& s, const Command& c) { s.expunge(c); }, tells},
      {"SEARCH", selected, read_search, [](Session& s, const Command& c) { s.search(c); }, may_have_uid | counts},
      {"FETCH", selected, read_fetch, [](Session& s, const Command& c) { s.fetch(c); }, may_have_uid | counts},
      {"STORE", selected, read_store, [](Session& s, const Command& c) { s.store(c); }, may_have_uid | counts},
      {"COPY", selected, read_set_and_mailbox, [](Session& s, const Command& c) { s.copy(c); }, may_have_uid | tells},
  };
  return kAll;
}

const CommandRow* find_command(std::string_view name, bool uid, const Extensions& in_force) {
  return find_where(name, uid, [&](Extension e) { return in_force.has(e); });
}

const CommandRow* find_command(std::string_view name, bool uid) {
  return find_where(name, uid, [](Extension) { return true; });
}

}  // namespace mailspec::reference::imap
