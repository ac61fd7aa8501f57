// When a run should stop by itself: signals, the end of its Slurm job, a file named stop.
#pragma once

#include <optional>
#include <string>

namespace cairn {

/// From now on SIGTERM and SIGUSR1 only ask this process to stop, and a file that grows too large
/// for a limit is an error of its writer. To be called before MPI_Init.
void catch_stop_signals();

/// The signal that asked this process to stop, if one did.
std::optional<std::string> stop_signal();

/// Bounds of a run, in seconds; each from the environment or as given here.
struct TimeRules {
  /// How long tasks that run may go on after a stop was asked for (CAIRN_GRACE_SECONDS). Slurm
  /// kills 30 s after it has sent SIGTERM (KillWait).
  double grace = 20;
  /// The same after SIGTERM. Open MPI's mpirun kills its ranks a second after it has sent them
  /// SIGTERM: then it is 0, unless CAIRN_GRACE_SECONDS says otherwise.
  double term_grace = 20;
  /// How long before the end of the Slurm job to stop, over what a task takes (CAIRN_STOP_MARGIN).
  double margin = 60;
  /// Fixed bound on the silence of a rank (CAIRN_WATCHDOG_SECONDS); 0: from predicted costs.
  double watchdog = 0;
  /// When the Slurm job ends (SLURM_JOB_END_TIME), seconds of the epoch; 0: never.
  double end = 0;

  static TimeRules from_environment();
};

/// Seconds of the epoch.
double wall_clock();

}  // namespace cairn
