// Mailboxes and their names: SELECT, CREATE, RENAME, STATUS, APPEND.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {

// UIDVALIDITY wherever it is told, `step` more for each session.
ImapOptions::Hook uidvalidity_by_session(int step) {
  return [step, last = std::make_shared<int>(0)](const ImapCommand&, ImapResponse& r, ImapSession& s) {
    if (s.counter == 0) s.counter = *last += step;
    const auto shift = [&](Node& n) {
      if (const auto value = parse_number(n.text)) n.text = std::to_string(static_cast<std::uint32_t>(*value + static_cast<std::uint64_t>(s.counter)));
    };
    if (r.code == "UIDVALIDITY" || r.code == "APPENDUID" || r.code == "COPYUID") shift(r.code_data[0]);
    if (!r.is("STATUS") || r.data.empty()) return;
    auto& items = r.data.back().items;
    const auto at = std::ranges::find(items, "UIDVALIDITY", &Node::text);
    if (at != items.end()) shift(*std::next(at));
  };
}

bool selects(const ImapCommand& c) { return c.name == "SELECT" || c.name == "EXAMINE"; }

}  // namespace

std::vector<Switch> imap_mailbox_deviations() {
  return {
      {"imap-select-no-flags", "rfc9051/6.3.2/select-data", "sends no FLAGS at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FLAGS")) r.drop = true;
         });
       }},
      {"imap-flags-no-draft", "rfc9051/7.3.5/flags-system", "leaves \\Draft out of FLAGS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FLAGS")) std::erase_if(r.data[0].items, [](const auto& flag) { return flag.text == "\\Draft"; });
         });
       }},
      {"imap-select-no-exists", "rfc9051/6.3.2/select-data", "sends no EXISTS at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("EXISTS") && c.name == "SELECT") r.drop = true;
         });
       }},
      {"imap-select-no-uidnext", "rfc9051/6.3.2/select-data", "sends no UIDNEXT at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDNEXT") r.drop = true;
         });
       }},
      {"imap-select-no-uidvalidity", "rfc9051/6.3.2/select-data", "sends no UIDVALIDITY at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDVALIDITY") r.drop = true;
         });
       }},
      {"imap-select-no-permanentflags", "rfc9051/6.3.2/select-data", "sends no PERMANENTFLAGS at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "PERMANENTFLAGS") r.drop = true;
         });
       }},
      {"imap-select-wrong-exists", "rfc9051/6.3.2/select-data", "counts one message too few at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("EXISTS") && c.name == "SELECT" && *r.number > 0) --*r.number;
         });
       }},
      {"imap-select-no-list", "rfc9051/6.3.2/select-list", "sends no LIST at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name != "LIST") r.drop = true;
         });
       }},
      {"imap-select-no-closed", "rfc9051/6.3.2/closed-code", "sends no [CLOSED]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "CLOSED") r.drop = true;
         });
       }},
      {"imap-failed-select-keeps", "rfc9051/6.3.2/select-clears-on-fail", "keeps the mailbox when SELECT fails",
       [](Options& o) { o.faults.insert(Fault::failed_select_keeps); }},
      {"imap-select-missing-ok", "rfc9051/6.3.2/select-missing", "says OK to SELECT of what is not there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.code == "NONEXISTENT" && (c.name == "SELECT" || c.name == "EXAMINE")) r.keyword = "OK";
         });
       }},
      {"imap-select-missing-bad", "rfc9051/6.3.2/select-missing", "says BAD to SELECT of what is not there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.keyword == "NO" && (c.name == "SELECT" || c.name == "EXAMINE")) r.keyword = "BAD";
         });
       }},
      {"imap-no-read-write", "rfc9051/6.3.2/read-write", "sends no [READ-WRITE]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "READ-WRITE") r.code.clear();
         });
       }},
      {"imap-no-read-only", "rfc9051/6.3.3/examine-read-only", "sends no [READ-ONLY]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "READ-ONLY") r.code.clear();
         });
       }},
      {"imap-examine-sets-seen", "rfc9051/6.3.3/examine-no-change", "sets \\Seen in a mailbox opened with EXAMINE",
       [](Options& o) { o.faults.insert(Fault::examine_sets_seen); }},
      {"imap-examine-writes", "rfc9051/6.3.3/examine-no-change", "lets EXAMINE change the mailbox", [](Options& o) { o.faults.insert(Fault::examine_writes); }},
      {"imap-expunge-in-examine", "rfc9051/6.3.3/examine-no-change", "expunges in a mailbox opened with EXAMINE",
       [](Options& o) { o.faults.insert(Fault::expunge_in_examine); }},
      {"imap-select-no-recent", "rfc3501/6.3.1/select-recent", "sends no RECENT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("RECENT")) r.drop = true;
         });
       }},
      {"imap-rev1-no-uidnext", "rfc3501/6.3.1/select-codes", "sends no UIDNEXT under IMAP4rev1",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.code == "UIDNEXT" && !s.rev2()) r.drop = true;
         });
       }},
      {"imap-create-does-nothing", "rfc9051/6.3.4/create", "says OK to CREATE of a name below another, and makes nothing",
       [](Options& o) { o.faults.insert(Fault::create_does_nothing); }},
      {"imap-create-twice", "rfc9051/6.3.4/create-existing", "says OK to CREATE of what is there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::CreateArguments& a, ImapResponse& r, ImapSession&) {
           if (r.code == "ALREADYEXISTS" && !iequals(a.mailbox, "INBOX")) r.keyword = "OK", r.code.clear();
         });
       }},
      {"imap-create-inbox", "rfc9051/6.3.4/create-existing", "says OK to CREATE of INBOX",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::CreateArguments& a, ImapResponse& r, ImapSession&) {
           if (r.code == "ALREADYEXISTS" && iequals(a.mailbox, "INBOX")) r.keyword = "OK";
         });
       }},
      {"imap-create-without-parents", "rfc9051/6.3.4/create-parents", "makes no levels above a new name",
       [](Options& o) {
         o.faults.insert(Fault::create_without_parents);
         o.faults.insert(Fault::list_hides_levels);
       }},
      {"imap-create-trailing-refused", "rfc9051/6.3.4/create-trailing-delimiter", "refuses a name that ends in the delimiter",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::CreateArguments& a, ImapResponse& r, ImapSession&) {
           if (r.tagged() && a.mailbox.ends_with("/")) r.keyword = "NO";
         });
       }},
      {"imap-create-trailing-kept", "rfc9051/6.3.4/create-trailing-delimiter", "keeps the delimiter at a name's end",
       [](Options& o) { o.faults.insert(Fault::create_trailing_kept); }},
      {"imap-uidvalidity-constant", "rfc9051/6.3.4/recreated-uids", "gives all mailboxes one UIDVALIDITY",
       [](Options& o) { o.faults.insert(Fault::uidvalidity_constant); }},
      {"imap-uidvalidity-zero", "rfc9051/2.3.1.1/uidvalidity-not-zero", "gives new mailboxes the UIDVALIDITY 0",
       [](Options& o) { o.faults.insert(Fault::uidvalidity_zero); }},
      {"imap-uidvalidity-changes", "rfc9051/2.3.1.1/uidvalidity-stable", "tells another UIDVALIDITY at each SELECT, and the old one in STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.code == "UIDVALIDITY") r.code_data[0] = Node::num(1000 + static_cast<unsigned>(++s.counter));
         });
       }},
      {"imap-delete-keeps", "rfc9051/6.3.5/delete", "says OK to DELETE and keeps the mailbox", [](Options& o) { o.faults.insert(Fault::delete_keeps); }},
      {"imap-delete-missing-ok", "rfc9051/6.3.5/delete-missing", "says OK to DELETE of what is not there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "DELETE" && r.code == "NONEXISTENT") r.keyword = "OK", r.code.clear();
         });
       }},
      {"imap-delete-inbox-ok", "rfc9051/6.3.5/delete-inbox", "says OK to DELETE of INBOX",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, const imap::MailboxArguments& a, ImapResponse& r, ImapSession&) {
           if (c.name == "DELETE" && iequals(a.mailbox, "INBOX") && r.tagged()) r.keyword = "OK", r.code.clear();
         });
       }},
      {"imap-delete-with-children", "rfc9051/6.3.5/delete-keeps-children", "deletes what is below",
       [](Options& o) { o.faults.insert(Fault::delete_with_children); }},
      {"imap-rename-copies", "rfc9051/6.3.6/rename", "makes the new name and keeps the old one", [](Options& o) { o.faults.insert(Fault::rename_copies); }},
      {"imap-rename-loses-messages", "rfc9051/6.3.6/rename", "loses the messages at RENAME", [](Options& o) { o.faults.insert(Fault::rename_loses_messages); }},
      {"imap-rename-leaves-children", "rfc9051/6.3.6/rename-children", "leaves what is below where it was",
       [](Options& o) { o.faults.insert(Fault::rename_leaves_children); }},
      {"imap-rename-over", "rfc9051/6.3.6/rename-refused", "renames over a mailbox that is there", [](Options& o) { o.faults.insert(Fault::rename_over); }},
      {"imap-rename-missing-ok", "rfc9051/6.3.6/rename-refused", "says OK to RENAME of what is not there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "RENAME" && r.code == "NONEXISTENT") r.keyword = "OK";
         });
       }},
      {"imap-rename-without-parents", "rfc9051/6.3.6/rename-parents", "makes no levels above the new name",
       [](Options& o) {
         o.faults.insert(Fault::rename_without_parents);
         o.faults.insert(Fault::list_hides_levels);
       }},
      {"imap-subscribe-forgets", "rfc9051/6.3.7/subscribe", "says OK to SUBSCRIBE and forgets it",
       [](Options& o) { o.faults.insert(Fault::subscribe_forgets); }},
      {"imap-delete-unsubscribes", "rfc9051/6.3.7/subscription-outlives", "ends the subscription of a deleted mailbox",
       [](Options& o) { o.faults.insert(Fault::delete_unsubscribes); }},
      {"imap-unsubscribe-forgets", "rfc9051/6.3.8/unsubscribe", "says OK to UNSUBSCRIBE and forgets it",
       [](Options& o) { o.faults.insert(Fault::unsubscribe_forgets); }},
      {"imap-status-messages", "rfc9051/6.3.11/status", "counts one message too many in STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "MESSAGES")) n->text += "1";
         });
       }},
      {"imap-status-unseen", "rfc9051/6.3.11/status", "says UNSEEN for SEEN",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "UNSEEN")) n->text = "1";
         });
       }},
      {"imap-status-missing-ok", "rfc9051/6.3.11/status-missing", "says OK to STATUS of what is not there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "STATUS" && r.tagged() && r.code == "NONEXISTENT") r.keyword = "OK";
         });
       }},
      {"imap-status-leaves-out", "rfc9051/6.3.11/status-asked-items", "leaves out the last item",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && r.data[1].items.size() > 2) r.data[1].items.resize(r.data[1].items.size() - 2);
         });
       }},
      {"imap-status-selects", "rfc9051/6.3.11/status-no-change", "selects the mailbox it tells about",
       [](Options& o) { o.faults.insert(Fault::status_selects); }},
      {"imap-status-grammar", "rfc9051/7.3.3/status-data-grammar", "writes -1 in STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "MESSAGES")) n->text = "-1";
         });
       }},
      {"imap-status-no-parentheses", "rfc9051/7.3.3/status-data-grammar", "leaves out the parentheses of STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS")) {
             auto items = r.data[1].items;
             r.data.pop_back();
             r.data.insert(r.data.end(), items.begin(), items.end());
           }
         });
       }},
      {"imap-uidnext-constant", "rfc9051/2.3.1.1/uidnext-grows", "tells one UIDNEXT for ever in STATUS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "UIDNEXT")) n->text = "1000";
         });
       }},
      {"imap-append-changes-octets", "rfc9051/6.3.12/append-octets", "adds a line end to appended messages",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             if (!item.octets.empty()) item.octets += "\r\n";
           }
         });
       }},
      {"imap-append-forgets-flags", "rfc9051/6.3.12/append-flags", "forgets the flags of APPEND",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             item.flags.clear();
           }
         });
       }},
      {"imap-append-forgets-date", "rfc9051/2.3.3/append-date", "forgets the date of APPEND",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             item.date = {1000000000, 0};
           }
         });
       }},
      {"imap-append-ignores-zone", "rfc9051/2.3.3/append-date", "ignores the zone of APPEND's date",
       [](Options& o) {
         misread(o, [](imap::AppendArguments& a) {
           for (auto& item : a.items) {
             if (item.date) item.date->first += std::int64_t{item.date->second} * 60;
           }
         });
       }},
      {"imap-append-untold", "rfc9051/6.3.12/append-exists", "does not tell of an APPEND to the selected mailbox",
       [](Options& o) { o.faults.insert(Fault::exists_untold); }},
      {"imap-no-trycreate", "rfc9051/6.3.12/trycreate", "sends no [TRYCREATE]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "APPEND" && r.code == "TRYCREATE") r.code.clear();
         });
       }},
      {"imap-append-creates", "rfc9051/6.3.12/trycreate", "makes the mailbox an APPEND names", [](Options& o) { o.faults.insert(Fault::append_creates); }},
      {"imap-keywords-dropped", "rfc9051/2.3.2/keywords-kept", "drops the keywords that RFC 9051 names",
       [](Options& o) { o.faults.insert(Fault::known_keywords_dropped); }},
      {"imap-new-keywords-dropped", "rfc9051/2.3.2/new-keywords", "says \\* and drops keywords of the client's own",
       [](Options& o) { o.faults.insert(Fault::own_keywords_dropped); }},
      {"imap-uidvalidity-falls", "rfc9051/2.3.1.1/uidvalidity-greater", "has a smaller UIDVALIDITY in each session",
       [](Options& o) { rewrite_imap(o, uidvalidity_by_session(-10000)); }},
      {"imap-uidvalidity-by-session", "rfc9051/2.3.1.1/uids-persist", "has another UIDVALIDITY in each session",
       [](Options& o) { rewrite_imap(o, uidvalidity_by_session(10000)); }},
      {"imap-keeps-denormalized", "rfc9051/5.1/net-unicode", "makes names that are no Net-Unicode",
       [](Options& o) { o.faults.insert(Fault::keeps_denormalized); }},
      {"imap-select-no-oldname", "rfc9051/6.3.2/oldname", "normalizes the name of SELECT and does not tell",
       [](Options& o) {
         o.imap.normalizes_names = true;
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 3 && selects(c)) r.drop = true;
         });
       }},
      {"imap-create-no-oldname", "rfc9051/6.3.9.7/oldname", "normalizes names and does not tell",
       [](Options& o) {
         o.imap.normalizes_names = true;
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 3 && c.name != "LIST" && !selects(c)) r.drop = true;
         });
       }},
      {"imap-subscribes-silently", "rfc9051/6.3.4/autosubscribed", "subscribes what it makes, and tells of it without \\Subscribed",
       [](Options& o) {
         o.faults.insert(Fault::subscribes_silently);
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "CREATE" && r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Subscribed"; });
         });
       }},
      {"imap-delete-no-haschildren", "rfc9051/6.3.5/delete-haschildren", "refuses to delete what has children without [HASCHILDREN]",
       [](Options& o) {
         o.faults.insert(Fault::delete_refuses_parents);
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "HASCHILDREN") r.code.clear();
         });
       }},
      {"imap-rename-forgets-uids", "rfc9051/6.3.6/renamed-uids", "gives a renamed mailbox's UIDVALIDITY and UIDs to the next of its old name",
       [](Options& o) { o.faults.insert(Fault::rename_forgets_uids); }},
      {"imap-any-shift", "rfc9051/A.1/create-verifies", "makes names that are no good modified UTF-7", [](Options& o) { o.faults.insert(Fault::any_shift); }},
      {"imap-eight-bit-names",
       "rfc3501/5.1/no-8bit-names",
       "makes names of 8-bit octets, and lists such names as they are",
       [](Options& o) { o.faults.insert(Fault::any_octet); },
       {{"rfc3501/5.1.3/modified-utf7", "All other characters (octet values 0x00-0x1f and 0x7f-0xff) are represented in modified BASE64"}}},
      {"imap-status-selected-no", "rfc9051/6.3.11/status-selected", "refuses STATUS of the selected mailbox",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::StatusArguments& a, ImapResponse& r, ImapSession& s) {
           if (r.tagged() && s.view().box && s.view().box->name == a.mailbox) r.keyword = "NO";
         });
       }},
      {"imap-status-takes-recent", "rfc3501/6.3.10/status-keeps-recent", "takes \\Recent away at STATUS",
       [](Options& o) { o.faults.insert(Fault::status_takes_recent); }},
      {"imap-examine-takes-recent", "rfc3501/6.3.2/examine-keeps-recent", "takes \\Recent away at EXAMINE",
       [](Options& o) { o.faults.insert(Fault::examine_takes_recent); }},
      {"imap-append-half", "rfc9051/6.3.12/append-atomic", "keeps what it has got of a message when the connection breaks",
       [](Options& o) { o.faults.insert(Fault::append_partial); }},
      {"imap-recent-above-exists", "rfc3501/7.3.2/recent-not-above-exists", "counts recent messages of all mailboxes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("RECENT")) *r.number += 100;
         });
       }},
      {"imap-unseen-last", "rfc3501/7.1/unseen-first", "names the last message in [UNSEEN]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.code == "UNSEEN") r.code_data[0] = Node::num(s.view().slots.size());
         });
       }},
      {"imap-closed-late", "rfc9051/6.3.2/closed-code", "sends [CLOSED] behind what it tells of the new mailbox",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (r.code == "CLOSED") {
             r.drop = true;
             s.memory = "closed";
           } else if (r.tagged() && c.name == "SELECT" && std::exchange(s.memory, "") == "closed") {
             ImapResponse late;
             late.raw = "* OK [CLOSED] late";
             r.before.push_back(std::move(late));
           }
         });
       }},
      {"imap-rename-inbox-copies", "rfc9051/6.3.6/rename-inbox", "leaves INBOX as it was when it is renamed",
       [](Options& o) { o.faults.insert(Fault::rename_inbox_copies); }},
  };
}

}  // namespace mailspec::reference
