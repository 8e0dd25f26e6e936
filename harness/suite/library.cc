#include "harness/suite/library.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include "harness/base/text.h"
#include "harness/language/mistakes.h"
#include "harness/scenario/offer.h"
#include "harness/suite/drop.h"
#include "harness/suite/standing.h"

namespace mailspec::suite {

namespace {

// The SHA-256 of what is in a scenario set, file by file.
class Digest {
 public:
  void add(std::string_view text) {
    const auto size = std::to_string(text.size()) + " ";
    EVP_DigestUpdate(x_context.get(), size.data(), size.size());
    EVP_DigestUpdate(x_context.get(), text.data(), text.size());
  }
  std::string hex() {
    unsigned char octets[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(x_context.get(), octets, nullptr);
    char text[9];
    std::snprintf(text, sizeof text, "%02x%02x%02x%02x", octets[0], octets[1], octets[2], octets[3]);
    return text;
  }
  Digest() { EVP_DigestInit_ex(x_context.get(), EVP_sha256(), nullptr); }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> x_context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

bool is_scenario(const std::string& path) { return path.ends_with(".pop3") || path.ends_with(".imap") || path.ends_with(".both"); }

bool is_read(const std::string& path) { return is_scenario(path) || path.ends_with(".req") || path.ends_with(".sentences") || path.ends_with(".eml"); }

Status add_file(Library& library, Digest& digest, const std::string& path, std::string_view text) {
  digest.add(path);
  digest.add(text);
  if (path.ends_with(".req")) return library.catalogue.add(path, text);
  if (path.ends_with(".sentences")) return library.catalogue.add_sentences(path, text);
  if (path.substr(path.rfind('/') + 1) == "RULINGS.md") return oracle::add_rulings(library.rulings, path, text);
  if (path.ends_with(".eml")) {
    library.fixtures[path.substr(path.rfind('/') + 1)] = text;
    return ok();
  }
  if (!is_scenario(path)) return ok();
  auto cases = scenario::parse_scenario(path, text);
  if (!cases) return cases.error();
  library.files[path] = text;
  for (auto& c : *cases) library.cases.push_back(std::move(c));
  return ok();
}

// Former names of checks and cases. Where a file was split, each check has gone with its stake.
void remember(Library& library) {
  std::set<std::string> there;
  for (const auto& c : library.cases) there.insert(c.name());
  for (const auto& c : library.cases) {
    for (const auto& name : former_names(c)) {
      if (!there.contains(name)) library.former.emplace(name, c.name());
      for (const auto& id : c.stakes()) library.former.emplace(id + "@" + name, id + "@" + c.name());
    }
  }
}

}  // namespace

std::vector<std::string> former_names(const scenario::Case& c) {
  std::vector<std::string> out;
  for (const auto& was : c.was) {
    scenario::Case former = c;
    const auto sign = was.find('#');
    former.path = was.substr(0, sign);
    if (sign != std::string::npos) former.row = was.substr(sign + 1);
    out.push_back(former.name());
  }
  return out;
}

const std::string* Library::fixture(const std::string& name) const {
  const auto it = fixtures.find(name);
  return it == fixtures.end() ? nullptr : &it->second;
}

Result<Library> load_library(const std::string& directory) {
  Library library;
  Digest digest;
  for (const auto& [path, text] : embedded_files()) {
    if (auto s = add_file(library, digest, std::string(path), text); !s) return s.error();
  }
  if (!directory.empty()) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<fs::path> paths;
    for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
      if (it->is_regular_file(error)) paths.push_back(it->path());
    }
    if (error) return Error{Error::Kind::usage, "--scenarios " + directory + ": " + error.message()};
    std::ranges::sort(paths);
    for (const auto& path : paths) {
      std::ifstream in(path, std::ios::binary);
      std::ostringstream text;
      text << in.rdbuf();
      const auto name = path.filename().string();
      if (!is_read(name) && !name.starts_with('.') && !name.ends_with(".md")) library.strangers.push_back(path.string());
      const auto before = library.cases.size();
      if (auto s = add_file(library, digest, path.string(), text.str()); !s) return s.error();
      // Nobody has looked through these: a mistake in them would be the server's failure.
      for (auto i = before; i < library.cases.size(); ++i) {
        if (const auto all = scenario::mistakes(library.cases[i]); !all.empty()) return Error{Error::Kind::config, all[0]};
      }
    }
  }
  for (const auto& extension : imap::left_out()) {
    digest.add(extension.name);
    drop(library, extension, imap::vocabulary(), rule_requirements());
  }
  library.set = digest.hex();
  remember(library);
  oracle::refer_to_rulings(library.catalogue, library.rulings);
  const auto ids = library.catalogue.ids();
  for (const auto& c : library.cases) {
    for (const auto& step : c.steps) {
      for (const auto& id : step.ids()) {
        const auto* r = library.catalogue.find(id);
        if (!r || !r->gone.empty()) return Error{Error::Kind::config, c.path + ":" + std::to_string(step.line) + ":1: " + unknown("requirement", id, ids)};
      }
    }
    for (const auto& feature : c.requires_) {
      const auto name = feature.starts_with("no-") ? feature.substr(3) : feature;
      auto known = c.imap() ? scenario::Offer::imap_vocabulary() : scenario::Offer::pop3_vocabulary();
      if (c.both()) known.insert(known.end(), scenario::Offer::pop3_vocabulary().begin(), scenario::Offer::pop3_vocabulary().end());
      if (std::ranges::find(known, name) == known.end()) {
        return Error{Error::Kind::config, c.path + ":1:1: requires: " + unknown("capability or feature", name, known)};
      }
    }
    for (const auto& m : c.messages) {
      if (!m.fixture.empty() && !library.fixture(m.fixture)) {
        std::vector<std::string> names;
        for (const auto& [name, text] : library.fixtures) names.push_back(name);
        return Error{Error::Kind::config, c.path + ":1:1: messages: " + unknown("fixture", m.fixture, names)};
      }
    }
  }
  return library;
}

}  // namespace mailspec::suite
