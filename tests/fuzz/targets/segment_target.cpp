#include "core/bytes.hpp"
#include "stark/protocol/domain.hpp"
#include "stark/protocol/layout.hpp"
#include "stark/protocol/proof.hpp"
#include "stark/verifier/constraints.hpp"
#include "stark/verifier/low_degree.hpp"
#include "stark/verifier/structure.hpp"
#include "stark/verifier/verifier.hpp"
#include "tests/fuzz/targets/targets.hpp"
#include "tests/support/random.hpp"

namespace cairn::fuzz {
namespace {

LowDegreeClaim some_claim(const SegmentLayout& layout, size_t folds) {
  Random random(1);
  LowDegreeClaim claim;
  claim.zeta = random.koala_bear5();
  claim.delta = random.koala_bear5();
  for (size_t i = 0; i < folds; ++i) claim.betas.push_back(random.koala_bear5());
  const uint64_t points = uint64_t{2} << layout.log_height();
  for (uint64_t p = random.below(3); p < points; p += 1 + random.below(points / 8)) {
    claim.positions.push_back(static_cast<uint32_t>(p));
  }
  if (claim.positions.empty()) claim.positions.push_back(0);
  return claim;
}

}  // namespace

void segment(Input input) {
  tolerate_refusals([&] {
    ByteReader in(input);
    const Hash hash = in.u8() % 2 == 0 ? Hash::kBlake3 : Hash::kPoseidon;
    const SegmentRecord record = read_record(in, hash);
    ByteWriter again;
    write(again, record);
    require(in.position() == 1 + again.bytes().size(), "no byte of a record is passed over");
    if (check_record(record).refusal != Refusal::kNone) return;
    const Input bytes = in.raw(in.remaining());
    const SegmentProof proof = decode_segment_proof(bytes, hash, record);
    require(encode(proof) == Bytes(bytes.begin(), bytes.end()), "a proof has one encoding");

    const SegmentLayout layout(record);
    const GlobalChallenge challenge{{}, KoalaBear5(1, 2, 3, 4, 5), KoalaBear5(6, 7, 8, 9, 10)};
    const LowDegreeClaim claim = some_claim(layout, proof.fold_roots.size());
    constraints_hold(record, layout, proof, challenge.lookups(), KoalaBear5(3), claim.zeta);
    check_low_degree(hash, record, layout, proof, claim);
    verify_segment(hash, challenge, 0, record, bytes);
  });
}

}  // namespace cairn::fuzz
