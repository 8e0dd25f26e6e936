#include "harness/target/set_up.h"

#include <string_view>
#include <utility>

#include "harness/base/ascii.h"

namespace mailspec::target {

bool outgrown(oracle::Trace& trace, Record& record) {
  constexpr std::size_t kMaxEvents = 4000;
  if (trace.events.size() <= kMaxEvents) return false;
  auto events = std::exchange(trace.events, {});
  if (!record) return true;
  auto kept = trace;
  kept.events = std::move(events);
  std::exchange(record, {})(std::move(kept));
  return true;
}

Error with_advice(Error error, const net::Endpoint& endpoint, const std::string& protocol) {
  const auto says = [&](std::string_view text) { return error.what.find(text) != std::string::npos; };
  const bool imap = protocol == "imap";
  if (says(imap ? "greets with '+OK" : "greets with '* ")) {
    const std::string other = imap ? "pop3" : "imap";
    return Error{Error::Kind::config,
                 endpoint.text() + ": what answers there speaks " + upper(other) + ": --" + other + (endpoint.implicit_tls ? "s" : "") + "?"};
  }
  if (says("sends no greeting") && !endpoint.implicit_tls) error.what += "; perhaps it speaks TLS: --" + protocol + "s?";
  if (says("the TLS handshake")) error.what = endpoint.text() + ": " + error.what;
  if (says("wrong version number")) error.what += "; perhaps there is no TLS: --" + protocol + "?";
  return error;
}

Status trustworthy(const net::TlsInfo* info) {
  if (info && info->name_matches && info->dates_hold && info->chain_holds) return ok();
  return Error{Error::Kind::config, "the server's certificate cannot be trusted" +
                                        (info && !info->trouble.empty() ? " (" + info->trouble + ")" : std::string()) +
                                        ": give --ca FILE, or --no-verify to send passwords all the same"};
}

}  // namespace mailspec::target
