// APPEND, STORE, EXPUNGE, COPY, MOVE.
#include <algorithm>

#include "harness/base/text.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/number_set.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/text.h"

namespace mailspec::reference::imap {

namespace {

// RFC 5322 3.6.
bool is_message(const std::string& octets) {
  const auto message = mime::parse_message(octets);
  return message.field("Date") && message.field("From");
}

// By the lines that may begin one (RFC 2046 5.1.1).
bool has_many_parts(const std::string& octets) {
  constexpr int kMost = 100;
  int seen = 0;
  for (auto at = octets.find("\r\n--"); at != std::string::npos && seen <= kMost; at = octets.find("\r\n--", at + 1)) ++seen;
  return seen > kMost;
}

}  // namespace

// Those of the flags that a client has given which the mailbox keeps (RFC 9051 2.3.2).
std::set<std::string> Session::kept_of(const std::vector<std::string>& given, const Mailbox& box) const {
  std::set<std::string> kept;
  for (const auto& f : given) {
    if (f.starts_with('\\') || (o().has_room_for(f) && x_policy.messages.keeps(f))) kept.insert(box.flag_as_kept(f));
  }
  return kept;
}

void Session::append(const Head& c, const AppendArguments& a) {
  const auto name = name_in(a.mailbox);
  auto* box = name ? x_policy.messages.target(x_account->mailboxes, *name, c.name) : nullptr;
  if (!box) return no(c, "no such mailbox", "TRYCREATE");
  for (const auto& item : a.items) {
    if (x_policy.messages.is_cancelled_by(item, a.items.size())) {
      x_policy.messages.undo(*box, a.items, present(x_now));
      return no(c, "a message of no octets");
    }
    if (choice("few-parts") && has_many_parts(item.octets)) return no(c, "a message of too many parts");
    if (choice("messages-need-date") && !is_message(item.octets)) return no(c, "no message without Date and From (RFC 5322 3.6)", "CANNOT");
  }
  std::vector<std::uint64_t> uids;
  for (const auto& item : a.items) {
    const bool binary = item.octets.find('\0') != std::string::npos;
    if (binary && o().refuses_binary) return no(c, "no NUL is stored", "UNKNOWN-CTE");
    auto octets = binary ? mime::without_binary(item.octets) : item.octets;
    // RFC 9051 4.3.1: what is not in a part of the encoding "binary" could never be sent again.
    if (octets.find('\0') != std::string::npos) return no(c, "a NUL outside a binary part", "UNKNOWN-CTE");
    const auto [date, zone] = x_policy.messages.date_of(item, *box, present(x_now));
    x_policy.messages.choose_uid(*box);
    const auto& m = box->append(x_policy.messages.octets_of(item, std::move(octets)), o().as_appended(kept_of(item.flags, *box)), date, zone);
    uids.push_back(m.uid);
  }
  if (has(Extension::uidplus)) return ok(c, "APPENDUID", {Node::num(box->uid_validity), Node::atom(write_set(uids))});
  ok(c);
}

void Session::store(const Head& c, const StoreArguments& a) {
  bool bad_number = false;
  const auto indexes = resolve(a.set, c.uid, bad_number);
  if (bad_number) return bad(c, "no such message");
  if (x_view.read_only) return no(c, "the mailbox is read-only", "CANNOT");
  if (x_policy.messages.refuses(c, a)) return no(c, "flags stay as they are", "CANNOT");
  bool missing = false;
  for (const auto index : indexes) {
    auto* m = message(index);
    if (!m) {
      missing = true;
      continue;
    }
    auto& slot = x_view.slots[index];
    const auto before = m->flags;
    m->flags = x_policy.messages.flags_after(c, a, before, kept_of(a.flags, *x_view.box), slot, indexes.size());
    for (const auto& f : m->flags) {
      if (!f.starts_with('\\')) x_view.box->keywords.insert(f);
    }
    x_policy.messages.note(slot, *m);
    if (m->flags != before) m->changed = ++x_view.box->changes;
    slot.told = m->changed;
    if (x_policy.messages.tells(a, m->flags != before)) tell_flags_of(index, *m, tells_uid(c));
  }
  if (missing) return no(c, "some messages have been expunged", "EXPUNGEISSUED");
  ok(c);
}

void Session::expunge(const Head& c) { remove_deleted(c, nullptr); }

void Session::uid_expunge(const Head& c, const SetArguments& a) { remove_deleted(c, &a.set); }

// EXPUNGE, and of `uids` alone UID EXPUNGE.
void Session::remove_deleted(const Head& c, const Set* uids) {
  if (!x_policy.messages.may_expunge(x_view)) return no(c, "the mailbox is read-only", "CANNOT");
  if (in_use() && o().refuses_in_use) return no(c, "somebody else is at work here", "INUSE");
  bool ignored = false;
  const auto chosen = uids ? resolve(*uids, true, ignored) : std::vector<std::size_t>{};
  for (const auto uid : x_policy.messages.expunged(x_view, uids, chosen)) x_view.box->expunge(uid);
  ok(c);
}

void Session::copy(const Head& c, const CopyArguments& a) {
  bool bad_number = false;
  const auto indexes = resolve(a.set, c.uid, bad_number);
  if (bad_number) return bad(c, "no such message");
  const auto name = name_in(a.mailbox);
  const bool moves = c.name == "MOVE";
  auto* box = name ? x_policy.messages.target(x_account->mailboxes, *name, c.name) : nullptr;
  if (!box) return no(c, "no such mailbox", "TRYCREATE");
  if (box == x_view.box && choice("no-copy-into-itself")) return no(c, "it is there already", "CANNOT");
  if (moves && x_view.read_only) return no(c, "the mailbox is read-only", "CANNOT");
  if (moves && x_policy.messages.takes_moved(x_view, indexes, *box)) return ok(c);
  // All or nothing (RFC 9051 6.4.7).
  for (const auto i : indexes) {
    if (!message(i)) return no(c, "some messages have been expunged", "EXPUNGEISSUED");
  }
  std::vector<std::uint64_t> source, target;
  for (const auto i : indexes) {
    const auto m = *message(i);
    source.push_back(m.uid);
    target.push_back(x_policy.messages.copy_into(*box, m, moves).uid);
  }
  x_policy.messages.leave(x_view, *box, source, target, moves);
  std::vector<Node> data;
  const bool codes = has(Extension::uidplus) && !source.empty();
  if (codes) data = {Node::num(box->uid_validity), Node::atom(write_set(source)), Node::atom(write_set(target))};
  if (moves && codes) {
    // RFC 6851 4.3: before the EXPUNGEs.
    untagged_ok("COPYUID", data, "moved");
    ok(c);
  } else {
    ok(c, codes ? "COPYUID" : "", data);
  }
  x_policy.messages.settle(x_view);
}

}  // namespace mailspec::reference::imap
