// Mailboxes and their names: SELECT, CREATE, LIST, STATUS, APPEND.
#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

std::vector<Switch> imap_mailbox_deviations() {
  return {
      {"imap-select-no-flags", "rfc9051/6.3.2/select-data", "sends no FLAGS at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FLAGS")) r.drop = true;
         });
       }},
      {"imap-select-no-exists", "rfc9051/6.3.2/select-data", "sends no EXISTS at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("EXISTS") && c.name == "SELECT") r.drop = true;
         });
       }},
      {"imap-select-no-uidnext", "rfc9051/6.3.2/select-data", "sends no UIDNEXT at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDNEXT") r.drop = true;
         });
       }},
      {"imap-select-no-uidvalidity", "rfc9051/6.3.2/select-data", "sends no UIDVALIDITY at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDVALIDITY") r.drop = true;
         });
       }},
      {"imap-select-no-permanentflags", "rfc9051/6.3.2/select-data", "sends no PERMANENTFLAGS at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "PERMANENTFLAGS") r.drop = true;
         });
       }},
      {"imap-select-wrong-exists", "rfc9051/6.3.2/select-data", "counts one message too few at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("EXISTS") && c.name == "SELECT" && *r.number > 0) --*r.number;
         });
       }},
      {"imap-select-no-list", "rfc9051/6.3.2/select-list", "sends no LIST at SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name != "LIST") r.drop = true;
         });
       }},
      {"imap-select-no-closed", "rfc9051/6.3.2/closed-code", "sends no [CLOSED]", [](Options& o) { o.imap.faults.insert("no-closed"); }},
      {"imap-failed-select-keeps", "rfc9051/6.3.2/select-clears-on-fail", "keeps the mailbox when SELECT fails",
       [](Options& o) { o.imap.faults.insert("failed-select-keeps"); }},
      {"imap-select-missing-ok", "rfc9051/6.3.2/select-missing", "says OK to SELECT of what is not there",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && (c.name == "SELECT" || c.name == "EXAMINE")) r.keyword = "OK";
         });
       }},
      {"imap-select-missing-bad", "rfc9051/6.3.2/select-missing", "says BAD to SELECT of what is not there",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.keyword == "NO" && (c.name == "SELECT" || c.name == "EXAMINE")) r.keyword = "BAD";
         });
       }},
      {"imap-no-read-write", "rfc9051/6.3.2/read-write", "sends no [READ-WRITE]",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "READ-WRITE") r.code.clear();
         });
       }},
      {"imap-no-read-only", "rfc9051/6.3.3/examine-read-only", "sends no [READ-ONLY]",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "READ-ONLY") r.code.clear();
         });
       }},
      {"imap-examine-sets-seen", "rfc9051/6.3.3/examine-no-change", "sets \\Seen in a mailbox opened with EXAMINE",
       [](Options& o) { o.imap.faults.insert("examine-sets-seen"); }},
      {"imap-examine-writes", "rfc9051/6.3.3/examine-no-change", "lets EXAMINE change the mailbox", [](Options& o) { o.imap.faults.insert("examine-writes"); }},
      {"imap-expunge-in-examine", "rfc9051/6.3.3/examine-no-change", "expunges in a mailbox opened with EXAMINE",
       [](Options& o) { o.imap.faults.insert("expunge-in-examine"); }},
      {"imap-select-no-recent", "rfc3501/6.3.1/select-recent", "sends no RECENT",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("RECENT")) r.drop = true;
         });
       }},
      {"imap-rev1-no-uidnext", "rfc3501/6.3.1/select-codes", "sends no UIDNEXT under IMAP4rev1",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.code == "UIDNEXT" && !s.rev2()) r.drop = true;
         });
       }},
      {"imap-create-does-nothing", "rfc9051/6.3.4/create", "says OK to CREATE and makes nothing",
       [](Options& o) { o.imap.faults.insert("create-does-nothing"); }},
      {"imap-create-twice", "rfc9051/6.3.4/create-existing", "says OK to CREATE of what is there", [](Options& o) { o.imap.faults.insert("create-twice"); }},
      {"imap-create-inbox", "rfc9051/6.3.4/create-existing", "says OK to CREATE of INBOX",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "CREATE" && r.text == "INBOX is there already") r.keyword = "OK";
         });
       }},
      {"imap-create-without-parents", "rfc9051/6.3.4/create-parents", "makes no levels above a new name",
       [](Options& o) {
         o.imap.faults.insert("create-without-parents");
         o.imap.faults.insert("list-hides-levels");
       }},
      {"imap-create-trailing-refused", "rfc9051/6.3.4/create-trailing-delimiter", "refuses a name that ends in the delimiter",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "CREATE" && r.tagged() && c.mailbox.ends_with("/")) r.keyword = "NO";
         });
       }},
      {"imap-create-trailing-kept", "rfc9051/6.3.4/create-trailing-delimiter", "keeps the delimiter at a name's end",
       [](Options& o) { o.imap.faults.insert("create-trailing-kept"); }},
      {"imap-uidvalidity-constant", "rfc9051/6.3.4/recreated-uids", "gives all mailboxes one UIDVALIDITY",
       [](Options& o) { o.imap.faults.insert("uidvalidity-constant"); }},
      {"imap-uidvalidity-zero", "rfc9051/2.3.1.1/uidvalidity-not-zero", "gives new mailboxes the UIDVALIDITY 0",
       [](Options& o) { o.imap.faults.insert("uidvalidity-zero"); }},
      {"imap-uidvalidity-changes", "rfc9051/2.3.1.1/uidvalidity-stable", "has another UIDVALIDITY at each SELECT",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.code == "UIDVALIDITY") r.code_data[0] = Node::num(1000 + static_cast<unsigned>(++s.counter));
         });
       }},
      {"imap-delete-keeps", "rfc9051/6.3.5/delete", "says OK to DELETE and keeps the mailbox", [](Options& o) { o.imap.faults.insert("delete-keeps"); }},
      {"imap-delete-missing-ok", "rfc9051/6.3.5/delete-missing", "says OK to DELETE of what is not there",
       [](Options& o) { o.imap.faults.insert("delete-missing"); }},
      {"imap-delete-inbox-ok", "rfc9051/6.3.5/delete-inbox", "says OK to DELETE of INBOX", [](Options& o) { o.imap.faults.insert("delete-inbox"); }},
      {"imap-delete-with-children", "rfc9051/6.3.5/delete-keeps-children", "deletes what is below",
       [](Options& o) { o.imap.faults.insert("delete-with-children"); }},
      {"imap-rename-copies", "rfc9051/6.3.6/rename", "makes the new name and keeps the old one", [](Options& o) { o.imap.faults.insert("rename-copies"); }},
      {"imap-rename-loses-messages", "rfc9051/6.3.6/rename", "loses the messages at RENAME", [](Options& o) { o.imap.faults.insert("rename-loses-messages"); }},
      {"imap-rename-leaves-children", "rfc9051/6.3.6/rename-children", "leaves what is below where it was",
       [](Options& o) { o.imap.faults.insert("rename-leaves-children"); }},
      {"imap-rename-over", "rfc9051/6.3.6/rename-refused", "renames over a mailbox that is there", [](Options& o) { o.imap.faults.insert("rename-over"); }},
      {"imap-rename-missing-ok", "rfc9051/6.3.6/rename-refused", "says OK to RENAME of what is not there",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "RENAME" && r.text == "no such mailbox") r.keyword = "OK";
         });
       }},
      {"imap-rename-without-parents", "rfc9051/6.3.6/rename-parents", "makes no levels above the new name",
       [](Options& o) {
         o.imap.faults.insert("rename-without-parents");
         o.imap.faults.insert("list-hides-levels");
       }},
      {"imap-subscribe-forgets", "rfc9051/6.3.7/subscribe", "says OK to SUBSCRIBE and forgets it",
       [](Options& o) { o.imap.faults.insert("subscribe-forgets"); }},
      {"imap-delete-unsubscribes", "rfc9051/6.3.7/subscription-outlives", "ends the subscription of a deleted mailbox",
       [](Options& o) { o.imap.faults.insert("delete-unsubscribes"); }},
      {"imap-unsubscribe-forgets", "rfc9051/6.3.8/unsubscribe", "says OK to UNSUBSCRIBE and forgets it",
       [](Options& o) { o.imap.faults.insert("unsubscribe-forgets"); }},
      {"imap-list-no-delimiter", "rfc9051/6.3.9/list-delimiter", "answers LIST with an empty pattern without a response",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.patterns.size() == 1 && c.patterns[0].empty()) r.drop = true;
         });
       }},
      {"imap-percent-is-star", "rfc9051/6.3.9/list-patterns", "takes \"%\" for \"*\"", [](Options& o) { o.imap.faults.insert("percent-is-star"); }},
      {"imap-star-stops", "rfc9051/6.3.9/list-patterns", "takes \"*\" for \"%\"", [](Options& o) { o.imap.faults.insert("star-stops"); }},
      {"imap-list-any-case", "rfc9051/6.3.9/list-patterns", "matches names in any case", [](Options& o) { o.imap.faults.insert("list-any-case"); }},
      {"imap-list-empty-no", "rfc9051/6.3.9/list-ok", "says NO when nothing matches", [](Options& o) { o.imap.faults.insert("list-empty-no"); }},
      {"imap-inbox-hidden", "rfc9051/6.3.9/inbox-listed", "does not list INBOX",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && c.name == "LIST" && r.data.size() > 2 && r.data[2].text == "INBOX") r.drop = true;
         });
       }},
      {"imap-list-subscribed-all", "rfc9051/6.3.9/list-subscribed", "lists all names for (SUBSCRIBED)",
       [](Options& o) { o.imap.faults.insert("list-subscribed-all"); }},
      {"imap-no-subscribed-attribute", "rfc9051/6.3.9/list-return-subscribed", "leaves out \\Subscribed",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Subscribed"; });
         });
       }},
      {"imap-first-pattern-only", "rfc9051/6.3.9/list-several-patterns", "looks at the first pattern only",
       [](Options& o) { o.imap.faults.insert("first-pattern-only"); }},
      {"imap-no-childinfo", "rfc9051/6.3.9/list-recursivematch", "leaves out CHILDINFO",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 3) r.data.resize(3);
         });
       }},
      {"imap-recursivematch-alone", "rfc9051/6.3.9/recursivematch-alone", "says OK to RECURSIVEMATCH alone",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.text == "RECURSIVEMATCH stands not alone") r.keyword = "OK";
         });
       }},
      {"imap-list-no-status", "rfc9051/6.3.9/list-status", "leaves out STATUS in LIST",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && c.name == "LIST") r.drop = true;
         });
       }},
      {"imap-children-reversed", "rfc9051/6.3.9.5/children", "says \\HasChildren of those without",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST"))
             for (auto& n : r.data[0].items) n.text = n.text == "\\HasChildren" ? "\\HasNoChildren" : n.text == "\\HasNoChildren" ? "\\HasChildren" : n.text;
         });
       }},
      {"imap-namespace-untold", "rfc9051/6.3.10/namespace", "answers NAMESPACE without the untagged response",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("NAMESPACE")) r.drop = true;
         });
       }},
      {"imap-namespace-two", "rfc9051/7.3.2/namespace-grammar", "tells two namespaces instead of three",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("NAMESPACE")) r.data.resize(2);
         });
       }},
      {"imap-status-messages", "rfc9051/6.3.11/status", "counts one message too many in STATUS",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "MESSAGES")) n->text += "1";
         });
       }},
      {"imap-status-unseen", "rfc9051/6.3.11/status", "says UNSEEN for SEEN",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "UNSEEN")) n->text = "1";
         });
       }},
      {"imap-status-missing-ok", "rfc9051/6.3.11/status-missing", "says OK to STATUS of what is not there",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "STATUS" && r.tagged()) r.keyword = "OK";
         });
       }},
      {"imap-status-leaves-out", "rfc9051/6.3.11/status-asked-items", "leaves out the last item",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && r.data[1].items.size() > 2) r.data[1].items.resize(r.data[1].items.size() - 2);
         });
       }},
      {"imap-status-selects", "rfc9051/6.3.11/status-no-change", "selects the mailbox it tells about",
       [](Options& o) { o.imap.faults.insert("status-selects"); }},
      {"imap-status-size-zero", "rfc9051/6.3.11/status-size", "says SIZE 0",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "SIZE")) n->text = "0";
         });
       }},
      {"imap-status-grammar", "rfc9051/7.3.3/status-data-grammar", "writes -1 in STATUS",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "MESSAGES")) n->text = "-1";
         });
       }},
      {"imap-status-no-parentheses", "rfc9051/7.3.3/status-data-grammar", "leaves out the parentheses of STATUS",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS")) {
             auto items = r.data[1].items;
             r.data.pop_back();
             r.data.insert(r.data.end(), items.begin(), items.end());
           }
         });
       }},
      {"imap-uidnext-constant", "rfc9051/2.3.1.1/uidnext-grows", "tells one UIDNEXT for ever in STATUS",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = status_item(r, "UIDNEXT")) n->text = "1000";
         });
       }},
      {"imap-lsub-everything", "rfc3501/6.3.9/lsub", "lists what is not subscribed in LSUB", [](Options& o) { o.imap.faults.insert("lsub-everything"); }},
      {"imap-lsub-hides-levels", "rfc3501/6.3.9/lsub-noselect", "does not show levels above subscribed names in LSUB",
       [](Options& o) { o.imap.faults.insert("lsub-hides-parents"); }},
      {"imap-lsub-grammar", "rfc3501/7.2.3/lsub-grammar", "leaves out the delimiter in LSUB",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LSUB")) r.data.erase(r.data.begin() + 1);
         });
       }},
      {"imap-list-grammar", "rfc9051/7.3.1/list-grammar", "writes the delimiter without quotes",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data[1].kind == Node::Kind::quoted) r.data[1].kind = Node::Kind::atom;
         });
       }},
      {"imap-list-attributes-bare", "rfc9051/7.3.1/list-grammar", "writes attributes without a backslash",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST"))
             for (auto& n : r.data[0].items) n.text.erase(0, 1);
         });
       }},
      {"imap-marked-and-unmarked", "rfc9051/7.3.1/one-of-marked-unmarked-noselect", "calls a mailbox both \\Marked and \\Unmarked",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("\\Marked"), Node::atom("\\Unmarked")});
         });
       }},
      {"imap-children-both", "rfc9051/7.3.1/children-or-none", "says \\HasChildren and \\HasNoChildren",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("\\HasChildren"), Node::atom("\\HasNoChildren")});
         });
       }},
      {"imap-special-use-untold", "rfc6154/2/special-use", "leaves out special-use attributes",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Sent"; });
         });
       }},
      {"imap-append-changes-octets", "rfc9051/6.3.12/append-octets", "adds a line end to appended messages",
       [](Options& o) { o.imap.faults.insert("append-changes-octets"); }},
      {"imap-append-forgets-flags", "rfc9051/6.3.12/append-flags", "forgets the flags of APPEND",
       [](Options& o) { o.imap.faults.insert("append-forgets-flags"); }},
      {"imap-append-forgets-date", "rfc9051/2.3.3/append-date", "forgets the date of APPEND", [](Options& o) { o.imap.faults.insert("append-forgets-date"); }},
      {"imap-append-ignores-zone", "rfc9051/2.3.3/append-date", "ignores the zone of APPEND's date",
       [](Options& o) { o.imap.faults.insert("append-date-ignores-zone"); }},
      {"imap-append-untold", "rfc9051/6.3.12/append-exists", "does not tell of an APPEND to the selected mailbox",
       [](Options& o) { o.imap.faults.insert("exists-untold"); }},
      {"imap-no-trycreate", "rfc9051/6.3.12/trycreate", "sends no [TRYCREATE]", [](Options& o) { o.imap.faults.insert("no-trycreate"); }},
      {"imap-append-creates", "rfc9051/6.3.12/trycreate", "makes the mailbox an APPEND names", [](Options& o) { o.imap.faults.insert("append-creates"); }},
      {"imap-appenduid-wrong", "rfc9051/6.3.12/appenduid", "tells a wrong UID in [APPENDUID]",
       [](Options& o) {
         on(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "APPENDUID") r.code_data[1].text += "0";
         });
       }},
      {"imap-multiappend-first", "rfc3502/3/multiappend", "keeps the first message of several only",
       [](Options& o) { o.imap.faults.insert("multiappend-first"); }},
      {"imap-keywords-dropped", "rfc9051/2.3.2/keywords-kept", "drops keywords", [](Options& o) { o.imap.faults.insert("keywords-dropped"); }},
      {"imap-idle-bad", "rfc9051/6.3.13/idle", "says BAD at the end of IDLE",
       [](Options& o) {
         on(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "IDLE" && r.tagged()) r.keyword = "BAD";
         });
       }},
      {"imap-idle-is-silent", "rfc9051/6.3.13/idle", "tells nothing during IDLE", [](Options& o) { o.imap.faults.insert("idle-is-silent"); }},
  };
}

}  // namespace mailspec::reference
