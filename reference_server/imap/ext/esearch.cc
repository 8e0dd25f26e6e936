// ESEARCH (RFC 4731): SEARCH RETURN.
#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/text.h"
#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_found.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/number_set.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-esearch-without-uid", "rfc9051/6.4.9/esearch-uid-indicator", "leaves UID out of ESEARCH",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH") && r.data.size() > 1 && r.data[1].text == "UID") r.data.erase(r.data.begin() + 1);
         });
       }},
      {"imap-no-count", "rfc9051/6.4.4/return-options", "leaves out COUNT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH")) erase_word(r, "COUNT");
         });
       }},
      {"imap-max-is-count", "rfc9051/6.4.4/return-options", "counts where MAX is due",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH"))
             for (std::size_t i = 0; i + 1 < r.data.size(); ++i)
               if (r.data[i].text == "MAX") r.data[i + 1].text = "3";
         });
       }},
      {"imap-esearch-grammar", "rfc9051/7.3.4/esearch-grammar", "writes ALL without the set where it has gaps",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH"))
             for (std::size_t i = 0; i + 1 < r.data.size(); ++i)
               if (r.data[i].text == "ALL" && r.data[i + 1].text.find(',') != std::string::npos) r.data[i + 1].text = "";
         });
       }},
      {"imap-esearch-tag", "rfc9051/7.3.4/esearch-tag", "writes a tag of its own in ESEARCH",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH")) r.data[0].items[1].text = "other";
         });
       }},
      {"imap-esearch-twice", "rfc9051/7.3.4/esearch-item-once", "writes COUNT twice",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH")) r.data.insert(r.data.end(), {Node::atom("COUNT"), Node::num(1), Node::atom("COUNT"), Node::num(1)});
         });
       }},
      {"imap-esearch-min-zero", "rfc9051/7.3.4/no-match", "writes MIN 0 where nothing matches",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::SearchArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH") && among(a.returns, "MIN") && !esearch_word(r, "MIN")) r.data.insert(r.data.end(), {Node::atom("MIN"), Node::num(0)});
         });
       }},
      {"imap-esearch-over-gaps", "rfc9051/7.3.4/sets-complete", "writes a set as one range from the first UID to the last",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (auto* all = c.uid && r.is("ESEARCH") ? esearch_word(r, "ALL") : nullptr) *all = Node::atom(over_gaps(all->text));
         });
       }},
      {"imap-search-in-rev2", "rfc9051/6.4.4/esearch-rev2", "answers SEARCH, but not UID SEARCH, with SEARCH under IMAP4rev2",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, const imap::SearchArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH") && !c.uid && !a.has_returns) as_search(r);
         });
       }},
      {"imap-search-unknown-option-ok", "rfc9051/6.4.4/unknown-option", "ignores return options it does not know",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::unknown_search_option) r.keyword = "OK";
         });
       }},
      {"imap-count-without-uid", "rfc9051/6.4.9/esearch-uid-indicator", "leaves UID out of ESEARCH where the count alone is asked for",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::SearchArguments& a, ImapResponse& r, ImapSession&) {
           if (a.returns == std::vector<std::string>{"COUNT"}) std::erase_if(r.data, [](const Node& n) { return n.text == "UID"; });
         });
       }},
      {"imap-esearch-star", "rfc9051/7.3.4/esearch-grammar", "writes * for the last number of a set in ESEARCH",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           for (std::size_t i = 0; r.is("ESEARCH") && i + 1 < r.data.size(); ++i) {
             auto& set = r.data[i + 1].text;
             if (const auto at = set.rfind(':'); r.data[i].text == "ALL" && at != std::string::npos && set.find(',', at) == std::string::npos)
               set.replace(at + 1, std::string::npos, "*");
           }
         });
       }},
      {"imap-esearch-no-tag", "rfc9051/7.3.4/esearch-tag", "sends ESEARCH without the tag",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("ESEARCH")) r.data.erase(r.data.begin());
         });
       }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-esearch-one-by-one", "", "lists each number of ESEARCH's ALL by itself, from the last to the first (RFC 9051 7.3.4)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           auto* all = esearch_word(r, "ALL");
           if (!all) return;
           std::vector<std::string> numbers;
           for (const auto n : imap::numbers_of(all->text)) numbers.push_back(std::to_string(n));
           std::ranges::reverse(numbers);
           all->text = join(numbers, ",");
         });
       }},
  };
}

}  // namespace

ExtensionRow esearch() {
  return {.name = "ESEARCH", .in_rev2 = true, .search_returns = {"MIN", "MAX", "ALL", "COUNT"}, .deviations = deviations, .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
