#include "harness/suite/case_facts.h"

#include <algorithm>
#include <array>

#include "harness/base/ascii.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::suite {

using scenario::Case;

bool needs_account(const Case& c) {
  if (c.both()) return true;
  if (c.imap()) return false;
  if (c.state == "transaction" || !c.messages.empty()) return true;
  return std::ranges::any_of(c.steps, [](const scenario::Step& s) {
    return s.kind == scenario::Step::Kind::login || s.kind == scenario::Step::Kind::deliver || s.text.find("{user}") != std::string::npos ||
           s.text.find("{password}") != std::string::npos || s.text.find("{sasl ") != std::string::npos || s.text.find("{apop ") != std::string::npos;
  });
}

namespace {

// Does a line, in upper case, have a command about what all sessions of the account share? LIST of names of the case's own is none.
bool asks_for_the_accounts(const std::string& text) {
  for (const auto& extension : imap::vocabulary()) {
    for (const auto& word : extension.commands) {
      if (word.scope == imap::Scope::own) continue;
      const auto name = std::string(word.name) + (word.reads_only ? " " : "");
      if (text.find(name) != std::string::npos && (word.scope == imap::Scope::account || text.find("{BOX") == std::string::npos)) return true;
    }
  }
  return false;
}

}  // namespace

bool keeps_to_itself(const Case& c) {
  if (c.both() || c.empty_inbox) return false;
  return std::ranges::none_of(c.steps, [](const scenario::Step& s) {
    const auto text = upper(s.text);
    return s.kind == scenario::Step::Kind::deliver || text.find("INBOX") != std::string::npos || asks_for_the_accounts(text);
  });
}

bool attacks(const Case& c) {
  return std::ranges::any_of(c.steps, [](const auto& step) { return step.kind == scenario::Step::Kind::survives; });
}

bool has_own_account(const Case& c) { return c.needs("wrong-password") || c.needs("utf8-account") || c.needs("spaced-password"); }

bool lets_logins_fail(const Case& c) {
  if (c.needs("wrong-password")) return true;
  if (c.state != "authorization" && c.state != "not-authenticated" && c.state != "none") return false;
  bool login = false, refused = false, completes = false;
  for (const auto& s : c.steps) {
    const auto text = upper(s.text);
    const bool sends = s.kind == scenario::Step::Kind::send || s.kind == scenario::Step::Kind::send_raw || s.kind == scenario::Step::Kind::attempt;
    login = login || (sends && std::ranges::any_of(std::array{"LOGIN ", "AUTH", "PASS ", "APOP ", "{SASL "},
                                                   [&](const char* word) { return text.find(word) != std::string::npos; }));
    completes = completes || text.find("{SASL ") != std::string::npos || text.find("{PASSWORD}") != std::string::npos;
    refused = refused || s.kind == scenario::Step::Kind::refused || text.find("-ERR") != std::string::npos || text.find(" NO") != std::string::npos ||
              text.find(" BAD") != std::string::npos;
  }
  // One that is given up is a failure, too.
  return login && (refused || !completes);
}

bool logs_in(const Case& c) {
  return std::ranges::any_of(c.steps, [](const auto& s) { return s.kind == scenario::Step::Kind::login; });
}

}  // namespace mailspec::suite
