// The engine that proves: one backend, the image in its memory, and a BundleProver for each task.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/timer.hpp"
#include "kernels/job_memory.hpp"
#include "mpi_driver/device_sum.hpp"
#include "mpi_driver/engine.hpp"
#include "mpi_driver/memory_plan.hpp"
#include "stark/prover/bundle_prover.hpp"

namespace cairn {

/// Where a worker computes.
struct EngineOptions {
  std::string backend = "auto";
  BackendOptions resources;
  /// Bytes that this worker may use (mpi_driver/memory_plan.hpp). Commitments are kept for proving
  /// as far as it allows, and made again otherwise.
  uint64_t memory = 0;
  std::string host;
  DeviceSum* device_sum = nullptr;  // null: counts are summed in host memory
};

class BundleEngine : public Engine {
 public:
  /// `image` is what build_image() made, and outlives the engine.
  BundleEngine(const EngineOptions& options, const JobSetup& setup,
               std::span<const std::byte> image);

  Hello about() const override;
  void count_uses(uint32_t bundle) override;
  std::vector<uint32_t> counts() const override;
  void set_counts(const std::vector<uint32_t>& counts) override;
  std::vector<uint32_t> sum_counts(Comm& comm) override;
  SegmentRecord commit(uint32_t bundle, bool counting) override;
  void begin_proving(ChallengeMessage message) override;
  Node prove(uint32_t bundle) override;
  void check_node(const Node& node) const override;
  std::string details() const override;

 private:
  BundleProver prover(uint32_t bundle);
  bool has_room_to_keep(uint32_t bundle) const;
  void add_public_uses(std::vector<uint32_t>& counts) const;

  EngineOptions options_;
  JobSetup setup_;
  Image host_image_;
  std::unique_ptr<Backend> backend_;
  PhaseTimer steps_;
  std::unique_ptr<DeviceImage> image_;
  std::unique_ptr<CountsBuffer> counts_;
  MemoryNeed need_;
  std::map<uint32_t, CommittedTrace> kept_;  // by bundle: committed, not yet proven
  ChallengeMessage message_;
};

}  // namespace cairn
