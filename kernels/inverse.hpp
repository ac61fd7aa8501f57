// Inverts many elements together: one inversion for a few dozen (Montgomery's trick), whatever the
// lane. Zero stays zero and disturbs no other element.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "kernels/row_block.hpp"

namespace cairn {

class Backend;

/// 1 in the lanes where all `count` base elements at p, p + stride, ... are zero, else 0.
template <class V>
HOST_DEVICE V zero_indicator(const KoalaBear* p, uint64_t stride, int count) {
  constexpr int kLanes = kLaneCount<V>;
  uint32_t any[kLanes];
  KoalaBear indicator[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) any[lane] = p[lane].montgomery();
  for (int i = 1; i < count; ++i) {
    for (int lane = 0; lane < kLanes; ++lane) any[lane] |= p[i * stride + lane].montgomery();
  }
  const uint32_t one = KoalaBear(1).montgomery();
  for (int lane = 0; lane < kLanes; ++lane) {
    indicator[lane] = KoalaBear::from_montgomery(any[lane] == 0 ? one : 0);
  }
  return load_lanes<V>(indicator);
}

/// Inverts `count` elements of any field type in place; none of them zero, 1 <= count <= kMax.
template <int kMax, class T>
HOST_DEVICE void invert_together(T (&values)[kMax], int count) {
  T prefix[kMax];  // prefix[j] = values[0] ... values[j]
  prefix[0] = values[0];
  for (int j = 1; j < count; ++j) prefix[j] = prefix[j - 1] * values[j];
  T inverse = prefix[count - 1].inverse();
  for (int j = count - 1; j > 0; --j) {
    const T own = inverse * prefix[j - 1];
    inverse = inverse * values[j];
    values[j] = own;
  }
  values[0] = inverse;
}

/// One index inverts `together` rows (row_block.hpp).
struct BatchInverse {
  static constexpr int kMaxTogether = 32;

  KoalaBear* values;
  uint32_t together;  // at most kMaxTogether
  uint64_t count;     // rows / together, a multiple of kBlockLanes unless together is 1

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    KoalaBear* row = values + first_row(i, together);
    const int size = static_cast<int>(together);
    V block[kMaxTogether];
    for (int j = 0; j < size; ++j) {
      KoalaBear* p = row + j * kBlockLanes;
      block[j] = load_lanes<V>(p) + zero_indicator<V>(p, 0, 1);
    }
    invert_together(block, size);
    for (int j = 0; j < size; ++j) {
      KoalaBear* p = row + j * kBlockLanes;
      store_lanes(p, block[j] - zero_indicator<V>(p, 0, 1));
    }
  }
};

/// The same for an extension column, five base columns `stride` elements apart.
struct BatchInverseExtension {
  static constexpr int kMaxTogether = 8;

  KoalaBear* values;
  uint64_t stride;
  uint32_t together;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    KoalaBear* row = values + first_row(i, together);
    const int size = static_cast<int>(together);
    Quintic<V> block[kMaxTogether];
    for (int j = 0; j < size; ++j) {
      KoalaBear* p = row + j * kBlockLanes;
      block[j] = load_quintic<V>(p, stride);
      block[j].c[0] += zero_indicator<V>(p, stride, kExtensionDegree);
    }
    invert_together(block, size);
    for (int j = 0; j < size; ++j) {
      KoalaBear* p = row + j * kBlockLanes;
      block[j].c[0] -= zero_indicator<V>(p, stride, kExtensionDegree);
      store_quintic(p, stride, block[j]);
    }
  }
};

/// Inverts `rows` base elements in place.
void invert(Backend& backend, KoalaBear* values, uint64_t rows);

/// Inverts the `rows` elements of an extension column in place.
void invert_extension(Backend& backend, KoalaBear* values, uint64_t stride, uint64_t rows);

}  // namespace cairn
