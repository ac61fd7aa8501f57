// How much memory proving a bundle takes: the prover's steps, added up.
#pragma once

#include <cstdint>
#include <span>

namespace cairn {

/// A part as far as memory goes.
struct PartSize {
  uint32_t chip;
  uint32_t log_height;
};

/// Bytes of a backend's memory that are in use at the most while the bundle is committed and
/// proven, without image, counts and constant tables (stark/prover/bundle_prover.cpp, step by step;
/// small things left out). `kept`: its commitment was kept since it was made, and is counted.
uint64_t proving_bytes(std::span<const PartSize> bundle, bool kept);

/// Bytes of traces and commitment that are kept from commit to prove.
uint64_t kept_bytes(std::span<const PartSize> bundle);

/// Bytes of the tables of twiddles and factors for columns of this many rows.
uint64_t table_bytes(uint32_t log_height);

}  // namespace cairn
