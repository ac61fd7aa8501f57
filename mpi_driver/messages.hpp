// Every message between the coordinator (rank 0) and the workers: tags, payloads, who sends what
// when.
//
//   worker -> 0       kHello     ready, after the setup        kDone    a task is finished, and
//   idle again
//                     kMerged    two nodes became one          kReport  what this worker did
//   0 -> worker       kTask      one thing to do
//                     kSetup, kSumCounts, kChallenge           announce a collective, which follows
//                     kSendNode  give a node away              kMerge   fold two children, one may
//                     be on its way kFinish    asks for the report           kStop    ends
//   worker -> worker  kNode      a node of the fold tree (or to 0: the root)
//
// A worker that waits, waits in receive(), which sleeps: so collectives are announced by messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/tree.hpp"
#include "air/part.hpp"
#include "core/bytes.hpp"
#include "stark/protocol/record.hpp"

namespace cairn {

enum class Tag : int {
  kHello = 1,
  kDone,
  kMerged,
  kReport,
  kSetup,
  kTask,
  kSumCounts,
  kChallenge,
  kSendNode,
  kMerge,
  kFinish,
  kStop,
  kNode,
};

/// What a worker is asked to do with one bundle.
enum class TaskKind : uint8_t {
  kCount,           // count its uses; its columns need the sums first
  kCountAndCommit,  // count its uses and commit: nothing in it reads counts
  kCommit,          // commit, with the counts summed
  kProve,
};
inline constexpr uint8_t kTaskKinds = 4;

struct Task {
  TaskKind kind;
  uint32_t bundle;
};

/// kSetup's collective: what rank 0 decided. The image travels by Comm::share().
struct JobSetup {
  Hash hash;
  Statement statement;
  std::vector<Bundle> bundles;
};

struct Hello {
  std::string host;
  uint32_t threads;
  std::string backend;
};

struct Done {
  Task task;
  double seconds;
  std::optional<SegmentRecord> record;  // of a commit
};

/// kChallenge's collective. The records are for checking the nodes of others.
struct ChallengeMessage {
  GlobalChallenge challenge;
  std::vector<SegmentRecord> records;
};

struct SendNode {
  Span span;
  uint32_t to;
};

/// What a worker did, for the report.
struct WorkerReport {
  Hello about;
  std::vector<uint32_t> segments;  // that it proved
  uint32_t merges = 0;
  double count_seconds = 0, commit_seconds = 0, prove_seconds = 0, merge_seconds = 0;
  double user_seconds = 0, system_seconds = 0;
  uint64_t peak_bytes = 0;     // of resident memory
  std::string details = "{}";  // JSON of the engine's own
};

// encode() and decode<T>() of each: canonical bytes (core/bytes.hpp). decode throws Error(kBug):
// the bytes come from this program.
std::vector<std::byte> encode(const Task& task);
std::vector<std::byte> encode(const JobSetup& setup);
std::vector<std::byte> encode(const Hello& hello);
std::vector<std::byte> encode(const Done& done);
std::vector<std::byte> encode(const ChallengeMessage& message);
std::vector<std::byte> encode(const SendNode& message);
std::vector<std::byte> encode(const Span& span);
std::vector<std::byte> encode(const WorkerReport& report);

template <class T>
T decode(std::span<const std::byte> bytes, Hash hash = Hash::kBlake3);

}  // namespace cairn
