// Two runs on one store exclude each other: a file that says who holds it.
//
// Only the holder's words and signs of life decide, no lock of the file system: those of shared
// file systems are often switched off. Whoever holds the lock touches it (beat()) and learns so if
// it was taken from him. Should two runs ever write at once, each file is still whole and right:
// every file of a store is a function of the job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cairn {

/// Who holds a lock, as its file says.
struct LockHolder {
  std::string user, host, boot;  // boot: of the machine, changes when it restarts
  int64_t process = 0;
  uint64_t process_start = 0;  // clock ticks after boot
  std::string slurm_job, slurm_restart;
  std::string since;
  double silent_seconds = 0;  // since its last sign of life

  /// "anna@node7, process 123, Slurm job 45, since 2026-..., last sign of life 3 s ago".
  std::string describe() const;
};

class StoreLock {
 public:
  /// Takes FOLDER/lock. A lock whose holder is certainly gone (ended process of this machine, an
  /// earlier life of this Slurm job) is taken over; with `steal` any. Throws Error(kPeerLost) that
  /// names the holder, Error(kOutOfResource) where no file can be made.
  StoreLock(const std::string& folder, bool steal);
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

  /// Gives a sign of life. Throws Error(kPeerLost) when another run has taken the lock.
  void beat();

  /// The earlier holder that this one took over from, if there was one.
  const std::optional<LockHolder>& taken_from() const { return taken_from_; }

 private:
  bool still_mine() const;

  std::string path_;
  std::string content_;
  std::optional<LockHolder> taken_from_;
};

/// Who holds the lock of a store; nothing when nobody does.
std::optional<LockHolder> lock_holder(const std::string& folder);

}  // namespace cairn
