// What a worker does to bundles, as the flow of a job sees it. bundle_engine.hpp proves; tests put
// a toy in its place to try the flow alone.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aggregator/node.hpp"
#include "core/comm.hpp"
#include "mpi_driver/messages.hpp"

namespace cairn {

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  /// Says where and on what it runs.
  virtual Hello about() const = 0;

  /// Adds the uses of a bundle's rows to this worker's counts.
  virtual void count_uses(uint32_t bundle) = 0;
  virtual std::vector<uint32_t> counts() const = 0;
  virtual void set_counts(const std::vector<uint32_t>& counts) = 0;
  /// Collective over the workers: sets the sums of their counts. Gives those sums, on worker 1 at
  /// least.
  virtual std::vector<uint32_t> sum_counts(Comm& comm) {
    std::vector<uint32_t> sums = counts();
    comm.sum(sums);
    set_counts(sums);
    return sums;
  }
  /// With `counting`, it does what count_uses() does as well: for a bundle that needs no counts.
  virtual SegmentRecord commit(uint32_t bundle, bool counting) = 0;

  /// Everything from here on is under this challenge.
  virtual void begin_proving(ChallengeMessage message) = 0;
  /// The leaf of a bundle.
  virtual Node prove(uint32_t bundle) = 0;
  /// Throws Error(kInvalidProof) when a node of another rank does not hold.
  virtual void check_node(const Node& node) const = 0;

  /// What else there is to report, as JSON.
  virtual std::string details() const = 0;
};

/// Makes a worker's engine from what rank 0 sent; `image` outlives it.
using MakeEngine =
    std::function<std::unique_ptr<Engine>(const JobSetup&, std::span<const std::byte> image)>;

}  // namespace cairn
