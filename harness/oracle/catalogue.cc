#include "harness/oracle/catalogue.h"

#include <algorithm>
#include <set>

#include "harness/base/text.h"

namespace mailspec::oracle {

namespace {

std::string place(std::string_view file, int line) { return std::string(file) + ":" + std::to_string(line) + ": "; }

std::optional<Level> parse_level(std::string_view word) {
  if (word == "must") return Level::must;
  if (word == "should") return Level::should;
  if (word == "may") return Level::may;
  return std::nullopt;
}

bool is_fingerprint(std::string_view word) {
  return word.size() == 8 && std::ranges::all_of(word, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

const std::vector<std::string> kKeys{"id",     "level",  "says",   "also",         "doubt",  "erratum",   "gone", "severity",
                                     "danger", "remedy", "client", "unobservable", "remark", "sentences", "form", "rests"};

// Fills one field of a record; says what is wrong with it, or "".
std::string set_field(Requirement& r, const std::string& key, const std::string& value) {
  if (key == "id") {
    if (std::ranges::count(value, '/') != 2) return "an id has the form document/section/behaviour";
    r.id = value;
  } else if (key == "level") {
    const auto parts = words(value);
    const auto level = parts.empty() ? std::nullopt : parse_level(parts[0]);
    if (!level || parts.size() > 2 || (parts.size() == 2 && parts[1] != "(implied)")) return "level is must, should or may, with (implied) where fit";
    r.level = *level;
    r.implied = parts.size() == 2;
  } else if (key == "says") {
    r.says = value;
  } else if (key == "also") {
    const auto parts = words(value);
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
      const auto level = parse_level(parts[i + 1]);
      if (!level) return "also: takes pairs of section and level";
      r.also.push_back({parts[i], *level});
    }
    if (parts.size() % 2) return "also: takes pairs of section and level";
  } else if (key == "doubt") {
    r.doubt = value;
  } else if (key == "severity") {
    const auto severity = parse_severity(value);
    if (!severity) return "severity is low, medium, high or critical";
    r.severity = *severity;
  } else if (key == "danger") {
    r.danger = value;
  } else if (key == "remedy") {
    r.remedy = value;
  } else if (key == "erratum") {
    r.erratum = value;
  } else if (key == "gone") {
    r.gone = value;
  } else if (key == "sentences") {
    for (const auto& word : words(value)) {
      if (!is_fingerprint(word)) return "'" + word + "' is no fingerprint (8 hexadecimal digits)";
      r.sentences.push_back(word);
    }
  } else if (key == "rests") {
    r.rests = words(value);
  } else if (key == "form") {
    for (const auto& form : split(value, ';')) r.forms.emplace_back(trim(form));
  } else if (key == "client" || key == "unobservable" || key == "remark") {
    r.sight = key == "client" ? Requirement::Sight::client : key == "remark" ? Requirement::Sight::remark : Requirement::Sight::unobservable;
    r.why = value;
  } else {
    return unknown("key", key, kKeys);
  }
  return {};
}

}  // namespace

const char* name_of(Level level) {
  switch (level) {
    case Level::must: return "must";
    case Level::should: return "should";
    case Level::may: return "may";
  }
  return "?";
}

const char* name_of(Requirement::Severity severity) {
  switch (severity) {
    case Requirement::Severity::none: return "none";
    case Requirement::Severity::low: return "low";
    case Requirement::Severity::medium: return "medium";
    case Requirement::Severity::high: return "high";
    case Requirement::Severity::critical: return "critical";
  }
  return "?";
}

std::optional<Requirement::Severity> parse_severity(std::string_view word) {
  using enum Requirement::Severity;
  for (const auto severity : {low, medium, high, critical}) {
    if (word == name_of(severity)) return severity;
  }
  return std::nullopt;
}

std::string Requirement::section() const {
  const auto first = id.find('/');
  return id.substr(first + 1, id.rfind('/') - first - 1);
}

Status Catalogue::add(std::string_view file, std::string_view text) {
  Requirement record;
  int number = 0;
  bool open = false;
  std::string key, value;
  int key_line = 0;
  const auto flush_field = [&]() -> std::string {
    if (key.empty()) return {};
    auto trouble = set_field(record, key, value);
    key.clear();
    return trouble;
  };
  const auto flush_record = [&]() -> Status {
    if (const auto trouble = flush_field(); !trouble.empty()) return Error{Error::Kind::config, place(file, key_line) + trouble};
    if (!open) return ok();
    open = false;
    if (record.id.empty()) return Error{Error::Kind::config, place(file, record.line) + "a record without id:"};
    if (record.says.empty() && record.why.empty() && record.gone.empty()) {
      return Error{Error::Kind::config, place(file, record.line) + record.id + " has no says:"};
    }
    if (record.security() && (record.danger.empty() || record.remedy.empty()))
      return Error{Error::Kind::config, place(file, record.line) + record.id + " has a severity, so it wants danger: and remedy:"};
    if (const auto* other = find(record.id)) {
      return Error{Error::Kind::config, place(file, record.line) + record.id + " is already at " + place(other->file, other->line)};
    }
    x_all.emplace(record.id, record);
    return ok();
  };
  for (const auto& raw : split(text, '\n')) {
    ++number;
    if (raw.starts_with('#')) continue;
    if (trim(raw).empty()) {
      if (auto s = flush_record(); !s) return s;
      continue;
    }
    if (raw.starts_with(' ')) {
      if (key.empty()) return Error{Error::Kind::config, place(file, number) + "a continuation without a field above it"};
      value += " " + std::string(trim(raw));
      continue;
    }
    if (const auto trouble = flush_field(); !trouble.empty()) return Error{Error::Kind::config, place(file, key_line) + trouble};
    const auto colon = raw.find(':');
    if (colon == std::string::npos) return Error{Error::Kind::config, place(file, number) + "expected 'key: value'"};
    if (!open) {
      record = {};
      record.file = file;
      record.line = number;
      open = true;
    }
    key = raw.substr(0, colon);
    value = trim(raw.substr(colon + 1));
    key_line = number;
  }
  return flush_record();
}

Status Catalogue::add_sentences(std::string_view file, std::string_view text) {
  std::string document(file.substr(file.rfind('/') + 1));
  document = document.substr(0, document.find('.'));
  int number = 0;
  bool open = false;
  for (const auto& line : split(text, '\n')) {
    ++number;
    if (line.starts_with("open: ")) {
      open = true;
      continue;
    }
    if (line.empty() || line.starts_with('#')) continue;
    const auto fields = split(line, '\t');
    if (fields.size() != 3 || !is_fingerprint(fields[0])) {
      return Error{Error::Kind::config, place(file, number) + "expected fingerprint, section and classes between tabs"};
    }
    x_sentences.push_back({document, fields[0], fields[1], fields[2], open});
  }
  return ok();
}

bool Requirement::can_fail(int revision) const {
  const auto* old = revision == 1 ? under_rev1() : nullptr;
  return old ? doubt.empty() && old->level == Level::must : can_fail();
}

const Requirement::Also* Requirement::under_rev1() const {
  if (also.empty()) return nullptr;
  const auto it = std::ranges::find_if(also, [](const auto& a) { return a.section.starts_with("rfc3501/"); });
  if (it != also.end()) return &*it;
  return document() == "rfc9051" ? &also[0] : nullptr;
}

void Catalogue::remove(const std::string& id) {
  const auto it = x_all.find(id);
  if (it == x_all.end()) return;
  std::set<std::string> alone(it->second.sentences.begin(), it->second.sentences.end());
  x_all.erase(it);
  for (auto& [other, r] : x_all) {
    std::erase(r.rests, id);
    for (const auto& f : r.sentences) alone.erase(f);
  }
  std::erase_if(x_sentences, [&](const auto& s) { return alone.contains(s.fingerprint); });
}

void Catalogue::remove_document(const std::string& document) {
  std::vector<std::string> records;
  for (const auto& [id, r] : x_all) {
    if (r.document() == document) records.push_back(id);
  }
  for (const auto& id : records) remove(id);
  std::set<std::string> its;
  for (const auto& s : x_sentences) {
    if (s.document == document) its.insert(s.fingerprint);
  }
  std::erase_if(x_sentences, [&](const auto& s) { return s.document == document; });
  for (auto& [id, r] : x_all) {
    std::erase_if(r.sentences, [&](const auto& f) { return its.contains(f); });
    std::erase_if(r.also, [&](const auto& also) { return also.section.starts_with(document + "/"); });
  }
}

void Catalogue::refer(std::string_view id, const std::string& ruling) {
  if (const auto it = x_all.find(id); it != x_all.end()) it->second.ruling = ruling;
}

const Requirement* Catalogue::find(std::string_view id) const {
  const auto it = x_all.find(id);
  return it == x_all.end() ? nullptr : &it->second;
}

std::vector<std::string> Catalogue::ids() const {
  std::vector<std::string> out;
  for (const auto& [id, r] : x_all) {
    if (r.gone.empty()) out.push_back(id);
  }
  return out;
}

std::vector<std::string> Catalogue::ledger_errors() const {
  std::vector<std::string> errors;
  std::set<std::string> known, answered;
  for (const auto& s : x_sentences) known.insert(s.fingerprint);
  for (const auto& [id, r] : x_all) {
    for (const auto& f : r.sentences) {
      answered.insert(f);
      if (!known.contains(f)) errors.push_back(place(r.file, r.line) + id + " answers for sentence " + f + ", which no ledger holds");
    }
    if (r.sight != Requirement::Sight::remark) continue;
    for (const auto& s : x_sentences) {
      const bool normative = s.classes.find("MUST") != std::string::npos || s.classes.find("SHOULD") != std::string::npos;
      if (normative && std::ranges::find(r.sentences, s.fingerprint) != r.sentences.end()) {
        errors.push_back(place(r.file, r.line) + id + " calls sentence " + s.fingerprint + " a remark, but it says " + s.classes);
      }
    }
  }
  for (const auto& s : x_sentences) {
    if (!s.open && !answered.contains(s.fingerprint))
      errors.push_back(s.document + " section " + s.section + ": no record answers for sentence " + s.fingerprint);
  }
  return errors;
}

std::vector<std::string> Catalogue::misplaced() const {
  std::vector<std::string> errors;
  for (const auto& [id, r] : x_all) {
    const auto folder = r.file.rfind('/') + 1;  // 0 where there is none
    const auto home = r.file.substr(0, folder) + r.document() + ".req";
    if (r.file != home) errors.push_back(place(r.file, r.line) + id + " belongs in " + home + ", the file of its document");
  }
  return errors;
}

}  // namespace mailspec::oracle
