// The command line of `cairn`: what it can be asked, read once, in one place.
#pragma once

#include <cstdint>
#include <string>

namespace cairn {

enum class Command { kInspect, kCheck, kProve, kVerify, kBench, kDoctor, kVersion, kGc };

struct Options {
  Command command = Command::kVersion;
  std::string input;  // a PIE or a proof
  bool json = false;
  std::string output;  // prove: the proof
  std::string report;  // prove: JSON on what happened; empty: none
  std::string backend = "auto";
  bool gpus_shared = false;  // workers may share a GPU
  std::string hash = "blake3";
  uint64_t memory = 0;       // bytes that one rank may use; 0: as the plan sees fit
  unsigned threads = 0;      // of each worker; 0: its share of the cores
  std::string program_hash;  // verify: must be this one; empty: any
  std::string fact;
  std::string work;         // prove: the store; empty: none
  bool resume = false;      // prove: it must hold work already
  bool steal_lock = false;  // prove, gc: take the store from whoever holds it
  std::string proof;        // gc: where the finished proof is now; empty: where it was written
};

/// Reads the arguments. On --help, or when they are wrong, prints to stdout or stderr and gives
/// false with the exit code in `exit_code`.
bool parse_options(int argc, char** argv, Options& options, int& exit_code);

/// "512", "16K", "3.5G" (powers of 1024) in bytes; 0 if it is none.
uint64_t parse_bytes(const std::string& text);

}  // namespace cairn
