// What octets of a message mean as text: charsets, encoded words (RFC 2047), split parameters (RFC 2231); and a message without binary parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reference_server/mime/message.h"

namespace mailspec::reference::mime {

// Nothing for an unknown charset, or octets that are none of its characters.
std::optional<std::string> to_utf8(std::string_view octets, const std::string& charset);
// Encoded words in UTF-8; what is none, or in an unknown charset, as it stands.
std::string decode_words(std::string_view value);
// A text part without its encoding, in UTF-8 where its charset is known.
std::optional<std::string> decoded_text(const Part& part);
// RFC 9051 7.5.2: "baz*0" and "baz*1" as "baz", "foo*0*" and "foo*1*" as "foo*", in UTF-8.
Params joined(const Params& params);
// RFC 3516 6: parts in the encoding "binary" as base64.
std::string without_binary(std::string_view message);

}  // namespace mailspec::reference::mime
