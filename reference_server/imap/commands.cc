#include "reference_server/imap/commands.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap {

namespace {

LoginArguments read_login(Parser& p, const Head&) {
  LoginArguments a;
  p.sp();
  a.quoted = p.peek() == '"';
  a.user = p.astring("user");
  p.sp();
  a.password = p.astring("password");
  return a;
}

AuthenticateArguments read_authenticate(Parser& p, const Head&) {
  AuthenticateArguments a;
  p.sp();
  a.mechanism = p.word();
  if (!p.has(Extension::sasl_ir) || !p.take(' ')) return a;
  const auto start = p.at();
  while (!p.at_end() && p.peek() != ' ') p.skip(1);
  a.initial = p.from(start);
  if (a.initial->empty()) p.fail("an initial response was due");
  // RFC 4959 section 7: base64 or "=", no string. Whether it is good base64 is the exchange's to say.
  if (a.initial->find_first_of("\r\n") != std::string::npos) p.fail("an initial response is no literal");
  return a;
}

// SP mailbox
std::string mailbox(Parser& p, const Head& c) {
  p.sp();
  return p.astring(c.name);
}

CreateArguments read_create(Parser& p, const Head& c) {
  CreateArguments a{.mailbox = mailbox(p, c), .use = {}};
  if (!p.has(Extension::special_use) || !p.take(' ')) return a;
  p.lit('(');
  if (p.word() != "USE") p.fail("USE was due");
  p.sp();
  for (const auto& f : p.flag_list()) a.use = f;
  p.lit(')');
  return a;
}

RenameArguments read_rename(Parser& p, const Head& c) {
  RenameArguments a{.mailbox = mailbox(p, c), .target = {}};
  p.sp();
  a.target = p.astring("target");
  return a;
}

StatusArguments read_status(Parser& p, const Head& c) {
  StatusArguments a{.mailbox = mailbox(p, c), .items = {}};
  p.sp();
  a.items = p.status_items();
  return a;
}

LsubArguments read_lsub(Parser& p, const Head& c) {
  LsubArguments a{.mailbox = mailbox(p, c), .pattern = {}};
  p.sp();
  a.pattern = p.list_mailbox();
  return a;
}

// SP [flag-list SP] [date-time SP] literal
AppendItem append_item(Parser& p) {
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
  if (p.peek() != '{' && !(p.peek() == '~' && p.reading().literal8 && p.has(Extension::binary))) p.fail("a literal was due", Reason::literal_due);
  if (!p.failed()) item.octets = p.literal(&item.binary);
  return item;
}

AppendArguments read_append(Parser& p, const Head& c) {
  AppendArguments a{.mailbox = mailbox(p, c), .items = {}};
  do a.items.push_back(append_item(p));
  while (!p.failed() && p.has(Extension::multiappend) && p.peek() == ' ');
  return a;
}

StoreArguments read_store(Parser& p, const Head&) {
  StoreArguments a;
  p.sp();
  a.set = p.set();
  p.sp();
  for (const char sign : {'+', '-'}) {
    if (a.sign == 0 && p.take(sign)) a.sign = sign;
  }
  const auto what = p.word();
  if (what == "FLAGS.SILENT") a.silent = true;
  else if (what != "FLAGS") p.fail("FLAGS was due");
  p.sp();
  if (p.peek() == '(') {
    a.flags = p.flag_list();
  } else {
    do {
      a.flags.push_back(p.flag());
    } while (!p.failed() && p.take(' '));
  }
  p.refuse_recent(a.flags);
  return a;
}

// NOOP and CHECK: what there is to tell comes with any command.
void just_ok(Session& s, const Head& c) { s.ok(c); }

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

MailboxArguments read_mailbox(Parser& p, const Head& c) { return {mailbox(p, c)}; }

CopyArguments read_set_and_mailbox(Parser& p, const Head& c) {
  CopyArguments a;
  p.sp();
  a.set = p.set();
  a.mailbox = mailbox(p, c);
  return a;
}

const std::vector<CommandRow>& core_commands() {
  using enum When;
  using enum CommandRow::Trait;
  static const std::vector<CommandRow> kAll{
      {"CAPABILITY", any, handled_by<&Session::capability>()},
      {"NOOP", any, handled_by<just_ok>(), tells},
      {"LOGOUT", any, handled_by<&Session::logout>()},
      {"STARTTLS", before_login, handled_by<&Session::starttls>()},
      {"LOGIN", before_login, handled_by<read_login, &Session::login>()},
      {"AUTHENTICATE", before_login, handled_by<read_authenticate, &Session::authenticate>()},
      {"SELECT", after_login, handled_by<read_mailbox, &Session::select>(), tells | normalizes},
      {"EXAMINE", after_login, handled_by<read_mailbox, &Session::select>(), tells | normalizes},
      {"CREATE", after_login, handled_by<read_create, &Session::create>(), normalizes},
      {"DELETE", after_login, handled_by<read_mailbox, &Session::remove>(), normalizes},
      {"RENAME", after_login, handled_by<read_rename, &Session::rename>(), normalizes},
      {"SUBSCRIBE", after_login, handled_by<read_mailbox, &Session::subscribe>()},
      {"UNSUBSCRIBE", after_login, handled_by<read_mailbox, &Session::subscribe>()},
      {"LIST", after_login, handled_by<read_list, &Session::list>()},
      {"LSUB", after_login, handled_by<read_lsub, &Session::lsub>(), rev1_only},
      {"STATUS", after_login, handled_by<read_status, &Session::status>()},
      {"APPEND", after_login, handled_by<read_append, &Session::append>(), tells | normalizes},
      {"CHECK", selected, handled_by<just_ok>(), rev1_only | tells},
      {"CLOSE", selected, handled_by<&Session::close>()},
      {"EXPUNGE", selected, handled_by<&Session::expunge>(), tells},
      {"SEARCH", selected, handled_by<read_search, &Session::search>(), may_have_uid | counts},
      {"FETCH", selected, handled_by<read_fetch, &Session::fetch>(), may_have_uid | counts},
      {"STORE", selected, handled_by<read_store, &Session::store>(), may_have_uid | counts},
      {"COPY", selected, handled_by<read_set_and_mailbox, &Session::copy>(), may_have_uid | tells},
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
