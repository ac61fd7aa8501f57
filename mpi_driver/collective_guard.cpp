#include "mpi_driver/collective_guard.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.hpp"
#include "mpi_driver/prove_job.hpp"

namespace cairn {

CollectiveGuard::CollectiveGuard(double seconds, std::string doing)
    : thread_([seconds, doing = std::move(doing)](const std::stop_token& ended) {
        // Steps of a second, so that a machine's sleep counts as one of them.
        std::mutex mutex;
        std::condition_variable_any never;
        for (double waited = 0; waited < seconds; ++waited) {
          std::unique_lock lock(mutex);
          never.wait_for(lock, ended, std::chrono::seconds(1), [] { return false; });
          if (ended.stop_requested()) return;
        }
        print_error(
            fmt::format("{} did not end within {:.0f} s: a rank hangs; run the same "
                        "command again",
                        doing, seconds));
        _exit(static_cast<int>(Code::kPeerLost));
      }) {}

}  // namespace cairn
