// What the IMAP rules have in common. Internal to the rules.
#pragma once

#include <memory>
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

std::unique_ptr<ImapCheck> imap_syntax_check();      // framing, grammar, tags, greeting, BYE
std::unique_ptr<ImapCheck> imap_mailbox_check();     // numbers, UIDs, EXISTS, EXPUNGE and when
std::unique_ptr<ImapCheck> imap_content_check();     // what FETCH says of messages, over the whole trace
std::unique_ptr<ImapCheck> imap_search_check();      // SEARCH against SEARCH and against the view
std::unique_ptr<ImapCheck> imap_list_check();        // LIST and STATUS, and names
std::unique_ptr<ImapCheck> imap_capability_check();  // CAPABILITY, ENABLED, ID, response codes
std::unique_ptr<ImapCheck> imap_asked_check();       // what extensions add, and only after it was asked for

}  // namespace mailspec::oracle
