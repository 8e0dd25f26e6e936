#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>

#include "harness/base/text.h"
#include "harness/result/gives.h"
#include "reports/html_parts.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Verdict;

namespace {

// A mark line ("     ^") of the wire stands below the octet that broke the rule: that octet is marked in its own line, too.
std::string wire(const std::vector<std::string>& lines) {
  std::string out = "<pre tabindex=\"0\">";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    if (const auto caret = line.find_first_not_of(' '); caret != std::string::npos && line.substr(caret) == "^") {
      out += "<span class=\"at\">" + xml_escape(line) + "</span>\n";
      continue;
    }
    std::size_t at = std::string::npos;
    if (i + 1 < lines.size()) {
      const auto caret = lines[i + 1].find_first_not_of(' ');
      if (caret != std::string::npos && lines[i + 1].substr(caret) == "^" && caret < line.size()) at = caret;
    }
    const bool ours = line.starts_with('C');
    if (ours) out += "<span class=\"c\">";
    if (at == std::string::npos) out += xml_escape(line);
    else out += xml_escape(line.substr(0, at)) + "<mark>" + xml_escape(line.substr(at, 1)) + "</mark>" + xml_escape(line.substr(at + 1));
    out += ours ? "</span>\n" : "\n";
  }
  return out + "</pre>\n";
}

class Page {
 public:
  Page(const result::Run& run, bool strict) : x_run(run), x_strict(strict) {
    for (const auto& c : run.checks) x_by_requirement[c.requirement].push_back(&c);
    for (const auto& [id, checks] : x_by_requirement) {
      std::string worst = "skip";
      for (const auto* c : checks) worst = worse(worst, outcome_of(*c));
      x_outcomes[id] = worst;
    }
  }

  std::string write() {
    head();
    summary();
    security();
    documents();
    both_protocols();
    observations();
    requirements();
    x_out += "</main>\n<footer><p>Made by mailspec " + xml_escape(x_run.suite_version) +
             ". A check is a requirement put to the test by one scenario, or by a standing rule over every dialogue of the run. "
             "Known: it fails, and the reason is on file. Inconclusive: set-up failed, or it could not be told.</p></footer>\n";
    return html_page("mailspec: " + x_run.target, x_out);
  }

 private:
  void head() {
    x_out += "<header class=\"page\"><p class=\"kicker\">mailspec compliance report</p><h1>" + xml_escape(x_run.target) + "</h1>\n";
    const auto head = result::headline(x_run, x_strict);
    x_out += "<p class=\"headline" +
             std::string(head.status == 6 ? " none"
                         : head.status    ? " bad"
                                          : "") +
             "\"><strong>" + head.words + ".</strong> " + head.why + ".";
    if (x_run.count(Verdict::warn)) x_out += " A warning: a <em>should</em> is not kept, or the RFC is in doubt.";
    x_out += "</p>\n<dl class=\"facts\">";
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f s", x_run.seconds);
    fact("Server version", x_run.version);
    fact("Date", x_run.started);
    fact("Checks", std::to_string(x_run.checks.size()) + " in " + seconds);
    fact("Suite", "mailspec " + x_run.suite_version);
    fact("Seed, segmentation", std::to_string(x_run.seed) + ", " + x_run.segmentation);
    fact("Greeting", x_run.server, true);
    fact("Offered capabilities", join(x_run.offered, " "), true);
    x_out += "</dl></header>\n<main id=\"main\">\n";
    for (const auto* troubles : {&x_run.troubles, &x_run.known_trouble}) {
      for (const auto& t : *troubles) x_out += "<p class=\"headline bad\">Trouble: " + xml_escape(t) + "</p>\n";
    }
  }

  void fact(const std::string& name, const std::string& value, bool wide = false) {
    if (!value.empty()) x_out += "<div" + std::string(wide ? " class=\"wide\"" : "") + "><dt>" + name + "</dt><dd>" + xml_escape(value) + "</dd></div>";
  }

  void summary() {
    std::map<oracle::Level, Tally> by_level;
    for (const auto& c : x_run.checks) ++by_level[result::level_of(x_run, c)][outcome_of(c)];
    x_out +=
        "<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Verdicts by "
        "level\">"
        "<table><caption>Checks by the level of their requirement</caption><thead><tr><th scope=\"col\">Level</th>";
    for (const auto* o : kOutcomes) x_out += "<th scope=\"col\" class=\"n\">" + std::string(o) + "</th>";
    x_out += "<th scope=\"col\">share</th></tr></thead><tbody>\n";
    for (auto& [level, tally] : by_level) {
      x_out += "<tr><th scope=\"row\">" + std::string(oracle::name_of(level)) + "</th>";
      for (const auto* o : kOutcomes) x_out += "<td class=\"n\">" + std::to_string(tally[o]) + "</td>";
      x_out += "<td>" + bar(tally, "") + "</td></tr>\n";
    }
    x_out += "</tbody></table></div></section>\n";
  }

  // What matters to those who run the server, apart from what matters to the protocol.
  void security() {
    std::vector<std::pair<std::string, const result::About*>> all;
    for (const auto& [id, outcome] : x_outcomes) {
      const auto it = x_run.requirements.find(id);
      if (it != x_run.requirements.end() && it->second.severity != oracle::Requirement::Severity::none) all.emplace_back(id, &it->second);
    }
    if (all.empty()) return;
    std::map<oracle::Requirement::Severity, Tally, std::greater<>> by;
    for (const auto& [id, about] : all) ++by[about->severity][x_outcomes[id]];
    x_out +=
        "<section aria-labelledby=\"security\"><h2 id=\"security\">Security</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Security "
        "by "
        "severity\"><table><caption>Requirements by the severity of breaking them</caption><thead><tr><th scope=\"col\">Severity</th>";
    for (const auto* o : kOutcomes) x_out += "<th scope=\"col\" class=\"n\">" + std::string(o) + "</th>";
    x_out += "<th scope=\"col\">share</th></tr></thead><tbody>\n";
    for (auto& [severity, tally] : by) {
      x_out += "<tr><th scope=\"row\">" + std::string(oracle::name_of(severity)) + "</th>";
      for (const auto* o : kOutcomes) x_out += "<td class=\"n\">" + std::to_string(tally[o]) + "</td>";
      x_out += "<td>" + bar(tally, "") + "</td></tr>\n";
    }
    x_out += "</tbody></table></div>\n";
    std::ranges::sort(all, {}, [](const auto& entry) { return std::pair(-static_cast<int>(entry.second->severity), entry.first); });
    std::string weak;
    for (const auto& [id, about] : all) {
      const auto& outcome = x_outcomes[id];
      if (outcome != "fail" && outcome != "warn" && outcome != "known") continue;
      weak += "<tr><th scope=\"row\">" + std::string(oracle::name_of(about->severity)) + "</th><td>" + badge(outcome) + "</td><td><a href=\"#" +
              xml_escape(id) + "\">" + xml_escape(about->says) + "</a></td><td>" + xml_escape(about->remedy) + "</td></tr>\n";
    }
    if (!weak.empty())
      x_out +=
          "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Weaknesses found\"><table><caption>Weaknesses found</caption><thead><tr><th "
          "scope=\"col\">Severity</th><th scope=\"col\">Verdict</th><th scope=\"col\">Requirement</th><th scope=\"col\">Remedy</th></tr></thead><tbody>\n" +
          weak + "</tbody></table></div>\n";
    x_out += "</section>\n";
  }

  void documents() {
    std::map<std::string, std::map<std::string, Tally>> by;
    for (const auto& [id, outcome] : x_outcomes) ++by[result::document_of(id)][result::section_of(id)][outcome];
    x_out += "<section aria-labelledby=\"documents\"><h2 id=\"documents\">Requirements by document and section</h2>\n" +
             legend({"pass", "known", "warn", "fail", "inconclusive", "skip"}) + "<div class=\"documents\">\n";
    for (auto& [document, sections] : by) {
      Tally all;
      for (auto& [section, tally] : sections) {
        for (auto& [outcome, n] : tally) all[outcome] += n;
      }
      x_out += "<details><summary><strong>" + xml_escape(title_of(document, "")) + "</strong>" + bar(all, title_of(document, "")) + "<span class=\"of\">" +
               kept_of(all) + "</span></summary><div class=\"sections\">\n";
      for (auto& [section, tally] : sections) {
        x_out +=
            "<div><span>" + xml_escape(section) + "</span>" + bar(tally, "section " + section) + "<span class=\"of\">" + kept_of(tally) + "</span></div>\n";
      }
      x_out += "</div></details>\n";
    }
    x_out += "</div></section>\n";
  }

  void both_protocols() {
    const auto gifts = result::gives(x_run);
    if (gifts.empty()) return;
    x_out +=
        "<section aria-labelledby=\"gives\"><h2 id=\"gives\">What POP3 and what IMAP4 give on this server</h2>\n<p>By what was proved in this run.</p>"
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What POP3 and what IMAP4 give\"><table><thead><tr><th scope=\"col\">For "
        "users</th><th scope=\"col\">POP3</th><th scope=\"col\">IMAP4</th></tr></thead><tbody>\n";
    for (const auto& g : gifts)
      x_out += "<tr><th scope=\"row\">" + xml_escape(g.what) + "</th><td>" + xml_escape(g.pop3) + "</td><td>" + xml_escape(g.imap) + "</td></tr>\n";
    x_out += "</tbody></table></div></section>\n";
  }

  void observations() {
    if (x_run.observations.empty()) return;
    std::map<std::string, std::map<std::string, std::size_t>> by_name;
    for (const auto& o : x_run.observations) ++by_name[o.name][o.value];
    x_out +=
        "<section aria-labelledby=\"observations\"><h2 id=\"observations\">Observations, where the RFCs leave a choice</h2>\n<p>Reported, never judged.</p>"
        "<details><summary>" +
        plural(by_name.size(), "choice", "choices") +
        "</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Observations\"><table><thead><tr><th scope=\"col\">What was observed</th>"
        "<th scope=\"col\">Answer</th></tr></thead><tbody>\n";
    for (const auto& [name, values] : by_name) {
      x_out += "<tr><th scope=\"row\">" + xml_escape(name) + "</th><td>";
      bool first = true;
      for (const auto& [value, n] : values) {
        x_out += (std::exchange(first, false) ? "" : "; ") + xml_escape(printable(value, 300)) + (n > 1 ? " (" + std::to_string(n) + " times)" : "");
      }
      x_out += "</td></tr>\n";
    }
    x_out += "</tbody></table></div></details></section>\n";
  }

  void requirements() {
    std::set<std::string> rfcs, capabilities;
    for (const auto& [id, checks] : x_by_requirement) {
      rfcs.insert(result::document_of(id));
      for (const auto* c : checks) capabilities.insert(c->needs.begin(), c->needs.end());
    }
    x_out += "<section aria-labelledby=\"requirements\"><h2 id=\"requirements\">Requirements</h2>\n" +
             html_filters("Verdict", {kOutcomes.begin(), kOutcomes.end()}, {"must", "should", "may"}, rfcs, capabilities) +
             "<p class=\"count\" id=\"count\" role=\"status\">" + plural(x_by_requirement.size(), "requirement", "requirements") + "</p>\n";
    std::string document;
    for (const auto& [id, checks] : x_by_requirement) {
      if (const auto d = result::document_of(id); d != document) {
        if (!document.empty()) x_out += "</div>\n";
        document = d;
        x_out += "<div data-group><h3>" + xml_escape(title_of(document, "")) + "</h3>\n";
      }
      requirement(id, checks);
    }
    if (!document.empty()) x_out += "</div>\n";
    x_out += "</section>\n";
  }

  void requirement(const std::string& id, const std::vector<const Check*>& checks) {
    const auto it = x_run.requirements.find(id);
    const auto& outcome = x_outcomes[id];
    std::set<std::string> needs;
    for (const auto* c : checks) needs.insert(c->needs.begin(), c->needs.end());
    const auto level = it == x_run.requirements.end() ? oracle::Level::must : it->second.level;
    x_out += "<details class=\"req\" id=\"" + xml_escape(id) + "\" data-verdict=\"" + outcome + "\" data-level=\"" + oracle::name_of(level) + "\" data-rfc=\"" +
             xml_escape(result::document_of(id)) + "\"" +
             (needs.empty() ? "" : " data-caps=\"" + xml_escape(join(std::vector<std::string>(needs.begin(), needs.end()), " ")) + "\"") +
             (outcome == "fail" || outcome == "warn" ? " open" : "") + "><summary><span>" + badge(outcome) + "</span><span class=\"what\">" +
             xml_escape(it == x_run.requirements.end() ? id : it->second.says) + " <span class=\"id\">" + oracle::name_of(level) + ", " +
             xml_escape(title_of(result::document_of(id), result::section_of(id))) + "</span></span></summary><div class=\"body\">\n<p><code>" +
             xml_escape(id) + "</code> &middot; <a href=\"#" + xml_escape(id) + "\" aria-label=\"Link to " + xml_escape(id) + "\">link</a>";
    if (const auto document = result::document_of(id); document.starts_with("rfc"))
      x_out += " &middot; <a href=\"https://www.rfc-editor.org/rfc/" + xml_escape(document) + "#section-" + xml_escape(result::section_of(id)) + "\">" +
               xml_escape(title_of(document, result::section_of(id))) + "</a>";
    if (it != x_run.requirements.end() && !it->second.rev1_section.empty())
      x_out += " &middot; under IMAP4rev1 " + std::string(oracle::name_of(it->second.rev1_level)) + ", " +
               xml_escape(title_of(result::document_of(it->second.rev1_section), it->second.rev1_section.substr(it->second.rev1_section.find('/') + 1)));
    x_out += "</p>\n";
    if (it != x_run.requirements.end() && it->second.severity != oracle::Requirement::Severity::none)
      x_out += "<p><strong>Severity " + std::string(oracle::name_of(it->second.severity)) + ".</strong> " + xml_escape(it->second.danger) +
               " <strong>Remedy:</strong> " + xml_escape(it->second.remedy) + "</p>\n";
    if (it != x_run.requirements.end() && !it->second.doubt.empty()) x_out += "<p>In doubt, so at most a warning: " + xml_escape(it->second.doubt) + "</p>\n";
    if (it != x_run.requirements.end() && !it->second.ruling.empty())
      x_out += "<p>How the suite reads the sentence: <code>" + xml_escape(it->second.ruling) + "</code>, or <code>mailspec explain " + xml_escape(id) +
               "</code></p>\n";
    std::map<std::string, std::vector<const Check*>> quiet;  // by outcome and reason
    for (const auto* c : checks) {
      if (c->verdict == Verdict::pass) quiet["pass"].push_back(c);
      else if (c->verdict == Verdict::skip) quiet["skip: " + c->reason].push_back(c);
      else check(*c);
    }
    for (const auto& [title, same] : quiet) {
      const auto outcome_here = title.substr(0, 4);
      x_out += "<div class=\"check\">" + badge(outcome_here) + (title.size() > 6 ? " " + xml_escape(title.substr(6)) : "") + "<ul class=\"plain\">";
      for (const auto* c : same) x_out += "<li>" + place(*c) + "</li>";
      x_out += "</ul></div>\n";
    }
    x_out += "</div></details>\n";
  }

  static std::string place(const Check& c) {
    if (c.scenario.empty()) return "every dialogue of the run";
    const auto at = c.id.find('@');
    const auto mark = c.id.find_first_of("#~", at == std::string::npos ? 0 : at);
    return "<code>scenarios/" + xml_escape(c.scenario) + (c.line ? ":" + std::to_string(c.line) : "") + "</code>" +
           (mark == std::string::npos ? "" : " " + xml_escape(printable(c.id.substr(mark), 120)));
  }

  void check(const Check& c) {
    const auto outcome = outcome_of(c);
    x_out += "<div class=\"check\">" + badge(outcome) + " " + place(c);
    if (!c.kind.empty() && c.kind != "wrong") x_out += " (" + c.kind + ")";
    if (!c.known.empty()) x_out += "<p><strong>Known:</strong> " + xml_escape(c.known) + "</p>";
    if (!c.reason.empty()) x_out += "<p>" + xml_escape(c.reason) + "</p>";
    if (!c.broken_in.empty()) {
      x_out += "<p>In " + plural(c.broken_in.size(), "case", "cases") + ", first <code>" + xml_escape(printable(c.broken_in[0], 200)) + "</code>";
      if (c.broken_in.size() > 1) {
        constexpr std::size_t kMost = 40;
        x_out += "</p><details><summary>all of them</summary><ul class=\"plain\">";
        for (std::size_t i = 0; i < c.broken_in.size() && i < kMost; ++i) x_out += "<li><code>" + xml_escape(printable(c.broken_in[i], 200)) + "</code></li>";
        if (c.broken_in.size() > kMost) x_out += "<li>and " + std::to_string(c.broken_in.size() - kMost) + " more</li>";
        x_out += "</ul></details>";
      } else {
        x_out += "</p>";
      }
    }
    if (!c.nearest.empty()) x_out += "<p>Nearest: <code>" + xml_escape(printable(c.nearest)) + "</code></p>";
    if (!c.wire.empty()) x_out += wire(c.wire);
    if (!c.trace.empty() && !x_run.replay.empty()) x_out += "<p>Replay: <code>" + xml_escape(printable(x_run.replay + c.trace)) + "</code></p>";
    x_out += "</div>\n";
  }

  const result::Run& x_run;
  bool x_strict;
  std::map<std::string, std::vector<const Check*>> x_by_requirement;
  std::map<std::string, std::string> x_outcomes;
  std::string x_out;
};

}  // namespace

std::string html(const result::Run& run, bool strict) { return Page(run, strict).write(); }

}  // namespace mailspec::reports
