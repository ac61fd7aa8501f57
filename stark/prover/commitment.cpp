#include "stark/prover/commitment.hpp"

#include "core/timer.hpp"
#include "kernels/extend.hpp"

namespace cairn {
namespace {

Matrix matrix_of(const ExtendedBlock& block) {
  Matrix matrix{};
  matrix.data = block.values.data();
  matrix.log_height = block.log_height;
  matrix.outer_count = block.columns;
  matrix.outer_stride = block.stride();
  matrix.inner_count = 1;
  matrix.inner_stride = 0;
  matrix.half_stride = block.stride() / 2;
  return matrix;
}

std::vector<Matrix> matrices_of(const std::vector<ExtendedBlock>& blocks) {
  std::vector<Matrix> matrices;
  for (const ExtendedBlock& block : blocks) matrices.push_back(matrix_of(block));
  return matrices;
}

}  // namespace

ExtendedBlock extend(Backend& backend, uint32_t log_height, uint32_t columns,
                     Buffer<KoalaBear> trace, KoalaBear input_shift) {
  const auto timed = step("extend");
  ExtendedBlock block{log_height, columns, {}};
  block.values = Buffer<KoalaBear>(backend, columns * block.stride());
  if (columns > 0) {
    low_degree_extend(backend, trace.data(), block.values.data(), log_height, columns, input_shift);
  }
  return block;
}

Commitment::Commitment(Backend& backend, Hash hash, std::vector<ExtendedBlock> extended)
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
