// Forms: each string form of each argument, escapes, the six forms of STORE, what stands behind a command, commands while a mailbox is selected.
#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_found.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

std::vector<Switch> imap_form_deviations() {
  return {
      {"imap-select-quoted-bad", "rfc9051/4.3/string-forms", "takes no quoted name in SELECT", [](Options& o) { o.faults.insert(Fault::no_quoted, "SELECT"); }},
      {"imap-append-literal-name-bad", "rfc9051/4.3/string-forms", "takes no literal for APPEND's mailbox",
       [](Options& o) { o.faults.insert(Fault::no_literal, "APPEND"); }},
      {"imap-copy-literal-name-bad", "rfc9051/4.3/string-forms", "takes no literal for COPY's mailbox",
       [](Options& o) { o.faults.insert(Fault::no_literal, "COPY"); }},
      {"imap-status-literal-name-bad", "rfc9051/4.3/string-forms", "takes no literal for STATUS's mailbox",
       [](Options& o) { o.faults.insert(Fault::no_literal, "STATUS"); }},
      {"imap-rename-atom-target-bad", "rfc9051/4.3/string-forms", "takes no atom for the new name of RENAME",
       [](Options& o) { o.faults.insert(Fault::no_atom, "target"); }},
      {"imap-list-literal-pattern-bad", "rfc9051/4.3/string-forms", "takes no literal for a pattern",
       [](Options& o) { o.faults.insert(Fault::no_literal, "pattern"); }},
      {"imap-list-literal-reference-bad", "rfc9051/4.3/string-forms", "takes no literal for the reference of LIST",
       [](Options& o) { o.faults.insert(Fault::no_literal, "reference"); }},
      {"imap-list-atom-reference-bad", "rfc9051/4.3/string-forms", "takes no atom for the reference of LIST",
       [](Options& o) { o.faults.insert(Fault::no_atom, "reference"); }},
      {"imap-field-name-quoted-bad", "rfc9051/4.3/string-forms", "takes no quoted name in HEADER.FIELDS",
       [](Options& o) { o.faults.insert(Fault::no_quoted, "field-name"); }},
      {"imap-field-name-literal-bad", "rfc9051/4.3/string-forms", "takes no literal for a name in HEADER.FIELDS",
       [](Options& o) { o.faults.insert(Fault::no_literal, "field-name"); }},
      {"imap-search-field-literal-bad", "rfc9051/4.3/string-forms", "takes no literal for the field of SEARCH HEADER",
       [](Options& o) { o.faults.insert(Fault::no_literal, "field"); }},
      {"imap-search-atom-bad", "rfc9051/4.3/string-forms", "takes no atom for a string to search for",
       [](Options& o) { o.faults.insert(Fault::no_atom, "search"); }},
      {"imap-charset-quoted-bad", "rfc9051/4.3/string-forms", "takes no quoted string for SEARCH's charset",
       [](Options& o) { o.faults.insert(Fault::no_quoted, "charset"); }},
      {"imap-password-literal-bad", "rfc9051/4.3/string-forms", "takes no literal for LOGIN's password",
       [](Options& o) { o.faults.insert(Fault::no_literal, "password"); }},
      {"imap-backslash-bad", "rfc9051/9/escapes", "takes no backslash in a quoted string", [](Options& o) { o.faults.insert(Fault::no_escaped_backslash); }},
      {"imap-escaped-quote-bad", "rfc9051/9/escapes", "takes no quote in a quoted string", [](Options& o) { o.faults.insert(Fault::no_escaped_quote); }},
      {"imap-escapes-kept", "rfc9051/9/escapes", "leaves the backslash that escapes in a quoted string",
       [](Options& o) { o.faults.insert(Fault::escapes_kept); }},
      {"imap-name-unescaped",
       "rfc9051/9/escapes",
       "escapes nothing in the quoted names it sends",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if ((r.is("LIST") || r.is("STATUS")) && !r.data.empty()) {
             auto& name = r.is("LIST") ? r.data.back() : r.data[0];
             if (name.text.find_first_of("\\\"") != std::string::npos) name = Node::atom("\"" + name.text + "\"");
           }
         });
       },
       {{"rfc9051/7.3.3/status-data-grammar", "QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / \"\\\" quoted-specials"}}},
      {"imap-store-add-bad", "rfc9051/6.4.6/store-forms", "says BAD to STORE n +FLAGS",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "STORE +FLAGS"); }},
      {"imap-store-add-silent-bad", "rfc9051/6.4.6/store-forms", "says BAD to STORE n +FLAGS.SILENT",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "STORE +FLAGS.SILENT"); }},
      {"imap-store-several-bad", "rfc9051/6.4.6/store-forms", "says BAD to STORE of messages with commas between them",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "STORE several"); }},
      {"imap-uid-store-several-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE of messages with commas between them",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE several"); }},
      {"imap-fetch-uid-alone-bad", "rfc9051/6.4.5/fetch-forms", "says BAD to FETCH n UID",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "FETCH UID"); }},
      {"imap-fetch-size-alone-bad", "rfc9051/6.4.5/fetch-forms", "says BAD to FETCH n RFC822.SIZE",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "FETCH RFC822.SIZE"); }},
      {"imap-fetch-uid-flags-bad", "rfc9051/6.4.5/fetch-forms", "says BAD to FETCH n (UID FLAGS)",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "FETCH (UID FLAGS)"); }},
      {"imap-uid-fetch-uid-flags-bad", "rfc9051/6.4.5/fetch-forms", "says BAD to UID FETCH n (UID FLAGS)",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID FETCH (UID FLAGS)"); }},
      {"imap-append-flags-bad", "rfc9051/6.3.12/append-forms", "says BAD to APPEND with flags",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "APPEND flags"); }},
      {"imap-append-date-bad", "rfc9051/6.3.12/append-forms", "says BAD to APPEND with a date",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "APPEND date"); }},
      {"imap-status-uidvalidity-bad", "rfc9051/6.3.11/status", "says BAD to STATUS (UIDVALIDITY)",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "STATUS UIDVALIDITY"); }},
      {"imap-status-recent-bad", "rfc9051/6.3.11/status", "says BAD to STATUS (RECENT)",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "STATUS RECENT"); }},
      {"imap-status-several-bad", "rfc9051/6.3.11/status", "says BAD to STATUS of several items",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "STATUS several"); }},
      {"imap-uid-store-replace-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE n FLAGS",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE FLAGS"); }},
      {"imap-uid-store-add-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE n +FLAGS",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE +FLAGS"); }},
      {"imap-uid-store-remove-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE n -FLAGS",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE -FLAGS"); }},
      {"imap-uid-store-replace-silent-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE n FLAGS.SILENT",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE FLAGS.SILENT"); }},
      {"imap-uid-store-add-silent-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE n +FLAGS.SILENT",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE +FLAGS.SILENT"); }},
      {"imap-uid-store-remove-silent-bad", "rfc9051/6.4.6/store-forms", "says BAD to UID STORE n -FLAGS.SILENT",
       [](Options& o) { o.faults.insert(Fault::refuses_form, "UID STORE -FLAGS.SILENT"); }},
      {"imap-store-remove-silent-idle", "rfc9051/6.4.6/store-forms", "does nothing at STORE n -FLAGS.SILENT",
       [](Options& o) { o.faults.insert(Fault::ignores_store, "-FLAGS.SILENT"); }},
      {"imap-uid-store-add-silent-idle", "rfc9051/6.4.6/store-forms", "does nothing at UID STORE n +FLAGS.SILENT",
       [](Options& o) { o.faults.insert(Fault::ignores_store, "UID +FLAGS.SILENT"); }},
      {"imap-store-refused", "rfc9051/6.4.6/store-forms", "says NO to UID STORE, whatever the form", [](Options& o) { o.faults.insert(Fault::store_refused); }},
      {"imap-fetch-tail-ignored", "rfc9051/2.2.2/syntax-bad", "looks at the first item only of a FETCH without parentheses",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "FETCH"); }},
      {"imap-store-tail-ignored", "rfc9051/2.2.2/syntax-bad", "ignores what stands behind the flags of STORE",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "STORE"); }},
      {"imap-copy-tail-ignored", "rfc9051/2.2.2/syntax-bad", "ignores what stands behind COPY's mailbox",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "COPY"); }},
      {"imap-status-tail-ignored", "rfc9051/2.2.2/syntax-bad", "ignores what stands behind STATUS's items",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "STATUS"); }},
      {"imap-noop-tail-ignored", "rfc9051/2.2.2/syntax-bad", "ignores what stands behind NOOP",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "NOOP"); }},
      {"imap-select-tail-ignored", "rfc9051/2.2.2/syntax-bad", "ignores what stands behind SELECT's mailbox",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "SELECT"); }},
      {"imap-rename-tail-ignored", "rfc9051/2.2.2/syntax-bad", "ignores what stands behind RENAME's names",
       [](Options& o) { o.faults.insert(Fault::tail_ignored_of, "RENAME"); }},
      {"imap-one-fields-section", "rfc9051/6.4.5/several-sections", "answers one HEADER.FIELDS of two",
       [](Options& o) { o.faults.insert(Fault::one_fields_section); }},
      {"imap-partial-of-nothing", "rfc9051/2.2.2/syntax-bad", "takes the partial <0.0> for the whole text",
       [](Options& o) { o.faults.insert(Fault::partial_of_nothing); }},
      {"imap-one-partial", "rfc9051/6.4.5/several-sections", "answers one partial of two", [](Options& o) { o.faults.insert(Fault::one_partial); }},
      {"imap-one-section", "rfc9051/6.4.5/several-sections", "answers one section of two", [](Options& o) { o.faults.insert(Fault::one_section); }},
      {"imap-sections-share-octets", "rfc9051/6.4.5/several-sections", "sends the first section of a response for all",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (!r.is("FETCH") || r.data.empty()) return;
           const Node* first = nullptr;
           for (std::size_t i = 0; i + 1 < r.data[0].items.size(); i += 2) {
             if (!r.data[0].items[i].text.starts_with("BODY[HEADER.FIELDS")) continue;
             if (first) r.data[0].items[i + 1] = *first;
             else first = &r.data[0].items[i + 1];
           }
         });
       }},
      {"imap-partial-from-zero", "rfc9051/6.4.5/partial-slice", "begins every partial text at the first octet",
       [](Options& o) { o.faults.insert(Fault::partial_from_zero); }},
      {"imap-fields-lower-case", "rfc9051/6.4.5/header-fields", "finds no field whose name is asked for in lower case",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::FetchArguments& a, ImapResponse& r, ImapSession&) {
           if (!r.is("FETCH") || r.data.empty()) return;
           const bool small = std::ranges::any_of(a.items, [](const auto& item) {
             return item.section.text == imap::Section::Text::fields &&
                    std::ranges::all_of(item.section.names, [](const auto& n) { return n[0] >= 'a' && n[0] <= 'z'; });
           });
           for (std::size_t i = 0; small && i + 1 < r.data[0].items.size(); i += 2) {
             if (r.data[0].items[i].text.starts_with("BODY[HEADER.FIELDS (")) r.data[0].items[i + 1].text = "\r\n";
           }
         });
       }},
      {"imap-past-end-no-origin", "rfc9051/6.4.5/partial", "leaves out the origin past the end",
       [](Options& o) { o.faults.insert(Fault::past_end_without_origin); }},
      {"imap-partial-leaves-unseen", "rfc9051/6.4.5/sets-seen", "does not set \\Seen where a part of a text is asked for",
       [](Options& o) { o.faults.insert(Fault::partial_leaves_unseen); }},
      {"imap-mime-peek-sets-seen", "rfc9051/6.4.5/sets-seen", "sets \\Seen with BODY.PEEK[1.MIME]",
       [](Options& o) { o.faults.insert(Fault::mime_peek_sets_seen); }},
      {"imap-keyword-replaces", "rfc9051/6.4.6/store-keywords", "replaces the flags at STORE +FLAGS with a keyword",
       [](Options& o) {
         misread(o, [](imap::StoreArguments& a) {
           if (a.sign == '+' && std::ranges::any_of(a.flags, [](const auto& f) { return !f.starts_with('\\'); })) a.sign = 0;
         });
       }},
      {"imap-keyword-stays", "rfc9051/6.4.6/store-keywords", "says NO to STORE -FLAGS with a keyword",
       [](Options& o) { o.faults.insert(Fault::keyword_stays); }},
      {"imap-copy-first-range", "rfc9051/6.4.7/copy", "copies what stands before the first comma",
       [](Options& o) {
         misread(o, [](ImapHead& c, imap::CopyArguments& a) {
           if (c.name == "COPY" && a.set.ranges.size() > 1) a.set.ranges.resize(1);
         });
       }},
      {"imap-cc-finds-to", "rfc9051/6.4.4/search-keys", "looks at To as well for CC",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "CC") k = or_of(k, "TO");
         });
       }},
      {"imap-body-finds-header", "rfc9051/6.4.4/search-keys", "looks at the header as well for BODY",
       [](Options& o) {
         misread_keys(o, [](imap::SearchKey& k) {
           if (k.name == "BODY") k.name = "TEXT";
         });
       }},
      {"imap-store-star-first", "rfc9051/9/sequence-set", "takes * in STORE for the first message",
       [](Options& o) { o.faults.insert(Fault::store_star_is_first); }},
      {"imap-section-case", "rfc9051/9/keywords-any-case", "says BAD to sections in lower case", [](Options& o) { o.faults.insert(Fault::section_case); }},
      {"imap-list-empty-options-bad", "rfc9051/9/list-without-options", "says BAD to LIST with empty lists of options",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (a.extended && a.selection.empty() && a.returns.empty() && a.patterns.size() == 1 && r.tagged()) r.keyword = "BAD";
         });
       }},
      {"imap-status-in-order", "rfc9051/6.3.11/status", "tells of UNSEEN only where it is asked for last",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::StatusArguments& a, ImapResponse& r, ImapSession&) {
           if (r.tagged() && a.items.size() > 1 && a.items[0] == "UNSEEN") r.keyword = "BAD";
         });
       }},
      {"imap-check-any-state", "rfc9051/3/wrong-state", "says OK to CHECK without a mailbox",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "CHECK" && r.tagged()) r.keyword = "OK";
         });
       }},
      {"imap-inbox-case-copy", "rfc9051/5.1/inbox-any-case", "knows INBOX in upper case only where messages are put into it",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           const auto* name = c.name == "COPY" || c.name == "APPEND" ? mailbox_of(c) : nullptr;
           if (name && iequals(*name, "INBOX") && *name != "INBOX" && r.tagged()) r.keyword = "NO", r.code.clear();
         });
       }},
      {"imap-list-not-selected", "rfc9051/6.4/authenticated-commands", "takes LIST only while no mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::selected_refuses, "LIST"); }},
      {"imap-status-not-selected", "rfc9051/6.4/authenticated-commands", "takes STATUS only while no mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::selected_refuses, "STATUS"); }},
      {"imap-namespace-not-selected", "rfc9051/6.4/authenticated-commands", "takes NAMESPACE only while no mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::selected_refuses, "NAMESPACE"); }},
      {"imap-create-not-selected", "rfc9051/6.4/authenticated-commands", "takes CREATE only while no mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::selected_refuses, "CREATE"); }},
      {"imap-subscribe-not-selected", "rfc9051/6.4/authenticated-commands", "takes SUBSCRIBE only while no mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::selected_refuses, "SUBSCRIBE"); }},
      {"imap-append-not-selected", "rfc9051/6.4/authenticated-commands", "takes APPEND only while no mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::selected_refuses, "APPEND"); }},
  };
}

}  // namespace mailspec::reference
