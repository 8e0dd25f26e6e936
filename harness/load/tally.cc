#include "harness/load/tally.h"

#include <algorithm>
#include <cmath>

namespace mailspec::load {

void Histogram::add(double seconds) {
  if (x_buckets.empty()) x_buckets.resize(kPerOctave * kOctaves);
  const double micros = std::max(1.0, seconds * 1e6);
  const auto at = std::min<std::size_t>(static_cast<std::size_t>(std::log2(micros) * kPerOctave), x_buckets.size() - 1);
  ++x_buckets[at];
  ++x_count;
  x_worst = std::max(x_worst, seconds);
}

double Histogram::percentile(double share) const {
  if (x_count == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(x_count)));
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < x_buckets.size(); ++i) {
    so_far += x_buckets[i];
    if (so_far >= std::max<std::uint64_t>(wanted, 1)) return std::min(x_worst, std::exp2((static_cast<double>(i) + 1) / kPerOctave) * 1e-6);
  }
  return x_worst;
}

void Tally::found(const oracle::Finding& finding, int session, const oracle::Trace& trace) {
  auto& f = findings[finding.requirement];
  if (f.times++ > 0) return;
  f.requirement = finding.requirement;
  f.finding = finding;
  f.session = session;
  f.trace = trace;
}

oracle::Trace with_values(oracle::Trace trace) {
  for (auto& e : trace.events) {
    if (e.imap && e.kind == oracle::Event::Kind::received) e.imap_response = imap::parse_response(std::move(e.imap_response.frame));
  }
  return trace;
}

}  // namespace mailspec::load
