// Run under mpirun by mpi_test.cpp: what HostComm says under real MPI, on one host. The coordinator
// takes no part. A worker that finds something else aborts the run with the reason.
#include <exception>
#include <numeric>
#include <vector>

#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/prove_job.hpp"

namespace cairn {
namespace {

void try_all(MpiComm& comm) {
  const int workers = comm.size() - 1;
  const int own = comm.rank() - 1;
  check(comm.workers_on_host() == workers, "all workers are on this host");
  check(comm.number_on_host() == own, "workers are numbered in order of rank");

  check(comm.all_agree(true), "all say yes");
  check(!comm.all_agree(own != workers - 1), "the last says no");
  check(!comm.all_agree(false), "all say no");

  std::vector<std::byte> bytes(128, std::byte{static_cast<unsigned char>(own + 1)});
  if (own != 0) bytes.clear();
  bytes = comm.broadcast_on_host(bytes);
  check(bytes == std::vector<std::byte>(128, std::byte{1}), "everyone has the leader's bytes");

  std::vector<uint32_t> values(1000);
  std::iota(values.begin(), values.end(), 0u);
  const std::vector<uint32_t> before = values;
  if (own == 0) {
    comm.sum_of_leaders(values);
    check(values == before, "one host: its leader's values are the sums");
  } else {
    bool refused = false;
    try {
      comm.sum_of_leaders(values);
    } catch (const Error& error) {
      refused = error.code() == Code::kBug;
    }
    check(refused, "only a leader sums");
  }
  comm.sum(values);
  for (size_t i = 0; i < values.size(); ++i) {
    check(values[i] == before[i] * static_cast<uint32_t>(workers), "the sum of all workers");
  }
}

}  // namespace
}  // namespace cairn

int main(int argc, char** argv) {
  cairn::MpiComm comm(argc, argv);
  try {
    if (comm.rank() != 0) cairn::try_all(comm);
  } catch (...) {
    const cairn::Error error = cairn::as_error(std::current_exception());
    cairn::print_error(error.what());
    comm.abort(error);
  }
  return 0;
}
