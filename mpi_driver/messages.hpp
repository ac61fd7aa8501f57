// Every message between the coordinator (rank 0) and the workers: tags, payloads, who sends what
// when.
//
//   worker -> 0   kHello      ready, after the setup
//                 kArrived    about to enter a collective
//                 kCounts     the summed counts, from the first worker where they are wanted
//                 kDone       a task is finished, and idle again
//                 kMerged     two nodes became one
//                 kRejected   a node that another rank sent does not hold
//                 kReport     what this worker did
//                 kStopAsked  a signal asks the job to stop
//   0 -> worker   kTask       one thing to do
//                 kSetup, kSumCounts, kSetCounts   announce a collective, which follows
//                 kChallenge  what everything from now on is under
//                 kSendNode   give a node away
//                 kMerge      fold two children, one may be on its way
//                 kDrop       forget a node, all below it, and the merge that makes it
//                 kFinish     asks for the report
//                 kStop       ends
//   any -> any    kNode       a node of the fold tree (to 0: the root)
//
// A worker that waits, waits in receive(), which sleeps: so collectives are announced by messages,
// and rank 0 enters one only when all have arrived at it: who does not come is known by name.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/node.hpp"
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
  kArrived,
  kCounts,
  kSetCounts,
  kRejected,
  kDrop,
  kStopAsked,
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

  friend auto operator<=>(const Task&, const Task&) = default;
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
  std::optional<Node> leaf;             // of a proof; the worker keeps one too, to fold it
};

/// The records are for checking the nodes of others.
struct ChallengeMessage {
  GlobalChallenge challenge;
  std::vector<SegmentRecord> records;
};

struct SendNode {
  Span span;
  uint32_t to;
};

struct Merged {
  Span span;
  Digest digest;
  KoalaBear5 sum;
};

struct Rejected {
  Span span;
  uint32_t from;  // who sent it
  std::string why;
};

/// What a worker did, for the report.
struct WorkerReport {
  Hello about;
  std::vector<uint32_t> segments;  // that it proved
  uint32_t merges = 0;
  double count_seconds = 0, commit_seconds = 0, prove_seconds = 0, merge_seconds = 0;
  double user_seconds = 0, system_seconds = 0;
  uint64_t peak_bytes = 0;  // of resident memory
  uint64_t page_faults = 0;
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
std::vector<std::byte> encode(const Merged& message);
std::vector<std::byte> encode(const Rejected& message);
std::vector<std::byte> encode(const WorkerReport& report);

template <class T>
T decode(std::span<const std::byte> bytes, Hash hash = Hash::kBlake3);

}  // namespace cairn
