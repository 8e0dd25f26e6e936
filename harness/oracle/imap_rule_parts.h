// What the IMAP rules have in common. Internal to the rules.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/oracle/imap_view.h"
#include "harness/oracle/rule.h"

namespace mailspec::oracle {

// One event, with the sessions as they were before it.
struct Look {
  const Trace& trace;
  std::size_t index;
  const Event& event;
  ImapSession& session;
  const ImapViews& views;
  Sink& sink;

  const imap::Response& response() const { return event.imap_response; }
  // Another session may write to the mailbox.
  bool crowded() const { return trace.others || views.all().size() > 1; }
  void test(const char* requirement) const { sink.exercised(requirement); }
  void find(const char* requirement, std::string what, std::size_t offset = 0) const {
    Finding f;
    f.requirement = requirement;
    f.what = std::move(what);
    f.event = index;
    f.offset = offset;
    sink.found(std::move(f));
  }
  // The requirement is put to the test, and broken unless `holds`. `what`: the sentence, or a function that makes it; most of the time nobody needs it.
  template <typename What>
  bool demand(const char* requirement, bool holds, const What& what, std::size_t offset = 0) const {
    test(requirement);
    if (holds) return true;
    if constexpr (std::is_invocable_v<What>) find(requirement, what(), offset);
    else find(requirement, what, offset);
    return false;
  }
};

class ImapCheck {
 public:
  virtual ~ImapCheck() = default;
  virtual void look(const Look& look) = 0;
  virtual void end(const Trace&, const ImapViews&, Sink&) {}
  virtual std::vector<std::string> requirements() const = 0;
};

inline std::string shown(const imap::Response& r, std::size_t most = 120) { return "'" + visible(r.frame.octets, most) + "'"; }

// How imap/vocabulary names the rules of an extension.
template <typename Check>
std::unique_ptr<ImapCheck> make_check() {
  return std::make_unique<Check>();
}

// The values' texts, in upper case: capabilities.
std::set<std::string> words_of(const std::vector<imap::Value>& values);
// An argument of a command that is under way, unquoted; "" if it has none there.
std::string argument_of(const ImapSession::Running& command, std::size_t index);

// LIST and its kind (RFC 9051 7.3.1).
inline bool is_list_response(const imap::Response& r) { return r.keyword == "LIST" && r.kind == imap::Response::Kind::untagged; }
std::set<std::string> attributes_listed(const imap::Response& r);  // in upper case
std::string name_listed(const imap::Response& r);                  // INBOX in upper case; "" where there is none

// SEARCH and its kind, under way and not given up.
std::vector<const ImapSession::Running*> searches_of(const ImapSession& session);

// Of a FETCH response: which message of which mailbox and user it is about, over the whole trace. Nothing where that cannot be told.
std::optional<std::string> key_of_message(const Look& l);
// RFC 2180 4.1.3: of a message that another session has expunged a server may give empty data, as appropriate for each item.
bool looks_expunged(const imap::Value& v);
// Only a part of this section was asked for, and what came may be that part without its origin. The case that asked finds that.
bool lacks_origin(const Look& l, const std::string& section);

std::unique_ptr<ImapCheck> imap_syntax_check();      // framing, grammar, tags, greeting, BYE
std::unique_ptr<ImapCheck> imap_mailbox_check();     // numbers, UIDs, EXISTS, EXPUNGE and when
std::unique_ptr<ImapCheck> imap_content_check();     // what FETCH says of messages, over the whole trace
std::unique_ptr<ImapCheck> imap_search_check();      // SEARCH against SEARCH and against the view
std::unique_ptr<ImapCheck> imap_list_check();        // LIST and STATUS, and names
std::unique_ptr<ImapCheck> imap_capability_check();  // CAPABILITY, ENABLED, ID, response codes
std::unique_ptr<ImapCheck> imap_asked_check();       // what extensions add, and only after it was asked for

}  // namespace mailspec::oracle
