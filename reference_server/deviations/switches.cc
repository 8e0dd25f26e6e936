#include <algorithm>

#include "reference_server/deviations/areas.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

const std::vector<Switch>& deviations() {
  static const std::vector<Switch> kAll = [] {
    std::vector<Switch> all;
    for (const auto& area : {pop3_framing_deviations(), pop3_state_deviations(),     pop3_maildrop_deviations(), pop3_capability_deviations(),
                             pop3_sasl_deviations(),    pop3_utf8_deviations(),      tls_deviations(),           imap_protocol_deviations(),
                             imap_login_deviations(),   imap_mailbox_deviations(),   imap_list_deviations(),     imap_message_deviations(),
                             imap_session_deviations(), imap_form_deviations(),      imap_search_deviations(),   imap_kept_deviations(),
                             imap_unasked_deviations(), imap_extension_deviations(), both_deviations(),          security_deviations()}) {
      all.insert(all.end(), area.begin(), area.end());
    }
    return all;
  }();
  return kAll;
}

const std::vector<Switch>& variations() {
  static const std::vector<Switch> kAll = [] {
    auto all = pop3_variations();
    for (auto& v : imap_variations()) all.push_back(std::move(v));
    for (auto& v : pop3_session_variations()) all.push_back(std::move(v));
    for (auto& v : imap_session_variations()) all.push_back(std::move(v));
    for (auto& v : imap_box_variations()) all.push_back(std::move(v));
    for (auto& v : imap_extension_variations()) all.push_back(std::move(v));
    return all;
  }();
  return kAll;
}

const Switch* find(const std::vector<Switch>& switches, std::string_view name) {
  const auto it = std::ranges::find(switches, name, &Switch::name);
  return it == switches.end() ? nullptr : &*it;
}

}  // namespace mailspec::reference
