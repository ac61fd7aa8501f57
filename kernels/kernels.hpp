// The kernels over columns that are no chip's: X(file, Type), kernels/<file>.hpp defines struct
// Type.
//
// An entry is all it takes: CMake reads this list and compiles each kernel for every instruction
// set and for the device, and every Backend gets a run() for it. Entries of one file are compiled
// together.
#pragma once

#define CAIRN_KERNELS(X)             \
  X(ntt_pass, NttPass)               \
  X(ntt_pass, ScaleColumns)          \
  X(merkle_hash, HashSubtrees)       \
  X(merkle_hash, HashChosenSubtrees) \
  X(merkle_hash, HashLevel)          \
  X(gather, Gather)                  \
  X(gather, GatherWords)             \
  X(barycentric, BarycentricWeights) \
  X(barycentric, WeightedSums)       \
  X(barycentric, SumRows)            \
  X(deep, AccumulateColumns)         \
  X(deep, DeepQuotient)              \
  X(fri_fold, FriFold2)              \
  X(fri_fold, FriFold4)              \
  X(fri_fold, FriFold8)              \
  X(grind, Grind)                    \
  X(inverse, BatchInverse)           \
  X(inverse, BatchInverseExtension)  \
  X(lift, LiftAdd)                   \
  X(points, Powers)                  \
  X(pole, PoleInverse)               \
  X(prefix_sum, ChunkScan)           \
  X(prefix_sum, ChunkSums)           \
  X(quotient, QuotientScale)         \
  X(selectors, NextRow)              \
  X(selectors, SelectorDifferences)

namespace cairn {

#define CAIRN_ENTRY(file, Kernel) struct Kernel;
CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

}  // namespace cairn
