#include "reports/html_parts.h"

#include <algorithm>
#include <cstdio>

#include "harness/base/text.h"
#include "reports/assets.h"
#include "reports/reports.h"

namespace mailspec::reports {

std::string worse(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& o) { return std::ranges::find(kOutcomes, o) - kOutcomes.begin(); };
  return rank(a) < rank(b) ? a : b;
}

std::string plural(std::size_t n, const char* one, const char* many) { return std::to_string(n) + " " + (n == 1 ? one : many); }

std::string badge(const std::string& outcome) { return "<span class=\"badge " + outcome + "\">" + outcome + "</span>"; }

std::string bar(Tally& tally, const std::string& of) {
  std::size_t all = 0;
  for (const auto& [outcome, n] : tally) all += n;
  std::string spoken, parts;
  for (const auto* o : {"pass", "known", "warn", "fail", "inconclusive", "skip"}) {
    const auto n = tally[o];
    if (!n) continue;
    char width[32];
    std::snprintf(width, sizeof width, "%.2f", 100.0 * static_cast<double>(n) / static_cast<double>(all));
    parts += "<i class=\"" + std::string(o) + "\" style=\"width:" + width + "%\"></i>";
    spoken += (spoken.empty() ? "" : ", ") + std::to_string(n) + " " + o;
  }
  return "<span class=\"bar\" role=\"img\" aria-label=\"" + (of.empty() ? "" : xml_escape(of) + ": ") + spoken + "\">" + parts + "</span>";
}

std::string kept_of(Tally& t) {
  const auto judged = t["pass"] + t["fail"] + t["warn"] + t["known"];
  return judged ? std::to_string(t["pass"]) + " of " + std::to_string(judged) : "not judged";
}

std::string title_of(std::string document, const std::string& section) {
  if (document == "security") return section.empty() ? "Security beyond the RFCs" : "security, " + section;
  if (document.starts_with("rfc")) document = "RFC " + document.substr(3);
  return section.empty() ? document : document + ", section " + section;
}

std::string legend(const std::vector<std::string>& outcomes) {
  std::string out = "<ul class=\"legend\">";
  for (const auto& o : outcomes) out += "<li><span class=\"bar-key\"><i style=\"background:var(--" + o + "-bar)\"></i></span>" + o + "</li>";
  return out + "</ul>\n";
}

std::string html_filters(const std::string& title, const std::vector<std::string>& verdicts, const std::vector<std::string>& levels,
                         const std::set<std::string>& rfcs, const std::set<std::string>& capabilities) {
  const auto boxes = [](const std::string& name, const std::string& title, const auto& values) {
    std::string out = "<fieldset class=\"choices\"><legend>" + title + "</legend>";
    for (const auto& v : values) out += "<label><input type=\"checkbox\" name=\"" + name + "\" value=\"" + v + "\"> " + v + "</label> ";
    return out + "</fieldset>";
  };
  const auto select = [](const std::string& name, const std::string& title, const std::set<std::string>& values) {
    std::string out = "<div><label class=\"over\" for=\"f-" + name + "\">" + title + "</label><select id=\"f-" + name + "\" name=\"" + name +
                      "\"><option value=\"\">all</option>";
    for (const auto& v : values) out += "<option value=\"" + xml_escape(v) + "\">" + xml_escape(v) + "</option>";
    return out + "</select></div>";
  };
  return "<form class=\"filters\" hidden>" + boxes("verdict", title, verdicts) + boxes("level", "Level", levels) + select("rfc", "Document", rfcs) +
         (capabilities.empty() ? "" : select("cap", "Capability", capabilities)) +
         "<div><label class=\"over\" for=\"f-text\">Text</label><input type=\"search\" id=\"f-text\" name=\"text\"></div>"
         "<div><button type=\"reset\">Show all</button></div></form>\n";
}

std::string html_page(const std::string& title, const std::string& body) {
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         xml_escape(printable(title, 200)) + "</title>\n<style>\n" + std::string(kPageStyle) +
         "</style></head>\n<body>\n<a class=\"skip-link\" href=\"#main\">To the content</a>\n" + body + "<script>\n" + std::string(kPageScript) +
         "</script>\n</body></html>\n";
}

}  // namespace mailspec::reports
