// An engine that proves nothing: shows whether the flow of a job calls engines as it must.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "mpi_driver/coordinator.hpp"
#include "mpi_driver/engine.hpp"

namespace cairn {

/// Bundles with an odd chip number want counts; each bundle uses message i (bundle number + 1)
/// times.
class ToyEngine : public Engine {
 public:
  ToyEngine(JobSetup setup, std::span<const std::byte> image)
      : setup_(std::move(setup)), image_(image), counts_(image.size()) {}

  Hello about() const override { return {"toy", 1, "toy"}; }
  void count_uses(uint32_t bundle) override {
    for (uint32_t& count : counts_) count += bundle + 1;
  }
  std::vector<uint32_t> counts() const override { return counts_; }
  void set_counts(const std::vector<uint32_t>& counts) override {
    counts_ = counts;
    summed_ = true;
  }
  SegmentRecord commit(uint32_t bundle, bool counting) override {
    if (counting) count_uses(bundle);
    ByteWriter out;
    out.u32(bundle);
    out.raw(image_);
    if (setup_.bundles[bundle][0].chip % 2 == 1) {
      check(summed_, "a bundle that reads counts is committed after they are summed");
      out.u32s(counts_);
    }
    return SegmentRecord::of(setup_.bundles[bundle], hash_bytes(setup_.hash, out.bytes()));
  }
  void begin_proving(ChallengeMessage message) override { message_ = std::move(message); }
  Node prove(uint32_t bundle) override {
    ByteWriter out;
    out.digest(commit(bundle, false).main_root);
    check(commit(bundle, false) == message_.records[bundle],
          "a commitment that comes out the same again");
    out.extension(message_.challenge.alpha);
    out.u32(bundle);
    return make_leaf(setup_.hash, bundle, message_.challenge.gamma, out.take());
  }
  void check_node(const Node& node) const override {
    if (node.digest != node_digest(setup_.hash, node.span, node.segments)) {
      throw Error(Code::kInvalidProof, "a toy node that does not hold");
    }
  }
  std::string details() const override { return "{}"; }

 private:
  JobSetup setup_;
  std::span<const std::byte> image_;
  std::vector<uint32_t> counts_;
  bool summed_ = false;
  ChallengeMessage message_;
};

/// What JobInput::check_segment does to the toy's segments.
inline Node check_toy(const ChallengeMessage& message, uint32_t index,
                      std::vector<std::byte> segment) {
  ByteWriter out;
  out.digest(message.records.at(index).main_root);
  out.extension(message.challenge.alpha);
  out.u32(index);
  if (out.bytes() != segment) throw Error(Code::kInvalidProof, "a toy segment that does not hold");
  return make_leaf(Hash::kBlake3, index, message.challenge.gamma, std::move(segment));
}

inline std::unique_ptr<Engine> make_toy(const JobSetup& setup, std::span<const std::byte> image) {
  return std::make_unique<ToyEngine>(setup, image);
}

}  // namespace cairn
