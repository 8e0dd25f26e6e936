// Text helpers for messages, files and options. Nothing here knows a protocol.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);  // keeps empty pieces
std::vector<std::string> words(std::string_view text);                  // at blanks, no empty pieces
std::string join(std::span<const std::string> pieces, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// Octets for people: printable ASCII as it is, a backslash too, the rest as \r \n \t \xHH; cut at `limit` with the count of what is left out.
std::string visible(std::string_view octets, std::size_t limit = 400);

// What `visible` has made, or any text of ours, once more made safe to print: octets that are not printable ASCII as \xHH.
std::string printable(std::string_view text, std::size_t limit = 1000);

// The candidate nearest to `name` by edit distance, or "" if none is near enough to be what was meant.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

// "unknown WHAT 'name'; did you mean 'nearest'?"
std::string unknown(std::string_view what, std::string_view name, std::span<const std::string> candidates);

// `*` any run, `?` any octet; the whole of `text` must match.
bool glob(std::string_view pattern, std::string_view text);

}  // namespace mailspec
