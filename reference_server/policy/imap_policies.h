// The policies of an IMAP session.
#pragma once

#include "reference_server/policy/imap_forms.h"
#include "reference_server/policy/imap_leaving.h"
#include "reference_server/policy/imap_mailboxes.h"
#include "reference_server/policy/imap_messages.h"
#include "reference_server/policy/imap_numbers.h"
#include "reference_server/policy/imap_search.h"
#include "reference_server/policy/imap_telling.h"

namespace mailspec::reference::imap {

struct Policies {
  explicit Policies(const Options& options)
      : forms(options), numbers(options), messages(options), searching(options), mailboxes(options), telling(options), leaving(options) {}

  FormPolicy forms;
  NumberPolicy numbers;
  MessagePolicy messages;
  SearchPolicy searching;
  MailboxPolicy mailboxes;
  TellingPolicy telling;
  LeavingPolicy leaving;
};

}  // namespace mailspec::reference::imap
