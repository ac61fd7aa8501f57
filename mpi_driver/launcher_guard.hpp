// Ends a launcher that does not end.
#pragma once

#include <chrono>

namespace cairn {

/// To be called before a job is aborted. Open MPI's mpirun, asked to end one, waits for ever for a
/// host that is cut off. A process that outlives this one waits for an mpirun of this host, and
/// kills it when it is still there after `patience`: its daemons on other hosts end with it. Does
/// nothing where no mpirun on this host started this process, or the system is too old to tell.
void end_launcher_after(std::chrono::seconds patience);

/// What a large job may take to end.
inline constexpr std::chrono::seconds kLauncherPatience{60};

}  // namespace cairn
