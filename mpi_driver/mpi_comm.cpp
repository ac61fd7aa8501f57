#include "mpi_driver/mpi_comm.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <list>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>
// The C interface alone: the C++ one is gone from the standard.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <sched.h>
#include <sys/statvfs.h>

#include "core/log.hpp"
#include "mpi_driver/collective_guard.hpp"

namespace cairn {
namespace {

/// Counts in MPI 3 are ints: longer transfers go in pieces of this many items.
constexpr size_t kPiece = size_t{1} << 28;
/// Tag bit of a message whose end follows in the next message of the same sender.
constexpr int kContinued = 1 << 14;  // MPI guarantees tags up to 32767
/// What a large job may take to connect its ranks, in seconds.
constexpr double kStartPatience = 600;
/// How long rank 0 waits for the others to end; a longer step of time was the machine's sleep.
constexpr std::chrono::steady_clock::duration kEndPatience = std::chrono::seconds(60);
constexpr std::chrono::steady_clock::duration kLongestStep = std::chrono::seconds(1);

void mpi_check(int status, const char* what) {
  if (status == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(status, text, &length);
  throw Error(Code::kPeerLost, fmt::format("{}: {}", what, std::string_view(text, length)));
}

/// Calls f(offset, count) for the pieces of `size` items.
template <class F>
void for_pieces(size_t size, F&& f) {
  for (size_t offset = 0; offset < size; offset += kPiece) {
    f(offset, static_cast<int>(std::min(kPiece, size - offset)));
  }
}

void sum_values(std::span<uint32_t> values, MPI_Comm comm) {
  for_pieces(values.size(), [&](size_t offset, int count) {
    mpi_check(
        MPI_Allreduce(MPI_IN_PLACE, values.data() + offset, count, MPI_UINT32_T, MPI_SUM, comm),
        "MPI_Allreduce");
  });
}

void broadcast_bytes(std::byte* bytes, size_t size, MPI_Comm comm) {
  for_pieces(size, [&](size_t offset, int count) {
    mpi_check(MPI_Bcast(bytes + offset, count, MPI_BYTE, 0, comm), "MPI_Bcast");
  });
}

/// Rank 0's bytes, however many.
std::vector<std::byte> broadcast_sized(std::vector<std::byte> bytes, MPI_Comm comm) {
  uint64_t size = bytes.size();
  mpi_check(MPI_Bcast(&size, 1, MPI_UINT64_T, 0, comm), "MPI_Bcast");
  bytes.resize(size);
  broadcast_bytes(bytes.data(), size, comm);
  return bytes;
}

/// Room for shared memory on this host; a window that does not fit dies by SIGBUS when it is
/// touched.
size_t shared_memory_free() {
  struct statvfs info {};
  if (statvfs("/dev/shm", &info) != 0) return 0;
  return static_cast<size_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace

bool started_by_launcher() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  const char* tasks = std::getenv("SLURM_NTASKS");
  return std::getenv("SLURM_STEP_ID") != nullptr && tasks != nullptr && std::atoi(tasks) > 1;
}

int launched_rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
    if (const char* rank = std::getenv(name)) return std::atoi(rank);
  }
  return 0;
}

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string all(text, length);
  return all.substr(0, all.find_first_of(",\n"));
}

struct MpiComm::State {
  MPI_Comm world = MPI_COMM_NULL;
  MPI_Comm host = MPI_COMM_NULL;             // the ranks of this host
  MPI_Comm leaders = MPI_COMM_NULL;          // the lowest rank of each host; null on the others
  MPI_Comm workers = MPI_COMM_NULL;          // all but rank 0; null there
  MPI_Comm host_workers = MPI_COMM_NULL;     // of this host; null on rank 0
  MPI_Comm leading_workers = MPI_COMM_NULL;  // the lowest of each host; null on the others
  std::vector<MPI_Win> windows;
  std::list<std::vector<std::byte>> copies;  // shared bytes where there was no room for a window

  struct Sent {
    MPI_Request request;
    std::shared_ptr<std::vector<std::byte>> payload;  // of all its pieces
  };
  std::list<Sent> sent;
  std::map<int, std::vector<std::byte>> begun;  // by sender: pieces of an unfinished message
};

MpiComm::MpiComm(int& argc, char**& argv) : state_(std::make_unique<State>()) {
  if (launched_rank() == 0) guard_.emplace();
  int provided = 0;
  {
    const CollectiveGuard start(kStartPatience, "the start of MPI");
    mpi_check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  mpi_check(MPI_Comm_dup(MPI_COMM_WORLD, &state_->world), "MPI_Comm_dup");
  MPI_Comm_rank(state_->world, &rank_);
  MPI_Comm_size(state_->world, &size_);
  mpi_check(
      MPI_Comm_split_type(state_->world, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &state_->host),
      "MPI_Comm_split_type");
  int host_rank = 0;
  MPI_Comm_rank(state_->host, &host_rank);
  mpi_check(
      MPI_Comm_split(state_->world, host_rank == 0 ? 0 : MPI_UNDEFINED, rank_, &state_->leaders),
      "MPI_Comm_split");
  mpi_check(MPI_Comm_split(state_->world, rank_ != 0 ? 0 : MPI_UNDEFINED, rank_, &state_->workers),
            "MPI_Comm_split");
  find_placement();
  split_workers();
}

/// Messages may still be on their way to ranks that want no more (a node to one that was not waited
/// for): all are received, until no rank has sent one that was not. False if a rank hangs.
bool MpiComm::drain() {
  MPI_Request barrier = MPI_REQUEST_NULL;
  bool in_barrier = false;
  using std::chrono::steady_clock;
  steady_clock::duration waited{};
  for (int over = 0; over == 0;) {
    const auto start = steady_clock::now();
    receive(std::chrono::milliseconds(1));
    waited += std::min(kLongestStep, steady_clock::now() - start);
    if (rank_ == 0 && waited > kEndPatience) return false;
    if (!in_barrier && state_->sent.empty()) {
      in_barrier = MPI_Ibarrier(state_->world, &barrier) == MPI_SUCCESS;
      if (!in_barrier) return true;
    }
    if (in_barrier && MPI_Test(&barrier, &over, MPI_STATUS_IGNORE) != MPI_SUCCESS) break;
  }
  return true;
}

MpiComm::~MpiComm() {
  try {
    if (!drain()) {
      log_warning("some rank does not come to the end: ended, all is done");
      abort(Error(Code::kOk, "done"));
    }
  } catch (const Error&) {
    // A rank is gone: the launcher ends the others.
  }
  for (MPI_Win& window : state_->windows) MPI_Win_free(&window);
  for (MPI_Comm* comm : {&state_->leading_workers, &state_->host_workers, &state_->workers,
                         &state_->leaders, &state_->host, &state_->world}) {
    if (*comm != MPI_COMM_NULL) MPI_Comm_free(comm);
  }
  MPI_Finalize();
  if (guard_) guard_->dismiss();
}

/// Each core of the host is shared evenly by the workers that may use it. A coordinator only waits:
/// the cores that it alone is bound to go to the host's first worker.
void MpiComm::find_placement() {
  char name[MPI_MAX_PROCESSOR_NAME];
  int length = 0;
  MPI_Get_processor_name(name, &length);
  placement_.host.assign(name, length);

  int ranks = 1;
  int own = 0;
  MPI_Comm_size(state_->host, &ranks);
  MPI_Comm_rank(state_->host, &own);
  cpu_set_t mask;
  CPU_ZERO(&mask);
  sched_getaffinity(0, sizeof(mask), &mask);
  std::vector<cpu_set_t> masks(ranks);
  const int bytes = static_cast<int>(sizeof(mask));
  mpi_check(MPI_Allgather(&mask, bytes, MPI_BYTE, masks.data(), bytes, MPI_BYTE, state_->host),
            "MPI_Allgather");
  // Ranks of a host are in world order: if rank 0 is among them, it comes first.
  int with_coordinator = rank_ == 0 && size_ > 1 ? 1 : 0;
  MPI_Bcast(&with_coordinator, 1, MPI_INT, 0, state_->host);
  placement_.workers = static_cast<unsigned>(std::max(1, ranks - with_coordinator));
  if (rank_ == 0) return;
  const int first = with_coordinator;
  placement_.worker_on_host = own - first;
  if (with_coordinator == 1 && own == first) {
    CPU_OR(&mask, &mask, &masks[0]);
    sched_setaffinity(0, sizeof(mask), &mask);
  }
  if (with_coordinator == 1 && ranks > 1) CPU_OR(&masks[first], &masks[first], &masks[0]);
  double share = 0;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &mask)) continue;
    const auto users = std::count_if(masks.begin() + first, masks.end(),
                                     [&](const cpu_set_t& m) { return CPU_ISSET(core, &m); });
    share += 1.0 / static_cast<double>(std::max<long>(1, users));
  }
  placement_.threads = std::max(1u, static_cast<unsigned>(share + 1e-9));
}

void MpiComm::split_workers() {
  if (state_->workers == MPI_COMM_NULL) return;
  mpi_check(MPI_Comm_split_type(state_->workers, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL,
                                &state_->host_workers),
            "MPI_Comm_split_type");
  int number = 0;
  int workers = 0;
  MPI_Comm_rank(state_->host_workers, &number);
  MPI_Comm_size(state_->host_workers, &workers);
  check(number == number_on_host() && workers == workers_on_host(),
        "a worker has one number on its host");
  mpi_check(MPI_Comm_split(state_->workers, number == 0 ? 0 : MPI_UNDEFINED, rank_,
                           &state_->leading_workers),
            "MPI_Comm_split");
}

void MpiComm::forget_sent() {
  for (auto sent = state_->sent.begin(); sent != state_->sent.end();) {
    int done = 0;
    mpi_check(MPI_Test(&sent->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    sent = done != 0 ? state_->sent.erase(sent) : std::next(sent);
  }
}

void MpiComm::send(int to, int tag, std::vector<std::byte> payload) {
  check(tag >= 0 && tag < kContinued, "a message tag out of range");
  forget_sent();
  const auto shared = std::make_shared<std::vector<std::byte>>(std::move(payload));
  size_t offset = 0;
  do {
    const size_t count = std::min(kPiece, shared->size() - offset);
    const bool last = offset + count == shared->size();
    State::Sent& sent = state_->sent.emplace_back(State::Sent{MPI_REQUEST_NULL, shared});
    mpi_check(MPI_Isend(shared->data() + offset, static_cast<int>(count), MPI_BYTE, to,
                        last ? tag : tag | kContinued, state_->world, &sent.request),
              "MPI_Isend");
    offset += count;
  } while (offset < shared->size());
}

std::optional<Message> MpiComm::receive(std::chrono::milliseconds timeout) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + timeout;
  // Short sleeps, growing to 2 ms: ranks may share cores, and who waits must not take one.
  auto pause = std::chrono::microseconds(20);
  for (;;) {
    forget_sent();
    int there = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status;
    mpi_check(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, state_->world, &there, &handle, &status),
              "MPI_Improbe");
    if (there == 0) {
      if (steady_clock::now() >= deadline) return std::nullopt;
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, std::chrono::microseconds(2000));
      continue;
    }
    int count = 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    std::vector<std::byte>& payload = state_->begun[status.MPI_SOURCE];
    const size_t before = payload.size();
    payload.resize(before + count);
    mpi_check(MPI_Mrecv(payload.data() + before, count, MPI_BYTE, &handle, &status), "MPI_Mrecv");
    if ((status.MPI_TAG & kContinued) != 0) continue;
    return Message{status.MPI_SOURCE, status.MPI_TAG, std::exchange(payload, {})};
  }
}

std::vector<std::byte> MpiComm::broadcast(std::vector<std::byte> bytes) {
  return broadcast_sized(std::move(bytes), state_->world);
}

std::span<const std::byte> MpiComm::share(std::span<const std::byte> bytes) {
  uint64_t size = bytes.size();
  mpi_check(MPI_Bcast(&size, 1, MPI_UINT64_T, 0, state_->world), "MPI_Bcast");
  int ranks = 1;
  int own = 0;
  MPI_Comm_size(state_->host, &ranks);
  MPI_Comm_rank(state_->host, &own);
  // All hosts do alike: with windows where every host has room for one, and some host has two
  // ranks.
  int counts[2] = {ranks > 1 ? 1 : 0, size + size / 8 < shared_memory_free() ? 0 : 1};
  mpi_check(MPI_Allreduce(MPI_IN_PLACE, counts, 2, MPI_INT, MPI_SUM, state_->world),
            "MPI_Allreduce");
  const int window_fits = counts[0] > 0 && counts[1] == 0 ? 1 : 0;

  if (window_fits == 0) {
    // Each rank keeps its own; rank 0 has them already.
    std::byte* view = rank_ == 0 ? const_cast<std::byte*>(bytes.data())
                                 : state_->copies.emplace_back(size).data();
    broadcast_bytes(view, size, state_->world);
    return {view, size};
  }
  MPI_Win window = MPI_WIN_NULL;
  void* base = nullptr;
  mpi_check(MPI_Win_allocate_shared(own == 0 ? static_cast<MPI_Aint>(size) : 0, 1, MPI_INFO_NULL,
                                    state_->host, &base, &window),
            "MPI_Win_allocate_shared");
  state_->windows.push_back(window);
  MPI_Aint window_size = 0;
  int unit = 1;
  mpi_check(MPI_Win_shared_query(window, 0, &window_size, &unit, &base), "MPI_Win_shared_query");
  auto* view = static_cast<std::byte*>(base);
  if (rank_ == 0) std::memcpy(view, bytes.data(), size);
  if (state_->leaders != MPI_COMM_NULL) broadcast_bytes(view, size, state_->leaders);
  mpi_check(MPI_Win_fence(0, window), "MPI_Win_fence");
  return {view, size};
}

void MpiComm::sum(std::span<uint32_t> values) {
  check(state_->workers != MPI_COMM_NULL, "the coordinator takes no part in sums");
  sum_values(values, state_->workers);
}

bool MpiComm::all_agree(bool yes) {
  check(state_->workers != MPI_COMM_NULL, "the coordinator takes no part in what workers agree on");
  int agreed = yes ? 1 : 0;
  mpi_check(MPI_Allreduce(MPI_IN_PLACE, &agreed, 1, MPI_INT, MPI_MIN, state_->workers),
            "MPI_Allreduce");
  return agreed == 1;
}

std::vector<std::byte> MpiComm::broadcast_on_host(std::vector<std::byte> bytes) {
  check(state_->host_workers != MPI_COMM_NULL, "the coordinator is no worker of its host");
  return broadcast_sized(std::move(bytes), state_->host_workers);
}

void MpiComm::sum_of_leaders(std::span<uint32_t> values) {
  check(state_->leading_workers != MPI_COMM_NULL, "who leads its host's workers sums");
  sum_values(values, state_->leading_workers);
}

std::vector<std::vector<std::byte>> MpiComm::gather_on_host(std::span<const std::byte> bytes) {
  int ranks = 1;
  MPI_Comm_size(state_->host, &ranks);
  const int own = static_cast<int>(bytes.size());
  std::vector<int> sizes(ranks), offsets(ranks);
  mpi_check(MPI_Allgather(&own, 1, MPI_INT, sizes.data(), 1, MPI_INT, state_->host),
            "MPI_Allgather");
  for (int i = 1; i < ranks; ++i) offsets[i] = offsets[i - 1] + sizes[i - 1];
  std::vector<std::byte> all(offsets.back() + sizes.back());
  mpi_check(MPI_Allgatherv(bytes.data(), own, MPI_BYTE, all.data(), sizes.data(), offsets.data(),
                           MPI_BYTE, state_->host),
            "MPI_Allgatherv");
  std::vector<std::vector<std::byte>> result;
  for (int i = 0; i < ranks; ++i) {
    result.emplace_back(all.begin() + offsets[i], all.begin() + offsets[i] + sizes[i]);
  }
  return result;
}

void MpiComm::abort(const Error& error) {
  MPI_Abort(MPI_COMM_WORLD, static_cast<int>(error.code()));
}

}  // namespace cairn
