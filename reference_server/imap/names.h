// Mailbox names: UTF-8 inside, modified UTF-7 on the wire under IMAP4rev1 (RFC 3501 5.1.3), UTF-8 under IMAP4rev2; and LIST patterns.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailspec::reference::imap {

// Nothing for what is no modified UTF-7, or not in its shortest form.
std::optional<std::string> from_modified_utf7(std::string_view text);
std::string to_modified_utf7(std::string_view utf8);
// Unicode Normalization Form C, which Net-Unicode (RFC 5198) asks for.
std::string nfc(std::string_view utf8);

// RFC 3501 6.3.8: "*" matches all, "%" all but the delimiter.
bool list_match(std::string_view pattern, std::string_view name, std::string_view separator);

}  // namespace mailspec::reference::imap
