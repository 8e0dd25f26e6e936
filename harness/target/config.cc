#include "harness/target/config.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/base/toml.h"
#include "harness/net/tcp_transport.h"

namespace mailspec::target {

namespace {

const std::vector<std::string> kKeys{"name",    "pop3",      "pop3s",  "imap",       "imaps",   "ca",   "verify", "insecure", "tls", "account",
                                     "deliver", "recipient", "expect", "disposable", "timeout", "jobs", "hooks",  "version",  "pid", "log"};
const std::vector<std::string> kAccountKeys{"user", "password", "password-env", "role"};
constexpr std::int64_t kMostJobs = 100;
const std::vector<std::string> kRoles{"wrong-password", "utf8", "spaced", "apop"};

std::string place(const std::string& path, const toml::node& node) {
  return path + ":" + std::to_string(node.source().begin.line) + ":" + std::to_string(node.source().begin.column) + ": ";
}

// A path in a target file is relative to that file.
std::string beside(const std::string& path, const std::string& file) {
  const auto slash = path.rfind('/');
  return file.starts_with('/') || slash == std::string::npos ? file : path.substr(0, slash + 1) + file;
}

}  // namespace

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

bool TargetConfig::loopback() const {
  const auto local = [](const std::optional<net::Endpoint>& e) { return !e || is_loopback(e->host) || e->host == net::kExecHost; };
  return local(pop3) && local(pop3s) && local(imap) && local(imaps);
}

std::string TargetConfig::host() const {
  for (const auto* e : {&pop3, &pop3s, &imap, &imaps}) {
    if (*e) return (*e)->host;
  }
  return {};
}

Result<net::Endpoint> parse_endpoint(std::string_view text, bool tls) {
  if (text.starts_with("exec:")) return net::Endpoint{net::kExecHost, std::string(text.substr(5)), tls};
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    return Error{Error::Kind::usage, "'" + std::string(text) + "': write HOST:PORT, without " + std::string(text.substr(0, scheme + 3))};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    return Error{Error::Kind::usage, "'" + std::string(text) + "' is no endpoint: write HOST:PORT, [ADDRESS]:PORT or exec:COMMAND"};
  }
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string port(text.substr(colon + 1));
  constexpr std::uint64_t kHighestPort = 65535;
  const auto number = parse_number(port);
  if (!number || *number < 1 || *number > kHighestPort) {
    return Error{Error::Kind::usage, "'" + port + "' is not a port number: 1 to " + std::to_string(kHighestPort)};
  }
  return net::Endpoint{host, port, tls};
}

Result<TargetConfig> parse_target(const std::string& path, std::string_view text) {
  const auto result = toml::parse(text, path);
  if (!result) {
    const auto& at = result.error().source().begin;
    return Error{Error::Kind::config,
                 path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + std::string(result.error().description()) +
                     (result.error().description().find("determine value type") != std::string_view::npos ? "; texts stand in quotes" : "")};
  }
  const auto& parsed = result.table();
  TargetConfig config;
  const auto bad = [&](const toml::node& node, const std::string& what) { return Error{Error::Kind::config, place(path, node) + what}; };
  for (const auto& [raw_key, node] : parsed) {
    const std::string key(raw_key.str());
    const auto text_value = node.value<std::string>();
    const auto flag = node.value<bool>();
    if (std::ranges::find(kKeys, key) == kKeys.end()) return bad(node, unknown("key", key, kKeys));
    if (key == "name" || key == "ca" || key == "deliver" || key == "recipient" || key == "pop3" || key == "pop3s" || key == "imap" || key == "imaps" ||
        key == "tls" || key == "version") {
      if (!text_value) return bad(node, key + " wants a string");
    }
    if ((key == "verify" || key == "insecure" || key == "disposable") && !flag) return bad(node, key + " wants true or false");
    if (key == "pid" || key == "log") {
      const auto number = node.value_exact<std::int64_t>();
      if (!text_value && !(number && key == "pid")) return bad(node, key == "pid" ? "pid wants a number, or a file that holds one" : "log wants a file");
      (key == "pid" ? config.pid : config.log) = number ? std::to_string(*number) : beside(path, *text_value);
      continue;
    }
    if (key == "name") config.name = *text_value;
    else if (key == "version") config.version = *text_value;
    else if (key == "deliver") config.deliver = *text_value;
    else if (key == "recipient") config.recipient = *text_value;
    else if (key == "verify") config.verify = *flag;
    else if (key == "insecure") config.insecure = *flag;
    else if (key == "disposable") config.disposable = *flag;
    else if (key == "jobs") {
      const auto jobs = node.value_exact<std::int64_t>();
      if (!jobs || *jobs < 1 || *jobs > kMostJobs) return bad(node, "jobs wants a number from 1 to " + std::to_string(kMostJobs));
      config.jobs = static_cast<int>(*jobs);
    } else if (key == "timeout") {
      const auto seconds = node.value<double>();
      if (!seconds || !(*seconds > 0 && *seconds <= 86400)) return bad(node, "timeout wants seconds, a day at most");
      config.timeout = *seconds;
    } else if (key == "tls") {
      const std::vector<std::string> choices{"auto", "require"};
      if (std::ranges::find(choices, *text_value) == choices.end()) return bad(node, unknown("tls mode", *text_value, choices));
      config.tls = *text_value == "require" ? TargetConfig::Tls::require : TargetConfig::Tls::automatic;
    } else if (key == "pop3" || key == "pop3s" || key == "imap" || key == "imaps") {
      auto endpoint = parse_endpoint(*text_value, key.ends_with('s'));
      if (!endpoint) return bad(node, endpoint.error().what);
      (key == "pop3" ? config.pop3 : key == "pop3s" ? config.pop3s : key == "imap" ? config.imap : config.imaps) = *endpoint;
    } else if (key == "ca") {
      const auto file = beside(path, *text_value);
      std::error_code none;
      std::ifstream in(file, std::ios::binary);
      // A device would never end.
      if (!in || !std::filesystem::is_regular_file(file, none)) return bad(node, "cannot read the CA file '" + file + "'");
      std::ostringstream all;
      all << in.rdbuf();
      config.ca_pem = all.str();
    } else if (key == "expect") {
      const auto* list = node.as_array();
      if (!list) return bad(node, "expect wants a list of capabilities");
      for (const auto& item : *list) config.expect.push_back(item.value<std::string>().value_or(""));
    } else if (key == "hooks") {
      const auto* table = node.as_table();
      if (!table) return bad(node, "hooks is a table with reset");
      for (const auto& [hook, command] : *table) {
        const std::vector<std::string> hooks{"reset"};
        const std::string name(hook.str());
        const auto value = command.value<std::string>();
        if (std::ranges::find(hooks, name) == hooks.end()) return bad(command, unknown("hook", name, hooks));
        if (!value) return bad(command, "a hook is a command");
        config.hook_reset = *value;
      }
    } else if (key == "account") {
      const auto* list = node.as_array();
      if (!list) return bad(node, "accounts are written as [[account]] tables");
      for (const auto& item : *list) {
        const auto* table = item.as_table();
        if (!table) return bad(item, "accounts are written as [[account]] tables");
        scenario::Account account;
        std::string role;
        for (const auto& [k, v] : *table) {
          const std::string name(k.str());
          const auto value = v.value<std::string>();
          if (std::ranges::find(kAccountKeys, name) == kAccountKeys.end()) {
            const bool of_target = std::ranges::find(kKeys, name) != kKeys.end();
            return bad(v, of_target ? "'" + name + "' belongs to the target, and here it is the account's: move it above the first [[account]]"
                                    : unknown("key", name, kAccountKeys));
          }
          if (!value) return bad(v, name + " wants a string");
          if (name == "user") account.name = *value;
          else if (name == "password") account.password = *value;
          else if (name == "role") role = *value;
          else {
            const char* from = std::getenv(value->c_str());
            if (!from) return bad(v, "the environment variable " + *value + " is not set");
            account.password = from;
          }
        }
        if (account.name.empty()) return bad(item, "an account has a user and a password or password-env");
        if (role.empty()) config.accounts.push_back(account);
        else if (std::ranges::find(kRoles, role) == kRoles.end()) return bad(item, unknown("role", role, kRoles));
        else config.special[role].push_back(account);
      }
    }
  }
  if (config.name.empty()) config.name = path;
  return config;
}

std::string incomplete(const TargetConfig& config) {
  if (config.host().empty()) return "no endpoint: give --imap, --imaps, --pop3 or --pop3s HOST:PORT, or imap = \"HOST:PORT\" and the like in the target file";
  if (config.accounts.empty()) return "no account: give --user NAME with --password-env VAR, or an [[account]] in the target file";
  return {};
}

}  // namespace mailspec::target
