#include "tests/stark/small_job.hpp"

#include "segmenter/image_builder.hpp"

namespace cairn::testing_support {
namespace {

std::unique_ptr<Backend> cpu_backend() { return make_backend("cpu", {}).value(); }

}  // namespace

const SmallJob& SmallJob::get() {
  static const SmallJob job = [] {
    SmallJob j{
        load_job(CAIRN_TEST_DATA "/pie/range_check.n100.pie.zip"), {}, {}, cpu_backend(), {}};
    require_provable(j.job);
    j.image = view_image(j.job.image.bytes());
    j.bundles = make_plan(count_rows(j.image));
    j.proof = prove_job(*j.backend, Hash::kBlake3, j.image, j.job.statement, j.bundles);
    return j;
  }();
  return job;
}

LoneSegment prove_lone_segment() {
  const std::unique_ptr<Backend> backend = cpu_backend();
  const Image image{};
  const Counts counts{};  // no uses: all multiplicities are 0
  const Bundle bundle{{static_cast<uint32_t>(ChipId::kRangeTable), kMinLogHeight, 0, 64, 0, 0}};
  BundleProver prover(*backend, Hash::kBlake3, image, counts, bundle);
  LoneSegment lone{};
  lone.record = SegmentRecord::of(bundle, prover.commit().commitment.root());
  lone.challenge.alpha = KoalaBear5(1, 2, 3, 4, 5);
  lone.challenge.gamma = KoalaBear5(6, 7, 8, 9, 10);
  lone.bytes = encode(prover.prove(lone.challenge, 0));
  return lone;
}

}  // namespace cairn::testing_support
