#include "harness/base/text.h"
#include "harness/result/trace_json.h"
#include "reports/reports.h"

namespace mailspec::reports {

namespace {

template <std::string (*write)(const result::Run&)>
std::string whatever_strict(const result::Run& run, bool) {
  return write(run);
}

std::string whole_text(const result::Run& run, bool strict) {
  TextOptions plain;
  plain.strict = strict;
  plain.verbose = true;
  return text(run, plain);
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> kAll{
      {"github", annotations},
      {"html", html},
      {"json", whatever_strict<json>},
      {"junit", junit},
      {"md", markdown},
      {"sarif", whatever_strict<sarif>},
      {"tap", tap},
      {"text", whole_text},
  };
  return kAll;
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
