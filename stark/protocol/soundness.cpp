#include "stark/protocol/soundness.hpp"

#include <algorithm>
#include <cmath>

#include "air/chips.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {
namespace {

/// log2 of the size of E.
const double kLogField = kExtensionDegree * std::log2(static_cast<double>(KoalaBear::kModulus));
constexpr double kRate = 1.0 / (1 << kLogBlowup);
/// The unique-decoding radius.
constexpr double kRadius = (1.0 - kRate) / 2.0;

double domain_size(int log_height) { return std::exp2(log_height + kLogBlowup); }

/// -log2 of `error` / |E|.
double bits(double error) { return kLogField - std::log2(error); }

/// Error times |E| of a line between two functions on a domain of n points, below the radius.
double line_error(double n) { return kRadius * n + 1; }

// Each round below is one challenge; every function gives its bits for one segment.

double constraint_batching(const SegmentShape& s) {
  return bits(static_cast<double>(s.constraints));
}

/// Soundness: a false quotient identity has at most max(deg) roots; zeta avoids the domains.
double out_of_domain(const SegmentShape& s) {
  const double height = std::exp2(s.log_height);
  return bits(kMaxConstraintDegree * (height + 1) + height - 1);
}

double opening_batching(const SegmentShape& s) {
  return bits(line_error(domain_size(s.log_height)) * static_cast<double>(s.openings - 1));
}

double folding(const SegmentShape& s) {
  double worst = kLogField;
  int log_height = s.log_height;
  const FoldSchedule schedule = FoldSchedule::for_height(s.log_height);
  for (int i = 0; i < schedule.count; ++i) {
    log_height -= schedule.step[i];
    const double arity = std::exp2(schedule.step[i]);
    worst = std::min(worst, bits(line_error(domain_size(log_height)) * (arity - 1)));
  }
  return worst;
}

double queries(const SegmentShape&) {
  return -kQueries * std::log2(1.0 - kRadius) + kQueryWorkBits;
}

struct SegmentRound {
  std::string_view name;
  double (*bits)(const SegmentShape&);
};

constexpr SegmentRound kSegmentRounds[] = {
    {"constraint batching", constraint_batching}, {"out-of-domain point", out_of_domain},
    {"opening batching", opening_batching},       {"folding", folding},
    {"queries and proof of work", queries},
};

/// Denominators that vanish, and a non-zero sum that evaluates to zero: each fraction's fingerprint
/// has degree message + 1 in the challenges.
double lookups(const JobShape& job) {
  return bits(2.0 * static_cast<double>(job.fractions) * (job.message + 1));
}

/// Collision of 32-byte digests; 8 field elements are 248 bits.
constexpr double kHashCollisionBits = 124;

}  // namespace

SegmentShape shape_of(const SegmentRecord& record) {
  SegmentShape shape{0, 0, 0};
  uint64_t heights = 0;  // as a set of log_height
  for (const PublicPart& part : record.parts) {
    with_chip(part.chip, [&]<class Chip>() {
      constexpr Shape kChip = kShape<Chip>;
      shape.constraints += kChip.all_constraints();
      shape.openings += kChip.columns + kChip.next + kChip.helper_columns() + kExtensionDegree;
    });
    shape.log_height = std::max(shape.log_height, static_cast<int>(part.log_height));
    heights |= uint64_t{1} << part.log_height;
  }
  shape.openings +=
      static_cast<uint64_t>(__builtin_popcountll(heights)) * kQuotientChunks * kExtensionDegree;
  return shape;
}

JobShape shape_of(const std::vector<SegmentRecord>& records, uint64_t public_terms) {
  JobShape job{{}, public_terms, 0};
  for (const SegmentRecord& record : records) {
    job.segments.push_back(shape_of(record));
    for (const PublicPart& part : record.parts) {
      with_chip(part.chip, [&]<class Chip>() {
        job.fractions += uint64_t{kShape<Chip>.fractions} << part.log_height;
        job.message = std::max(job.message, kShape<Chip>.message);
      });
    }
  }
  return job;
}

std::vector<Round> soundness_rounds(const JobShape& job) {
  std::vector<Round> rounds{{"lookups", lookups(job)}, {"hash collision", kHashCollisionBits}};
  for (const SegmentRound& round : kSegmentRounds) {
    double worst = kLogField;
    for (const SegmentShape& segment : job.segments) worst = std::min(worst, round.bits(segment));
    rounds.push_back({round.name, worst});
  }
  return rounds;
}

Round weakest_round(const JobShape& job) {
  const std::vector<Round> rounds = soundness_rounds(job);
  return *std::min_element(rounds.begin(), rounds.end(),
                           [](const Round& a, const Round& b) { return a.bits < b.bits; });
}

}  // namespace cairn
