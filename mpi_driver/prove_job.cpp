#include "mpi_driver/prove_job.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include "aggregator/node_check.hpp"
#include "aggregator/proof_file.hpp"
#include "aggregator/publish.hpp"
#include "aggregator/store.hpp"
#include "air/count_layout.hpp"
#include "kernels/thread_pool.hpp"
#include "mpi_driver/build_info.hpp"
#include "mpi_driver/coordinator.hpp"
#include "mpi_driver/fault.hpp"
#include "mpi_driver/local_comm.hpp"
#include "mpi_driver/memory_plan.hpp"
#include "mpi_driver/report.hpp"
#include "mpi_driver/worker.hpp"
#include "segmenter/plan.hpp"
#include "stark/verifier/verifier.hpp"

namespace cairn {
namespace {

Hash hash_by_name(const std::string& name) {
  return name == hash_name(Hash::kPoseidon) ? Hash::kPoseidon : Hash::kBlake3;
}

/// Tests want many segments of small runs: CAIRN_SMALLEST_BUNDLE, in cells.
PlanOptions plan_options() {
  PlanOptions plan;
  if (const char* cells = std::getenv("CAIRN_SMALLEST_BUNDLE")) {
    plan.min_bundle_cells = std::strtoull(cells, nullptr, 10);
  }
  return plan;
}

/// The least that bundles of the job may be limited to.
uint64_t least_plan_limit(const JobRows& rows) {
  uint64_t too_little = 0;
  uint64_t enough = uint64_t{1} << 50;
  while (enough - too_little > 1) {
    const uint64_t middle = too_little + (enough - too_little) / 2;
    PlanOptions plan = plan_options();
    plan.memory_limit = middle;
    try {
      make_plan(rows, plan);
      enough = middle;
    } catch (const Error&) {
      too_little = middle;
    }
  }
  return enough;
}

/// The plan of a job. A function of the PIE and the options alone.
std::vector<Bundle> plan_job(const Job& job, const Options& options) {
  const Image image = view_image(job.image.bytes());
  const JobRows rows = count_rows(image);
  PlanOptions plan = plan_options();
  if (options.memory == 0) return make_plan(rows, plan);
  constexpr unsigned kThreads = 8;  // how many a worker has is not the plan's business: a few
  const uint64_t standing =
      predict_memory(image, job.image.size(), {}, kThreads, 1, options.memory).standing();
  try {
    if (standing < options.memory) {
      plan.memory_limit = options.memory - standing;
      return make_plan(rows, plan);
    }
  } catch (const Error& error) {
    if (error.code() != Code::kOutOfResource) throw;
  }
  make_plan(rows, PlanOptions{.memory_limit = uint64_t{1} << 50});  // more would help?
  const uint64_t least = standing + least_plan_limit(rows);
  throw Error(
      Code::kOutOfResource,
      fmt::format("{}: --memory {} is {} bytes too few: its smallest bundles take {} beside "
                  "{} for memory and counts of the run",
                  options.input, options.memory, least - options.memory, least - standing,
                  standing));
}

/// Soundness: each segment was verified on rank 0 when it came, and those bytes are the ones that
/// are written.
Verdict check_own_proof(const CheckedProof& checked) {
  const Verdict verdict = verify_rest(checked.proof, checked.sums);
  if (!verdict.accepted()) {
    throw Error(Code::kBug, fmt::format("bug: the proof just made is refused: {}: {}",
                                        refusal_name(verdict.refusal), verdict.detail));
  }
  return verdict;
}

Node check_segment(Hash hash, const ChallengeMessage& message, uint32_t index,
                   std::vector<std::byte> segment) {
  const SegmentRecord& record = message.records.at(index);
  const Verdict verdict = verify_segment(hash, message.challenge, index, record, segment);
  if (!verdict.accepted()) {
    throw Error(Code::kInvalidProof,
                fmt::format("{}: {}", refusal_name(verdict.refusal), verdict.detail));
  }
  const KoalaBear5 sum = segment_sum(hash, record, segment);
  return make_leaf(hash, index, sum, std::move(segment));
}

std::string digest_of(std::span<const std::byte> bytes) {
  return hash_bytes(Hash::kBlake3, bytes).hex();
}

JobIdentity identity_of(const JobInput& input, const StatementFacts& facts,
                        const Options& options) {
  const BuildInfo build = build_info();
  JobIdentity job;
  job.software = fmt::format("cairn {} ({})", build.version, build.commit);
  job.program_hash = facts.program_hash;
  job.statement = statement_digest(input.hash, input.statement).hex();
  job.image = digest_of(input.image);
  job.plan = digest_of(encode(JobSetup{input.hash, {}, input.bundles}));
  job.hash = hash_name(input.hash);
  job.memory = options.memory;
  job.segments = input.bundles.size();
  job.cells = std::accumulate(input.cost.begin(), input.cost.end(), uint64_t{0});
  return job;
}

/// A run that failed in this process: its worker may still read the image, until the process ends.
std::vector<std::shared_ptr<Job>>& abandoned_jobs() {
  static auto* jobs = new std::vector<std::shared_ptr<Job>>;
  return *jobs;
}

}  // namespace

void coordinate_job(Comm& comm, const Options& options, Progress& progress, int processes,
                    const Tell& tell) {
  const auto start = std::chrono::steady_clock::now();
  ProveOutcome outcome;
  outcome.processes = processes;
  const TimeRules times = TimeRules::from_environment();
  require_writable(options.output);
  if (!options.report.empty()) require_writable(options.report);
  std::optional<Store> store;
  if (!options.work.empty()) store.emplace(options.work, options.steal_lock);

  progress.begin("load");
  fault_point(0, "load");
  LoadOptions load;
  if (options.memory != 0) load.memory_limit = options.memory;
  const auto job = std::make_shared<Job>(load_job(options.input, load));
  require_provable(*job);
  // The program's hash is a chain of a Pedersen hash a word: seconds for a large program, beside
  // the proving.
  const std::shared_future<StatementFacts> facts =
      std::async(std::launch::async, [job] { return facts_of(job->statement); }).share();
  malloc_trim(0);  // what reading the PIE took is not held while proving
  outcome.run = job->facts;
  outcome.image_bytes = job->image.size();
  JobInput input;
  input.hash = outcome.hash = hash_by_name(options.hash);
  input.statement = job->statement;
  input.bundles = plan_job(*job, options);
  input.image = job->image.bytes();
  input.release_image = [&job] { job->image = ImageBlob(); };
  input.count_size = CountLayout(view_image(job->image.bytes())).size();
  input.check_segment = [&input](const ChallengeMessage& message, uint32_t index,
                                 std::vector<std::byte> segment) {
    return check_segment(input.hash, message, index, std::move(segment));
  };
  input.times = times;
  for (const Bundle& bundle : input.bundles) {
    const uint64_t cells = committed_cells(bundle);
    input.before_counts.push_back(!reads_counts(bundle));
    input.cost.push_back(proving_cost(bundle));
    outcome.committed_cells += cells;
    outcome.largest_bundle_cells = std::max(outcome.largest_bundle_cells, cells);
  }
  outcome.segments = input.bundles.size();
  const auto workers = static_cast<unsigned>(comm.size() - 1);
  outcome.predicted_bytes =
      predict_memory(
          view_image(job->image.bytes()), job->image.size(), input.bundles,
          options.threads != 0 ? options.threads : std::max(1u, usable_threads() / workers),
          workers, memory_allowance(options, workers))
          .total();
  if (store) {
    store->open(identity_of(input, facts.get(), options), options.resume);
    input.store = &*store;
  }

  Coordinator coordinator(comm, progress);
  ProofFile file;
  try {
    CheckedProof checked = coordinator.run(input);
    outcome.workers = coordinator.collect_reports();

    progress.begin("verify");
    fault_point(0, "verify");
    const Verdict verdict = check_own_proof(checked);
    outcome.security_bits = verdict.security_bits;
    outcome.tightest = verdict.tightest;
    file.proof = std::move(checked.proof);
    outcome.statement = facts.get();
    outcome.digest = proof_digest(file.proof);
    file.attributes = proof_attributes(file.proof, outcome.statement, verdict);
  } catch (...) {
    abandoned_jobs().push_back(job);
    throw;
  }

  progress.begin("write");
  fault_point(0, "write");
  outcome.coordinator = resource_usage();
  outcome.phases = progress.phases();
  outcome.phases.pop_back();  // of writing, which provenance cannot hold
  file.provenance = provenance_json(outcome);
  const std::vector<std::byte> bytes = encode_proof_file(file);
  outcome.proof_bytes = bytes.size();
  publish(options.output, bytes);
  if (store) {
    const std::string path = std::filesystem::absolute(options.output).lexically_normal().string();
    store->finish({path, outcome.digest.hex(), bytes.size()});
  }
  progress.end();
  outcome.phases = progress.phases();
  outcome.coordinator = resource_usage();
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!options.report.empty()) {
    const std::string report = report_json(outcome);
    publish(options.report, std::as_bytes(std::span(report)));
  }
  tell(outcome);
  input.store = nullptr;
  store.reset();  // nobody waits for its lock while a slow rank comes back
  coordinator.stop();
}

void work_on_job(Comm& comm, const EngineOptions& options) {
  const MakeEngine make_engine = [&](const JobSetup& setup, std::span<const std::byte> image) {
    return std::make_unique<BundleEngine>(options, setup, image);
  };
  Worker(comm, make_engine).run();
}

void prove_alone(const Options& options, Progress& progress, const Tell& tell) {
  EngineOptions engine;
  engine.backend = options.backend;
  engine.resources.threads = options.threads != 0 ? options.threads : usable_threads();
  char host[256] = {};
  gethostname(host, sizeof(host) - 1);
  engine.host = host;
  engine.memory = memory_allowance(options, 1);

  const auto comms = make_local_comms(2);
  std::promise<void> worker_done;
  std::future<void> done = worker_done.get_future();
  std::jthread worker([&] {
    try {
      work_on_job(*comms[1], engine);
    } catch (...) {
      comms[1]->abort(as_error(std::current_exception()));
    }
    worker_done.set_value();
  });
  try {
    coordinate_job(*comms[0], options, progress, 1, tell);
  } catch (...) {
    const Error error = as_error(std::current_exception());
    comms[0]->abort(error);  // before the worker is waited for
    constexpr auto kLetGo = std::chrono::seconds(2);
    if (done.wait_for(kLetGo) != std::future_status::ready) {
      // It is in the middle of a task that nobody waits for.
      print_error(error.what());
      std::fflush(nullptr);
      _exit(static_cast<int>(error.code()));
    }
    throw error;
  }
}

Error as_error(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return {Code::kOutOfResource, "out of memory"};
  } catch (const std::exception& error) {
    return {Code::kBug, fmt::format("bug: {}", error.what())};
  }
}

void print_error(const std::string& sentence) {
  // One write, so that the lines of several ranks do not mix.
  fmt::print(stderr, "{}", fmt::format("cairn: {}\n", sentence));
}

}  // namespace cairn
