// How much of each document the suite accounts for, tests and proves: a document and a section at a time.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/oracle/catalogue.h"

namespace mailspec::reports {

struct CoverageCount {
  std::size_t sentences = 0, open = 0;  // normative sentences of the document, and those that no record accounts for
  std::size_t requirements = 0;
  std::size_t testable = 0, tested = 0;  // a scenario or a standing rule tests it
  std::size_t proved = 0;                // tested, and a deviation of the reference server shows that the test catches its breach
  std::size_t client = 0, unobservable = 0, remark = 0;
  CoverageCount& operator+=(const CoverageCount& other);
};

struct CoverageItem {
  const oracle::Requirement* requirement = nullptr;
  std::vector<std::string> scenarios, deviations;
  bool standing_rule = false;
  bool tested() const { return standing_rule || !scenarios.empty(); }
  bool proved() const { return tested() && !deviations.empty(); }
  // proved, tested, untested, client, unobservable, remark
  std::string state() const;
};

// "5.10" after "5.9".
struct SectionOrder {
  bool operator()(const std::string& a, const std::string& b) const;
};

struct Coverage {
  std::string suite_version;
  std::map<std::string, std::map<std::string, CoverageCount, SectionOrder>> sections;  // by document and section
  std::vector<CoverageItem> items;                                                     // by id
};

// `section_by_section`: also each section's row, and why what is unobservable is.
std::string coverage_text(const Coverage& coverage, bool section_by_section);
std::string coverage_json(const Coverage& coverage);
std::string coverage_html(const Coverage& coverage);

}  // namespace mailspec::reports
