// The deviations by area; deviations() puts them together.
#pragma once

#include <vector>

#include "reference_server/deviations/deviations.h"

namespace mailspec::reference {

std::vector<Switch> pop3_framing_deviations();
std::vector<Switch> pop3_state_deviations();
std::vector<Switch> pop3_maildrop_deviations();
std::vector<Switch> pop3_capability_deviations();
std::vector<Switch> pop3_sasl_deviations();
std::vector<Switch> pop3_utf8_deviations();
std::vector<Switch> tls_deviations();
std::vector<Switch> imap_protocol_deviations();
std::vector<Switch> imap_login_deviations();
std::vector<Switch> imap_mailbox_deviations();
std::vector<Switch> imap_list_deviations();
std::vector<Switch> imap_message_deviations();
std::vector<Switch> imap_session_deviations();
std::vector<Switch> imap_form_deviations();
std::vector<Switch> imap_search_deviations();
std::vector<Switch> imap_kept_deviations();
std::vector<Switch> imap_unasked_deviations();
std::vector<Switch> imap_extension_deviations();  // those in imap/ext
std::vector<Switch> both_deviations();
std::vector<Switch> security_deviations();

}  // namespace mailspec::reference
