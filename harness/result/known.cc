#include "harness/result/known.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "harness/base/toml.h"

namespace mailspec::result {

namespace {
const std::vector<std::string> kKeys{"id", "reason", "seen", "version", "until", "link"};

// A basic string of TOML.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if ((c == '"' && !planted("known-quotes-unescaped")) || c == '\\') out += '\\';
    if (octet >= 0x20 && octet != 0x7f) {
      out += c;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(octet));
    out += escape;
  }
  return out + "\"";
}
}  // namespace

bool is_date(std::string_view text) {
  const auto number = [&](std::size_t from, std::size_t n) { return parse_number(text.substr(from, n)).value_or(0); };
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && number(0, 4) > 1999 && number(5, 2) >= 1 && number(5, 2) <= 12 && number(8, 2) >= 1 &&
         number(8, 2) <= 31;
}

Result<std::vector<KnownRow>> parse_known(const std::string& path, std::string_view text) {
  const auto parsed = toml::parse(text, path);
  const auto place = [&](std::size_t line) { return path + ":" + std::to_string(line) + ": "; };
  if (!parsed) return Error{Error::Kind::config, place(parsed.error().source().begin.line) + std::string(parsed.error().description())};
  std::vector<KnownRow> rows;
  for (const auto& [key, node] : parsed.table()) {
    const auto* list = node.as_array();
    if (key.str() != "known" || !list) return Error{Error::Kind::config, place(node.source().begin.line) + "only [[known]] tables stand here"};
    for (const auto& item : *list) {
      KnownRow row;
      row.line = static_cast<int>(item.source().begin.line);
      const auto* table = item.as_table();
      if (!table) return Error{Error::Kind::config, place(item.source().begin.line) + "only [[known]] tables stand here"};
      for (const auto& [k, v] : *table) {
        const std::string name(k.str());
        if (std::ranges::find(kKeys, name) == kKeys.end()) return Error{Error::Kind::config, place(v.source().begin.line) + unknown("key", name, kKeys)};
        const auto value = v.value<std::string>();
        if (!value) return Error{Error::Kind::config, place(v.source().begin.line) + name + " wants a string"};
        (name == "id"        ? row.id
         : name == "reason"  ? row.reason
         : name == "seen"    ? row.seen
         : name == "version" ? row.version
         : name == "until"   ? row.until
                             : row.link) = *value;
      }
      if (row.id.empty() || trim(row.reason).empty())
        return Error{Error::Kind::config, place(static_cast<std::size_t>(row.line)) + "a row has an id and a reason"};
      if (!row.until.empty() && !is_date(row.until))
        return Error{Error::Kind::config, place(static_cast<std::size_t>(row.line)) + "until wants a date, YYYY-MM-DD; got '" + row.until + "'"};
      if (std::ranges::any_of(rows, [&](const auto& r) { return r.id == row.id; })) {
        return Error{Error::Kind::config, place(static_cast<std::size_t>(row.line)) + "'" + row.id + "' has two rows"};
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string write_known(const std::vector<KnownRow>& rows) {
  std::string out = "# Checks that fail on this server, each with the reason. `mailspec known` adds and checks rows.\n";
  for (const auto& r : rows) {
    out += "\n[[known]]\nid = " + quoted(r.id) + "\nreason = " + quoted(r.reason) + "\n";
    if (!r.seen.empty()) out += "seen = " + quoted(r.seen) + "\n";
    if (!r.version.empty()) out += "version = " + quoted(r.version) + "\n";
    if (!r.until.empty()) out += "until = " + quoted(r.until) + "\n";
    if (!r.link.empty()) out += "link = " + quoted(r.link) + "\n";
  }
  return out;
}

void apply_known(Run& run, const std::vector<KnownRow>& rows, const std::vector<std::string>& all_ids, const std::string& today, const std::string& path) {
  for (const auto& row : rows) {
    const auto trouble = [&](const std::string& what) { run.known_trouble.push_back(path + ":" + std::to_string(row.line) + ": " + what); };
    if (std::ranges::find(all_ids, row.id) == all_ids.end()) {
      trouble(unknown("check", row.id, all_ids));
      continue;
    }
    if (!row.until.empty() && row.until < today) {
      trouble("'" + row.id + "' was excused until " + row.until);
      continue;
    }
    if (!row.version.empty() && run.server.find(row.version) == std::string::npos && run.version.find(row.version) == std::string::npos) continue;
    const auto it = std::ranges::find(run.checks, row.id, &Check::id);
    if (it == run.checks.end()) continue;  // not selected, or in another shard
    if (it->verdict == Verdict::fail || it->verdict == Verdict::warn) it->known = row.reason;
    else if (it->verdict == Verdict::pass && row.seen.empty()) trouble("'" + row.id + "' passes now: take the row out");
  }
}

}  // namespace mailspec::result
