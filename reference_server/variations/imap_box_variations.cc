// What RFC 3501, RFC 9051 and their extensions allow of mailboxes, names, flags and data: what there is, what it is called, and how it is told.
#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/number_set.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

namespace {

void choose(Options& o, const char* name) { o.imap.choices.insert(name); }

ImapResponse untagged(std::string raw) {
  ImapResponse r;
  r.raw = "* " + std::move(raw);
  return r;
}

bool ok_to(const ImapCommand& c, const ImapResponse& r, std::string_view name) { return r.tagged() && r.keyword == "OK" && c.name == name; }

// A flags item that is true, for the message with this number; "" if there is none.
std::string flags_now(const ImapSession& s, std::size_t number) {
  const auto& v = s.view();
  if (!v.box || number == 0 || number > v.slots.size()) return {};
  const auto it = v.box->messages.find(v.slots[number - 1].uid);
  if (it == v.box->messages.end()) return {};
  std::vector<std::string> flags(it->second.flags.begin(), it->second.flags.end());
  if (v.slots[number - 1].recent && !s.rev2()) flags.emplace_back("\\Recent");
  return std::to_string(number) + " FETCH (UID " + std::to_string(it->first) + " FLAGS (" + join(flags, " ") + "))";
}

// The pairs of a FETCH response from the last to the first.
void reverse_items(ImapResponse& r) {
  auto& items = r.data[0].items;
  std::ranges::reverse(items);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) std::swap(items[i], items[i + 1]);
}

// Where the language of a body stands in it, behind the disposition.
std::size_t place_of_language(const Node& body) {
  std::size_t children = 0;
  while (children < body.items.size() && body.items[children].kind == Node::Kind::list) ++children;
  if (children > 0) return children + 3;
  const bool message = body.items.size() > 8 && body.items[7].kind == Node::Kind::list && body.items[8].kind == Node::Kind::list;
  return 9 + (iequals(body.items[0].text, "TEXT") ? 1u : message ? 3u : 0u);
}

void languages_as_lists(Node& body) {
  walk(body, [](Node& n) {
    const auto at = place_of_language(n);
    if (at < n.items.size() && n.items[at].kind == Node::Kind::string) n.items[at] = Node::list({n.items[at]});
  });
}

// BODY[HEADER.FIELDS (TO CC)] as BODY[HEADER.FIELDS ("TO" "CC")].
std::string with_quoted_fields(const std::string& item) {
  const auto open = item.find('('), close = item.find(')');
  if (open == std::string::npos || close == std::string::npos || item.find('"') != std::string::npos) return item;
  auto names = words(item.substr(open + 1, close - open - 1));
  for (auto& n : names) n = "\"" + n + "\"";
  return item.substr(0, open + 1) + join(names, " ") + item.substr(close);
}

void types_in_lower_case(Node& body) {
  walk(body, [](Node& n) {
    if (n.items.size() < 7 || n.items[0].kind == Node::Kind::list) return;
    for (const std::size_t i : {0u, 1u, 5u}) n.items[i].text = lower(n.items[i].text);
  });
}

}  // namespace

std::vector<Switch> imap_box_variations() {
  return {
      // ---- what comes unasked
      {"imap-trycreate-untagged", "", "says [TRYCREATE] in an untagged OK, too, beside the NO (RFC 9051 7.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.keyword == "NO" && r.code == "TRYCREATE") r.before.push_back(untagged("OK [TRYCREATE] it could be made"));
         });
       }},
      {"imap-fetch-between-commands", "", "tells the flags of the first message after each command (RFC 9051 5.2, 5.3)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (!r.tagged() || s.state() != imap::State::selected) return;
           if (const auto now = flags_now(s, 1); !now.empty()) r.after.push_back(untagged(now));
         });
       }},
      {"imap-fetch-within-fetch", "", "tells the flags of the last message in the middle of a FETCH of others (RFC 9051 5.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (!r.is("FETCH") || c.name != "FETCH" || !r.number || *r.number % 2 == 0) return;
           if (const auto now = flags_now(s, s.view().slots.size()); !now.empty()) r.before.push_back(untagged(now));
         });
       }},
      {"imap-ok-within-data", "", "says an untagged OK in the middle of data (RFC 9051 7.1.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH") || r.is("LIST") || r.is("LSUB") || r.is("SEARCH") || r.is("STATUS")) r.before.push_back(untagged("OK working"));
         });
       }},
      {"imap-flags-with-keywords", "", "tells FLAGS and [PERMANENTFLAGS] with each STORE of a keyword (RFC 9051 7.3.5)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (!ok_to(c, r, "STORE") || !s.view().box || s.view().box->keywords.empty()) return;
           const auto& all = s.view().box->keywords;
           const auto flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft " + join(std::vector<std::string>(all.begin(), all.end()), " ");
           r.before.push_back(untagged("FLAGS (" + flags + ")"));
           r.before.push_back(untagged("OK [PERMANENTFLAGS (" + flags + " \\*)] flags that stay"));
         });
       }},
      {"imap-select-codes", "", "gives [HIGHESTMODSEQ] and [MAILBOXID] at SELECT to everybody (RFC 7162 3.1.2.1, RFC 8474 4.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.code != "UIDVALIDITY") return;
           r.after.push_back(untagged("OK [HIGHESTMODSEQ " + std::to_string(s.view().box->changes) + "] highest"));
           r.after.push_back(untagged("OK [MAILBOXID (F" + std::to_string(s.view().box->uid_validity) + ")] id"));
         });
       }},
      {"imap-plus-with-code", "", "gives a response code with each continuation request (RFC 9051 7.6)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (r.kind == imap::Response::Kind::continuation && !s.in_exchange()) r.text = "[XREADY 1] " + r.text;
         });
       }},

      {"imap-exists-with-expunge", "", "tells how many messages are left with each EXPUNGE command (RFC 9051 7.4.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (ok_to(c, r, "EXPUNGE") && s.view().box) r.before.push_back(untagged(std::to_string(s.view().slots.size()) + " EXISTS"));
         });
       }},
      {"imap-exists-with-noop", "", "tells how many messages there are with each NOOP, whether that is news or not (RFC 9051 7.4.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (ok_to(c, r, "NOOP") && s.view().box) r.before.push_back(untagged(std::to_string(s.view().slots.size()) + " EXISTS"));
         });
       }},
      {"imap-store-answers-twice", "", "tells the flags that STORE has set twice (RFC 9051 5.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.is("FETCH") || c.name != "STORE") return;
           auto again = r;
           r.after.push_back(std::move(again));
         });
       }},

      // ---- in which order
      {"imap-fetch-backwards", "", "tells of several messages from the last to the first (RFC 9051 7.5.2)", [](Options& o) { choose(o, "fetch-backwards"); }},
      {"imap-items-backwards", "", "gives the items of a FETCH response from the last to the first (RFC 9051 7.5.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH") && !r.data.empty()) reverse_items(r);
         });
       }},
      {"imap-list-backwards", "", "lists names from the last to the first (RFC 9051 6.3.9)", [](Options& o) { choose(o, "list-backwards"); }},
      {"imap-select-codes-first", "", "tells UIDVALIDITY, UIDNEXT and PERMANENTFLAGS before FLAGS and EXISTS (RFC 9051 6.3.2)",
       [](Options& o) { choose(o, "select-codes-first"); }},

      // ---- names and what is said of them
      {"imap-no-hierarchy",
       "",
       "has no hierarchy: NIL is its delimiter (RFC 9051 7.3.1)",
       [](Options& o) { o.imap.separator = ""; },
       {},
       "hierarchy: there are no levels to look at"},
      {"imap-inbox-as-inbox", "", "calls INBOX Inbox (RFC 9051 5.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && !r.data.empty() && r.data[0].text == "INBOX") r.data[0].text = "Inbox";
           if ((r.is("LIST") || r.is("LSUB")) && r.data.size() > 2 && r.data[2].text == "INBOX") r.data[2].text = "Inbox";
         });
       }},

      {"imap-names-in-any-case", "", "takes names in any case, and keeps the first (RFC 9051 5.1)", [](Options& o) { choose(o, "names-in-any-case"); }},
      {"imap-names-in-lower-case", "", "writes all names in lower case (RFC 9051 5.1)", [](Options& o) { choose(o, "names-in-lower-case"); }},
      {"imap-short-names", "", "makes no name of more than 60 octets (RFC 3501 6.3.3)", [](Options& o) { choose(o, "short-names"); }},
      {"imap-plain-names", "", "makes no name with a character that is special in IMAP (RFC 3501 6.3.3)", [](Options& o) { choose(o, "plain-names"); }},
      {"imap-bare-levels", "", "makes levels above a name that hold no messages (RFC 9051 6.3.4, 7.3.1)", [](Options& o) { choose(o, "bare-levels"); }},
      {"imap-folders-or-mailboxes", "",
       "has names that hold names, made by CREATE with a delimiter at the end, and names that hold messages (RFC 3501 6.3.3, 7.2.2)",
       [](Options& o) { choose(o, "folders-or-mailboxes"); }},
      {"imap-no-status-of-selected", "", "refuses STATUS of the mailbox that is selected under IMAP4rev1 (RFC 3501 6.3.10)",
       [](Options& o) { choose(o, "no-status-of-selected"); }},
      {"imap-deleted-levels-vanish", "", "keeps nothing of a deleted mailbox but a level above its children (RFC 9051 6.3.5)",
       [](Options& o) { choose(o, "deleted-levels-vanish"); }},
      {"imap-inbox-has-no-children", "", "allows no names below INBOX, and says so (RFC 3501 7.2.2)", [](Options& o) { choose(o, "inbox-has-no-children"); }},
      {"imap-inbox-keeps-its-name", "", "refuses to rename INBOX (RFC 3501 6.3.5)", [](Options& o) { choose(o, "inbox-keeps-its-name"); }},
      {"imap-selected-stays", "", "neither deletes nor renames what the session has selected (RFC 3501 6.3.4, 6.3.5)",
       [](Options& o) { choose(o, "selected-stays"); }},

      // ---- subscriptions
      {"imap-subscribes-in-silence", "", "subscribes what it makes, and tells nobody under IMAP4rev1 (RFC 3501 6.3.3)",
       [](Options& o) { choose(o, "subscribes-in-silence"); }},
      {"imap-subscribes-levels", "", "subscribes the levels above a name, too (RFC 3501 6.3.9)", [](Options& o) { choose(o, "subscribes-levels"); }},
      {"imap-subscribes-once", "", "says NO to a second SUBSCRIBE or UNSUBSCRIBE under IMAP4rev1 (RFC 3501 6.3.6, 6.3.7)",
       [](Options& o) { choose(o, "subscribed-twice-no"); }},
      {"imap-subscribed-already", "", "subscribes what it makes in silence, and says NO to a second SUBSCRIBE under IMAP4rev1 (RFC 3501 6.3.3, 6.3.6)",
       [](Options& o) {
         choose(o, "subscribes-in-silence");
         choose(o, "subscribed-twice-no");
       }},
      {"imap-subscribes-what-is-there", "", "refuses to subscribe what does not exist (RFC 3501 6.3.6)",
       [](Options& o) { choose(o, "subscribes-what-is-there"); }},
      {"imap-lsub-attributes", "", "tells attributes with LSUB (RFC 3501 7.2.3)", [](Options& o) { choose(o, "lsub-attributes"); }},

      // ---- flags and numbers
      {"imap-own-keyword", "", "adds a keyword of its own to what is appended (RFC 3501 6.3.11)", [](Options& o) { choose(o, "own-keyword"); }},
      {"imap-no-keywords",
       "",
       "offers IMAP4rev1 only, keeps no keywords, and says so (RFC 3501 7.1)",
       [](Options& o) {
         o.imap.rev1 = true;
         o.imap.rev2 = false;
         choose(o, "no-keywords");
       },
       {},
       "keywords: there are none to look at"},
      {"imap-fixed-keywords", "", "keeps five keywords, and says so (RFC 9051 7.1)", [](Options& o) { choose(o, "fixed-keywords"); }},
      {"imap-large-uids", "", "begins UIDs and UIDVALIDITY above 2^31 (RFC 9051 9, nz-number)",
       [](Options& o) {
         o.imap.first_uidvalidity = 3000000000;
         o.imap.first_uid = 4000000000;
       }},
      {"imap-uid-gaps", "", "leaves gaps between all UIDs (RFC 9051 2.3.1.1)", [](Options& o) { o.imap.uid_stride = 37; }},
      {"imap-tells-one-late", "", "tells of others' changes one command after it has noticed them (RFC 3501 7)",
       [](Options& o) { choose(o, "tells-one-late"); }},
      {"imap-messages-need-date", "", "appends no message without Date and From (RFC 9051 6.3.12)", [](Options& o) { choose(o, "messages-need-date"); }},
      {"imap-few-parts", "", "appends no message of more than 100 parts (RFC 9051 6.3.12)", [](Options& o) { choose(o, "few-parts"); }},
      {"imap-no-copy-into-itself", "", "refuses to copy into the mailbox that is selected (RFC 9051 6.4.7)",
       [](Options& o) { choose(o, "no-copy-into-itself"); }},
      {"imap-ascii-search", "", "searches in US-ASCII only under IMAP4rev1 (RFC 3501 6.4.4)", [](Options& o) { choose(o, "ascii-search"); }},

      // ---- data
      {"imap-keywords-in-upper-case", "", "writes keywords in capitals (RFC 9051 9: flags have no case)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           auto* flags = item(r, "FLAGS");
           if (r.is("FLAGS") && !r.data.empty()) flags = &r.data[0];
           if (r.code == "PERMANENTFLAGS" && !r.code_data.empty()) flags = &r.code_data[0];
           if (!flags) return;
           for (auto& f : flags->items) {
             if (!f.text.starts_with('\\')) f.text = upper(f.text);
           }
         });
       }},
      {"imap-types-in-lower-case", "", "writes media types and encodings in lower case (RFC 9051 9, RFC 2045 5.1)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           for (const auto* name : {"BODY", "BODYSTRUCTURE"}) {
             if (auto* n = item(r, name)) types_in_lower_case(*n);
           }
         });
       }},
      {"imap-quoted-field-names", "", "writes names of header fields in quotes where it repeats a section (RFC 9051 9, header-fld-name)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("FETCH") || r.data.empty()) return;
           auto& items = r.data[0].items;
           for (std::size_t i = 0; i + 1 < items.size(); i += 2) items[i].text = with_quoted_fields(items[i].text);
         });
       }},
      {"imap-languages-as-lists", "", "gives one language of a part in a list (RFC 9051 7.5.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE")) languages_as_lists(*n);
         });
       }},
      {"imap-store-tells-more", "", "tells the size with the flags that STORE has set (RFC 9051 5.2)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           const auto& v = s.view();
           if (!r.is("FETCH") || c.name != "STORE" || !r.number || *r.number > v.slots.size()) return;
           const auto it = v.box->messages.find(v.slots[*r.number - 1].uid);
           if (it != v.box->messages.end()) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("RFC822.SIZE"), Node::num(it->second.octets.size())});
         });
       }},
      {"imap-slow-status", "", "takes 2 seconds for a STATUS (RFC 9051 6.3.11: it may be slow)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "STATUS") r.delay = 2;
         });
       }},
  };
}

}  // namespace mailspec::reference
