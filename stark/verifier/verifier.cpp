#include "stark/verifier/verifier.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "air/public_terms.hpp"
#include "core/error.hpp"
#include "core/parallel.hpp"
#include "stark/protocol/layout.hpp"
#include "stark/protocol/parameters.hpp"
#include "stark/protocol/segment_transcript.hpp"
#include "stark/protocol/soundness.hpp"
#include "stark/verifier/constraints.hpp"
#include "stark/verifier/low_degree.hpp"
#include "stark/verifier/structure.hpp"

namespace cairn {
namespace {

Verdict refuse(Refusal refusal, std::string detail) {
  Verdict verdict;
  verdict.refusal = refusal;
  verdict.detail = std::move(detail);
  return verdict;
}

/// What one segment comes to.
struct SegmentFinding {
  Refusal refusal = Refusal::kNone;
  std::string detail;
  KoalaBear5 bus_sum = KoalaBear5(0);
};

/// Decodes and checks one segment, whose record is known to be valid.
Refusal check_segment(Hash hash, const GlobalChallenge& challenge, const LookupChallenges& lookups,
                      uint32_t index, const SegmentRecord& record, std::span<const std::byte> bytes,
                      KoalaBear5& bus_sum, std::string& detail) {
  SegmentProof proof;
  try {
    proof = decode_segment_proof(bytes, hash, record);
  } catch (const Error& error) {
    detail = error.what();
    return Refusal::kEncoding;
  }
  const SegmentLayout layout(record);
  SegmentTranscript transcript(hash, challenge, index, record);
  const KoalaBear5 lambda = transcript.draw_lambda(proof.helper_root, proof.parts);
  LowDegreeClaim claim;
  claim.zeta = transcript.draw_zeta(proof.quotient_root);
  if (!constraints_hold(record, layout, proof, lookups, lambda, claim.zeta)) {
    return Refusal::kConstraints;
  }
  claim.delta = transcript.draw_delta(proof.parts, proof.quotients);
  for (const Digest& root : proof.fold_roots) claim.betas.push_back(transcript.draw_beta(root));
  transcript.absorb_last_polynomial(proof.last_polynomial);
  if (!transcript.accept_work(proof.work_nonce)) return Refusal::kQueryWork;
  claim.positions = transcript.draw_positions(layout.log_height());
  const Refusal refusal = check_low_degree(hash, record, layout, proof, claim);
  if (refusal != Refusal::kNone) return refusal;
  for (const PartValues& part : proof.parts) bus_sum += part.sum;
  return Refusal::kNone;
}

/// What the statement itself says on the buses.
KoalaBear5 public_sum(const Statement& statement, const LookupChallenges& challenges,
                      uint64_t& terms) {
  KoalaBear5 sum(0);
  for_each_public_term(statement, [&](int sign, const ClearMessage& message) {
    KoalaBear5 fingerprint = challenges.alpha + KoalaBear5(static_cast<int64_t>(message.bus));
    for (int i = 0; i < message.length; ++i) {
      fingerprint += challenges.gamma[i + 1] * message.coordinate[i];
    }
    const KoalaBear5 term = fingerprint.inverse();
    if (sign > 0) {
      sum += term;
    } else {
      sum -= term;
    }
    ++terms;
  });
  return sum;
}

}  // namespace

Verdict verify_segment(Hash hash, const GlobalChallenge& challenge, uint32_t index,
                       const SegmentRecord& record, std::span<const std::byte> segment) {
  Finding finding = check_record(record);
  if (finding.refusal != Refusal::kNone) return refuse(finding.refusal, finding.detail);
  KoalaBear5 ignored(0);
  std::string detail;
  const Refusal refusal =
      check_segment(hash, challenge, challenge.lookups(), index, record, segment, ignored, detail);
  if (refusal != Refusal::kNone)
    return refuse(refusal, fmt::format("segment {}: {}", index, detail));
  return {};
}

/// Everything about a job but its segments, each of which `check` looks at.
template <class Check>
Verdict verify_job(const JobProof& proof, double security_target, Check&& check) {
  Finding finding = check_statement(proof.statement);
  if (finding.refusal != Refusal::kNone) return refuse(finding.refusal, finding.detail);
  if (proof.records.empty() || proof.records.size() != proof.segments.size()) {
    return refuse(Refusal::kSegmentCount, fmt::format("{} records, {} segments",
                                                      proof.records.size(), proof.segments.size()));
  }
  for (size_t i = 0; i < proof.records.size(); ++i) {
    finding = check_record(proof.records[i]);
    if (finding.refusal != Refusal::kNone) {
      return refuse(finding.refusal, fmt::format("segment {}: {}", i, finding.detail));
    }
  }
  finding = check_coverage(proof.statement, proof.records);
  if (finding.refusal != Refusal::kNone) return refuse(finding.refusal, finding.detail);

  const GlobalChallenge challenge =
      draw_global_challenge(proof.hash, proof.statement, proof.records);
  const LookupChallenges lookups = challenge.lookups();
  uint64_t public_terms = 0;
  KoalaBear5 bus_sum = public_sum(proof.statement, lookups, public_terms);

  Verdict verdict;
  const Round weakest = weakest_round(shape_of(proof.records, public_terms));
  verdict.security_bits = weakest.bits;
  verdict.tightest = weakest.name;
  if (weakest.bits < std::max(security_target, kSecurityTarget)) {
    return refuse(Refusal::kSecurity, fmt::format("{:.1f} bits ({})", weakest.bits, weakest.name));
  }

  std::vector<SegmentFinding> segments(proof.segments.size());
  run_parallel(segments.size(), 0, [&](size_t i) {
    segments[i].refusal = check(static_cast<uint32_t>(i), challenge, lookups, segments[i].bus_sum,
                                segments[i].detail);
  });
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].refusal != Refusal::kNone) {
      return refuse(segments[i].refusal, fmt::format("segment {}: {}", i, segments[i].detail));
    }
    bus_sum += segments[i].bus_sum;
  }
  if (!(bus_sum == KoalaBear5(0))) return refuse(Refusal::kBusSum, "the sum is not zero");
  return verdict;
}

Verdict verify(const JobProof& proof, double security_target) {
  return verify_job(proof, security_target,
                    [&](uint32_t i, const GlobalChallenge& challenge,
                        const LookupChallenges& lookups, KoalaBear5& bus_sum, std::string& detail) {
                      return check_segment(proof.hash, challenge, lookups, i, proof.records[i],
                                           proof.segments[i], bus_sum, detail);
                    });
}

Verdict verify_rest(const JobProof& proof, std::span<const KoalaBear5> segment_sums) {
  if (segment_sums.size() != proof.segments.size()) {
    return refuse(Refusal::kSegmentCount,
                  fmt::format("{} segments, {} sums", proof.segments.size(), segment_sums.size()));
  }
  return verify_job(proof, kSecurityTarget,
                    [&](uint32_t i, const GlobalChallenge&, const LookupChallenges&,
                        KoalaBear5& bus_sum, std::string&) {
                      bus_sum += segment_sums[i];
                      return Refusal::kNone;
                    });
}

}  // namespace cairn
