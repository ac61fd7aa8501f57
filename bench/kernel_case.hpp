// One measured kernel: how it is run, how much work that is, and how its result is checked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/filled_image.hpp"
#include "kernels/column_block.hpp"

namespace cairn::bench {

/// What one run cannot do without. A roof is a rate of one of these; the work over it is the least
/// time that a run can take.
struct Work {
  double bytes = 0;            // read and written, each once
  double multiplications = 0;  // of base elements, each reduced
  double products = 0;         // of base elements, summed before a reduction
  double compressions = 0;     // of BLAKE3
  double permutations = 0;     // of Poseidon
};

struct KernelCase {
  std::string name;
  std::string unit;  // of what is counted, e.g. "cells"
  double units = 0;  // in one run
  Work work;
  /// Timed. May use up what it reads.
  std::function<void()> run;
  /// Resets the input, runs once, and says whether the result is right.
  std::function<bool()> check;
  /// What `check` holds it to: "definition", or "scalar" (the same kernel's plain body).
  std::string oracle = "definition";
};

/// Where kernels are measured.
struct Setting {
  Backend& backend;
  Backend& oracle;  // the scalar one
  uint32_t log_height;
  uint32_t columns;
  const FilledImage* image;  // null: there is none

  uint64_t rows() const { return uint64_t{1} << log_height; }
};

/// Makes a case with its buffers; false (and nothing made) where the setting has no such case.
using MakeCase = bool (*)(const Setting& setting, KernelCase& made);

std::vector<MakeCase> transform_cases();
std::vector<MakeCase> hash_cases();
std::vector<MakeCase> column_cases();
std::vector<MakeCase> chip_cases();

/// Elements that look random, the same each time.
std::vector<KoalaBear> some_elements(size_t count, uint64_t seed = 1);
KoalaBear5 some_extension(uint64_t seed);

/// A buffer that a case's functions share.
template <class T>
std::shared_ptr<Buffer<T>> share(Buffer<T> buffer) {
  return std::make_shared<Buffer<T>>(std::move(buffer));
}
/// `columns` columns of `rows` values, laid out as the prover does. `values` holds them one after
/// another.
using SharedBlock = std::shared_ptr<ColumnBlock>;
SharedBlock block_of(Backend& backend, uint32_t columns, uint64_t rows,
                     const std::vector<KoalaBear>& values);
inline std::shared_ptr<Buffer<KoalaBear>> blank(Backend& backend, uint64_t size) {
  auto buffer = share(Buffer<KoalaBear>(backend, size));
  buffer->clear();
  return buffer;
}

}  // namespace cairn::bench
