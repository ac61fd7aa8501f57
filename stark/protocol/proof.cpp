#include "stark/protocol/proof.hpp"

#include "air/chips.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/transcript.hpp"
#include "stark/protocol/layout.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {
namespace {

void write_extensions(ByteWriter& out, const std::vector<KoalaBear5>& values) {
  for (const KoalaBear5& value : values) out.extension(value);
}

std::vector<KoalaBear5> read_extensions(ByteReader& in, size_t count) {
  std::vector<KoalaBear5> values(count);
  for (KoalaBear5& value : values) value = in.extension();
  return values;
}

void write(ByteWriter& out, const TreeOpening& opening) {
  for (const std::vector<KoalaBear>& rows : opening.rows) out.elements(rows);
  out.digests(opening.siblings);
}

TreeOpening read_opening(ByteReader& in, Hash hash, size_t heights) {
  TreeOpening opening;
  opening.rows.resize(heights);
  for (std::vector<KoalaBear>& rows : opening.rows) rows = in.elements();
  opening.siblings = in.digests(hash);
  return opening;
}

}  // namespace

void write(ByteWriter& out, const SegmentProof& proof) {
  out.digest(proof.helper_root);
  out.digest(proof.quotient_root);
  for (const PartValues& part : proof.parts) {
    out.extension(part.sum);
    write_extensions(out, part.main);
    write_extensions(out, part.main_next);
    write_extensions(out, part.helper);
    write_extensions(out, part.running_sum_next);
  }
  for (const auto& quotient : proof.quotients) write_extensions(out, quotient);
  for (const Digest& root : proof.fold_roots) out.digest(root);
  write_extensions(out, proof.last_polynomial);
  out.u64(proof.work_nonce);
  write(out, proof.main);
  write(out, proof.helper);
  write(out, proof.quotient);
  for (const TreeOpening& fold : proof.folds) write(out, fold);
}

SegmentProof read_segment_proof(ByteReader& in, Hash hash, const SegmentRecord& record) {
  const SegmentLayout layout(record);
  SegmentProof proof;
  proof.helper_root = in.digest(hash);
  proof.quotient_root = in.digest(hash);
  for (const PublicPart& part : record.parts) {
    with_chip(part.chip, [&]<class Chip>() {
      constexpr Shape kChip = kShape<Chip>;
      PartValues values;
      values.sum = in.extension();
      values.main = read_extensions(in, kChip.columns);
      values.main_next = read_extensions(in, kChip.next);
      values.helper = read_extensions(in, kChip.helper_columns());
      values.running_sum_next = read_extensions(in, kExtensionDegree);
      proof.parts.push_back(std::move(values));
    });
  }
  const size_t heights = layout.heights().size();
  for (size_t i = 0; i < heights; ++i) {
    proof.quotients.push_back(read_extensions(in, kQuotientChunks * kExtensionDegree));
  }
  const FoldSchedule schedule = FoldSchedule::for_height(layout.log_height());
  for (int i = 0; i < schedule.count; ++i) proof.fold_roots.push_back(in.digest(hash));
  proof.last_polynomial = read_extensions(in, size_t{1} << kLogLastCoefficients);
  proof.work_nonce = in.u64();
  proof.main = read_opening(in, hash, heights);
  proof.helper = read_opening(in, hash, heights);
  proof.quotient = read_opening(in, hash, heights);
  for (int i = 0; i < schedule.count; ++i) proof.folds.push_back(read_opening(in, hash, 1));
  return proof;
}

std::vector<std::byte> encode(const SegmentProof& proof) {
  ByteWriter out;
  write(out, proof);
  return out.take();
}

SegmentProof decode_segment_proof(std::span<const std::byte> bytes, Hash hash,
                                  const SegmentRecord& record) {
  ByteReader in(bytes, "segment proof");
  SegmentProof proof = read_segment_proof(in, hash, record);
  in.finish();
  return proof;
}

Digest proof_digest(const JobProof& proof) {
  // Plain BLAKE3 whatever the policy: this digest names a file for people, it proves nothing.
  Transcript transcript(Hash::kBlake3, "cairn-proof-v1");
  ByteWriter head;
  head.u32(static_cast<uint32_t>(proof.hash));
  write(head, proof.statement);
  head.count(proof.records.size());
  for (const SegmentRecord& record : proof.records) write(head, record);
  transcript.absorb("head", std::span<const std::byte>(head.bytes()));
  for (const auto& segment : proof.segments) {
    transcript.absorb("segment", std::span<const std::byte>(segment));
  }
  return transcript.draw_digest("digest");
}

}  // namespace cairn
