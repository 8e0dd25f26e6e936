// Reads one line with braces. Internal to language/.
#pragma once

#include <string_view>

#include "harness/language/line.h"

namespace mailspec::scenario {

enum class LineForm {
  pop3_pattern,   // S: of POP3; "@a.eml" alone is a file
  imap_pattern,   // S: of IMAP
  pop3_template,  // C: of POP3, and the arguments of other steps
  imap_template,  // C: of IMAP, with literals {@a.eml} and {"text"}
  raw,            // C~: escapes and braces
  quoted,         // "text with escapes", alone
};

// An error's offset is the column in the file, where `column` is that of the text's first character.
Result<Line> parse_line(std::string_view text, int column, LineForm form);

}  // namespace mailspec::scenario
