#include "stark/protocol/segment_transcript.hpp"

#include <algorithm>

#include "stark/protocol/parameters.hpp"

namespace cairn {
namespace {

/// Extension elements as their coefficients, one after another.
std::vector<KoalaBear> flatten(std::span<const KoalaBear5> values) {
  std::vector<KoalaBear> result;
  result.reserve(values.size() * kExtensionDegree);
  for (const KoalaBear5& value : values)
    result.insert(result.end(), value.c, value.c + kExtensionDegree);
  return result;
}

}  // namespace

SegmentTranscript::SegmentTranscript(Hash hash, const GlobalChallenge& challenge, uint32_t index,
                                     const SegmentRecord& record)
    : transcript_(hash, "cairn-segment-v1") {
  transcript_.absorb("statement", challenge.statement);
  transcript_.absorb("alpha", challenge.alpha);
  transcript_.absorb("gamma", challenge.gamma);
  transcript_.absorb("segment", uint64_t{index});
  transcript_.absorb("record", record_digest(hash, record));
}

KoalaBear5 SegmentTranscript::draw_lambda(const Digest& helper_root,
                                          std::span<const PartValues> parts) {
  transcript_.absorb("helper root", helper_root);
  for (const PartValues& part : parts) transcript_.absorb("sum", part.sum);
  return transcript_.draw_extension("lambda");
}

KoalaBear5 SegmentTranscript::draw_zeta(const Digest& quotient_root) {
  transcript_.absorb("quotient root", quotient_root);
  return transcript_.draw_extension("zeta");
}

KoalaBear5 SegmentTranscript::draw_delta(std::span<const PartValues> parts,
                                         std::span<const std::vector<KoalaBear5>> quotients) {
  const auto absorb = [&](std::string_view label, std::span<const KoalaBear5> values) {
    transcript_.absorb(label, std::span<const KoalaBear>(flatten(values)));
  };
  for (const PartValues& part : parts) {
    absorb("main at zeta", part.main);
    absorb("main at next zeta", part.main_next);
    absorb("helper at zeta", part.helper);
    absorb("sum at next zeta", part.running_sum_next);
  }
  for (const auto& quotient : quotients) absorb("quotient at zeta", quotient);
  return transcript_.draw_extension("delta");
}

KoalaBear5 SegmentTranscript::draw_beta(const Digest& fold_root) {
  transcript_.absorb("fold root", fold_root);
  return transcript_.draw_extension("beta");
}

void SegmentTranscript::absorb_last_polynomial(std::span<const KoalaBear5> coefficients) {
  transcript_.absorb("last polynomial", std::span<const KoalaBear>(flatten(coefficients)));
}

Digest SegmentTranscript::work_seed() {
  return transcript_.work_seed("query work", kQueryWorkBits);
}

bool SegmentTranscript::accept_work(uint64_t nonce) {
  return transcript_.check_work("query work", kQueryWorkBits, nonce);
}

std::vector<uint32_t> SegmentTranscript::draw_positions(int log_height) {
  std::vector<uint32_t> positions;
  positions.reserve(kQueries);
  for (int i = 0; i < kQueries; ++i) {
    positions.push_back(transcript_.draw_index("query", log_height + kLogBlowup));
  }
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

}  // namespace cairn
