#include "harness/base/text.h"
#include "harness/result/trace_json.h"
#include "reports/reports.h"

namespace mailspec::reports {

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> kAll{"github", "html", "json", "junit", "md", "sarif", "tap", "text"};
  return kAll;
}

std::string write(const std::string& kind, const result::Run& run, bool strict) {
  if (kind == "github") return annotations(run, strict);
  if (kind == "html") return html(run);
  if (kind == "json") return json(run);
  if (kind == "junit") return junit(run, strict);
  if (kind == "md") return markdown(run, strict);
  if (kind == "sarif") return sarif(run);
  if (kind == "tap") return tap(run, strict);
  TextOptions plain;
  plain.strict = strict;
  plain.verbose = true;
  return text(run, plain);
}

std::string json(const result::Run& run) { return result::run_to_json(run); }

std::string outcome_of(const result::Check& check) { return check.known.empty() ? result::name_of(check.verdict) : "known"; }

std::string xml_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += c; break;
      default:
        if (octet < 0x20 || octet >= 0x7f) out += visible(std::string_view(&c, 1));
        else out += c;
    }
  }
  return out;
}

}  // namespace mailspec::reports
