// Family "sessions": what several sessions do to one another. Numbering, announcement, identity, and flags that get lost between them.
#include <algorithm>
#include <utility>

#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

namespace {

// Names as they were at the login: what others do afterwards is not seen.
bool known_at_login(const ImapCommand& c, const ImapResponse& r, ImapSession& s, const std::set<std::string>& now, std::string_view text) {
  if (r.tagged() && (c.name == "LOGIN" || c.name == "AUTHENTICATE") && r.is("OK")) {
    for (const auto& name : now) s.memory += name + "\n";
  }
  return ("\n" + s.memory).find("\n" + std::string(text) + "\n") != std::string::npos;
}

}  // namespace

std::vector<Switch> imap_session_deviations() {
  return {
      {"imap-fetch-swallows-expunge", "rfc9051/7.5.1/numbers-stay", "counts anew at FETCH, without a word",
       [](Options& o) { o.faults.insert(Fault::fetch_swallows_expunge); }},
      {"imap-store-swallows-expunge", "rfc9051/7.5.1/numbers-stay", "counts anew at STORE, without a word",
       [](Options& o) { o.faults.insert(Fault::store_swallows_expunge); }},
      {"imap-status-swallows-expunge", "rfc9051/7/expunge-told", "counts anew at STATUS, and tells of no expunge",
       [](Options& o) { o.faults.insert(Fault::status_swallows_expunge); }},
      {"imap-others-expunge-untold", "rfc9051/7/expunge-told", "counts anew, and sends no EXPUNGE for what others have removed",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("EXPUNGE") && c.name != "EXPUNGE" && c.name != "MOVE") r.drop = true;
         });
       }},
      {"imap-expunge-as-exists", "rfc9051/7/expunge-told", "sends EXISTS for EXPUNGE where another session has expunged",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (!r.is("EXPUNGE") || c.name == "EXPUNGE" || c.name == "MOVE") return;
           r.keyword = "EXISTS";
           r.number = s.view().slots.size();
         });
       }},
      {"imap-exists-shrinks", "rfc9051/7.4.1/exists-not-less", "tells the new count by EXISTS before it sends EXPUNGE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (!r.is("EXPUNGE")) return;
           ImapResponse count;
           count.keyword = "EXISTS";
           count.number = s.view().slots.size();
           r.before.push_back(std::move(count));
         });
       }},
      {"imap-exists-after-expunge", "rfc9051/7.4.1/exists-not-less", "takes what another has expunged off the next EXISTS of NOOP once more",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.name != "NOOP") return;
           if (r.is("EXPUNGE")) s.counter = 1;
           if (r.is("EXISTS") && *r.number > 2 && std::exchange(s.counter, 0)) *r.number -= 2;
         });
       }},
      {"imap-expunge-old-numbers", "rfc9051/7.5.1/expunge-number", "numbers several EXPUNGEs as the messages were before the first",
       [](Options& o) { o.faults.insert(Fault::expunge_old_numbers); }},
      {"imap-expunge-unreported", "rfc9051/7.5.1/expunge-number", "sends EXPUNGE of messages it has never told of",
       [](Options& o) { o.faults.insert(Fault::expunge_unreported); }},
      {"imap-flags-before-exists", "rfc9051/7.4.1/fetch-of-announced", "tells the flags of new messages before it tells that they are there",
       [](Options& o) { o.faults.insert(Fault::flags_before_exists); }},
      {"imap-flags-of-the-session", "rfc9051/2.3.2/permanent-flags-shared", "shows flags as they were at SELECT, but for the session's own changes",
       [](Options& o) { o.faults.insert(Fault::flags_of_the_session); }},
      {"imap-keywords-of-the-session", "rfc9051/2.3.2/permanent-flags-shared", "shows no keyword that another session has made",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (const auto* stored = c.as<imap::StoreArguments>()) s.memory += " " + join(stored->flags, " ");
           if (const auto* appended = c.as<imap::AppendArguments>()) {
             for (const auto& item : appended->items) s.memory += " " + join(item.flags, " ");
           }
           auto* flags = item(r, "FLAGS");
           if (!flags) return;
           std::erase_if(flags->items, [&](const Node& n) { return n.text.starts_with('$') && s.memory.find(n.text) == std::string::npos; });
         });
       }},
      {"imap-store-from-memory", "rfc9051/6.4.6/other-flags-stay", "stores flags on top of what the session has last seen of them",
       [](Options& o) { o.faults.insert(Fault::store_from_memory); }},
      {"imap-leaving-expunges", "rfc9051/6.4.1/only-expunge-removes", "expunges at SELECT, EXAMINE and LOGOUT",
       [](Options& o) { o.faults.insert(Fault::leaving_expunges); }},
      {"imap-drop-expunges", "rfc9051/3.4/lost-connection-keeps", "expunges when the connection is lost",
       [](Options& o) { o.faults.insert(Fault::drop_expunges); }},
      {"imap-drop-forgets-flags", "rfc9051/2.3.2/flags-outlive", "takes flags back when the connection is lost",
       [](Options& o) { o.faults.insert(Fault::drop_forgets_flags); }},
      {"imap-list-of-the-login", "rfc9051/6.3.9/list-current", "lists the names there were at the login",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           std::set<std::string> names;
           if (s.account()) {
             for (const auto& [name, box] : s.account()->mailboxes.all) names.insert(name);
           }
           const bool list = r.is("LIST") && c.name == "LIST" && r.data.size() > 2 && !r.data[2].text.empty();
           if (!known_at_login(c, r, s, names, list ? r.data[2].text : "") && list) r.drop = true;
         });
       }},
      {"imap-subscriptions-of-the-login", "rfc9051/6.3.9/subscriptions-current", "lists the subscriptions there were at the login",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           const bool list = (r.is("LSUB") || (r.is("LIST") && c.name == "LIST")) && r.data.size() > 2;
           if (known_at_login(c, r, s, s.account() ? s.account()->mailboxes.subscribed : std::set<std::string>(), list ? r.data[2].text : "") || !list) return;
           const auto* asked = c.as<imap::ListArguments>();
           if (r.is("LSUB") || (asked && among(asked->selection, "SUBSCRIBED"))) r.drop = true;
           std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Subscribed"; });
         });
       }},
      {"imap-status-of-the-first-time", "rfc9051/6.3.11/status-current", "counts in STATUS what there was when it was first asked",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           auto* messages = status_item(r, "MESSAGES");
           const auto* name = mailbox_of(c);
           if (!messages || !name) return;
           const auto key = "\n" + *name + " ";
           if (const auto at = s.memory.find(key); at != std::string::npos) {
             messages->text = s.memory.substr(at + key.size(), s.memory.find('\n', at + 1) - at - key.size());
           } else {
             s.memory += key + messages->text + "\n";
           }
         });
       }},
      {"imap-selects-by-name", "rfc9051/6.3.2/selection-stays", "takes a mailbox made anew for the one that was selected",
       [](Options& o) { o.faults.insert(Fault::selects_by_name); }},
      {"imap-selects-the-old-name", "rfc9051/6.3.6/renamed-selection", "takes the mailbox that now has the name for the one that was selected",
       [](Options& o) { o.faults.insert(Fault::selects_the_old_name); }},
      {"imap-append-own-count", "rfc9051/6.3.12/append-together", "gives UIDs by each session's own count, so that one message takes another's place",
       [](Options& o) { o.faults.insert(Fault::append_own_count); }},
      {"imap-segment-is-command", "rfc9051/2.2/any-cut", "takes whatever comes at once for a command",
       [](Options& o) { o.faults.insert(Fault::imap_segment_is_command); }},
      {"imap-store-behind-expunge", "rfc9051/5.5/pipelining", "does EXPUNGE before the STORE that was sent ahead of it",
       [](Options& o) { o.faults.insert(Fault::expunge_overtakes); }},
  };
}

}  // namespace mailspec::reference
