// SELECT, EXAMINE, CLOSE, UNSELECT, CREATE, DELETE, RENAME, SUBSCRIBE, STATUS.
#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/names.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/utf8.h"

namespace mailspec::reference::imap {

namespace {
const std::vector<std::string> kSystemFlags{"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char ch) { return static_cast<unsigned char>(ch) > 0x7F; });
}
}  // namespace

std::optional<std::string> Session::name_in(const std::string& written) const {
  if (fault(Fault::inbox_case) && iequals(written, "INBOX") && written != "INBOX") return "not " + written;
  if (fault(is_ascii(written) ? Fault::any_shift : Fault::any_octet) && !x_rev2 && !from_modified_utf7(written)) return written;
  auto name = x_rev2 ? is_utf8(written) ? std::optional(written) : std::nullopt : from_modified_utf7(written);
  // RFC 9051 5.1: a denormalized name is taken for its normal form, or as one that is not there.
  if (name && o().normalizes_names && !fault(Fault::keeps_denormalized)) name = nfc(*name);
  if (name && choice("names-in-lower-case")) {
    const auto& prefix = o().prefix;
    name = istarts_with(*name, prefix) ? prefix + lower(name->substr(prefix.size())) : lower(*name);
  }
  if (name && choice("names-in-any-case")) name = as_there(std::move(*name));
  return name;
}

// RFC 9051 5.1: a name as it was written at first, level by level, where case does not matter.
std::string Session::as_there(std::string name) const {
  if (!x_account) return name;
  const auto& s = o().separator;
  const auto& all = x_account->mailboxes.all;
  std::size_t end = 0;
  do {
    end = s.empty() ? std::string::npos : name.find(s, end + 1);
    const auto level = name.substr(0, end);
    const auto there = std::ranges::find_if(all, [&](const auto& e) { return iequals(e.first, level); });
    if (there != all.end()) name.replace(0, level.size(), there->first);
  } while (end != std::string::npos);
  return name;
}

// RFC 3501 7.2.2, \Noinferiors.
// Where all mailboxes of the user are below INBOX, it has children.
bool Session::forbids_children(const std::string& name) const {
  if (name == "INBOX" && o().prefix.starts_with("INBOX")) return false;
  if (choice("inbox-has-no-children") && name == "INBOX") return true;
  const auto* box = choice("folders-or-mailboxes") ? x_account->mailboxes.find(name) : nullptr;
  return box && box->selectable;
}

bool Session::has_forbidding_level(const std::string& name) const {
  const auto& s = o().separator;
  for (auto at = s.empty() ? std::string::npos : name.find(s); at != std::string::npos; at = name.find(s, at + s.size())) {
    if (forbids_children(canonical(name.substr(0, at)))) return true;
  }
  return false;
}

Node Session::name_out(const std::string& name) const {
  const bool as_it_is = (x_rev2 && !fault(Fault::utf7_under_rev2)) || fault(Fault::name_in_utf8) || (!is_ascii(name) && fault(Fault::any_octet));
  return Node::str(as_it_is ? name : to_modified_utf7(name));
}

Node Session::separator() const { return o().separator.empty() ? Node::nil() : Node::quoted(o().separator); }

// RFC 9051 6.3.9.7.
void Session::tell_normalized() {
  if (!x_rev2) return;
  const auto* renaming = x_current->as<RenameArguments>();
  auto written = *mailbox_of(*x_current);
  if (renaming && nfc(written) == written) written = renaming->target;
  const auto name = nfc(written);
  if (name == written) return;
  auto attributes = Node::list();
  if (x_current->name == "DELETE") attributes.items.push_back(Node::atom("\\NonExistent"));
  untagged("LIST", {attributes, separator(), name_out(name), Node::list({Node::str("OLDNAME"), Node::list({Node::str(written)})})});
}

// No empty levels, no control characters, no wildcards; Net-Unicode.
bool Session::valid_name(const std::string& name) const {
  if (name.empty() || name.size() > (choice("short-names") ? 60 : 1000)) return false;
  if (choice("plain-names") && name.find_first_of("\"\\%*&{}()") != std::string::npos) return false;
  if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) return false;
  if (nfc(name) != name && !fault(Fault::keeps_denormalized)) return false;
  const auto& s = o().separator;
  if (s.empty()) return true;
  return !name.starts_with(s) && !name.ends_with(s) && name.find(s + s) == std::string::npos;
}

void Session::select(const Head& c, const MailboxArguments& a) {
  const bool had = x_state == State::selected;
  const auto name = name_in(a.mailbox);
  auto* box = name ? x_account->mailboxes.find(*name) : nullptr;
  if (had) leave_by("SELECT");
  const auto saved = x_policy.searching.kept_by_select(x_view);
  if ((box && box->selectable) || x_policy.leaving.failed_select_deselects()) {
    leave();
    // RFC 9051 6.3.2: once the old mailbox is left, CLOSED says so.
    if (had && (x_rev2 || o().announces_closed)) untagged_ok("CLOSED", {}, "the previous mailbox is closed");
    x_state = State::authenticated;
  }
  if (!box || !box->selectable) return no(c, "no such mailbox", "NONEXISTENT");
  if (const auto why = why_in_use(*box); !why.empty()) {
    if (!choice("select-waits")) return no(c, why, "INUSE");
    x_waiting = *x_current;
    return;
  }
  x_view.box = box;
  box->owner = x_serial;
  x_view.name = box->name;
  x_view.saved = saved;
  x_view.read_only = x_policy.mailboxes.is_read_only(c.name);
  ++box->sessions;
  x_state = State::selected;
  std::size_t recent = 0;
  std::uint64_t first_unseen = 0, index = 0;
  for (auto& [uid, m] : box->messages) {
    if (!x_policy.mailboxes.shows(*box)) break;
    ++index;
    x_view.slots.push_back({uid, m.changed, m.recent, m.flags});
    recent += m.recent;
    if (x_policy.mailboxes.takes_recent(x_view.read_only)) m.recent = false;
    if (!first_unseen && !m.flags.contains("\\Seen")) first_unseen = index;
  }
  x_view.seen_changes = box->changes;
  if (choice("select-codes-first")) tell_selected_codes();
  tell_selected_sizes(recent, first_unseen);
  if (!choice("select-codes-first")) tell_selected_codes();
  if (x_rev2) untagged("LIST", {Node::list(), separator(), name_out(box->name)});
  ok(c, c.name == "EXAMINE" ? "READ-ONLY" : "READ-WRITE");
}

std::vector<Node> Session::known_flags() const {
  std::vector<Node> flags;
  for (const auto& f : kSystemFlags) flags.push_back(Node::atom(f));
  std::set<std::string> keywords = x_view.box->keywords;
  if (choice("fixed-keywords")) keywords.insert(fixed_keywords().begin(), fixed_keywords().end());
  for (const auto& k : keywords) flags.push_back(Node::atom(k));
  return flags;
}

void Session::tell_selected_sizes(std::size_t recent, std::uint64_t first_unseen) {
  untagged("FLAGS", {Node::list(known_flags())});
  untagged_number(x_view.slots.size(), "EXISTS");
  if (!x_rev2) untagged_number(recent, "RECENT");
  if (first_unseen && !x_rev2 && o().unseen_code) untagged_ok("UNSEEN", {Node::num(first_unseen)}, "first unseen");
}

void Session::tell_selected_codes() {
  auto flags = known_flags();
  if (!choice("fixed-keywords") && !choice("no-keywords")) flags.push_back(Node::atom("\\*"));
  if (x_view.read_only) flags.clear();
  untagged_ok("PERMANENTFLAGS", {Node::list(flags)}, "flags that stay");
  untagged_ok("UIDNEXT", {Node::num(x_view.box->uid_next)}, "next UID");
  untagged_ok("UIDVALIDITY", {Node::num(x_view.box->uid_validity)}, "UIDs are valid");
}

// RFC 9051 7.1, INUSE: why the mailbox cannot be had now, "" if it can.
std::string Session::why_in_use(const Mailbox& box) const {
  const int by_pop3 = &box == &x_account->inbox() ? x_account->maildrop.sessions : 0;
  if (by_pop3 > 0 && choice("in-use-by-pop3")) return "a POP3 session holds the mailbox";
  const bool kept = choice("select-in-use") || choice("select-waits");
  if (box.sessions > by_pop3 && kept) return "another session holds the mailbox";
  if (x_now < box.held_until && choice("lock-outlives-drop")) return "a session that has gone still holds the mailbox";
  return {};
}

// No RFC says how soon SELECT is to be answered: it may wait for the session that holds the mailbox. One that is deleted meanwhile is not there.
void Session::select_if_free() {
  const auto name = name_in(*mailbox_of(*x_waiting));
  const auto* box = name ? x_account->mailboxes.find(*name) : nullptr;
  if (box && !why_in_use(*box).empty()) return;
  const Command c = *std::exchange(x_waiting, std::nullopt);
  within(c, [&] { select(c, *c.as<MailboxArguments>()); });
  process();
}

void Session::expunge_deleted() {
  if (!x_view.box) return;
  std::vector<std::uint64_t> gone;
  for (const auto& [uid, m] : x_view.box->messages) {
    if (m.flags.contains("\\Deleted")) gone.push_back(uid);
  }
  for (const auto uid : gone) x_view.box->expunge(uid);
}

void Session::close(const Head& c) {
  const bool removes = c.name == "CLOSE" && !x_view.read_only;
  if (removes && in_use() && o().refuses_in_use) return no(c, "somebody else is at work here", "INUSE");
  leave_by(c.name);
  if (x_policy.leaving.deselects(c.name)) {
    leave();
    x_state = State::authenticated;
  }
  ok(c);
}

// RFC 9051 6.3.4, 6.3.6: levels above a new name are made with it.
void Session::make_levels(const Head& c, const std::string& name, bool selectable) {
  if (!x_policy.mailboxes.makes_levels(c.name)) return;
  const auto& s = o().separator;
  auto& boxes = x_account->mailboxes;
  for (auto at = s.empty() ? std::string::npos : name.find(s); at != std::string::npos; at = name.find(s, at + s.size())) {
    const auto level = name.substr(0, at);
    if (!boxes.find(level)) boxes.create(canonical(level)).selectable = selectable;
  }
}

void Session::create(const Head& c, const CreateArguments& a) {
  auto name = name_in(a.mailbox);
  if (!name) return no(c, "the name is not in the right encoding", "CANNOT");
  const auto& s = o().separator;
  // RFC 9051 6.3.4: a name that ends in the delimiter announces children.
  const bool trailing = !s.empty() && name->ends_with(s) && name->size() > s.size();
  if (trailing && x_policy.mailboxes.keeps_delimiter(x_account->mailboxes, *name)) return ok(c);
  if (trailing) name->resize(name->size() - s.size());
  if (iequals(*name, "INBOX")) return no(c, "INBOX is there already", "ALREADYEXISTS");
  if (!valid_name(*name)) return no(c, "no good name", "CANNOT");
  auto& boxes = x_account->mailboxes;
  if (const auto* there = boxes.find(*name); there && (there->selectable || choice("folders-or-mailboxes")))
    return no(c, "it is there already", "ALREADYEXISTS");
  if (has_forbidding_level(*name)) return no(c, "no children there", "CANNOT");
  // RFC 6154 3: a use that cannot be had makes no mailbox.
  static const std::set<std::string> kUses{"\\ALL", "\\ARCHIVE", "\\DRAFTS", "\\FLAGGED", "\\JUNK", "\\SENT", "\\TRASH"};
  if (!a.use.empty() && !kUses.contains(upper(a.use))) return no(c, "no such use", "USEATTR");
  if (!x_policy.mailboxes.makes(*name)) return ok(c);
  make_levels(c, *name, !choice("bare-levels") && !choice("folders-or-mailboxes"));
  auto& box = boxes.find(*name) ? *boxes.find(*name) : boxes.create(*name);
  box.selectable = !(trailing && choice("folders-or-mailboxes"));
  x_policy.mailboxes.identify(box, boxes);
  box.use = x_policy.mailboxes.use_of(a);
  if (choice("subscribes-in-silence") && !x_rev2) boxes.subscribed.insert(box.name);
  if (x_policy.mailboxes.subscribes_new()) {
    boxes.subscribed.insert(box.name);
    untagged("LIST", {Node::list({Node::atom("\\Subscribed")}), separator(), name_out(box.name)});
  }
  ok(c);
}

void Session::remove(const Head& c, const MailboxArguments& a) {
  const auto name = name_in(a.mailbox);
  auto& boxes = x_account->mailboxes;
  auto* box = name ? boxes.find(*name) : nullptr;
  if (!box) return no(c, "no such mailbox", "NONEXISTENT");
  if (box->name == "INBOX") {
    x_policy.mailboxes.keep_inbox(*box);
    return no(c, "INBOX stays", "CANNOT");
  }
  if (!box->use.empty() && choice("special-boxes")) return no(c, "it has its use", "CANNOT");
  if (x_view.box == box && choice("selected-stays")) return no(c, "it is selected", "INUSE");
  if (!x_policy.mailboxes.removes(*box, boxes)) return ok(c);
  if (box->sessions > (x_view.box == box ? 1 : 0) && o().refuses_in_use) return no(c, "somebody has it selected", "INUSE");
  const bool children = boxes.has_children(box->name, o().separator);
  if (children && !(choice("deleted-levels-vanish") && box->selectable)) {
    if (!box->selectable || x_policy.mailboxes.refuses_parents()) return no(c, "it has children", "HASCHILDREN");
    if (!x_policy.mailboxes.removes_children(boxes, *box)) {
      // RFC 9051 6.3.5: the name stays as a place for its children.
      box->selectable = false;
      box->clear();
      box->uid_validity = boxes.next_uid_validity++;
      box->uid_next = 1;
      return ok(c);
    }
  }
  if (box->sessions > 0) {
    boxes.deleted.push_back(boxes.all.extract(box->name));
    if (x_view.box == box) {
      leave();
      x_state = State::authenticated;
    }
    ok(c);
    return;
  }
  boxes.all.erase(box->name);
  ok(c);
}

void Session::rename(const Head& c, const RenameArguments& a) {
  const auto from = name_in(a.mailbox);
  auto to = name_in(a.target);
  auto& boxes = x_account->mailboxes;
  auto* box = from ? boxes.find(*from) : nullptr;
  if (!box || !to) return no(c, "no such mailbox", "NONEXISTENT");
  const auto& s = o().separator;
  if (!s.empty() && to->ends_with(s) && to->size() > s.size()) to->resize(to->size() - s.size());
  if (boxes.find(*to)) {
    if (!x_policy.mailboxes.renames_over()) return no(c, "the new name is taken", "ALREADYEXISTS");
    boxes.all.erase(canonical(*to));
  }
  if (!valid_name(*to)) return no(c, "no good name", "CANNOT");
  if (box->sessions > (x_view.box == box ? 1 : 0) && o().refuses_in_use) return no(c, "somebody has it selected", "INUSE");
  const auto old = box->name;
  if (has_forbidding_level(*to)) return no(c, "no children there", "CANNOT");
  if ((!box->use.empty() && choice("special-boxes")) || (old == "INBOX" && choice("inbox-keeps-its-name"))) return no(c, "it keeps its name", "CANNOT");
  if (x_view.box == box && choice("selected-stays")) return no(c, "it is selected", "INUSE");
  if (!s.empty() && to->starts_with(old + s)) return no(c, "a mailbox cannot be its own child", "CANNOT");
  make_levels(c, *to, !choice("folders-or-mailboxes"));
  if (old == "INBOX") {
    // RFC 9051 6.3.6: its messages move, INBOX stays, and so do its children.
    auto& fresh = boxes.create(*to);
    for (auto& [uid, m] : box->messages) fresh.append(m.octets, m.flags, m.date, m.zone);
    if (x_policy.mailboxes.empties_inbox()) box->clear();
    return ok(c);
  }
  std::vector<std::string> names;
  for (const auto& [n, b] : boxes.all) {
    if (n == old || (!s.empty() && n.starts_with(old + s) && x_policy.mailboxes.takes_children())) names.push_back(n);
  }
  if (x_policy.mailboxes.makes_a_copy(boxes, *box, *to)) return ok(c);
  for (const auto& n : names) {
    auto node = boxes.all.extract(n);
    node.key() = *to + n.substr(old.size());
    node.mapped().name = node.key();
    x_policy.mailboxes.renamed(node.mapped());
    boxes.all.insert(std::move(node));
  }
  ok(c);
}

void Session::subscribe(const Head& c, const MailboxArguments& a) {
  const auto name = name_in(a.mailbox);
  if (!name) return no(c, "the name is not in the right encoding", "CANNOT");
  auto& boxes = x_account->mailboxes;
  auto& list = boxes.subscribed;
  const auto canon = canonical(*name);
  if (choice("subscribed-twice-no") && !x_rev2 && list.contains(canon) == (c.name == "SUBSCRIBE")) return no(c, "it is so already");
  if (c.name == "SUBSCRIBE") {
    if (!valid_name(canon)) return no(c, "no good name", "CANNOT");
    if (choice("subscribes-what-is-there") && !boxes.find(canon)) return no(c, "no such mailbox", "NONEXISTENT");
    if (choice("subscribes-levels")) {
      const auto& s = o().separator;
      for (auto at = s.empty() ? std::string::npos : canon.find(s); at != std::string::npos; at = canon.find(s, at + s.size()))
        list.insert(canonical(canon.substr(0, at)));
    }
    x_policy.mailboxes.subscribe(boxes, canon);
  } else {
    x_policy.mailboxes.unsubscribe(boxes, canon);
  }
  ok(c);
}

Node Session::status_data(Mailbox& box, const std::vector<std::string>& items) {
  std::vector<Node> out;
  for (const auto& i : items) {
    std::uint64_t n = 0;
    if (i == "MESSAGES") n = box.messages.size();
    if (i == "UIDNEXT") n = box.uid_next;
    if (i == "UIDVALIDITY") n = box.uid_validity;
    for (auto& [uid, m] : box.messages) {
      if (i == "UNSEEN") n += !m.flags.contains("\\Seen");
      if (i == "DELETED") n += m.flags.contains("\\Deleted");
      if (i == "SIZE") n += m.octets.size();
      if (i == "RECENT") n += m.recent;
    }
    out.push_back(Node::atom(i));
    out.push_back(Node::num(n));
  }
  return Node::list(std::move(out));
}

void Session::status(const Head& c, const StatusArguments& a) {
  const auto name = name_in(a.mailbox);
  auto* box = name ? x_account->mailboxes.find(*name) : nullptr;
  // RFC 3501 6.3.10: it SHOULD NOT be asked for. RFC 9051 6.3.11: it must be told.
  if (box && box == x_view.box && !x_rev2 && choice("no-status-of-selected")) return no(c, "it is selected");
  if (!box || !box->selectable) return no(c, "no such mailbox", "NONEXISTENT");
  untagged("STATUS", {name_out(box->name), status_data(*box, a.items)});
  x_policy.mailboxes.counted(*box);
  if (fault(Fault::status_selects)) {
    leave();
    x_view.box = box;
    ++box->sessions;
    x_state = State::selected;
  }
  ok(c);
}

}  // namespace mailspec::reference::imap
