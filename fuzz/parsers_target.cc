// Small parsers: modified UTF-7, SASL, the files that users write.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "fuzz/properties.h"
#include "fuzz/targets.h"
#include "harness/base/text.h"
#include "harness/mime/base64.h"
#include "harness/pop3/command.h"
#include "harness/result/known.h"
#include "harness/sasl/client.h"
#include "harness/target/config.h"
#include "harness/tls/hello.h"
#include "reference_server/imap/names.h"
#include "reference_server/mime/base64.h"
#include "reference_server/mime/utf8.h"
#include "reference_server/sasl/exchange.h"

namespace mailspec::fuzz {

void modified_utf7(std::string_view octets) {
  if (octets.size() > 4096) return;
  if (const auto name = reference::imap::from_modified_utf7(octets)) {
    require(reference::is_utf8(*name));
    require(reference::imap::to_modified_utf7(*name) == octets);  // RFC 3501 5.1.3: there is one way to write a name
  }
  if (reference::is_utf8(octets)) {
    const auto wire = reference::imap::to_modified_utf7(octets);
    for (const char c : wire) require(static_cast<unsigned char>(c) < 0x80);
    const auto back = reference::imap::from_modified_utf7(wire);
    require(back && *back == octets);
  }
  const auto half = octets.size() / 2;
  (void)reference::imap::list_match(octets.substr(0, half), octets.substr(half), "/");
}

void sasl(std::string_view octets) {
  if (octets.empty() || octets.size() > 4096) return;
  const auto& mechanisms = mailspec::sasl::Client::mechanisms();
  const auto& mechanism = mechanisms[static_cast<unsigned char>(octets[0]) % mechanisms.size()];
  octets.remove_prefix(1);
  const std::string text(octets);
  const auto lines = split(text, '\n');

  const std::string password = "a password nobody guesses";
  auto exchange = reference::make_exchange(mechanism, [&](std::string_view user) { return user == "u" ? std::optional(password) : std::nullopt; }, "nonce");
  require(exchange != nullptr);
  std::size_t said = 0;
  auto step = exchange->step(exchange->client_first() && said < lines.size() ? std::optional(lines[said++]) : std::nullopt);
  while (step.kind == reference::Exchange::Step::Kind::challenge && said < lines.size()) step = exchange->step(lines[said++]);
  // Who knows the password stands in the corpus as its text; nobody else gets in.
  if (step.kind == reference::Exchange::Step::Kind::success) require(step.user == "u" && text.find(password) != std::string::npos);

  mailspec::sasl::Client client(mechanism, {"u", password, "other"}, "nonce");
  for (int number = 1; number <= 3; ++number)
    (void)client.step(number, static_cast<std::size_t>(number - 1) < lines.size() ? lines[static_cast<std::size_t>(number - 1)] : "", "");

  if (const auto decoded = reference::base64_decode(text)) require(reference::base64_decode(reference::base64_encode(*decoded)) == decoded);
  require(reference::base64_decode(reference::base64_encode(text)) == text);
  require(reference::base64_encode(text) == mime::encode_base64(text));
}

void settings(std::string_view text) {
  if (text.size() > 64 * 1024) return;
  if (const auto config = target::parse_target("fuzz.toml", text); !config) require(config.error().what.find("fuzz.toml") != std::string::npos);
  const auto rows = result::parse_known("fuzz.toml", text);
  if (!rows) return require(rows.error().what.starts_with("fuzz.toml:"));
  const auto again = result::parse_known("fuzz.toml", result::write_known(*rows));
  require(again && again->size() == rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto &a = (*rows)[i], &b = (*again)[i];
    require(a.id == b.id && a.reason == b.reason && a.seen == b.seen && a.version == b.version && a.until == b.until && a.link == b.link);
  }
}

namespace {

tls::HelloAnswer answer_to(std::string_view octets, std::size_t cut) {
  tls::HelloReader reader(true);
  for (; !octets.empty(); octets.remove_prefix(std::min(cut, octets.size()))) reader.feed(octets.substr(0, cut));
  reader.ended();
  require(reader.done());
  return reader.answer();
}

}  // namespace

void tls_hello(std::string_view octets) {
  const auto whole = answer_to(octets, octets.size());
  for (const std::size_t cut : {1UL, 3UL, 7UL}) require(answer_to(octets, cut) == whole);
  require(whole.dh_bits >= 0 && whole.dh_bits <= 65535 * 8);
  require(!tls::suite_name(whole.suite).empty());
}

}  // namespace mailspec::fuzz
