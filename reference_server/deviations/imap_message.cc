// Messages in the selected mailbox: FETCH, STORE, SEARCH, COPY, MOVE, EXPUNGE; numbering, identity, null forms and set logic.
#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_found.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {

// Where the extension data of a body begins that has no parts.
std::size_t extension_at(const Node& body) {
  const auto& items = body.items;
  if (items[0].text == "TEXT") return 8;
  return items.size() > 8 && items[8].kind == Node::Kind::list ? 10 : 7;
}

}  // namespace

std::vector<Switch> imap_message_deviations() {
  return {
      {"fields-by-prefix", "rfc9051/6.4.5/header-fields", "takes the beginning of a name in HEADER.FIELDS for the name",
       [](Options& o) { o.faults.insert(Fault::fields_by_prefix); }},
      {"fields-not-by-case", "rfc9051/6.4.5/header-fields", "leaves out by HEADER.FIELDS.NOT only what is spelt as in the message",
       [](Options& o) { o.faults.insert(Fault::fields_not_by_case); }},
      {"nested-one-is-nil", "rfc9051/6.4.5/sections", "has NIL for the only part of a message within a message",
       [](Options& o) { o.faults.insert(Fault::nested_one_is_nil); }},
      {"envelope-one-author", "rfc9051/7.5.2/envelope", "has the first of several authors only in ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE"); e && e->items.size() == 10)
             for (auto i : {2u, 3u, 4u}) {
               if (auto& list = e->items[i].items; list.size() > 1) list.resize(1);
             }
         });
       }},
      {"envelope-answers-to-sender", "rfc9051/7.5.2/envelope-defaults", "has the Sender for a Reply-To that is absent",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE"); e && e->items.size() == 10) {
             if (e->items[4] == e->items[2]) e->items[4] = e->items[3];
           }
         });
       }},
      {"envelope-empty-group-nil", "rfc9051/7.5.2/envelope-groups", "has NIL for a group without members",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE"); e && e->items.size() == 10) {
             auto& to = e->items[5];
             if (to.items.size() == 2 && to.items[0].items[3].kind == Node::Kind::nil) to = Node::nil();
           }
         });
       }},
      {"envelope-one-reference", "rfc9051/7.5.2/envelope", "has the first identifier of In-Reply-To only",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE"); e && e->items.size() == 10) {
             auto& text = e->items[8].text;
             text = text.substr(0, text.find(' '));
           }
         });
       }},
      {"structure-lower-case", "rfc9051/7.5.2/bodystructure-parameters", "has the values of parameters in lower case",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* b = item(r, "BODYSTRUCTURE"))
             walk(*b, [](Node& n) {
               if (n.items.size() < 7 || n.items[0].kind == Node::Kind::list) return;
               for (std::size_t i = 1; i < n.items[2].items.size(); i += 2) n.items[2].items[i].text = lower(n.items[2].items[i].text);
             });
         });
       }},
      {"structure-no-md5", "rfc9051/7.5.2/bodystructure-extension", "has NIL for a part's Content-MD5",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* b = item(r, "BODYSTRUCTURE"))
             walk(*b, [](Node& n) {
               if (const auto at = extension_at(n) + 0; n.items[0].kind != Node::Kind::list && at < n.items.size()) n.items[at] = Node::nil();
             });
         });
       }},
      {"structure-no-language", "rfc9051/7.5.2/bodystructure-extension", "has NIL for a part's Content-Language",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* b = item(r, "BODYSTRUCTURE"))
             walk(*b, [](Node& n) {
               if (const auto at = extension_at(n) + 2; n.items[0].kind != Node::Kind::list && at < n.items.size()) n.items[at] = Node::nil();
             });
         });
       }},
      {"structure-no-location", "rfc9051/7.5.2/bodystructure-extension", "has NIL for a part's Content-Location",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* b = item(r, "BODYSTRUCTURE"))
             walk(*b, [](Node& n) {
               if (const auto at = extension_at(n) + 3; n.items[0].kind != Node::Kind::list && at < n.items.size()) n.items[at] = Node::nil();
             });
         });
       }},
      {"structure-bare-disposition",
       "rfc9051/7.5.2/bodystructure-extension",
       "leaves out the parameters of Content-Disposition",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* b = item(r, "BODYSTRUCTURE"))
             walk(*b, [](Node& n) {
               const auto at = extension_at(n) + 1;
               if (n.items[0].kind != Node::Kind::list && at < n.items.size() && n.items[at].items.size() == 2) n.items[at].items[1] = Node::nil();
             });
         });
       },
       {{"rfc9051/7.5.2/rfc2231",
         "A parenthesized list, consisting of a disposition type string, followed by a parenthesized list of disposition attribute/value pairs"}}},
      {"structure-message-language-nil", "rfc9051/7.5.2/bodystructure-extension", "has NIL for the Content-Language of what has parts",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* b = item(r, "BODYSTRUCTURE"))
             walk(*b, [](Node& n) {
               if (n.items[0].kind == Node::Kind::list && n.items.size() > 4) n.items[n.items.size() - 2] = Node::nil();
             });
         });
       }},
      {"imap-uid-changes", "rfc9051/2.3.1.1/uid-stable", "tells other UIDs once it has told twenty",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (auto* n = item(r, "UID"); n && ++s.counter > 20) n->text = std::to_string(std::stoull(n->text) + 1000 * static_cast<unsigned>(s.counter));
         });
       }},
      {"imap-uid-descends", "rfc9051/2.3.1.1/uid-ascending", "has UIDs that go down from the ninth message on",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "UID"); n && r.number.value_or(0) > 8) n->text = std::to_string(100000 - std::stoull(n->text));
         });
       }},
      {"imap-uid-reused", "rfc9051/2.3.1.1/uid-not-reused", "uses the UIDs of expunged messages again",
       [](Options& o) { o.faults.insert(Fault::imap_uid_reused); }},
      {"imap-uidnext-behind", "rfc9051/2.3.1.1/uidnext-ahead", "tells a UIDNEXT that is used already",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDNEXT") r.code_data[0] = Node::num(1);
         });
       }},
      {"imap-date-changes", "rfc9051/2.3.1.1/static-items", "tells another INTERNALDATE each time",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (auto* n = item(r, "INTERNALDATE")) n->text[18] = static_cast<char>('0' + ++s.counter % 5);
         });
       }},
      {"imap-size-changes", "rfc9051/2.3.1.1/static-items", "tells another size each time",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (auto* n = item(r, "RFC822.SIZE")) n->text += std::to_string(++s.counter % 10);
         });
       }},
      {"imap-size-off",
       "rfc9051/2.3.4/size-is-octets",
       "counts two octets too many in RFC822.SIZE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "RFC822.SIZE")) n->text = std::to_string(std::stoull(n->text) + 2);
         });
       },
       {{"rfc1939/11/size-as-imap", "RFC822.SIZE is the number of octets in the message when the message is expressed in [RFC5322] format."}}},
      {"imap-copy-forgets-date", "rfc9051/2.3.3/copy-date", "gives copies another date", [](Options& o) { o.faults.insert(Fault::copy_forgets_date); }},
      {"imap-fetch-drops-item", "rfc9051/6.4.5/fetch-items", "leaves out the last of three items and more",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH") && c.name == "FETCH" && r.data[0].items.size() > 4) r.data[0].items.resize(r.data[0].items.size() - 2);
         });
       }},
      {"imap-fast-without-date", "rfc9051/6.4.5/macros", "leaves INTERNALDATE out of the macros",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::FetchArguments& a, ImapResponse& r, ImapSession&) {
           if (a.items.size() >= 3) erase_item(r, "INTERNALDATE");
         });
       }},
      {"imap-text-is-all", "rfc9051/6.4.5/sections", "sends the whole for BODY[TEXT]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODY[TEXT]")) n->text = "From: x\r\n\r\n" + n->text;
         });
       }},
      {"imap-part-two", "rfc9051/6.4.5/sections", "sends a part with the line end behind it",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           for (auto* name : {"BODY[1.1]", "BODY[2.1]", "BODY[3]"})
             if (auto* n = item(r, name)) n->text += "\r\n";
         });
       }},
      {"imap-fields-no-empty-line", "rfc9051/6.4.5/header-fields", "leaves out the empty line after HEADER.FIELDS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH"))
             for (auto& n : r.data[0].items)
               if (n.text.ends_with("\r\n\r\n") && r.data[0].items[0].text.find("HEADER.FIELDS") != std::string::npos) n.text.resize(n.text.size() - 2);
         });
       }},
      {"imap-partial-past-end", "rfc9051/6.4.5/partial", "sends NIL past the end",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH"))
             for (auto& n : r.data[0].items)
               if (n.kind == Node::Kind::string && n.text.empty()) n = Node::nil();
         });
       }},
      {"imap-partial-shifted", "rfc9051/6.4.5/partial-slice", "counts origins from one", [](Options& o) { o.faults.insert(Fault::partial_shifted); }},
      {"imap-partial-too-long", "rfc9051/6.4.5/partial-length", "sends one octet more than was asked for",
       [](Options& o) { o.faults.insert(Fault::partial_too_long); }},
      {"imap-header-without-end", "rfc9051/6.4.5/header-and-text", "leaves out the empty line of BODY[HEADER]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODY[HEADER]")) n->text.resize(n->text.size() - 2);
         });
       }},
      {"imap-body-leaves-unseen", "rfc9051/6.4.5/sets-seen", "does not set \\Seen", [](Options& o) { o.faults.insert(Fault::body_leaves_unseen); }},
      {"imap-peek-sets-seen", "rfc9051/6.4.5/sets-seen", "sets \\Seen with BODY.PEEK", [](Options& o) { o.faults.insert(Fault::peek_sets_seen); }},
      {"imap-seen-untold", "rfc9051/6.4.5/seen-told", "does not tell of \\Seen", [](Options& o) { o.faults.insert(Fault::seen_untold); }},
      {"imap-fetch-out-of-range", "rfc9051/6.4.5/out-of-range", "says OK to numbers that are not there",
       [](Options& o) { o.faults.insert(Fault::fetch_out_of_range); }},
      {"imap-rfc822-header-seen", "rfc9051/6.4.5/rfc822-forms", "sets \\Seen with RFC822.HEADER", [](Options& o) { o.faults.insert(Fault::header_sets_seen); }},
      {"imap-origin-unasked", "rfc9051/7.5.2/origin-only-if-asked", "writes an origin that nobody asked for",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH"))
             for (auto& n : r.data[0].items)
               if (n.text == "BODY[]") n.text = "BODY[]<0>";
         });
       }},
      {"imap-fetch-by-uid", "rfc9051/7.4.1/fetch-of-announced", "writes UIDs for sequence numbers in what it tells of UID STORE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           auto* uid = c.name == "STORE" && c.uid ? item(r, "UID") : nullptr;
           if (uid) r.number = parse_number(uid->text);
         });
       }},
      {"imap-fetch-double-space", "rfc9051/7.5.2/fetch-grammar", "writes two spaces between items",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH")) r.data[0].items.insert(r.data[0].items.begin() + 1, Node::atom(""));
         });
       }},
      {"imap-fetch-nil-flags", "rfc9051/7.5.2/fetch-grammar", "writes NIL for no flags",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "FLAGS"); n && n->items.empty()) *n = Node::nil();
         });
       }},
      {"imap-fetch-date-unquoted", "rfc9051/7.5.2/fetch-grammar", "writes INTERNALDATE without quotes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "INTERNALDATE")) n->kind = Node::Kind::atom;
         });
       }},
      {"imap-fetch-date-short", "rfc9051/7.5.2/fetch-grammar", "writes a day of one digit without its space",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "INTERNALDATE")) n->text = "1" + n->text.substr(2);
         });
       }},
      {"imap-envelope-nine", "rfc9051/7.5.2/fetch-grammar", "leaves out the last field of ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE")) n->items.pop_back();
         });
       }},
      {"imap-envelope-empty-list", "rfc9051/7.5.2/fetch-grammar", "writes () for no addresses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE"))
             for (std::size_t i = 2; i < 8; ++i)
               if (n->items[i].kind == Node::Kind::nil) n->items[i] = Node::list();
         });
       }},
      {"imap-size-negative", "rfc9051/7.5.2/fetch-grammar", "writes -1 for RFC822.SIZE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "RFC822.SIZE")) n->text = "-1";
         });
       }},
      {"imap-uid-zero", "rfc9051/7.5.2/fetch-grammar", "writes the UID 0 from the ninth message on",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "UID"); n && r.number.value_or(0) > 8) n->text = "0";
         });
       }},
      {"imap-string-unescaped", "rfc9051/7.5.2/fetch-grammar", "does not escape quotes in ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE")) n->items[1] = n->items[1].kind == Node::Kind::string ? Node::atom("\"" + n->items[1].text + "\"") : n->items[1];
         });
       }},
      {"imap-extra-parenthesis", "rfc9051/7.5.2/fetch-grammar", "closes one parenthesis too many",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FETCH")) r.data.push_back(Node::atom(")"));
         });
       }},
      {"imap-body-octets-nil", "rfc9051/7.5.2/fetch-grammar", "writes NIL for the size of a part",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE"); n && n->items.size() > 6 && n->items[0].kind != Node::Kind::list) n->items[6] = Node::nil();
         });
       }},
      {"imap-unsolicited-without-uid", "rfc9051/7.5.2/unsolicited-fetch-has-uid", "leaves the UID out of unsolicited FETCH",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name != "FETCH" && c.name != "STORE") erase_item(r, "UID");
         });
       }},
      {"imap-bodystructure-type", "rfc9051/7.5.2/bodystructure", "calls every text TEXT PLAIN",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE"))
             walk(*n, [](Node& b) {
               if (b.items[0].text == "TEXT") b.items[1].text = "PLAIN";
             });
         });
       }},
      {"imap-bodystructure-params", "rfc9051/7.5.2/bodystructure", "leaves out parameters",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE"))
             walk(*n, [](Node& b) {
               if (b.items[0].kind != Node::Kind::list) b.items[2] = Node::nil();
             });
         });
       }},
      {"imap-encoding-8bit", "rfc9051/7.5.2/encoding-default", "calls parts that name no encoding 8BIT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           for (const auto* name : {"BODY", "BODYSTRUCTURE"}) {
             if (auto* n = item(r, name))
               walk(*n, [](Node& b) {
                 if (b.items[0].kind != Node::Kind::list && b.items[5].text == "7BIT") b.items[5].text = "8BIT";
               });
           }
         });
       }},
      {"imap-bodystructure-octets", "rfc9051/7.5.2/bodystructure-octets", "counts two octets too many in BODYSTRUCTURE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE"))
             walk(*n, [](Node& b) {
               if (b.items[0].kind != Node::Kind::list) b.items[6].text = std::to_string(std::stoull(b.items[6].text) + 2);
             });
         });
       }},
      {"imap-bodystructure-lines", "rfc9051/7.5.2/bodystructure-lines", "counts two lines too many in BODYSTRUCTURE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODYSTRUCTURE"))
             walk(*n, [](Node& b) {
               if (b.items[0].text == "TEXT") b.items[7].text = std::to_string(std::stoull(b.items[7].text) + 2);
             });
         });
       }},
      {"imap-body-extended", "rfc9051/9/body-not-extensible", "sends extension data with BODY",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "BODY")) n->items.push_back(Node::nil());
         });
       }},
      {"imap-envelope-date", "rfc9051/7.5.2/envelope", "leaves out the date in ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE")) n->items[0] = Node::nil();
         });
       }},
      {"imap-envelope-swapped", "rfc9051/7.5.2/envelope", "exchanges To and Cc in ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE")) std::swap(n->items[5], n->items[6]);
         });
       }},
      {"imap-envelope-no-sender", "rfc9051/7.5.2/envelope-defaults", "writes NIL for an absent Sender",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE"); n && n->items[3] == n->items[2]) n->items[3] = Node::nil();
         });
       }},
      {"imap-envelope-groups", "rfc9051/7.5.2/envelope-groups", "leaves groups out of ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           auto* n = item(r, "ENVELOPE");
           for (std::size_t i = 2; n && i < 8; ++i) {
             auto& list = n->items[i];
             if (std::erase_if(list.items, [](const Node& a) { return a.items[3].kind == Node::Kind::nil; }) && list.items.empty()) list = Node::nil();
           }
         });
       }},
      {"imap-envelope-subject", "rfc9051/7.5.2/envelope-subject", "cuts the subject in ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE"); n && n->items[1].text.size() > 3) n->items[1].text.resize(3);
         });
       }},
      {"imap-envelope-message-id", "rfc9051/7.5.2/envelope-message-id", "writes Message-ID without its angles",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* n = item(r, "ENVELOPE"); n && n->items[9].text.size() > 2) n->items[9].text = n->items[9].text.substr(1, n->items[9].text.size() - 2);
         });
       }},
      {"imap-exists-less", "rfc9051/7.4.1/exists-not-less", "counts down without EXPUNGE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::AppendArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("EXISTS") && a.items.size() == 1 && *r.number > 1) *r.number = 0;
         });
       }},
      {"imap-exists-grammar", "rfc9051/7.4.1/exists-grammar", "writes a text after EXISTS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("EXISTS")) r.data.push_back(Node::atom("messages"));
         });
       }},
      {"imap-recent-grammar", "rfc3501/7.3.2/recent-grammar", "writes a text after RECENT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("RECENT")) r.data.push_back(Node::atom("messages"));
         });
       }},
      {"imap-flags-grammar", "rfc9051/7.3.5/flags-grammar", "writes FLAGS without parentheses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("FLAGS")) {
             auto items = r.data[0].items;
             r.data = items;
           }
         });
       }},
      {"imap-expunge-grammar", "rfc9051/7.5.1/expunge-grammar", "writes a text after EXPUNGE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("EXPUNGE")) r.data.push_back(Node::atom("done"));
         });
       }},
      {"imap-expunge-by-uid", "rfc9051/7.5.1/expunge-number", "writes UIDs for sequence numbers in EXPUNGE",
       [](Options& o) { o.faults.insert(Fault::expunge_by_uid); }},
      {"imap-expunge-in-fetch", "rfc9051/7.5.1/expunge-window", "tells of expunged messages during FETCH",
       [](Options& o) { o.faults.insert(Fault::expunge_in_fetch); }},
      {"imap-expunge-does-nothing", "rfc9051/6.4.3/expunge", "says OK to EXPUNGE and removes nothing",
       [](Options& o) { o.faults.insert(Fault::expunge_does_nothing); }},
      {"imap-expunge-all", "rfc9051/6.4.3/expunge", "removes all messages", [](Options& o) { o.faults.insert(Fault::expunge_all); }},
      {"imap-expunge-untold", "rfc9051/6.4.3/expunge", "does not tell of expunged messages", [](Options& o) { o.faults.insert(Fault::expunge_untold); }},
      {"imap-close-keeps", "rfc9051/6.4.1/close", "expunges nothing at CLOSE", [](Options& o) { o.faults.insert(Fault::close_keeps); }},
      {"imap-close-stays-selected", "rfc9051/6.4.1/close", "keeps the mailbox selected at CLOSE",
       [](Options& o) { o.faults.insert(Fault::close_stays_selected); }},
      {"imap-check-no", "rfc3501/6.4.1/check", "says NO to CHECK",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "CHECK" && r.tagged()) r.keyword = "NO";
         });
       }},
      {"imap-store-replaces", "rfc9051/6.4.6/store-forms", "replaces the flags whatever the form",
       [](Options& o) { misread(o, [](imap::StoreArguments& a) { a.sign = 0; }); }},
      {"imap-store-does-nothing", "rfc9051/6.4.6/store-forms", "says OK to STORE of several messages and stores nothing",
       [](Options& o) { o.faults.insert(Fault::store_does_nothing); }},
      {"imap-store-invents-keyword", "rfc9051/6.4.6/store-forms", "adds a keyword that nobody has given where STORE replaces the flags",
       [](Options& o) {
         misread(o, [](imap::StoreArguments& a) {
           if (a.sign == 0) a.flags.emplace_back("$Touched");
         });
       }},
      {"imap-store-is-silent", "rfc9051/6.4.6/store-fetch", "never tells the new flags",
       [](Options& o) { misread(o, [](imap::StoreArguments& a) { a.silent = true; }); }},
      {"imap-silent-speaks", "rfc9051/6.4.6/store-silent", "tells the new flags in spite of .SILENT",
       [](Options& o) { misread(o, [](imap::StoreArguments& a) { a.silent = false; }); }},
      {"imap-store-unchanged-silent", "rfc9051/6.4.6/store-fetch-unchanged", "does not tell flags that STORE has not changed",
       [](Options& o) { o.faults.insert(Fault::store_unchanged_silent); }},
      {"imap-copy-removes", "rfc9051/6.4.7/copy", "takes copied messages away", [](Options& o) { o.faults.insert(Fault::copy_removes); }},
      {"imap-copy-first-only", "rfc9051/6.4.7/copy", "copies the first message only", [](Options& o) { o.faults.insert(Fault::copy_of_first_only); }},
      {"imap-copy-forgets-flags", "rfc9051/6.4.7/copy-flags", "forgets the flags of copies", [](Options& o) { o.faults.insert(Fault::copy_forgets_flags); }},
      {"imap-copy-missing-ok", "rfc9051/6.4.7/copy-missing", "makes the mailbox a COPY names", [](Options& o) { o.faults.insert(Fault::copy_creates); }},
      {"imap-copy-no-trycreate", "rfc9051/6.4.7/copy-trycreate", "sends no [TRYCREATE] at COPY",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name != "APPEND" && r.code == "TRYCREATE") r.code.clear();
         });
       }},
      {"imap-uid-fetch-without-uid", "rfc9051/6.4.9/uid-in-uid-responses", "leaves the UID out of responses to UID FETCH",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, const imap::FetchArguments& a, ImapResponse& r, ImapSession& s) {
           if (c.uid && !s.rev2() && std::ranges::find(a.items, "UID", &imap::FetchAtt::name) == a.items.end()) erase_item(r, "UID");
         });
       }},
      {"imap-uid-store-without-uid", "rfc9051/6.4.9/uid-in-uid-responses", "leaves the UID out of responses to UID STORE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "STORE" && c.uid) erase_item(r, "UID");
         });
       }},
      {"imap-uid-missing-no", "rfc9051/6.4.9/uid-forms", "says NO to UIDs that are not there", [](Options& o) { o.faults.insert(Fault::uid_missing_no); }},
      {"imap-uid-search-numbers", "rfc9051/6.4.9/uid-forms", "gives sequence numbers for UID SEARCH",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.uid) each_found(r, [&](std::uint64_t uid) { return number_of(s, uid); });
         });
       }},
      {"imap-uid-star", "rfc9051/6.4.9/uid-star", "finds nothing for n:* with n above the last UID",
       [](Options& o) { o.faults.insert(Fault::uid_star_strict); }},
      {"imap-search-uids", "rfc9051/6.4.4/search-in-range", "gives UIDs for SEARCH where more than four match",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (!c.uid && found(r) > 4) each_found(r, [&](std::uint64_t n) { return s.view().slots[n - 1].uid; });
         });
       }},
      {"imap-larger-includes", "rfc9051/6.4.4/search-keys", "counts messages of the very size for LARGER",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "LARGER" && k.number > 0) --k.number;
         });
       }},
      {"imap-smaller-includes", "rfc9051/6.4.4/search-keys", "counts messages of the very size for SMALLER",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "SMALLER") ++k.number;
         });
       }},
      {"imap-header-empty", "rfc9051/6.4.4/search-keys", "finds nothing for HEADER with an empty string",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "HEADER" && k.text.empty()) k = no_message();
         });
       }},
      {"imap-not-of-set", "rfc9051/6.4.4/search-algebra", "ignores NOT before a sequence set",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "NOT" && k.keys[0].name == "#") k = imap::SearchKey(k.keys[0]);
         });
       }},
      {"imap-search-case", "rfc9051/6.4.4/search-any-case", "minds the case of letters", [](Options& o) { o.faults.insert(Fault::search_case_sensitive); }},
      {"imap-before-includes", "rfc9051/6.4.4/search-dates", "counts the day itself for BEFORE",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "BEFORE") ++k.day;
         });
       }},
      {"imap-since-excludes", "rfc9051/6.4.4/search-dates", "leaves the day itself out of SINCE",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "SINCE") ++k.day;
         });
       }},
      {"imap-sent-is-internal", "rfc9051/6.4.4/search-dates", "takes the internal date for SENTON",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name.starts_with("SENT")) k.name.erase(0, 4);
         });
       }},
      {"imap-range-reversed", "rfc9051/9/sequence-set", "finds nothing for 4:2", [](Options& o) { o.faults.insert(Fault::reversed_range_empty); }},
      {"imap-star-is-first", "rfc9051/9/sequence-set", "takes \"*\" for the first message", [](Options& o) { o.faults.insert(Fault::star_is_first); }},
      {"imap-search-first-range", "rfc9051/6.4.4/search-sets", "searches in the first range of a set alone",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.set.ranges.size() > 1) k.set.ranges.resize(1);
         });
       }},
      {"imap-not-ignored", "rfc9051/6.4.4/search-algebra", "ignores NOT",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "NOT") k = imap::SearchKey(k.keys[0]);
         });
       }},
      {"imap-or-is-and", "rfc9051/6.4.4/search-algebra", "takes OR for AND",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "OR") k.name = "(";
         });
       }},
      {"imap-and-is-or", "rfc9051/6.4.4/search-algebra", "takes keys side by side for OR",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "(" && k.keys.size() > 1) k.name = "OR";
         });
       }},
      {"imap-first-key-only", "rfc9051/6.4.4/search-algebra", "looks at the first key only",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "(") k.keys.resize(1);
         });
       }},
      {"imap-search-beyond", "rfc9051/6.4.4/search-in-range", "names one that is not there behind more than four messages",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("SEARCH") && !c.uid && r.data.size() > 4) r.data.push_back(Node::num(1000));
         });
       }},
      {"imap-search-untold", "rfc9051/6.4.4/search-response-required", "sends no response where nothing matches",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if ((r.is("SEARCH") && r.data.empty()) || (r.is("ESEARCH") && r.data.size() < 3)) r.drop = true;
         });
       }},
      {"imap-any-charset", "rfc9051/6.4.4/badcharset", "says OK to any charset",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "BADCHARSET") r.keyword = "OK", r.code.clear(), r.code_data.clear();
         });
       }},
      {"imap-no-badcharset", "rfc9051/6.4.4/badcharset-code", "sends no [BADCHARSET]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "BADCHARSET") r.code.clear(), r.code_data.clear();
         });
       }},
      {"imap-search-grammar", "rfc3501/7.2.5/search-grammar", "writes SEARCH with a space at its end",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("SEARCH")) r.data.push_back(Node::atom(""));
         });
       }},
      {"imap-search-commas", "rfc3501/7.2.5/search-grammar", "writes commas between numbers",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("SEARCH") && r.data.size() > 1) r.data[0].text += ",";
         });
       }},
      {"imap-old-is-all", "rfc3501/6.4.4/search-recent", "takes OLD for ALL",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "OLD") k.name = "ALL";
         });
       }},
      {"imap-copy-not-recent", "rfc3501/6.4.7/copy-recent", "makes copies that are not recent", [](Options& o) { o.faults.insert(Fault::copy_not_recent); }},
      {"imap-search-undecoded", "rfc9051/6.4.4/search-decoded", "searches in what is encoded", [](Options& o) { o.faults.insert(Fault::search_undecoded); }},
      {"imap-no-us-ascii", "rfc9051/6.4.4/search-charsets", "does not know the charset US-ASCII",
       [](Options& o) {
         misread(o, [](imap::SearchArguments& a) {
           if (a.charset == "US-ASCII") a.charset = "NOT-" + a.charset;
         });
       }},
      {"imap-parameters-split", "rfc9051/7.5.2/rfc2231", "gives parameters in the pieces they came in",
       [](Options& o) { o.faults.insert(Fault::parameters_split); }},
      {"imap-envelope-no-cc", "rfc9051/7.5.2/envelope", "leaves out Cc in ENVELOPE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE")) e->items[6] = Node::nil();
         });
       }},
      {"imap-envelope-to-for-bcc", "rfc9051/7.5.2/envelope", "says of Bcc what it says of To",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE")) e->items[7] = e->items[5];
         });
       }},
      {"imap-envelope-subject-empty", "rfc9051/7.5.2/envelope-subject", "has an empty string for a Subject that is not there",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* e = item(r, "ENVELOPE"); e && e->items[1].kind == Node::Kind::nil) e->items[1] = Node::str("");
         });
       }},
      {"imap-body-other-encoding", "rfc9051/7.5.2/bodystructure", "has another encoding in BODY than in BODYSTRUCTURE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (auto* body = item(r, "BODY"))
             walk(*body, [](Node& b) {
               if (b.items.size() > 6 && b.items[0].kind != Node::Kind::list) b.items[5] = Node::str("8BIT");
             });
         });
       }},
  };
}

}  // namespace mailspec::reference
