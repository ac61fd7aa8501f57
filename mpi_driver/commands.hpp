// The commands of `cairn`. Each returns the exit code, or throws Error.
#pragma once

#include "mpi_driver/options.hpp"

namespace cairn {

int inspect_command(const Options& options);
int check_command(const Options& options);
/// May start MPI, hence the arguments.
int prove_command(const Options& options, int& argc, char**& argv);
int gc_command(const Options& options);
int inspect_store(const Options& options);
int verify_command(const Options& options);
/// Becomes the program cairn-bench, which lies beside this one.
int bench_command(char** argv);
int doctor_command(const Options& options);
int version_command(const Options& options);

}  // namespace cairn
