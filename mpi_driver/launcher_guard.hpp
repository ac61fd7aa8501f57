// Ends a launcher that does not end.
#pragma once

#include <chrono>

namespace cairn {

/// What a large job may take to end.
inline constexpr std::chrono::seconds kLauncherPatience{60};

/// Open MPI's mpirun, asked to end a job, may wait for ever: for a host that is cut off, or in a
/// lock of PMIx where a rank died while it connected. A guard is a process that outlives this one:
/// should this end without `dismiss`, in whatever way, it waits for the mpirun of this host, or for
/// the daemon by which an mpirun elsewhere started us, and kills it when it is still there after
/// `patience`. To be made before MPI starts, by the rank without which there is no job. Does
/// nothing where there is no such launcher, or the system is too old to tell.
class LauncherGuard {
 public:
  explicit LauncherGuard(std::chrono::seconds patience = kLauncherPatience);
  ~LauncherGuard();
  LauncherGuard(const LauncherGuard&) = delete;
  LauncherGuard& operator=(const LauncherGuard&) = delete;

  /// The launcher knows that this process ends well.
  void dismiss();

 private:
  int life_ = -1;  // a socket to the guard: closed, at the latest, by this process's end
};

}  // namespace cairn
