#include "stark/prover/bundle_prover.hpp"

#include "air/chips.hpp"
#include "core/timer.hpp"
#include "kernels/lift.hpp"
#include "kernels/points.hpp"
#include "stark/protocol/segment_transcript.hpp"
#include "stark/prover/low_degree.hpp"
#include "stark/prover/openings.hpp"
#include "stark/prover/quotient.hpp"

namespace cairn {
namespace {

/// A record without a root: what layouts are made from.
SegmentLayout layout_of(const Bundle& bundle) {
  return SegmentLayout(SegmentRecord::of(bundle, {}));
}

}  // namespace

BundleProver::BundleProver(Backend& backend, Hash hash, const Image& image, const Counts& counts,
                           const Bundle& bundle)
    : backend_(backend), hash_(hash), image_(image), counts_(counts), bundle_(bundle) {}

void BundleProver::count_uses() {
  const Tracer tracer(backend_, image_, counts_);
  for (const Part& part : bundle_) tracer.count_uses(part);
}

CommittedTrace BundleProver::commit(bool counting, bool keeping) {
  const SegmentLayout layout = layout_of(bundle_);
  const Tracer tracer(backend_, image_, counts_);
  std::vector<ColumnBlock> traces, blocks;
  for (const HeightPlan& height : plan_heights(bundle_, layout)) {
    ColumnBlock trace = tracer.fill_main(height, counting);
    blocks.push_back(extend(backend_, trace));
    if (keeping) traces.push_back(std::move(trace));
  }
  return {std::move(traces), {backend_, hash_, std::move(blocks)}};
}

SegmentProof BundleProver::prove(const GlobalChallenge& challenge, uint32_t index,
                                 std::optional<CommittedTrace> kept) {
  const SegmentLayout layout = layout_of(bundle_);
  const std::vector<HeightPlan> heights = plan_heights(bundle_, layout);
  const Tracer tracer(backend_, image_, counts_);
  const LookupChallenges lookups = challenge.lookups();
  const Buffer<LookupChallenges> device_lookups =
      Buffer<LookupChallenges>::from_host(backend_, {&lookups, 1});
  SegmentProof proof;
  proof.parts.resize(bundle_.size());

  // Main columns, again if they were not kept; helper columns beside them.
  std::vector<ColumnBlock> main_blocks, helper_blocks, fixed_blocks;
  for (size_t h = 0; h < heights.size(); ++h) {
    ColumnBlock trace = kept ? std::move(kept->traces[h]) : tracer.fill_main(heights[h]);
    const ColumnBlock fixed = tracer.fill_fixed(heights[h]);
    const ColumnBlock helpers =
        tracer.fill_helper(heights[h], trace, fixed, device_lookups.data(), proof.parts);
    if (!kept) main_blocks.push_back(extend(backend_, trace));
    trace = ColumnBlock();
    helper_blocks.push_back(extend(backend_, helpers));
    fixed_blocks.push_back(extend(backend_, fixed));
  }
  const Commitment main =
      kept ? std::move(kept->commitment) : Commitment(backend_, hash_, std::move(main_blocks));
  const Commitment helper(backend_, hash_, std::move(helper_blocks));
  proof.helper_root = helper.root();
  const SegmentRecord record = SegmentRecord::of(bundle_, main.root());
  SegmentTranscript transcript(hash_, challenge, index, record);
  const KoalaBear5 lambda = transcript.draw_lambda(proof.helper_root, proof.parts);

  // Quotients.
  const Buffer<KoalaBear5> weights = constraint_weights(backend_, layout, lambda);
  std::vector<Buffer<KoalaBear>> points;
  std::vector<ColumnBlock> quotient_blocks;
  for (size_t h = 0; h < heights.size(); ++h) {
    points.emplace_back(backend_, main.blocks[h].rows);
    fill_domain_points(backend_, heights[h].log_height, points[h].data());
    quotient_blocks.push_back(quotient_columns(
        backend_, tracer, heights[h], layout, main.blocks[h], helper.blocks[h], fixed_blocks[h],
        device_lookups.data(), weights, proof.parts, points[h].data()));
  }
  fixed_blocks.clear();
  const Commitment quotient(backend_, hash_, std::move(quotient_blocks));
  proof.quotient_root = quotient.root();
  const KoalaBear5 zeta = transcript.draw_zeta(proof.quotient_root);

  // Openings, and the codeword that stands for all of them.
  std::vector<CommittedHeight> committed;
  proof.quotients.resize(heights.size());
  for (size_t h = 0; h < heights.size(); ++h) {
    committed.push_back(
        {&heights[h], &main.blocks[h], &helper.blocks[h], &quotient.blocks[h], points[h].data()});
    evaluate_height(backend_, committed[h], zeta, proof.parts, proof.quotients[h]);
  }
  const KoalaBear5 delta = transcript.draw_delta(proof.parts, proof.quotients);
  const OpeningOrder order(layout, record);
  const uint32_t log_tallest = heights[0].log_height;
  const uint64_t domain = main.blocks[0].rows;
  Buffer<KoalaBear> codeword(backend_, kExtensionDegree * domain);
  for (size_t h = 0; h < heights.size(); ++h) {
    const uint64_t stride = main.blocks[h].rows;
    Buffer<KoalaBear> low(backend_, h == 0 ? 0 : kExtensionDegree * stride);
    KoalaBear* const target = h == 0 ? codeword.data() : low.data();
    quotient_codeword(backend_, committed[h], zeta, delta, order.groups[h].main, proof.parts,
                      proof.quotients[h], target);
    if (h > 0) {
      const auto timed = step("deep");
      lift_add(backend_, target, stride, heights[h].log_height, codeword.data(), domain,
               log_tallest);
    }
  }

  const std::vector<uint32_t> positions = prove_low_degree(
      backend_, hash_, std::move(codeword), static_cast<int>(log_tallest), transcript, proof);
  proof.main = open(*main.tree, positions);
  proof.helper = open(*helper.tree, positions);
  proof.quotient = open(*quotient.tree, positions);
  return proof;
}

bool commits_before_counts(const Bundle& bundle) {
  for (const Part& part : bundle) {
    if (with_chip(part.chip, []<class Chip>() { return Chip::kReadsCounts; })) return false;
  }
  return true;
}

}  // namespace cairn
