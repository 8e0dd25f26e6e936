// What POP3 and what IMAP4 give those who use this server, made from what was proved in a run.
#pragma once

#include <string>
#include <vector>

#include "harness/result/result.h"

namespace mailspec::result {

struct Gift {
  std::string what;
  std::string pop3, imap;  // "yes (n checks)", "with faults (n of m checks fail)", "no", "not offered", "not tried (why)"; or why the protocol has none
};

// Empty unless both protocols were judged.
std::vector<Gift> gives(const Run& run);

}  // namespace mailspec::result
