// What a client has been told of its mailbox: the messages in the order in which it counts them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "reference_server/store/mailbox.h"

namespace mailspec::reference::imap {

struct Slot {
  std::uint64_t uid = 0;
  std::uint64_t told = 0;  // StoredMessage::changed as the client knows it
  bool recent = false;
  std::set<std::string> flags;  // as they were when it came into view: policies look at them
};

struct View {
  Mailbox* box = nullptr;
  std::string name;  // by which it was selected
  bool read_only = false;
  std::vector<Slot> slots;
  std::uint64_t seen_changes = 0;    // Mailbox::changes at the last sync
  std::uint64_t noticed = 0;         // the same, where news is told one command late
  std::vector<std::uint64_t> saved;  // "$": UIDs
  std::uint64_t last_unreported = 0;
};

}  // namespace mailspec::reference::imap
