#include "harness/scenario/case_runner.h"
namespace mailspec::scenario {
CaseResult run_imap(const Case& test, Stage& stage, const Account& account, const RunOptions& options) { return run_pop3(test, stage, account, options); }
}  // namespace mailspec::scenario
