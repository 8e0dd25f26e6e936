// What POP3 and IMAP say of one message: the standing rule of traces in which both look at one mailbox.
#pragma once

#include <memory>

#include "harness/oracle/rule.h"

namespace mailspec::oracle {

std::unique_ptr<Rule> both_rule();

}  // namespace mailspec::oracle
