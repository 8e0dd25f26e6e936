#include "reports/coverage.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/result/result.h"
#include "reports/html_parts.h"
#include "reports/reports.h"

namespace mailspec::reports {

namespace bj = boost::json;
using oracle::Requirement;

CoverageCount& CoverageCount::operator+=(const CoverageCount& o) {
  sentences += o.sentences, open += o.open, requirements += o.requirements, testable += o.testable, tested += o.tested, proved += o.proved;
  client += o.client, unobservable += o.unobservable, remark += o.remark;
  return *this;
}

std::string CoverageItem::state() const {
  switch (requirement->sight) {
    case Requirement::Sight::client: return "client";
    case Requirement::Sight::unobservable: return "unobservable";
    case Requirement::Sight::remark: return "remark";
    case Requirement::Sight::testable: break;
  }
  return proved() ? "proved" : tested() ? "tested" : "untested";
}

bool SectionOrder::operator()(const std::string& a, const std::string& b) const {
  const auto x = split(a, '.'), y = split(b, '.');
  for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
    if (x[i] == y[i]) continue;
    const auto m = parse_number(x[i]), n = parse_number(y[i]);
    return m && n ? *m < *n : m || n ? m.has_value() : x[i] < y[i];
  }
  return x.size() < y.size();
}

namespace {

CoverageCount sum(const auto& sections) {
  CoverageCount all;
  for (const auto& [section, count] : sections) all += count;
  return all;
}

std::string row(const std::string& name, const CoverageCount& c) {
  char line[200];
  std::snprintf(line, sizeof line, "%-16s %9zu %6zu %8zu %8zu %8zu %8zu %8zu %12zu %8zu\n", name.c_str(), c.sentences, c.open, c.requirements, c.testable,
                c.tested, c.proved, c.client, c.unobservable, c.remark);
  return line;
}

bj::object counts(const CoverageCount& c) {
  return {{"sentences", c.sentences}, {"open", c.open},     {"requirements", c.requirements}, {"testable", c.testable}, {"tested", c.tested},
          {"proved", c.proved},       {"client", c.client}, {"unobservable", c.unobservable}, {"remark", c.remark}};
}

// The colours of verdicts serve here, too.
std::string colour_of(const std::string& state) {
  return state == "proved" ? "pass" : state == "tested" ? "warn" : state == "untested" ? "fail" : state == "unobservable" ? "inconclusive" : "skip";
}

std::string state_badge(const std::string& state) { return "<span class=\"badge " + colour_of(state) + "\">" + state + "</span>"; }

std::string cells(const CoverageCount& c) {
  std::string out;
  for (const auto n : {c.sentences, c.open, c.testable, c.tested, c.proved, c.unobservable}) out += "<td class=\"n\">" + std::to_string(n) + "</td>";
  return out;
}

std::string item_html(const CoverageItem& item) {
  const auto& r = *item.requirement;
  const auto state = item.state();
  std::string out =
      "<details class=\"req\" id=\"" + xml_escape(r.id) + "\" data-verdict=\"" + state + "\" data-level=\"" + oracle::name_of(r.level) + "\" data-rfc=\"" +
      xml_escape(r.document()) + "\"><summary><span>" + state_badge(state) + "</span><span class=\"what\">" + xml_escape(r.says.empty() ? r.why : r.says) +
      " <span class=\"id\">" + (r.sight == Requirement::Sight::testable ? std::string(oracle::name_of(r.level)) + ", " : "") +
      xml_escape(title_of(r.document(), r.section())) + "</span></span></summary><div class=\"body\"><p><code>" + xml_escape(r.id) + "</code></p>";
  if (!r.why.empty() && !r.says.empty()) out += "<p>" + state + ": " + xml_escape(r.why) + "</p>";
  if (!r.doubt.empty()) out += "<p>In doubt, so at most a warning: " + xml_escape(r.doubt) + "</p>";
  if (item.standing_rule) out += "<p>Judged by a standing rule, on every dialogue.</p>";
  const auto list = [&](const std::string& title, const std::vector<std::string>& values) {
    if (values.empty()) return;
    out += "<p>" + title + "</p><ul class=\"plain\">";
    for (const auto& v : values) out += "<li><code>" + xml_escape(printable(v, 200)) + "</code></li>";
    out += "</ul>";
  };
  list("Scenarios", item.scenarios);
  list("Deviations that prove the test", item.deviations);
  return out + "</div></details>\n";
}

}  // namespace

std::string coverage_text(const Coverage& coverage, bool section_by_section) {
  char head[200];
  std::snprintf(head, sizeof head, "%-16s %9s %6s %8s %8s %8s %8s %8s %12s %8s\n", "document", "sentences", "open", "records", "testable", "tested", "proved",
                "client", "unobservable", "remark");
  std::string out = head;
  CoverageCount total;
  for (const auto& [document, sections] : coverage.sections) {
    const auto all = sum(sections);
    total += all;
    out += row(document, all);
    if (!section_by_section) continue;
    for (const auto& [section, count] : sections) out += row("  " + section, count);
    for (const auto& item : coverage.items) {
      if (item.requirement->document() != document) continue;
      if (const auto state = item.state(); state == "unobservable" || state == "untested" || state == "tested")
        out += "  " + state + (state == "tested" ? ", not proved" : "") + ": " + item.requirement->id + " (" + oracle::name_of(item.requirement->level) + ")" +
               (item.requirement->why.empty() ? "" : "\n      " + item.requirement->why) + "\n";
    }
    out += "\n";
  }
  if (coverage.sections.size() > 1) out += row("all", total);
  return out +
         "\nsentences: normative, of the document; open: no record accounts for them. proved: a deviation of the reference server breaks the\n"
         "requirement, and selftest sees it caught. Sections, and why what is unobservable is: mailspec coverage rfcNNNN\n";
}

std::string coverage_json(const Coverage& coverage) {
  bj::object documents;
  for (const auto& [document, sections] : coverage.sections) {
    auto all = counts(sum(sections));
    bj::object by_section;
    for (const auto& [section, count] : sections) by_section[section] = counts(count);
    all["sections"] = std::move(by_section);
    documents[document] = std::move(all);
  }
  bj::array requirements;
  for (const auto& item : coverage.items) {
    const auto& r = *item.requirement;
    bj::object o{{"id", r.id}, {"level", oracle::name_of(r.level)}, {"state", item.state()}, {"says", r.says}};
    if (!r.why.empty()) o["why"] = r.why;
    if (item.standing_rule) o["standing_rule"] = true;
    o["scenarios"] = bj::array(item.scenarios.begin(), item.scenarios.end());
    o["deviations"] = bj::array(item.deviations.begin(), item.deviations.end());
    requirements.push_back(std::move(o));
  }
  return bj::serialize(bj::object{{"mailspec_coverage", 1},
                                  {"suite_version", coverage.suite_version},
                                  {"documents", std::move(documents)},
                                  {"requirements", std::move(requirements)}}) +
         "\n";
}

std::string coverage_html(const Coverage& coverage) {
  CoverageCount total;
  for (const auto& [document, sections] : coverage.sections) total += sum(sections);
  std::string out = "<header class=\"page\"><p class=\"kicker\">mailspec: what the suite covers</p><h1>" +
                    plural(total.testable, "requirement", "requirements") + " that can be tested</h1>\n<p class=\"headline\"><strong>" +
                    std::to_string(total.tested) + " are tested, and " + std::to_string(total.proved) +
                    " of the tests are proved:</strong> a deviation of the reference server breaks the requirement, and the test "
                    "catches it. " +
                    std::to_string(total.sentences - total.open) + " of " + std::to_string(total.sentences) +
                    " normative sentences are accounted for.</p></header>\n<main id=\"main\">\n";
  const std::string heads =
      "<th scope=\"col\" class=\"n\">normative sentences</th><th scope=\"col\" class=\"n\">not accounted for</th><th scope=\"col\" "
      "class=\"n\">testable</th><th "
      "scope=\"col\" class=\"n\">tested</th><th scope=\"col\" class=\"n\">proved</th><th scope=\"col\" class=\"n\">unobservable</th></tr></thead><tbody>\n";
  out +=
      "<section aria-labelledby=\"documents\"><h2 id=\"documents\">Documents</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Coverage by document\"><table><thead><tr><th scope=\"col\">Document</th>" +
      heads;
  for (const auto& [document, sections] : coverage.sections)
    out += "<tr><th scope=\"row\"><a href=\"#" + xml_escape(document) + "\">" + xml_escape(title_of(document, "")) + "</a></th>" + cells(sum(sections)) +
           "</tr>\n";
  out += "<tr><th scope=\"row\">all</th>" + cells(total) + "</tr></tbody></table></div></section>\n";
  std::set<std::string> rfcs;
  for (const auto& [document, sections] : coverage.sections) rfcs.insert(document);
  out += "<section aria-labelledby=\"requirements\"><h2 id=\"requirements\">Requirements</h2>\n" +
         html_filters("State", {"proved", "tested", "untested", "unobservable", "client", "remark"}, {"must", "should", "may"}, rfcs, {}) +
         "<p class=\"count\" id=\"count\" role=\"status\">" + plural(coverage.items.size(), "requirement", "requirements") + "</p>\n";
  for (const auto& [document, sections] : coverage.sections) {
    out += "<div data-group><h3 id=\"" + xml_escape(document) + "\">" + xml_escape(title_of(document, "")) +
           "</h3>\n<details><summary>section by section</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Coverage of " +
           xml_escape(title_of(document, "")) + " by section\"><table><thead><tr><th scope=\"col\">Section</th>" + heads;
    for (const auto& [section, count] : sections) out += "<tr><th scope=\"row\">" + xml_escape(section) + "</th>" + cells(count) + "</tr>\n";
    out += "</tbody></table></div></details>\n";
    for (const auto& item : coverage.items) {
      if (item.requirement->document() == document) out += item_html(item);
    }
    out += "</div>\n";
  }
  out += "</section></main>\n<footer><p>Made by mailspec " + xml_escape(coverage.suite_version) +
         ". Untested: it can be tested, and is not yet. Tested, but not proved: no deviation breaks it. Unobservable: it cannot be seen from outside. Client: "
         "a duty of "
         "the client. Remark: no requirement of its own.</p></footer>\n";
  return html_page("mailspec: what the suite covers", out);
}

}  // namespace mailspec::reports
