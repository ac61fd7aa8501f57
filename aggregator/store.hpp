// The work of one job on disk, so that nothing finished is lost with the ranks that finished it.
//
//   DIR/manifest.json       whose work this is, and the proof, once there is one
//   DIR/counts.h5           use counts, summed over the job
//   DIR/commits/N.h5        a segment's record        DIR/segments/N.h5    its proof
//   DIR/nodes/A-B.h5        a node of the fold tree
//   DIR/lock                who works on it now       DIR/stop             made by hand: stop soon
//
// Every file appears whole or not at all (aggregator/publish.hpp); what was damaged later is found
// by its checksum or digest when it is read, and made again. All contents are functions of the job.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aggregator/store_entry.hpp"
#include "aggregator/store_lock.hpp"

namespace cairn {

/// What a job is a function of. Two jobs with the same identity have the same proof.
struct JobIdentity {
  std::string software;      // version and commit of the program
  std::string program_hash;  // of the proven program: says to people which run it is
  std::string statement;     // digests
  std::string image;
  std::string plan;
  std::string hash;     // policy
  uint64_t memory = 0;  // --memory, of which the plan is a function
  uint64_t segments = 0;
  uint64_t cells = 0;

  /// The digest that names the job in each file.
  std::string key() const;
};

/// A finished proof, as the manifest keeps it.
struct StoredProof {
  std::string path, digest;
  uint64_t bytes = 0;
};

/// Who made an entry.
struct Maker {
  std::string host;
  int rank = 0;
  double seconds = 0;
};

class Store {
 public:
  /// Takes the lock of `folder`, which is made if it is not there. Throws as StoreLock does, and
  /// Error(kBadInput) when the folder holds other things than a store.
  Store(const std::string& folder, bool steal_lock);

  /// Begins or continues the work on this job. Throws Error(kBadInput) that names the difference
  /// when the store is another job's, or when `must_exist` and there is nothing to continue.
  void open(const JobIdentity& job, bool must_exist);

  void put(const Entry& entry, std::span<const std::byte> bytes, const Maker& maker);
  /// Those of the wanted entries that are there and whole. The others are made again; warns of
  /// each that is damaged.
  std::map<Entry, std::vector<std::byte>> load(std::span<const Entry> entries) const;
  /// Warns that an entry, though whole, does not hold.
  void reject(const Entry& entry, const std::string& why) const;
  void remove(const Entry& entry) const;
  void finish(const StoredProof& proof);

  /// To be called every now and then: keeps the lock alive. Throws when another run took it.
  void beat() { lock_.beat(); }
  /// Has somebody made the file `stop`?
  bool stop_asked() const;

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  StoreLock lock_;
  JobIdentity job_;
  std::string key_;
  std::string created_;
};

/// What a store holds, for people.
struct StoreView {
  JobIdentity job;
  std::string created;
  StoredProof proof;  // of an empty path: none yet
  bool counts = false;
  uint64_t commits = 0, segments = 0, nodes = 0;
  uint64_t bytes = 0;                                        // of all files
  std::vector<std::pair<std::string, std::string>> damaged;  // file, why
};

/// Is the path a folder with a manifest?
bool looks_like_store(const std::string& path);
/// Reads every file. Throws Error(kBadInput) when the folder is no store.
StoreView view_store(const std::string& folder);

/// Files that a finished proof no longer needs, and leftovers of runs that died.
struct Collected {
  uint64_t files = 0, bytes = 0;
};
/// Removes leftovers, and once the proof is finished all of the work on it. The lock must be free.
/// `proof_is_there` is asked first whether the finished proof exists and is the one that the
/// manifest names; it throws if not, and nothing is removed.
Collected collect_garbage(const std::string& folder, bool steal_lock,
                          const std::function<void(const StoredProof&)>& proof_is_there);

}  // namespace cairn
