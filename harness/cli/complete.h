// What a shell offers when the user presses Tab: taken from the subcommands as they are parsed, and from what the binary carries.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace mailspec::cli {

using Offers = std::function<Candidates(const std::string& word)>;

// What options and words in their place offer.
Offers offer_words(std::vector<std::string> words);
Offers offer_reports(std::vector<std::string> kinds);  // "html="
Offers offer_deviations();
Offers offer_variations();
Offers offer_selectors();  // as for run: documents first, and the requirements of one when it is named
Offers offer_requirements();
Offers offer_documents();

// `words` are those after "mailspec"; the last, which may be empty, is the one to complete. Empty where a file name is wanted.
Candidates candidates(const std::vector<Subcommand>& subcommands, const std::vector<std::string>& words);

// Prints them, a line each: word, tab, description.
int complete(const std::vector<Subcommand>& subcommands, const std::vector<std::string>& words);

}  // namespace mailspec::cli
