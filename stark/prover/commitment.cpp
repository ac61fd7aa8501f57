#include "stark/prover/commitment.hpp"

#include <bit>

#include "core/timer.hpp"
#include "kernels/extend.hpp"

namespace cairn {
namespace {

Matrix matrix_of(const ColumnBlock& block) {
  Matrix matrix{};
  matrix.data = block.values.data();
  matrix.log_height = static_cast<uint32_t>(std::countr_zero(block.rows)) - 1;
  matrix.outer_count = block.columns;
  matrix.outer_stride = block.stride();
  matrix.inner_count = 1;
  matrix.inner_stride = 0;
  matrix.half_stride = block.rows / 2;
  return matrix;
}

std::vector<Matrix> matrices_of(const std::vector<ColumnBlock>& blocks) {
  std::vector<Matrix> matrices;
  for (const ColumnBlock& block : blocks) matrices.push_back(matrix_of(block));
  return matrices;
}

}  // namespace

ColumnBlock extend(Backend& backend, const ColumnBlock& trace) {
  const auto timed = step("extend");
  ColumnBlock extended(backend, trace.columns, 2 * trace.rows);
  low_degree_extend(backend,
                    {trace.values.data(), trace.stride(), extended.values.data(), extended.stride(),
                     static_cast<uint32_t>(std::countr_zero(trace.rows)), trace.columns});
  return extended;
}

Commitment::Commitment(Backend& backend, Hash hash, std::vector<ColumnBlock> extended)
    : blocks(std::move(extended)) {
  const auto timed = step("hash");
  tree = std::make_unique<MerkleTree>(backend, hash, matrices_of(blocks));
}

TreeOpening open(const MerkleTree& tree, const std::vector<uint32_t>& positions) {
  const auto timed = step("queries");
  MerkleOpening opening = tree.open(positions);
  return {std::move(opening.rows), std::move(opening.siblings)};
}

}  // namespace cairn
