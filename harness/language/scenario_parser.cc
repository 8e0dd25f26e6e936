// A file becomes cases: the header gives one for each row of its table, the lines below it their steps.
#include <algorithm>

#include "harness/base/text.h"
#include "harness/language/exchanges.h"
#include "harness/language/facts.h"
#include "harness/language/header_parser.h"
#include "harness/language/step_parser.h"

namespace mailspec::scenario {

namespace {

std::vector<Source> lines_of(std::string_view text) {
  std::vector<Source> out;
  for (auto& raw : split(text, '\n')) {
    if (raw.ends_with('\r')) raw.pop_back();
    out.push_back({std::move(raw), static_cast<int>(out.size()) + 1});
  }
  return out;
}

// The lines after the header, continuations joined.
std::vector<Source> body_of(const std::vector<Source>& lines, std::size_t at) {
  std::vector<Source> out;
  for (; at < lines.size(); ++at) {
    const auto& [text, line] = lines[at];
    if (text.starts_with('#') || trim(text).empty()) continue;
    if (text.starts_with(' ') && !out.empty()) out.back().text += std::string(trim(text));
    else out.push_back({text, line});
  }
  return out;
}

Error wrong(std::string_view path, int line, const std::string& what) {
  return {Error::Kind::config, std::string(path) + ":" + std::to_string(line) + ":1: " + what};
}

Result<std::vector<Step>> steps_of(const Case& test, bool imap, const Row& row, const std::vector<Source>& body) {
  StepParser parser(test, imap);
  std::vector<ParsedLine> parsed;
  for (const auto& source : body) {
    auto step = parser.parse(row.fill_in(source.text), source.line);
    if (!step) return step.error();
    parsed.push_back(std::move(*step));
  }
  return exchanges_of(std::move(parsed), [&](int connection) { return parser.imap_on(connection) ? Protocol::imap : Protocol::pop3; }, test.path);
}

}  // namespace

Result<std::vector<Case>> parse_scenario(std::string_view path, std::string_view text) {
  const auto lines = lines_of(text);
  HeaderParser header(path);
  std::size_t at = 0;
  if (auto s = header.parse(lines, at); !s) return s.error();
  const auto body = body_of(lines, at);
  std::vector<Case> cases;
  for (const auto& row : header.rows()) {
    auto test = header.case_of(row);
    if (!test) return test.error();
    auto steps = steps_of(*test, header.imap(), row, body);
    if (!steps) return steps.error();
    if (std::ranges::none_of(*steps, [](const Step& s) { return s.is<AtStake>(); }))
      return wrong(path, lines.empty() ? 1 : lines.back().line, "no '@requirement' line: nothing would be judged");
    test->steps = std::move(*steps);
    auto revisions = header.imap() ? header.revisions_of(row) : std::vector<int>{0};
    if (!revisions) return revisions.error();
    for (const int revision : *revisions) {
      test->revision = revision;
      test->facts = facts_of(*test);
      cases.push_back(*test);
    }
  }
  return cases;
}

}  // namespace mailspec::scenario
