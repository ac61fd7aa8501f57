// What is fuzzed: functions over arbitrary bytes. libFuzzer drives them (`./run test fuzz`), and
// replay_test.cpp, for seconds in every run of the tests.
//
// A target throws nothing of the Error family but what its subject may throw on hostile input; a
// crash, a report of a sanitizer, any other exception and a broken property (abort) are findings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace cairn::fuzz {

using Bytes = std::vector<std::byte>;
using Input = std::span<const std::byte>;

/// A zip file: the reader of archives.
void archive(Input input);
/// The members of a PIE, joined by join_members(): everything up to the plan of a job.
void pie(Input input);
/// A whole proof file, read by HDF5 in a process of its own.
void proof_file(Input input);
/// What that process hands over (encode_contents): decoding and the whole verification.
void proof(Input input);
/// A record and a segment's proof: every check of a segment, without the transcript that would stop
/// all but honest proofs at the first one.
void segment(Input input);
/// A message between ranks, after a byte that says of which type, or a node of the fold tree.
void messages(Input input);

struct Target {
  const char* name;
  void (*run)(Input);
};
inline constexpr Target kTargets[] = {
    {"archive", archive}, {"pie", pie},         {"proof_file", proof_file},
    {"proof", proof},     {"segment", segment}, {"messages", messages},
};

/// version.json, metadata.json, additional_data.json and execution_resources.json with a zero byte
/// after each (JSON has none), then memory.bin; what is empty is not in the archive.
inline constexpr const char* kMembers[] = {"version.json", "metadata.json", "additional_data.json",
                                           "execution_resources.json", "memory.bin"};

/// Holds what every input must have.
inline void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "fuzz target: %s\n", what);
  std::abort();
}

/// Runs `work`; an Error that hostile input may cause is fine, a bug is not.
template <class Work>
void tolerate_refusals(Work work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.code() == Code::kBug) std::fprintf(stderr, "%s\n", error.what());
    require(error.code() != Code::kBug, "an input of others is no bug of ours");
  }
}

}  // namespace cairn::fuzz
