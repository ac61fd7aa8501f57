// Constant columns that transforms read, made once and kept as long as their backend.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

#include "core/koala_bear.hpp"

namespace cairn {

class Backend;

class TableCache {
 public:
  enum class Kind : uint8_t { kRoots, kInverseRoots, kCosetFactors, kLowTwiddles, kHighTwiddles };

  /// The table of that key in the backend's memory; `make` gives its content the first time. The
  /// memory is the backend's and goes with it.
  const KoalaBear* get(Backend& backend, Kind kind, uint32_t log_size, KoalaBear parameter,
                       const std::function<std::vector<KoalaBear>()>& make);

 private:
  std::mutex mutex_;
  std::map<std::tuple<Kind, uint32_t, uint32_t>, KoalaBear*> tables_;
};

/// 1, w, w^2, ... `count` of them.
std::vector<KoalaBear> powers_of(KoalaBear w, uint64_t count);
/// The same, first factor `scale`, element k at the place whose index has the bits of k reversed;
/// count is 2^log_size.
std::vector<KoalaBear> bit_reversed_powers(KoalaBear w, KoalaBear scale, uint32_t log_size);

}  // namespace cairn
