// Style and script of the HTML reports, carried in the binary: reports/page.css and reports/page.js.
#pragma once

#include <string_view>

namespace mailspec::reports {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace mailspec::reports
