// Hashing: Merkle trees over extended rows, proof of work.
#include <cmath>

#include <fmt/format.h>

#include "bench/kernel_case.hpp"
#include "core/poseidon.hpp"
#include "core/work.hpp"
#include "kernels/grind.hpp"
#include "kernels/merkle.hpp"
#include "stark/verifier/merkle.hpp"

namespace cairn::bench {
namespace {

/// Rows of both halves of a matrix of `columns` columns.
bool merkle(const Setting& s, KernelCase& made, Hash hash) {
  const uint64_t leaves = 2 * s.rows();
  const auto values =
      std::make_shared<std::vector<KoalaBear>>(some_elements(leaves * s.columns, 3));
  const SharedBlock data = block_of(s.backend, s.columns, leaves, *values);
  Backend& backend = s.backend;
  const Matrix matrix{data->column(0), s.log_height, s.columns, 1, data->stride(), 0, s.rows()};
  made.name = fmt::format("merkle {}", hash_name(hash));
  made.unit = "elements";
  made.units = static_cast<double>(leaves) * s.columns;
  made.work.bytes = 4.0 * made.units;
  // Blocks of 16 words, and a node above each leaf; rate 8 likewise.
  const double block = hash == Hash::kBlake3 ? 16 : poseidon::kRate;
  const double calls = static_cast<double>(leaves) * (std::ceil(s.columns / block) + 1);
  (hash == Hash::kBlake3 ? made.work.compressions : made.work.permutations) = calls;
  made.run = [=, &backend] {
    (void)data;
    const MerkleTree tree(backend, hash, {matrix});
    check(!(tree.root() == Digest{}), "a tree has a root");
  };
  const uint32_t log_height = s.log_height, columns = s.columns;
  made.check = [=, &backend] {
    (void)data;
    const MerkleTree tree(backend, hash, {matrix});
    const std::vector<uint32_t> places = {0, 5, static_cast<uint32_t>(leaves / 2),
                                          static_cast<uint32_t>(leaves - 1)};
    const MerkleOpening opening = tree.open(places);
    for (size_t i = 0; i < places.size(); ++i) {
      for (uint32_t c = 0; c < columns; ++c) {
        if (!(opening.rows[0][i * columns + c] == (*values)[c * leaves + places[i]])) return false;
      }
    }
    const TreeLevel level{static_cast<int>(log_height), columns};
    return opening_is_valid(hash, tree.root(), {&level, 1}, places,
                            {opening.rows, opening.siblings});
  };
  return true;
}

bool merkle_blake3(const Setting& s, KernelCase& made) { return merkle(s, made, Hash::kBlake3); }
bool merkle_poseidon(const Setting& s, KernelCase& made) {
  return merkle(s, made, Hash::kPoseidon);
}

/// A fixed number of nonces, none of which is asked to succeed.
bool grind(const Setting& s, KernelCase& made) {
  constexpr uint32_t kRounds = 64;
  constexpr int kBits = 6;
  const auto found = share(Buffer<uint32_t>(s.backend, s.rows()));
  Backend& backend = s.backend;
  const Digest seed{{1, 2, 3, 4, 5, 6, 7, 8}};
  const uint64_t count = s.rows();
  made.name = "grind";
  made.unit = "nonces";
  made.units = static_cast<double>(count) * kRounds;
  made.work.bytes = 4.0 * static_cast<double>(count);
  made.work.compressions = made.units;
  made.run = [=, &backend] {
    const uint32_t mask = (1u << kBits) - 1;
    backend.run(Grind{Hash::kBlake3, seed, mask, 0, kRounds, found->data(), count});
  };
  made.check = [=, run = made.run] {
    run();
    const std::vector<uint32_t> result = found->to_host();
    for (uint64_t i = 0; i < count; i += count / 16) {
      uint32_t round = 0;
      while (round < kRounds && !has_work(Hash::kBlake3, seed, round * count + i, kBits)) ++round;
      if (result[i] != (round == kRounds ? Grind::kNone : round)) return false;
    }
    return true;
  };
  return true;
}

}  // namespace

std::vector<MakeCase> hash_cases() { return {merkle_blake3, merkle_poseidon, grind}; }

}  // namespace cairn::bench
