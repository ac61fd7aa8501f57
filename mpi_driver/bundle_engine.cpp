#include "mpi_driver/bundle_engine.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "aggregator/node_check.hpp"
#include "air/count_layout.hpp"
#include "air/public_terms.hpp"
#include "segmenter/image_builder.hpp"
#include "segmenter/plan.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {
BundleEngine::BundleEngine(const EngineOptions& options, const JobSetup& setup,
                           std::span<const std::byte> image)
    : options_(options),
      setup_(setup),
      host_image_(view_image(image)),
      backend_(make_backend(options.backend, options.resources).value()),
      steps_([this] { backend_->synchronize(); }),
      image_(std::make_unique<DeviceImage>(*backend_, host_image_)),
      counts_(std::make_unique<CountsBuffer>(*backend_, host_image_)),
      need_(predict_memory(host_image_, image.size(), setup.bundles, options.resources.threads, 1,
                           options.memory)) {}

Hello BundleEngine::about() const {
  return {options_.host, options_.resources.threads, std::string(backend_->name())};
}

BundleProver BundleEngine::prover(uint32_t bundle) {
  return {*backend_, setup_.hash, image_->view(), counts_->view(), setup_.bundles[bundle]};
}

void BundleEngine::count_uses(uint32_t bundle) {
  const TimedSteps timed(steps_);
  prover(bundle).count_uses();
}

std::vector<uint32_t> BundleEngine::counts() const { return counts_->to_host(); }

void BundleEngine::set_counts(const std::vector<uint32_t>& counts) {
  std::vector<uint32_t> with_public = counts;
  add_public_uses(with_public);
  counts_->from_host(with_public);
}

std::vector<uint32_t> BundleEngine::sum_counts(Comm& comm) {
  DeviceSum* devices = options_.device_sum;
  if (devices == nullptr || !devices->agreed(*backend_)) return Engine::sum_counts(comm);
  return devices->run(*backend_, counts_->view().memory, counts_->size(),
                      [this](std::vector<uint32_t>& sums) { add_public_uses(sums); });
}

/// What the verifier itself says on the buses is nobody's bundle: it is added to the sums.
void BundleEngine::add_public_uses(std::vector<uint32_t>& counts) const {
  const bool provided = count_public_uses<PlainAdd>(setup_.statement, host_image_,
                                                    CountLayout(host_image_).in(counts.data()));
  check(provided, "the statement is about the image");
}

SegmentRecord BundleEngine::commit(uint32_t bundle, bool counting) {
  const TimedSteps timed(steps_);
  const bool keeping = has_room_to_keep(bundle);
  CommittedTrace committed = prover(bundle).commit(counting, keeping);
  const SegmentRecord record =
      SegmentRecord::of(setup_.bundles[bundle], committed.commitment.root());
  if (keeping) kept_.emplace(bundle, std::move(committed));
  return record;
}

/// Is there room for what is in use now, for this bundle, and for proving the dearest besides?
bool BundleEngine::has_room_to_keep(uint32_t bundle) const {
  return need_.program + need_.image + need_.tables + need_.proving + backend_->bytes_in_use() +
             kept_bytes(sizes_of(setup_.bundles[bundle])) <=
         options_.memory;
}

void BundleEngine::begin_proving(ChallengeMessage message) { message_ = std::move(message); }

Node BundleEngine::prove(uint32_t bundle) {
  const TimedSteps timed(steps_);
  std::optional<CommittedTrace> kept;
  if (auto node = kept_.extract(bundle)) kept = std::move(node.mapped());
  const SegmentProof proof = prover(bundle).prove(message_.challenge, bundle, std::move(kept));
  KoalaBear5 sum(0);
  for (const PartValues& part : proof.parts) sum += part.sum;
  return make_leaf(setup_.hash, bundle, sum, encode(proof));
}

void BundleEngine::check_node(const Node& node) const {
  cairn::check_node(setup_.hash, message_.challenge, message_.records, node);
}

std::string BundleEngine::details() const {
  nlohmann::json steps = nlohmann::json::object();
  for (const auto& [name, seconds] : steps_.own_seconds()) steps[name] = seconds;
  return nlohmann::json{{"backend_peak_bytes", backend_->peak_bytes()}, {"steps", steps}}.dump();
}

}  // namespace cairn
