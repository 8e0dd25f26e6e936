// What RFC 3501, RFC 9051 and their extensions allow: under each of these, and any mix of them, the suite finds nothing to complain of.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

namespace {

ImapResponse untagged(std::string raw) {
  ImapResponse r;
  r.raw = "* " + std::move(raw);
  return r;
}

// The strings of a response, where a literal may stand for them.
void make_quoted(Node& n) {
  if (n.kind == Node::Kind::literal && n.text.size() < 60) n.kind = Node::Kind::string;
  for (auto& i : n.items) make_quoted(i);
}

// A name without quotes, where it is an astring as it stands. NIL would be taken for none.
void make_atom(Node& n) {
  const auto plain = [](char c) { return c > ' ' && c < 127 && std::string_view("(){%*\"\\").find(c) == std::string_view::npos; };
  if (n.kind == Node::Kind::string && !n.text.empty() && std::ranges::all_of(n.text, plain) && !iequals(n.text, "NIL")) n.kind = Node::Kind::bare;
}

void without_extension(Node& body) {
  if (body.items.empty()) return;
  if (body.items[0].kind == Node::Kind::list) {
    std::size_t children = 0;
    while (children < body.items.size() && body.items[children].kind == Node::Kind::list) without_extension(body.items[children++]);
    if (body.items.size() > children + 2) body.items.resize(children + 2);
    return;
  }
  const bool text = body.items[0].text == "TEXT", message = body.items[0].text == "MESSAGE" && body.items.size() > 8;
  if (message) without_extension(body.items[8]);
  const std::size_t most = (text ? 8 : message ? 10 : 7);
  if (body.items.size() > most + 2) body.items.resize(most + 2);
}

}  // namespace

std::vector<Switch> imap_variations() {
  return {
      {"imap-rev1-only", "", "offers IMAP4rev1 only", [](Options& o) { o.imap.rev2 = false; }},
      {"imap-rev2-only", "", "offers IMAP4rev2 only",
       [](Options& o) {
         o.imap.rev1 = false;
         o.imap.rev2 = true;
       }},
      {"imap-bare", "", "offers IMAP4rev1 and nothing else",
       [](Options& o) {
         o.imap.rev1 = true;
         o.imap.rev2 = false;
         o.imap.extensions = {};
       }},
      {"imap-works-untold", "", "tells of nothing but its base protocol, and has all the rest (RFC 5161 3.1)",
       [](Options& o) { o.imap.choices.insert("works-untold"); }},
      {"imap-no-starttls", "", "has no STARTTLS", [](Options& o) { o.imap.starttls = o.imap.logindisabled; }},
      {"imap-logindisabled", "", "takes passwords under TLS only", [](Options& o) { o.imap.logindisabled = o.imap.starttls; }},
      {"imap-announces-refused", "", "takes passwords under TLS only, and announces AUTH=PLAIN and AUTH=LOGIN in clear all the same",
       [](Options& o) {
         o.imap.logindisabled = o.imap.starttls;
         if (o.imap.starttls) o.imap.choices.insert("announces-refused");
       }},
      {"imap-dot", "", "separates levels by a dot", [](Options& o) { o.imap.separator = "."; }},
      {"imap-below-inbox", "", "has all mailboxes below INBOX.",
       [](Options& o) {
         o.imap.separator = ".";
         o.imap.prefix = "INBOX.";
       }},
      {"imap-literals", "", "sends literals for all strings", [](Options& o) { o.imap.literals_for_strings = true; }},
      {"imap-atom-names", "", "writes names without quotes, brackets in them, too, where the grammar has them so",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && !r.data.empty()) make_atom(r.data[0]);
           if ((r.is("LIST") || r.is("LSUB")) && r.data.size() > 2) make_atom(r.data[2]);
         });
       }},
      {"imap-lower-case", "", "sends keywords and flags in lower case", [](Options& o) { o.imap.lower_case = true; }},
      {"imap-split-fetch", "", "sends one message's items in several FETCH responses", [](Options& o) { o.imap.split_fetch = true; }},
      {"imap-flags-first", "", "sends FLAGS before all other items", [](Options& o) { o.imap.flags_first = true; }},
      {"imap-uid-always", "", "sends the UID with every FETCH response", [](Options& o) { o.imap.uid_in_fetch = true; }},
      {"imap-chatty", "", "sends an untagged OK before every tagged response", [](Options& o) { o.imap.extra_ok = true; }},
      {"imap-no-ghosts", "", "cannot fetch what another session has expunged", [](Options& o) { o.imap.ghosts = false; }},
      {"imap-no-unseen-code", "", "sends no [UNSEEN]", [](Options& o) { o.imap.unseen_code = false; }},
      {"imap-no-closed-in-rev1", "", "sends no [CLOSED] under IMAP4rev1", [](Options& o) { o.imap.announces_closed = false; }},
      {"imap-exists-again", "", "repeats EXISTS with every FLAGS response at SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("EXISTS")) return;
           auto again = r;
           r.after.push_back(again);
         });
       }},
      {"imap-alert", "", "sends [ALERT] with words in brackets and braces",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") r.before.push_back(untagged("OK [ALERT] maintenance [tonight] {12}"));
         });
       }},
      {"imap-unknown-codes", "", "sends response codes of its own",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.code.empty()) r.code = "XDONE", r.code_data = {Node::atom("in"), Node::num(3)};
         });
       }},
      {"imap-no-text", "", "says as little as may be",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged()) r.text = "x";
         });
       }},
      {"imap-long-text", "", "writes 2000 octets of text",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged()) r.text = std::string(2000, 't');
         });
       }},
      {"imap-quoted-texts", "", "sends short texts in quotes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           for (auto& n : r.data) make_quoted(n);
         });
       }},
      {"imap-search-backwards", "", "gives SEARCH's numbers from the last to the first",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("SEARCH")) std::ranges::reverse(r.data);
         });
       }},
      {"imap-search-in-two", "", "gives SEARCH's numbers in two responses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("SEARCH") || r.data.size() < 2) return;
           ImapResponse more;
           more.keyword = "SEARCH";
           more.data.push_back(r.data.back());
           r.data.pop_back();
           r.after.push_back(std::move(more));
         });
       }},
      {"imap-status-more", "", "tells more in STATUS than was asked for, in another order",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.is("STATUS") || c.name != "STATUS") return;
           auto& items = r.data[1].items;
           std::rotate(items.begin(), items.begin() + 2, items.end());
         });
       }},
      {"imap-list-attributes", "", "adds attributes to LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data[0].items.empty()) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("\\Unmarked"), Node::atom("\\XOwn")});
         });
       }},
      {"imap-no-extension-data", "", "leaves language and location out of BODYSTRUCTURE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE")) without_extension(*n);
         });
       }},
      {"imap-date-in-utc", "", "tells INTERNALDATE in another zone",
       [](Options& o) {
         o.imap.choices.insert("days-at-0530");
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           auto* n = item(r, "INTERNALDATE");
           const auto date = n ? imap::parse_date_time(n->text) : std::nullopt;
           if (date) n->text = imap::write_date_time(date->first, 330);
         });
       }},
      {"imap-flags-unsolicited", "", "tells flags although nothing has changed",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (!r.tagged() || c.name != "NOOP" || s.view().slots.empty() || s.view().box == nullptr) return;
           const auto& slot = s.view().slots[0];
           const auto it = s.view().box->messages.find(slot.uid);
           if (it == s.view().box->messages.end()) return;
           const std::vector<std::string> flags(it->second.flags.begin(), it->second.flags.end());
           r.before.push_back(untagged("1 FETCH (UID " + std::to_string(slot.uid) + " FLAGS (" + join(flags, " ") + "))"));
         });
       }},
      {"imap-capability-in-login", "", "lists capabilities in another order each time",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           auto& list = r.is("CAPABILITY") ? r.data : r.code_data;
           if ((r.is("CAPABILITY") || r.code == "CAPABILITY") && list.size() > 1)
             std::rotate(list.begin(), list.begin() + 1 + s.counter++ % 3 % static_cast<int>(list.size() - 1), list.end());
         });
       }},
      {"imap-bad-for-no", "", "refuses what is in the wrong state with NO",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::wrong_state) r.keyword = "NO";
         });
       }},
      {"imap-untagged-bad", "", "answers what it cannot read with an untagged BAD",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "(syntax)" && r.keyword == "BAD") r.kind = imap::Response::Kind::untagged, r.tag.clear();
         });
       }},
      {"imap-rev2-after-login", "", "tells of IMAP4rev2 after the login only",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (!r.is("CAPABILITY") && r.code != "CAPABILITY") return;
           auto& list = r.is("CAPABILITY") ? r.data : r.code_data;
           if (s.state() == imap::State::not_authenticated && s.options().imap.rev1) std::erase_if(list, [](const Node& n) { return n.text == "IMAP4rev2"; });
         });
       }},
      {"imap-normalizes-names", "", "takes names that are no Net-Unicode for their normal form, and tells", [](Options& o) { o.imap.normalizes_names = true; }},
      {"imap-subscribes-new", "", "subscribes what it makes, and tells", [](Options& o) { o.imap.subscribes_new = true; }},
      {"imap-delete-needs-empty", "", "refuses to delete what has children", [](Options& o) { o.faults.insert(Fault::delete_refuses_parents); }},
      {"imap-tells-at-noop", "", "tells what others have done with NOOP and CHECK only", [](Options& o) { o.imap.early_exists = false; }},
      {"imap-tells-unasked", "", "tells of new messages and flags while no command is in progress", [](Options& o) { o.imap.tells_unasked = true; }},
      {"imap-expunges-backwards", "", "tells of several expunged messages from the last to the first", [](Options& o) { o.imap.expunges_backwards = true; }},
      {"imap-expunges-one-by-one", "", "tells of one message at a time that another session has expunged",
       [](Options& o) { o.imap.expunges_one_by_one = true; }},
      {"imap-refuses-in-use", "", "removes nothing that another session has selected", [](Options& o) { o.imap.refuses_in_use = true; }},
      {"imap-ends-deleted", "", "ends the sessions whose mailbox is deleted", [](Options& o) { o.imap.ends_deleted = true; }},
      {"imap-nil-for-expunged", "", "gives empty data of what another session has expunged",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           const auto& v = s.view();
           if (!r.is("FETCH") || c.name != "FETCH" || !v.box || *r.number > v.slots.size() || v.box->messages.contains(v.slots[*r.number - 1].uid)) return;
           // RFC 2180 4.1.3.
           for (std::size_t i = 0; i + 1 < r.data[0].items.size(); i += 2) {
             auto& value = r.data[0].items[i + 1];
             if (r.data[0].items[i].text.starts_with("BODY[") || r.data[0].items[i].text.starts_with("RFC822.T")) value = Node::str("");
             if (r.data[0].items[i].text == "RFC822.SIZE") value = Node::num(0);
             if (r.data[0].items[i].text == "FLAGS") value = Node::list();
           }
         });
       }},
      {"imap-autologout-31", "", "ends a silent session after 31 minutes", [](Options& o) { o.imap.autologout = 1860; }},
  };
}

}  // namespace mailspec::reference
