// The measurements of cairn-bench. What each number means is in bench/README.md.
#pragma once

#include <string>
#include <vector>

#include "mpi_driver/options.hpp"

namespace cairn::bench {

struct BenchOptions {
  Options prove;  // PIE, backend, hash, memory, threads
  unsigned repeat = 3;
  unsigned log_height = 18;  // kernels: rows of the matrix
  bool json = false;
};

/// Proves the PIE `repeat` times, on all ranks of a launcher's group. Returns the exit code.
int bench_prove(const BenchOptions& options, int& argc, char**& argv);

/// Times the kernels that proving spends itself on, one after another.
int bench_kernels(const BenchOptions& options);

/// The middle one.
double median(std::vector<double> values);

}  // namespace cairn::bench
