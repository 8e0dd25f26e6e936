// Requirements by servers, as one page.
#include <algorithm>
#include <set>

#include "harness/base/text.h"
#include "reports/comparison.h"
#include "reports/html_parts.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Row;
using result::Run;

namespace {

constexpr std::size_t kMostNotes = 6;  // of one server about one requirement

class Matrix {
 public:
  Matrix(const std::vector<Run>& runs, const std::vector<std::string>& links)
      : x_runs(runs), x_links(links), x_names(names_of(runs)), x_rows(result::side_by_side(runs)) {}

  std::string write() {
    head();
    servers();
    documents();
    suspicious();
    requirements();
    x_out +=
        "</main>\n<footer><p>Made by mailspec. What a server does with a requirement is the worst of the checks of it. A failure that is known to the "
        "server's own team is a failure here. A dash: no check of it, since the server does not offer what it is about.</p></footer>\n";
    return html_page("mailspec: servers side by side", x_out);
  }

 private:
  static std::string region(const std::string& label) {
    return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + xml_escape(label) + "\">";
  }
  std::string columns(const std::string& first) const {
    std::string out = "<thead><tr><th scope=\"col\">" + first + "</th>";
    for (const auto& name : x_names) out += "<th scope=\"col\">" + xml_escape(name) + "</th>";
    return out + "</tr></thead>";
  }

  void head() {
    std::size_t differ = 0;
    for (const auto& row : x_rows) differ += row.differs;
    x_out += "<header class=\"page\"><p class=\"kicker\">mailspec: servers side by side</p><h1>" + plural(x_rows.size(), "requirement", "requirements") + ", " +
             plural(x_runs.size(), "server", "servers") + "</h1>\n<p class=\"headline none\">" + plural(differ, "requirement is", "requirements are") +
             " kept by one server and broken by another.</p></header>\n<main id=\"main\">\n";
  }

  void servers() {
    x_out += "<section aria-labelledby=\"servers\"><h2 id=\"servers\">Servers</h2>\n" + region("Servers") +
             "<table><thead><tr><th scope=\"col\">Server</th><th scope=\"col\" class=\"n\">kept</th><th scope=\"col\">requirements</th><th "
             "scope=\"col\">version and greeting</th><th scope=\"col\">run</th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < x_runs.size(); ++i) {
      const auto& run = x_runs[i];
      Tally tally;
      for (const auto& row : x_rows) {
        if (!row.cells[i].outcome.empty()) ++tally[row.cells[i].outcome];
      }
      const auto name = xml_escape(x_names[i]);
      const auto why = result::no_verdict(run);
      x_out += "<tr><th scope=\"row\">" + (i < x_links.size() ? "<a href=\"" + xml_escape(x_links[i]) + "\">" + name + "</a>" : name) +
               "</th><td class=\"n\">" + kept_of(tally) + "</td><td>" + bar(tally, "") + "</td><td>" +
               (run.version.empty() ? "" : xml_escape(printable(run.version, 120)) + "<br>") + "<code>" + xml_escape(printable(run.server, 120)) +
               "</code></td><td>" + xml_escape(run.started) + ", mailspec " + xml_escape(run.suite_version) +
               (why.empty() ? "" : " <strong>" + xml_escape(why) + "</strong>") + "</td></tr>\n";
    }
    x_out += "</tbody></table></div></section>\n";
  }

  void documents() {
    std::map<std::string, std::vector<Tally>> by;
    for (const auto& row : x_rows) {
      auto& tallies = by[result::document_of(row.requirement)];
      tallies.resize(x_runs.size());
      for (std::size_t i = 0; i < x_runs.size(); ++i) {
        if (!row.cells[i].outcome.empty()) ++tallies[i][row.cells[i].outcome];
      }
    }
    x_out += "<section aria-labelledby=\"documents\"><h2 id=\"documents\">By document</h2>\n<p>Requirements kept, of those that were judged.</p>\n" +
             legend({"pass", "warn", "fail", "inconclusive", "skip"}) + region("Requirements kept by document and server") + "<table>" + columns("Document") +
             "<tbody>\n";
    for (auto& [document, tallies] : by) {
      x_out += "<tr><th scope=\"row\">" + xml_escape(title_of(document, "")) + "</th>";
      for (std::size_t i = 0; i < tallies.size(); ++i)
        x_out += "<td>" + (tallies[i].empty() ? "&ndash;" : bar(tallies[i], x_names[i]) + "<span class=\"of\">" + kept_of(tallies[i]) + "</span>") + "</td>";
      x_out += "</tr>\n";
    }
    x_out += "</tbody></table></div></section>\n";
  }

  void suspicious() {
    std::string list;
    for (const auto& row : x_rows) {
      if (row.suspicious)
        list += "<li><a href=\"#" + xml_escape(row.requirement) + "\"><code>" + xml_escape(row.requirement) + "</code></a> " + says(row) + "</li>";
    }
    if (list.empty()) return;
    x_out +=
        "<section aria-labelledby=\"suspicious\"><h2 id=\"suspicious\">Broken by every server: is the suite right?</h2>\n<p>More than one server was "
        "judged by these requirements, and each breaks them. That is rare enough to look at the scenario before the servers.</p><ul>" +
        list + "</ul></section>\n";
  }

  static std::string says(const Row& row) { return row.about ? xml_escape(row.about->says) : xml_escape(row.requirement); }

  void requirements() {
    std::set<std::string> rfcs, capabilities;
    for (const auto& row : x_rows) rfcs.insert(result::document_of(row.requirement));
    for (const auto& run : x_runs) {
      for (const auto& c : run.checks) capabilities.insert(c.needs.begin(), c.needs.end());
      for (const auto& c : run.checks) x_needs[c.requirement].insert(c.needs.begin(), c.needs.end());
    }
    x_out += "<section aria-labelledby=\"requirements\"><h2 id=\"requirements\">Requirements</h2>\n" +
             html_filters("Verdict", {"fail", "warn", "inconclusive", "pass", "skip"}, {"must", "should", "may"}, rfcs, capabilities) +
             "<p class=\"count\" id=\"count\" role=\"status\">" + plural(x_rows.size(), "requirement", "requirements") + "</p>\n" +
             region("Requirements by server") + "<table class=\"matrix\">" + columns("Requirement");
    std::string document;
    for (const auto& row : x_rows) {
      if (const auto d = result::document_of(row.requirement); d != document) {
        if (!document.empty()) x_out += "</tbody>\n";
        document = d;
        x_out += "<tbody data-group><tr><th scope=\"rowgroup\" colspan=\"" + std::to_string(x_runs.size() + 1) + "\">" + xml_escape(title_of(document, "")) +
                 "</th></tr>\n";
      }
      requirement(row);
    }
    if (!document.empty()) x_out += "</tbody>\n";
    x_out += "</table></div></section>\n";
  }

  void requirement(const Row& row) {
    std::string worst = "skip";
    for (const auto& cell : row.cells) {
      if (!cell.outcome.empty()) worst = worse(worst, cell.outcome);
    }
    const auto level = row.about ? oracle::name_of(row.about->level) : "must";
    const auto& needs = x_needs[row.requirement];
    x_out += "<tr id=\"" + xml_escape(row.requirement) + "\" data-verdict=\"" + worst + "\" data-level=\"" + level + "\" data-rfc=\"" +
             xml_escape(result::document_of(row.requirement)) + "\"" +
             (needs.empty() ? "" : " data-caps=\"" + xml_escape(join(std::vector<std::string>(needs.begin(), needs.end()), " ")) + "\"") +
             "><td role=\"rowheader\">" + says(row) + (row.suspicious ? " <span class=\"suspicious\">broken by all</span>" : "") + " <a class=\"id\" href=\"#" +
             xml_escape(row.requirement) + "\">" + level + ", " + xml_escape(row.requirement) + "</a>" + notes(row) + "</td>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& outcome = row.cells[i].outcome;
      x_out += "<td class=\"cell\" data-server=\"" + xml_escape(x_names[i]) + "\">" + (outcome.empty() ? "&ndash;" : badge(outcome)) + "</td>";
    }
    x_out += "</tr>\n";
  }

  std::string notes(const Row& row) const {
    std::string out;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& notes = row.cells[i].notes;
      if (row.cells[i].outcome == "skip") continue;
      for (std::size_t k = 0; k < notes.size() && k < kMostNotes; ++k) {
        const auto& c = *notes[k];
        out += "<li><strong>" + xml_escape(x_names[i]) + "</strong> " + xml_escape(printable(c.reason, 300)) +
               (c.known.empty() ? "" : " <em>Known: " + xml_escape(printable(c.known, 600)) + "</em>") + " <code>" +
               xml_escape(c.scenario.empty() ? "every dialogue" : printable(c.id.substr(c.id.find('@') + 1), 200)) + "</code></li>";
      }
      if (notes.size() > kMostNotes) out += "<li>and " + std::to_string(notes.size() - kMostNotes) + " more of " + xml_escape(x_names[i]) + "</li>";
    }
    return out.empty() ? "" : "<details><summary>notes</summary><ul class=\"plain\">" + out + "</ul></details>";
  }

  const std::vector<Run>& x_runs;
  const std::vector<std::string>& x_links;
  std::vector<std::string> x_names;
  std::vector<Row> x_rows;
  std::map<std::string, std::set<std::string>> x_needs;
  std::string x_out;
};

}  // namespace

std::string matrix_html(const std::vector<Run>& runs, const std::vector<std::string>& links) { return Matrix(runs, links).write(); }

}  // namespace mailspec::reports
