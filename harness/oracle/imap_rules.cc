#include "harness/oracle/imap_rules.h"

#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

// All checks over one view of each session, brought up to date after each event.
class ImapRules : public Rule {
 public:
  ImapRules() {
    for (const auto make :
         {imap_syntax_check, imap_mailbox_check, imap_content_check, imap_search_check, imap_list_check, imap_capability_check, imap_asked_check})
      x_checks.push_back(make());
    for (const auto& extension : imap::vocabulary()) {
      for (const auto make : extension.rules) x_checks.push_back(make());
    }
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& event = trace.events[index];
    if (trace.both && event.connection > 0 && !event.imap) return x_views.disturbed();
    if (event.connection > 0) {
      const Look look{trace, index, event, x_views.of(event.connection), x_views, sink};
      const auto before = sink.x_findings.size();
      for (const auto& check : x_checks) {
        const auto found = sink.x_findings.size();
        check->look(look);
        // One response, one accusation: what breaks the grammar is judged for that alone. The others have seen it all the same.
        if (found > before) sink.x_findings.erase(sink.x_findings.begin() + static_cast<std::ptrdiff_t>(found), sink.x_findings.end());
      }
    }
    x_views.update(trace, index);
  }

  void end(const Trace& trace, Sink& sink) override {
    for (const auto& check : x_checks) check->end(trace, x_views, sink);
  }

  std::vector<std::string> requirements() const override {
    std::vector<std::string> out;
    for (const auto& check : x_checks) {
      for (auto& id : check->requirements()) out.push_back(std::move(id));
    }
    return out;
  }

 private:
  ImapViews x_views;
  std::vector<std::unique_ptr<ImapCheck>> x_checks;
};

}  // namespace

std::vector<std::unique_ptr<Rule>> imap_rules() {
  std::vector<std::unique_ptr<Rule>> out;
  out.push_back(std::make_unique<ImapRules>());
  return out;
}

}  // namespace mailspec::oracle
