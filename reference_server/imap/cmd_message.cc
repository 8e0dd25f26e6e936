// APPEND, STORE, EXPUNGE, COPY, MOVE.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/text.h"

namespace mailspec::reference::imap {

namespace {

// System flags as the RFC writes them; keywords keep the case of their first use.
std::string flag_as_kept(const Mailbox& box, const std::string& flag) {
  for (const auto* f : {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"}) {
    if (iequals(flag, f)) return f;
  }
  for (const auto& k : box.keywords) {
    if (iequals(k, flag)) return k;
  }
  return flag;
}

std::string set_text(std::vector<std::uint64_t> uids) {
  std::string out;
  for (std::size_t i = 0; i < uids.size();) {
    std::size_t k = i;
    while (k + 1 < uids.size() && uids[k + 1] == uids[k] + 1) ++k;
    out += (out.empty() ? "" : ",") + std::to_string(uids[i]) + (k > i ? ":" + std::to_string(uids[k]) : "");
    i = k + 1;
  }
  return out;
}

// The moment the Date field of a message names, where it is one.
std::optional<std::int64_t> date_of_field(const std::string& octets) {
  const auto message = mime::parse_message(octets);
  const auto* field = message.field("Date");
  return field ? moment_of_field(field->value) : std::nullopt;
}

// RFC 5322 3.6.
bool is_message(const std::string& octets) {
  const auto message = mime::parse_message(octets);
  return message.field("Date") && message.field("From");
}

}  // namespace

// RFC 9051 section 2.3.2.
bool Session::drops(const std::string& keyword) const {
  static const std::set<std::string, std::less<>> kKnown{"$mdnsent", "$forwarded", "$junk", "$notjunk", "$phishing"};
  return fault(kKnown.contains(lower(keyword)) ? Fault::known_keywords_dropped : Fault::own_keywords_dropped);
}

void Session::append(const Command& c) {
  const auto name = name_in(c.mailbox);
  auto* box = name ? x_account->mailboxes.find(*name) : nullptr;
  if (!box || !box->selectable) {
    if (fault(Fault::append_creates) && name) box = &x_account->mailboxes.create(*name);
    else return no(c, "no such mailbox", fault(Fault::no_trycreate) ? "" : "TRYCREATE");
  }
  std::vector<std::uint64_t> uids;
  for (const auto& item : c.append) {
    if (item.octets.empty() && c.append.size() > 1 && !fault(Fault::multiappend_takes_nothing)) {
      if (fault(Fault::multiappend_keeps_some)) box->append(std::string(c.append[0].octets), {}, present(x_now), 0);
      return no(c, "a message of no octets");
    }
    if (choice("messages-need-date") && !is_message(item.octets)) return no(c, "no message without Date and From (RFC 5322 3.6)", "CANNOT");
  }
  for (const auto& item : c.append) {
    std::set<std::string> flags;
    for (const auto& f : item.flags) {
      if (f.starts_with('\\') || (!drops(f) && !fault(Fault::append_keywords_dropped))) flags.insert(flag_as_kept(*box, f));
    }
    flags = o().as_appended(std::move(flags));
    if (fault(Fault::append_forgets_flags)) flags.clear();
    const bool binary = item.octets.find('\0') != std::string::npos;
    if (binary && o().refuses_binary) return no(c, "no NUL is stored", fault(Fault::binary_refused_without_code) ? "" : "UNKNOWN-CTE");
    auto octets = binary && !fault(Fault::append_binary_cut) ? mime::without_binary(item.octets) : item.octets;
    if (binary && fault(Fault::append_binary_cut)) octets.resize(octets.find('\0'));
    // RFC 9051 4.3.1: what is not in a part of the encoding "binary" could never be sent again.
    if (binary && octets.find('\0') != std::string::npos) return no(c, "a NUL outside a binary part", "UNKNOWN-CTE");
    if (fault(Fault::binary_kept)) octets = item.octets;
    if (fault(Fault::append_changes_octets)) octets += "\r\n";
    if (fault(Fault::append_adds_field)) octets = "X-Received-By: somebody\r\n" + octets;
    if (fault(Fault::append_lf)) octets = replace_all(std::move(octets), "\r\n", "\n");
    auto date = item.date.value_or(std::pair<std::int64_t, int>(present(x_now), 0));
    if (!item.date && fault(Fault::append_date_epoch)) date = {0, 0};
    if (!item.date && fault(Fault::append_date_of_field)) date = {date_of_field(octets).value_or(0), 0};
    if (!item.date && fault(Fault::append_date_last) && !box->messages.empty()) date.first = box->messages.rbegin()->second.date;
    if (fault(Fault::append_forgets_date)) date = {1000000000, 0};
    if (fault(Fault::append_date_ignores_zone)) date.first += date.second * 60;
    if (fault(Fault::append_own_count)) box->uid_next = x_next_uids.emplace(box->name, box->uid_next).first->second++;
    if (fault(Fault::imap_uid_reused)) box->uid_next = box->messages.empty() ? 1 : box->messages.rbegin()->first + 1;
    auto& m = box->append(std::move(octets), std::move(flags), date.first, date.second);
    uids.push_back(m.uid);
    if (fault(Fault::multiappend_first)) break;
  }
  if (fault(Fault::appenduid_of_first) && uids.size() > 1) uids.resize(1);
  if (has(Extension::uidplus) && !uids.empty()) return ok(c, "APPENDUID", {Node::num(box->uid_validity), Node::atom(set_text(uids))});
  ok(c);
}

void Session::store(const Command& c) {
  bool bad_number = false;
  const auto indexes = resolve(c.set, c.uid, bad_number);
  if (bad_number && !fault(Fault::store_out_of_range)) return bad(c, "no such message");
  if (c.set.saved && indexes.empty() && fault(Fault::save_empty_bad)) return bad(c, "nothing is saved");
  // Faults are one for each form.
  const auto form = std::string(c.uid ? "UID " : "") + std::string(c.store ? 1 : 0, c.store) + (c.silent ? "FLAGS.SILENT" : "FLAGS");
  if (fault(Fault::refuses_store, form)) return bad(c, "not in this form");
  if (c.uid && fault(Fault::store_refused)) return no(c, "flags stay as they are", "CANNOT");
  if (x_view.read_only) return no(c, "the mailbox is read-only", "CANNOT");
  if (c.store == '-' && fault(Fault::keyword_stays) && std::ranges::any_of(c.flags, [](const auto& f) { return !f.starts_with('\\'); }))
    return no(c, "keywords stay", "CANNOT");
  bool missing = false;
  for (const auto index : indexes) {
    auto* m = message(index);
    if (!m) {
      missing = true;
      continue;
    }
    std::set<std::string> flags;
    for (const auto& f : c.flags) {
      if (f.starts_with('\\') || (!drops(f) && o().has_room_for(f))) flags.insert(flag_as_kept(*x_view.box, f));
    }
    auto before = m->flags;
    if (fault(Fault::store_from_memory)) m->flags = x_view.slots[index].flags;
    const bool keyword = std::ranges::any_of(c.flags, [](const auto& f) { return !f.starts_with('\\'); });
    const char how = fault(Fault::store_replaces) || (keyword && c.store == '+' && fault(Fault::keyword_replaces)) ? 0 : c.store;
    if (how == 0) m->flags = flags;
    if (how == '+') m->flags.insert(flags.begin(), flags.end());
    if (how == '-') {
      for (const auto& f : flags) m->flags.erase(f);
    }
    if (!c.store && fault(Fault::store_invents_keyword)) m->flags.insert("$Touched");
    if ((indexes.size() > 1 && fault(Fault::store_does_nothing)) || fault(Fault::ignores_store, form)) m->flags = before;
    for (const auto& f : m->flags) {
      if (!f.starts_with('\\')) x_view.box->keywords.insert(f);
    }
    if (!fault(Fault::drop_forgets_flags) && !fault(Fault::leaving_forgets)) x_view.slots[index].flags = m->flags;
    if (m->flags != before) m->changed = ++x_view.box->changes;
    const bool silent = fault(Fault::silent_speaks) ? false : c.silent;
    // RFC 9051 6.4.6: without .SILENT the new value comes back, whether changed or not.
    if (!silent && !fault(Fault::store_is_silent) && !(fault(Fault::store_unchanged_silent) && m->flags == before)) {
      x_view.slots[index].told = m->changed;
      Response r;
      r.number = c.uid && fault(Fault::fetch_by_uid) ? m->uid : index + 1;
      r.keyword = "FETCH";
      r.data.push_back(Node::list({Node::atom("FLAGS"), flags_of(x_view.slots[index], *m)}));
      if ((c.uid || x_rev2 || o().uid_in_fetch) && !(c.uid && fault(Fault::uid_store_without_uid)))
        r.data[0].items.insert(r.data[0].items.begin(), {Node::atom("UID"), Node::num(m->uid)});
      emit(std::move(r));
    } else {
      x_view.slots[index].told = m->changed;
    }
  }
  if (missing) return no(c, "some messages have been expunged", "EXPUNGEISSUED");
  ok(c);
}

void Session::expunge(const Command& c) {
  if (x_view.read_only && !fault(Fault::expunge_in_examine)) return no(c, "the mailbox is read-only", "CANNOT");
  if (in_use() && o().refuses_in_use) return no(c, "somebody else is at work here", "INUSE");
  bool ignored = false;
  std::vector<std::size_t> chosen;
  if (c.uid && !fault(Fault::uid_expunge_all)) chosen = resolve(c.set, true, ignored);
  if (c.uid && fault(Fault::uid_expunge_star_is_last) && !chosen.empty() && std::ranges::any_of(c.set.ranges, [](const auto& r) { return r.second == kStar; }))
    chosen = {chosen.back()};
  std::vector<std::uint64_t> gone;
  for (std::size_t i = 0; i < x_view.slots.size(); ++i) {
    const auto it = x_view.box->messages.find(x_view.slots[i].uid);
    if (it == x_view.box->messages.end()) continue;
    const bool listed = !c.uid || fault(Fault::uid_expunge_all) || std::ranges::find(chosen, i) != chosen.end();
    if (listed && (it->second.flags.contains("\\Deleted") || fault(Fault::expunge_all))) gone.push_back(it->first);
  }
  if (!fault(Fault::expunge_does_nothing)) {
    for (const auto uid : gone) x_view.box->expunge(uid);
  }
  ok(c);
}

void Session::copy(const Command& c) {
  bool bad_number = false;
  auto indexes = resolve(c.set, c.uid, bad_number);
  if (c.name == "COPY" && fault(Fault::copy_first_range) && c.set.ranges.size() > 1) {
    auto first = c.set;
    first.ranges.resize(1);
    indexes = resolve(first, c.uid, bad_number);
  }
  if (bad_number && !fault(Fault::copy_out_of_range)) return bad(c, "no such message");
  const auto name = name_in(c.mailbox);
  auto* box = name ? x_account->mailboxes.find(*name) : nullptr;
  const bool moves = c.name == "MOVE";
  if (!box && name && !moves && fault(Fault::copy_creates)) box = &x_account->mailboxes.create(*name);
  if (!box || !box->selectable) return no(c, "no such mailbox", fault(Fault::copy_no_trycreate) ? "" : "TRYCREATE");
  if (box == x_view.box && choice("no-copy-into-itself")) return no(c, "it is there already", "CANNOT");
  if (moves && x_view.read_only) return no(c, "the mailbox is read-only", "CANNOT");
  if (moves && fault(Fault::second_move_loses)) {
    // Takes the copy another session has made for the message itself.
    for (const auto i : indexes) {
      const auto ghost = x_view.box->ghosts.find(x_view.slots[i].uid);
      if (ghost != x_view.box->ghosts.end() && !box->messages.empty()) {
        box->expunge(box->messages.begin()->first);
        return ok(c);
      }
    }
  }
  // All or nothing (RFC 9051 6.4.7).
  for (const auto i : indexes) {
    if (!message(i)) return no(c, "some messages have been expunged", "EXPUNGEISSUED");
  }
  std::vector<std::uint64_t> source, target;
  for (const auto i : indexes) {
    const auto m = *message(i);
    auto flags = m.flags;
    if (fault(moves ? Fault::move_forgets_flags : Fault::copy_forgets_flags)) flags.clear();
    if (moves && fault(Fault::move_deleted)) flags.insert("\\Deleted");
    auto& copied = box->append(m.octets, flags, !moves && fault(Fault::copy_forgets_date) ? 1000000000 : m.date, m.zone);
    if (fault(Fault::copy_not_recent)) copied.recent = false;
    source.push_back(m.uid);
    target.push_back(copied.uid);
  }
  if (!moves && fault(Fault::copy_of_first_only) && target.size() > 1) {
    for (std::size_t k = 1; k < target.size(); ++k) box->expunge(target[k]);
  }
  std::map<std::uint64_t, StoredMessage> kept;
  if (moves && fault(Fault::moved_stays)) {
    for (const auto i : indexes) kept.emplace(message(i)->uid, *message(i));
  }
  if (moves && !fault(Fault::move_copies)) {
    for (const auto uid : source) x_view.box->expunge(uid);
  }
  if (moves && fault(Fault::move_expunges)) {
    for (const auto& slot : x_view.slots) {
      const auto it = x_view.box->messages.find(slot.uid);
      if (it != x_view.box->messages.end() && it->second.flags.contains("\\Deleted")) x_view.box->expunge(slot.uid);
    }
  }
  if (fault(Fault::copy_removes)) {
    for (const auto uid : source) x_view.box->expunge(uid);
  }
  std::vector<Node> data;
  const bool codes = has(Extension::uidplus) && (!source.empty() || fault(Fault::copyuid_empty));
  if (codes) {
    if (fault(Fault::copyuid_swapped)) std::swap(source, target);
    data = {Node::num(box->uid_validity), Node::atom(set_text(source)), Node::atom(set_text(target))};
  }
  if (moves && codes) {
    // RFC 6851 4.3: before the EXPUNGEs.
    untagged_ok("COPYUID", data, "moved");
    ok(c);
  } else {
    ok(c, codes ? "COPYUID" : "", data);
  }
  // The session has been told that they are gone.
  x_view.box->messages.merge(kept);
}

}  // namespace mailspec::reference::imap
