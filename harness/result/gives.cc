#include "harness/result/gives.h"

#include <algorithm>
#include <map>
#include <span>

#include "harness/base/text.h"
#include "harness/result/skips.h"

namespace mailspec::result {

namespace {

using Evidence = std::vector<const char*>;  // globs over the ids of checks

struct Row {
  const char* what;
  Evidence pop3;
  const char* instead;  // where POP3 has nothing of the kind
  Evidence imap;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kAll{
      {"TLS from the first octet, on a port of its own", {"rfc8314/3.1/*"}, "", {"rfc8314/3.2/*"}},
      {"TLS on the clear-text port", {"*@pop3/rfc2595/stls.pop3"}, "", {"*@imap/rfc9051/6.2-login/starttls.imap*"}},
      {"Passwords not sent as they are",
       {"*@pop3/rfc5034/scram*", "*@pop3/rfc5034/cram*"},
       "",
       {"*@imap/rfc9051/6.2-login/authenticate-scram*", "*@imap/rfc9051/6.2-login/authenticate-cram*"}},
      {"Download of whole messages", {"rfc1939/5/retr-sends-message@*"}, "", {"rfc9051/6.4.5/sections@*"}},
      {"Deletion on the server", {"rfc1939/6/quit-removes-marked@*"}, "", {"rfc9051/6.4.3/expunge@*"}},
      {"Mail kept on the server", {"rfc1939/5/retr-marks-nothing@*", "rfc1939/6/quit-removes-marked-only@*"}, "", {"rfc9051/6.4.1/only-expunge-removes@*"}},
      {"What was fetched before known again", {"rfc1939/7/uidl-persists@*"}, "", {"rfc9051/2.3.1.1/uids-persist@*"}},
      {"Several devices at once, one view of the mail",
       {},
       "no: one session has the maildrop (RFC 1939 4)",
       {"rfc9051/7.5.1/numbers-stay@*", "rfc9051/2.3.2/permanent-flags-shared@*", "rfc9051/6.4.6/other-flags-stay@*"}},
      {"Headers before bodies", {"rfc1939/7/top-sends-lines@*"}, "", {"rfc9051/6.4.5/header-fields@*"}},
      {"Single parts, and pieces of them", {}, "no", {"*@imap/rfc9051/6.4-fetch/sections*", "rfc9051/6.4.5/partial@*"}},
      {"Folders", {}, "no: one maildrop", {"rfc9051/6.3.4/create@*", "rfc9051/6.3.5/delete@*", "rfc9051/6.3.6/rename@*"}},
      {"Folders in folders", {}, "no", {"rfc9051/6.3.4/create-parents@*"}},
      {"Names of folders in any script", {}, "no", {"*@imap/rfc9051/6.3-mailboxes/names-international*"}},
      {"Flags: read, answered, important", {}, "no", {"rfc9051/6.4.6/store-forms@*"}},
      {"Keywords of one's own", {}, "no", {"rfc9051/2.3.2/keywords-kept@*"}},
      {"Search on the server", {}, "no", {"rfc9051/6.4.4/search-keys@*"}},
      {"Upload of messages", {}, "no", {"rfc9051/6.3.12/append-octets@*"}},
      {"Copying on the server", {}, "no", {"rfc9051/6.4.7/copy@*"}},
      {"Moving in one step", {}, "no", {"rfc9051/6.4.8/move@*"}},
      {"News without asking (IDLE)", {}, "no", {"rfc9051/6.3.13/idle-tells@*"}},
      {"Known folders for sent mail, drafts, trash", {}, "no", {"rfc6154/2/special-use@*"}},
      {"Namespaces of others, and shared ones", {}, "no", {}},
      {"One store for both protocols", {"rfc1939/4/maildrop-is-inbox@*"}, "", {"rfc1939/4/maildrop-is-inbox@*"}},
  };
  return kAll;
}

std::string times(std::size_t n) { return std::to_string(n) + (n == 1 ? " check" : " checks"); }

std::string proved(const Run& run, const Evidence& evidence) {
  std::size_t good = 0, bad = 0;
  std::map<std::string, std::size_t> untried;  // why, and how often
  bool absent = false, open = false;
  for (const auto& c : run.checks) {
    if (std::ranges::none_of(evidence, [&](const char* pattern) { return glob(pattern, c.id); })) continue;
    if (c.verdict == Verdict::pass || c.verdict == Verdict::warn) ++good;
    if (c.verdict == Verdict::fail || !c.known.empty()) ++bad;
    open = open || c.verdict == Verdict::inconclusive;
    if (c.verdict != Verdict::skip) continue;
    if (c.reason.starts_with(kNotOffered)) absent = true;
    else ++untried[c.reason];
  }
  if (good && !bad) return "yes (" + times(good) + ")";
  if (good) return "with faults (" + std::to_string(bad) + " of " + times(good + bad) + " fail)";
  if (bad) return "no (" + times(bad) + " fail)";
  // "Not offered" is only what the server was asked for.
  if (!untried.empty()) return "not tried (" + std::ranges::max_element(untried, {}, [](const auto& u) { return u.second; })->first + ")";
  return absent ? "not offered" : open ? "not tried (inconclusive)" : "not tried";
}

// What NAMESPACE has said: RFC 9051 6.3.10 has personal, other users' and shared ones.
std::string namespaces(const Run& run) {
  std::string out = "not tried";
  for (const auto& o : run.observations) {
    if (o.name == "namespaces-of-others" || o.name == "shared-namespaces") {
      const auto said = o.value == "NIL" || o.value.empty() ? "none" : o.value;
      const auto part = std::string(o.name == "shared-namespaces" ? "shared: " : "of others: ") + said;
      if (out.find(part) == std::string::npos) out = out == "not tried" ? part : out + ", " + part;
    }
  }
  return out;
}

}  // namespace

std::vector<Gift> gives(const Run& run) {
  const auto judged = [&](const char* part) {
    return std::ranges::any_of(run.checks, [&](const Check& c) { return c.scenario.starts_with(part) && c.verdict == Verdict::pass; });
  };
  if (!judged("pop3/") || !judged("imap/")) return {};
  std::vector<Gift> out;
  for (const auto& row : rows()) {
    Gift gift{row.what, row.pop3.empty() ? row.instead : proved(run, row.pop3), row.imap.empty() ? namespaces(run) : proved(run, row.imap)};
    out.push_back(std::move(gift));
  }
  return out;
}

}  // namespace mailspec::result
