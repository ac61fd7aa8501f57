#include "mpi_driver/prove_job.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include "aggregator/proof_file.hpp"
#include "aggregator/publish.hpp"
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

/// The plan of a job. A function of the PIE and the options alone.
std::vector<Bundle> plan_job(const Job& job, const Options& options) {
  const Image image = view_image(job.image.bytes());
  PlanOptions plan;
  if (options.memory != 0) {
    // How many threads a worker has is not the plan's business: a few.
    constexpr unsigned kThreads = 8;
    const uint64_t standing =
        predict_memory(image, job.image.size(), {}, kThreads, 1, options.memory).standing();
    if (standing >= options.memory) {
      throw Error(
          Code::kOutOfResource,
          fmt::format("{}: program, memory and counts of the run take {}, --memory allows {}",
                      options.input, format_bytes(static_cast<double>(standing)),
                      format_bytes(static_cast<double>(options.memory))));
    }
    plan.memory_limit = options.memory - standing;
  }
  return make_plan(count_rows(image), plan);
}

Verdict check_own_proof(const JobProof& proof) {
  const Verdict verdict = verify(proof);
  if (!verdict.accepted()) {
    throw Error(Code::kBug, fmt::format("bug: the proof just made is refused: {}: {}",
                                        refusal_name(verdict.refusal), verdict.detail));
  }
  return verdict;
}

}  // namespace

ProveOutcome coordinate_job(Comm& comm, const Options& options, Progress& progress, int processes) {
  const auto start = std::chrono::steady_clock::now();
  ProveOutcome outcome;
  outcome.processes = processes;
  require_writable(options.output);
  if (!options.report.empty()) require_writable(options.report);

  progress.begin("load");
  fault_point(0, "load");
  LoadOptions load;
  if (options.memory != 0) load.memory_limit = options.memory;
  Job job = load_job(options.input, load);
  require_provable(job);
  malloc_trim(0);  // what reading the PIE took is not held while proving
  outcome.run = job.facts;
  outcome.image_bytes = job.image.size();
  JobInput input;
  input.hash = outcome.hash = hash_by_name(options.hash);
  input.statement = job.statement;
  input.bundles = plan_job(job, options);
  input.image = job.image.bytes();
  input.release_image = [&job] { job.image = ImageBlob(); };
  for (const Bundle& bundle : input.bundles) {
    const uint64_t cells = committed_cells(bundle);
    input.before_counts.push_back(!reads_counts(bundle));
    input.cost.push_back(cells);
    outcome.committed_cells += cells;
    outcome.largest_bundle_cells = std::max(outcome.largest_bundle_cells, cells);
  }
  outcome.segments = input.bundles.size();

  Coordinator coordinator(comm, progress);
  ProofFile file;
  file.proof = coordinator.run(input);
  outcome.workers = coordinator.collect_reports();

  progress.begin("verify");
  fault_point(0, "verify");
  const Verdict verdict = check_own_proof(file.proof);
  outcome.security_bits = verdict.security_bits;
  outcome.tightest = verdict.tightest;
  outcome.statement = facts_of(file.proof.statement);
  outcome.digest = proof_digest(file.proof);

  progress.begin("write");
  fault_point(0, "write");
  outcome.coordinator = resource_usage();
  outcome.phases = progress.phases();
  outcome.phases.pop_back();  // of writing, which provenance cannot hold
  file.attributes = proof_attributes(file.proof, outcome.statement, verdict);
  file.provenance = provenance_json(outcome);
  const std::vector<std::byte> bytes = encode_proof_file(file);
  outcome.proof_bytes = bytes.size();
  publish(options.output, bytes);
  progress.end();
  outcome.phases = progress.phases();
  outcome.coordinator = resource_usage();
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!options.report.empty()) {
    const std::string report = report_json(outcome);
    publish(options.report, std::as_bytes(std::span(report)));
  }
  coordinator.stop();
  return outcome;
}

void work_on_job(Comm& comm, const EngineOptions& options) {
  const MakeEngine make_engine = [&](const JobSetup& setup, std::span<const std::byte> image) {
    return std::make_unique<BundleEngine>(options, setup, image);
  };
  Worker(comm, make_engine).run();
}

ProveOutcome prove_alone(const Options& options, Progress& progress) {
  EngineOptions engine;
  engine.backend = options.backend;
  engine.resources.threads = options.threads != 0 ? options.threads : usable_cores();
  char host[256] = {};
  gethostname(host, sizeof(host) - 1);
  engine.host = host;
  engine.memory = memory_allowance(options, 1);

  const auto comms = make_local_comms(2);
  std::jthread worker([&] {
    try {
      work_on_job(*comms[1], engine);
    } catch (...) {
      comms[1]->abort(as_error(std::current_exception()));
    }
  });
  try {
    return coordinate_job(*comms[0], options, progress, 1);
  } catch (...) {
    const Error error = as_error(std::current_exception());
    comms[0]->abort(error);  // before the worker is waited for
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
