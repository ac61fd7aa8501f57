// The measurements of cairn-bench. What each number means is in bench/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mpi_driver/options.hpp"

namespace cairn::bench {

struct KernelOptions {
  std::vector<std::string> backends;  // scalar, avx2, avx512, cuda; empty: all there are
  std::vector<uint32_t> log_heights = {12, 16, 18};
  uint32_t columns = 64;
  std::string only;       // run kernels whose name has this in it
  std::string pie;        // a PIE to fill rows from; empty: rows are not filled
  double seconds = 0.5;   // of repetitions of one kernel at one size
  unsigned repeat = 100;  // at most so many of them
  unsigned threads = 0;
};

struct SweepOptions {
  std::vector<std::string> pies;  // one: strong scaling; one for each rank count: weak
  std::vector<unsigned> ranks = {1, 2, 3};
  unsigned threads = 1;  // of each worker
  unsigned repeat = 3;
  std::string launcher = "mpirun -n {}";
  std::string out = "sweep";
  std::string hash = "blake3";
  std::string backend = "auto";
  uint64_t memory = 0;
};

struct CompareOptions {
  std::string old_file, new_file;
  double tolerance = 5;  // percent
};

/// Proves the PIE `repeat` times, on all ranks of a launcher's group. Returns the exit code.
int bench_prove(const Options& prove, unsigned repeat, bool json, int& argc, char**& argv);

/// Times kernels one by one and checks what they compute. Returns the exit code.
int bench_kernels(const KernelOptions& options, bool json);

/// Proves with several numbers of ranks and writes tables and plots. Returns the exit code.
int bench_sweep(const SweepOptions& options);

/// Compares two JSON files of the same measurement. Returns the exit code.
int bench_compare(const CompareOptions& options);

}  // namespace cairn::bench
