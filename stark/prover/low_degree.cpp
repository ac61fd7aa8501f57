#include "stark/prover/low_degree.hpp"

#include "core/timer.hpp"
#include "kernels/fri_fold.hpp"
#include "kernels/grind.hpp"
#include "stark/protocol/domain.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {
namespace {

struct Layer {
  Buffer<KoalaBear> values;  // five base columns
  int log_folded;            // log2 of the rows a half of its tree
  MerkleTree tree;
};

/// A layer with M points a half as rows of `arity` values: row (c, i) holds (c, i + j M / arity).
Matrix layer_rows(const Buffer<KoalaBear>& values, int log_height, int step) {
  Matrix matrix{};
  matrix.data = values.data();
  matrix.log_height = static_cast<uint32_t>(log_height - step);
  matrix.outer_count = 1u << step;
  matrix.outer_stride = uint64_t{1} << (log_height - step);
  matrix.inner_count = kExtensionDegree;
  matrix.inner_stride = uint64_t{2} << log_height;
  matrix.half_stride = uint64_t{1} << log_height;
  return matrix;
}

}  // namespace

std::vector<uint32_t> prove_low_degree(Backend& backend, Hash hash, Buffer<KoalaBear> codeword,
                                       int log_height, SegmentTranscript& transcript,
                                       SegmentProof& proof) {
  const auto timed = step("fri");
  const int log_tallest = log_height;
  const FoldSchedule schedule = FoldSchedule::for_height(log_height);
  std::vector<Layer> layers;
  for (int s = 0; s < schedule.count; ++s) {
    const int step = schedule.step[s];
    const Matrix rows = layer_rows(codeword, log_height, step);
    layers.push_back({std::move(codeword), log_height - step, MerkleTree(backend, hash, {rows})});
    const Layer& layer = layers.back();
    proof.fold_roots.push_back(layer.tree.root());
    const KoalaBear5 beta = transcript.draw_beta(proof.fold_roots.back());
    const uint64_t folded_stride = uint64_t{2} << layer.log_folded;
    codeword = Buffer<KoalaBear>(backend, kExtensionDegree * folded_stride);
    fri_fold(backend, layer.values.data(), uint64_t{2} << log_height,
             static_cast<uint32_t>(log_height), static_cast<uint32_t>(step), beta, codeword.data(),
             folded_stride);
    log_height = layer.log_folded;
  }
  proof.last_polynomial = last_polynomial(codeword.to_host());
  transcript.absorb_last_polynomial(proof.last_polynomial);
  {
    const auto timed_work = step("work");
    proof.work_nonce = grind(backend, hash, transcript.work_seed(), kQueryWorkBits);
  }
  check(transcript.accept_work(proof.work_nonce), "the nonce found has the work asked for");

  const std::vector<uint32_t> positions = transcript.draw_positions(log_tallest);
  for (const Layer& layer : layers) {
    proof.folds.push_back(
        open(layer.tree, lowered_positions(positions, log_tallest, layer.log_folded)));
  }
  return positions;
}

}  // namespace cairn
