// Every refusal of the verifier, each provoked by one edit of a good proof, and the audit's
// witnesses.
#include "stark/verifier/verifier.hpp"

#include <set>

#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "core/bytes.hpp"
#include "stark/protocol/layout.hpp"
#include "stark/protocol/segment_transcript.hpp"
#include "stark/verifier/low_degree.hpp"
#include "tests/stark/small_job.hpp"
#include "tests/support/sanitized.hpp"

namespace cairn {
namespace {

using testing_support::prove_job;
using testing_support::SmallJob;

/// What has been provoked so far; the last test of the file looks for reasons without one.
std::set<Refusal>& provoked() {
  static std::set<Refusal> reasons;
  return reasons;
}

void expect_refused(const JobProof& proof, Refusal reason) {
  const Verdict verdict = verify(proof);
  EXPECT_EQ(refusal_name(verdict.refusal), refusal_name(reason)) << verdict.detail;
  provoked().insert(verdict.refusal);
}

const JobProof& good() { return SmallJob::get().proof; }

/// The place of the first part of a chip: (segment, part).
std::pair<size_t, size_t> find_part(ChipId chip) {
  const JobProof& proof = good();
  for (size_t s = 0; s < proof.records.size(); ++s) {
    for (size_t p = 0; p < proof.records[s].parts.size(); ++p) {
      if (proof.records[s].parts[p].chip == static_cast<uint32_t>(chip)) return {s, p};
    }
  }
  ADD_FAILURE() << "no such part";
  return {0, 0};
}

PublicPart& part_of(JobProof& proof, ChipId chip) {
  const auto [segment, part] = find_part(chip);
  return proof.records[segment].parts[part];
}

/// The good proof with an edit of the decoded first segment.
template <class Edit>
JobProof with_segment(Edit edit) {
  JobProof proof = good();
  SegmentProof segment = decode_segment_proof(proof.segments[0], proof.hash, proof.records[0]);
  edit(segment);
  proof.segments[0] = encode(segment);
  return proof;
}

TEST(Verifier, AcceptsTheGoodProof) {
  const Verdict verdict = verify(good());

  EXPECT_TRUE(verdict.accepted()) << refusal_name(verdict.refusal) << ": " << verdict.detail;
  EXPECT_GE(verdict.security_bits, 100.0);
  EXPECT_EQ(verdict.tightest, "queries and proof of work");
}

TEST(Verifier, ProvingAgainGivesTheSameBytes) {
  const SmallJob& job = SmallJob::get();
  const JobProof again =
      prove_job(*job.backend, Hash::kBlake3, job.image, job.job.statement, job.bundles);

  EXPECT_EQ(proof_digest(again), proof_digest(good()));
}

TEST(Verifier, AcceptsAPoseidonProof) {
  const SmallJob& job = SmallJob::get();
  const JobProof proof =
      prove_job(*job.backend, Hash::kPoseidon, job.image, job.job.statement, job.bundles);

  const Verdict verdict = verify(proof);
  EXPECT_TRUE(verdict.accepted()) << refusal_name(verdict.refusal) << ": " << verdict.detail;
}

TEST(Refusals, Encoding) {
  JobProof proof = good();
  proof.segments[0].pop_back();
  expect_refused(proof, Refusal::kEncoding);
  proof = good();
  proof.segments[0].push_back(std::byte{0});
  expect_refused(proof, Refusal::kEncoding);
  proof = good();
  proof.segments[0].clear();
  expect_refused(proof, Refusal::kEncoding);
  // sigma of the first part, after two digests: an element that is p.
  proof = good();
  for (int i = 0; i < 4; ++i) {
    proof.segments[0][64 + i] = static_cast<std::byte>(KoalaBear::kModulus >> (8 * i));
  }
  expect_refused(proof, Refusal::kEncoding);
}

TEST(Refusals, StatementProgram) {
  JobProof proof = good();
  proof.statement.program[0] = kCairoPrime;
  expect_refused(proof, Refusal::kStatementProgram);
  proof = good();
  proof.statement.main = static_cast<uint32_t>(proof.statement.program.size());
  expect_refused(proof, Refusal::kStatementProgram);
}

TEST(Refusals, StatementBuiltins) {
  JobProof proof = good();
  ASSERT_GE(proof.statement.builtins.size(), 2u);
  std::swap(proof.statement.builtins[0], proof.statement.builtins[1]);
  expect_refused(proof, Refusal::kStatementBuiltins);
  proof = good();
  proof.statement.builtins.insert(proof.statement.builtins.begin(), proof.statement.builtins[0]);
  expect_refused(proof, Refusal::kStatementBuiltins);
}

TEST(Refusals, StatementAddresses) {
  for (uint32_t Statement::*field :
       {&Statement::program_base, &Statement::execution_base, &Statement::final_ap}) {
    JobProof proof = good();
    proof.statement.*field = 0;
    expect_refused(proof, Refusal::kStatementAddresses);
    proof.statement.*field = (1u << 28) + 1;
    expect_refused(proof, Refusal::kStatementAddresses);
  }
  JobProof proof = good();
  proof.statement.builtins[0].stop = proof.statement.builtins[0].begin - 1;
  expect_refused(proof, Refusal::kStatementAddresses);
}

TEST(Refusals, StatementOutput) {
  JobProof proof = good();
  proof.statement.output.pop_back();
  expect_refused(proof, Refusal::kStatementOutput);
  proof = good();
  proof.statement.output[0] = kCairoPrime;
  expect_refused(proof, Refusal::kStatementOutput);
  proof = good();
  proof.statement.output_layout.page_sizes[0] += 1;
  expect_refused(proof, Refusal::kStatementOutput);
  proof = good();
  proof.statement.output_layout.topology.push_back(1);  // makes no tree
  expect_refused(proof, Refusal::kStatementOutput);
}

TEST(Refusals, StatementHints) {
  JobProof proof = good();
  proof.statement.program_cells.pop_back();
  expect_refused(proof, Refusal::kStatementHints);
  for (const uint32_t unused : {1u << 29, Cell::kHole}) {
    proof = good();
    proof.statement.program_cells[0].bits |= unused;
    expect_refused(proof, Refusal::kStatementHints);
    proof = good();
    proof.statement.output_cells[0].bits |= unused;
    expect_refused(proof, Refusal::kStatementHints);
  }
}

/// R6: a listed builtin without a chip may not move.
TEST(Refusals, BuiltinUsed) {
  JobProof proof = good();
  for (ListedBuiltin& b : proof.statement.builtins) {
    if (b.builtin == Builtin::kEcdsa) b.stop = b.begin + 2;
  }
  expect_refused(proof, Refusal::kBuiltinUsed);
}

/// R3: builtin parts go by address from begin to stop.
TEST(Refusals, BuiltinRange) {
  for (const int32_t shift : {-1, +1}) {
    JobProof proof = good();
    PublicPart& part = part_of(proof, ChipId::kRangeCheck128);
    part.range_begin += shift;
    part.range_end += shift;
    expect_refused(proof, Refusal::kBuiltinRange);
  }
  JobProof proof = good();
  for (ListedBuiltin& b : proof.statement.builtins) {
    if (b.builtin == Builtin::kRangeCheck) b.stop += 1;
  }
  expect_refused(proof, Refusal::kBuiltinRange);
  // A second part that covers other cells than the ones that follow.
  proof = good();
  PublicPart second = part_of(proof, ChipId::kRangeCheck128);
  second.range_begin = second.range_end + 64;
  second.range_end = second.range_begin + 1;
  proof.records.back().parts.push_back(second);
  expect_refused(proof, Refusal::kBuiltinRange);
}

TEST(Refusals, SegmentCount) {
  JobProof proof = good();
  proof.segments.pop_back();
  expect_refused(proof, Refusal::kSegmentCount);
  proof = good();
  proof.segments.clear();
  proof.records.clear();
  expect_refused(proof, Refusal::kSegmentCount);
  proof = good();
  proof.records[0].parts.clear();
  expect_refused(proof, Refusal::kSegmentCount);
}

TEST(Refusals, UnknownChip) {
  JobProof proof = good();
  proof.records[0].parts[0].chip = kChipCount;
  expect_refused(proof, Refusal::kUnknownChip);
}

TEST(Refusals, PartHeight) {
  for (const uint32_t log_height : {0u, kMinLogHeight - 1, kMaxLogHeight + 1, 64u}) {
    JobProof proof = good();
    part_of(proof, ChipId::kMemory).log_height = log_height;
    expect_refused(proof, Refusal::kPartHeight);
  }
  JobProof proof = good();
  part_of(proof, ChipId::kPair9Table).log_height = 17;
  expect_refused(proof, Refusal::kPartHeight);
}

TEST(Refusals, PartRange) {
  JobProof proof = good();
  part_of(proof, ChipId::kInstructionTable).range_end = 1;
  expect_refused(proof, Refusal::kPartRange);
  proof = good();
  part_of(proof, ChipId::kMemory).range_end += 1;
  expect_refused(proof, Refusal::kPartRange);
  proof = good();
  part_of(proof, ChipId::kRangeTable).range_begin = 1;
  expect_refused(proof, Refusal::kPartRange);
  proof = good();
  PublicPart& part = part_of(proof, ChipId::kRangeCheck128);
  part.range_end = part.range_begin + (1u << part.log_height) + 1;
  expect_refused(proof, Refusal::kPartRange);
  // Openers cover whole instances, no more than they have rows; what serves them has no range.
  const auto id = [](ChipId chip) { return static_cast<uint32_t>(chip); };
  for (const PublicPart& bad : {PublicPart{id(ChipId::kPedersen), 6, 100, 104},
                                PublicPart{id(ChipId::kPedersen), 6, 100, 100 + 3 * 65},
                                PublicPart{id(ChipId::kPedersen), 6, 100, 100},
                                PublicPart{id(ChipId::kPedersenStep), 6, 100, 103}}) {
    proof = good();
    proof.records.back().parts.push_back(bad);
    expect_refused(proof, Refusal::kPartRange);
  }
}

/// R2: parts of MEM cover [0, e) once.
TEST(Refusals, RangeGap) {
  JobProof proof = good();
  PublicPart& part = part_of(proof, ChipId::kMemory);
  const uint32_t height = 1u << part.log_height;
  part.range_begin += height;
  part.range_end += height;
  expect_refused(proof, Refusal::kRangeGap);
  proof = good();
  proof.records.back().parts.push_back(part_of(proof, ChipId::kMemory));  // the same range twice
  expect_refused(proof, Refusal::kRangeGap);
}

/// R2: a chain may not leave the address space, however many parts it has.
TEST(Refusals, RangeEnd) {
  JobProof proof = good();
  uint32_t end = 0;
  for (const SegmentRecord& record : proof.records) {
    for (const PublicPart& part : record.parts) {
      if (part.chip == static_cast<uint32_t>(ChipId::kMemory)) end = std::max(end, part.range_end);
    }
  }
  for (int i = 0; i < 16; ++i, end += 1u << kMaxLogHeight) {
    proof.records.back().parts.push_back(
        {static_cast<uint32_t>(ChipId::kMemory), kMaxLogHeight, end, end + (1u << kMaxLogHeight)});
  }
  expect_refused(proof, Refusal::kRangeEnd);
}

/// R4: p uses of one message cancel; shapes that allow them are refused.
TEST(Refusals, BusOverflow) {
  JobProof proof = good();
  for (int i = 0; i < 260; ++i) {
    proof.records.back().parts.push_back(
        {static_cast<uint32_t>(ChipId::kAeq), kMaxLogHeight, 0, 0});
  }
  expect_refused(proof, Refusal::kBusOverflow);
}

TEST(Refusals, RowOverflow) {
  JobProof proof = good();
  for (int i = 0; i < 128; ++i) {
    proof.records.back().parts.push_back(
        {static_cast<uint32_t>(ChipId::kReturn), kMaxLogHeight, 0, 0});
  }
  expect_refused(proof, Refusal::kRowOverflow);
}

TEST(Refusals, Security) {
  const Verdict verdict = verify(good(), 128);
  EXPECT_EQ(verdict.refusal, Refusal::kSecurity);
  provoked().insert(verdict.refusal);
}

TEST(Refusals, Constraints) {
  expect_refused(with_segment([](SegmentProof& s) { s.parts[0].main[0] += 1; }),
                 Refusal::kConstraints);
  expect_refused(with_segment([](SegmentProof& s) { s.parts[0].helper[0] += 1; }),
                 Refusal::kConstraints);
  expect_refused(with_segment([](SegmentProof& s) { s.quotients[0][0] += 1; }),
                 Refusal::kConstraints);
  expect_refused(with_segment([](SegmentProof& s) { s.parts[0].sum += 1; }), Refusal::kConstraints);
  expect_refused(with_segment([](SegmentProof& s) { s.parts[0].running_sum_next[0] += 1; }),
                 Refusal::kConstraints);
}

/// R7: a segment's proof is bound to its place.
TEST(Refusals, SegmentsOfOtherPlaces) {
  JobProof proof = good();
  ASSERT_GE(proof.segments.size(), 2u);
  std::swap(proof.segments[0], proof.segments[1]);
  EXPECT_FALSE(verify(proof).accepted());
  std::swap(proof.records[0], proof.records[1]);
  EXPECT_FALSE(verify(proof).accepted());
}

TEST(Refusals, QueryWork) {
  expect_refused(with_segment([](SegmentProof& s) { s.work_nonce += 1; }), Refusal::kQueryWork);
}

TEST(Refusals, Openings) {
  expect_refused(with_segment([](SegmentProof& s) { s.main.rows[0][0] += 1; }),
                 Refusal::kMainOpening);
  expect_refused(with_segment([](SegmentProof& s) { s.helper.rows[0][0] += 1; }),
                 Refusal::kHelperOpening);
  expect_refused(with_segment([](SegmentProof& s) { s.quotient.rows[0][0] += 1; }),
                 Refusal::kQuotientOpening);
  expect_refused(with_segment([](SegmentProof& s) { s.folds[0].rows[0][0] += 1; }),
                 Refusal::kFoldOpening);
  expect_refused(with_segment([](SegmentProof& s) { s.main.siblings.push_back({}); }),
                 Refusal::kMainOpening);
}

/// The claim that a good segment's transcript leads to.
LowDegreeClaim claim_of(const SegmentRecord& record, const SegmentProof& proof, uint32_t index) {
  const GlobalChallenge challenge =
      draw_global_challenge(good().hash, good().statement, good().records);
  SegmentTranscript transcript(good().hash, challenge, index, record);
  LowDegreeClaim claim;
  transcript.draw_lambda(proof.helper_root, proof.parts);
  claim.zeta = transcript.draw_zeta(proof.quotient_root);
  claim.delta = transcript.draw_delta(proof.parts, proof.quotients);
  for (const Digest& root : proof.fold_roots) claim.betas.push_back(transcript.draw_beta(root));
  transcript.absorb_last_polynomial(proof.last_polynomial);
  EXPECT_TRUE(transcript.accept_work(proof.work_nonce));
  claim.positions = transcript.draw_positions(SegmentLayout(record).log_height());
  return claim;
}

/// Layers that are committed as they should be, but do not follow from one another: a prover that
/// folds something else would look so under the true challenges.
TEST(Refusals, Folds) {
  const auto [index, part] = find_part(ChipId::kPair9Table);  // tall enough for four folds
  const SegmentRecord& record = good().records[index];
  const SegmentProof proof = decode_segment_proof(good().segments[index], good().hash, record);
  const SegmentLayout layout(record);
  const LowDegreeClaim claim = claim_of(record, proof, static_cast<uint32_t>(index));
  const auto check_with = [&](auto edit) {
    LowDegreeClaim bad = claim;
    SegmentProof edited = proof;
    edit(bad, edited);
    const Refusal refusal = check_low_degree(good().hash, record, layout, edited, bad);
    provoked().insert(refusal);
    return refusal;
  };
  ASSERT_GE(claim.betas.size(), 2u);
  EXPECT_EQ(check_with([](auto&, auto&) {}), Refusal::kNone);
  EXPECT_EQ(check_with([](auto& c, auto&) { c.delta += 1; }), Refusal::kFirstLayer);
  EXPECT_EQ(check_with([](auto& c, auto&) { c.zeta += 1; }), Refusal::kFirstLayer);
  EXPECT_EQ(check_with([](auto&, auto& p) { p.parts[0].main[0] += 1; }), Refusal::kFirstLayer);
  EXPECT_EQ(check_with([](auto& c, auto&) { c.betas[0] += 1; }), Refusal::kFoldStep);
  EXPECT_EQ(check_with([](auto& c, auto&) { c.betas.back() += 1; }), Refusal::kLastPolynomial);
  EXPECT_EQ(check_with([](auto&, auto& p) { p.last_polynomial[0] += 1; }),
            Refusal::kLastPolynomial);
}

/// A prover that counts a use too many: every segment is right by itself, the sum is not zero.
TEST(Refusals, BusSum) {
  const SmallJob& job = SmallJob::get();
  testing_support::Interference interference;
  interference.counts = [](CountsBuffer& counts) { counts.view().memory[1] += 1; };
  const JobProof proof = prove_job(*job.backend, Hash::kBlake3, job.image, job.job.statement,
                                   job.bundles, interference);

  expect_refused(proof, Refusal::kBusSum);
}

/// R1: a statement with another entry point, list or output is another statement, proven or not.
TEST(Refusals, StatementsThatWereNotProven) {
  JobProof proof = good();
  proof.statement.main += 1;
  EXPECT_FALSE(verify(proof).accepted());
  proof = good();
  proof.statement.output[0].word[0] ^= 1;
  EXPECT_FALSE(verify(proof).accepted());
  proof = good();
  proof.statement.program[0].word[0] ^= 1;
  EXPECT_FALSE(verify(proof).accepted());
}

/// All bytes of the head, one bit each: no flip is accepted.
TEST(Flips, EveryByteOfStatementAndRecords) {
  ByteWriter head;
  write(head, good().statement);
  const size_t statement_size = head.bytes().size();
  for (const SegmentRecord& record : good().records) write(head, record);
  const std::vector<std::byte> bytes = head.bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> flipped = bytes;
    flipped[i] ^= std::byte{1} << (i % 8);
    try {
      JobProof proof = good();
      ByteReader in(flipped);
      proof.statement = read_statement(in);
      for (SegmentRecord& record : proof.records) record = read_record(in, proof.hash);
      in.finish();
      EXPECT_FALSE(verify(proof).accepted())
          << (i < statement_size ? "statement" : "records") << " byte " << i;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidProof);
    }
  }
}

TEST(Flips, EveryByteOfASmallSegment) {
  const testing_support::LoneSegment lone = testing_support::prove_lone_segment();
  ASSERT_TRUE(verify_segment(Hash::kBlake3, lone.challenge, 0, lone.record, lone.bytes).accepted());
  // 3: at each place within a field element.
  for (size_t i = 0; i < lone.bytes.size(); i += kSanitized ? 3 : 1) {
    std::vector<std::byte> flipped = lone.bytes;
    flipped[i] ^= std::byte{1} << (i % 8);
    EXPECT_FALSE(verify_segment(Hash::kBlake3, lone.challenge, 0, lone.record, flipped).accepted())
        << "byte " << i;
  }
}

/// Last of the file: every reason in the list has been seen.
TEST(RefusalsSummary, EveryReasonIsProvoked) {
  if (testing::GTEST_FLAG(filter) != "*") GTEST_SKIP() << "only after all others";
#define CAIRN_ENTRY(Name, sentence) \
  EXPECT_EQ(provoked().count(Refusal::k##Name), 1u) << #Name << " was never provoked";
  CAIRN_REFUSALS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
}

}  // namespace
}  // namespace cairn
