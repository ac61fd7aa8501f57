// The words a chip's evaluate() is written in. Each evaluator (shape, row, constraints, fractions)
// gives them a meaning by four primitives:
//
//   column<Columns>()            the row's main columns
//   zero(value, what)            a constraint: value vanishes on every row
//   fraction(sign, multiplicity, message)
//   empty_message(bus) / add(message, i, coordinate)
//
// plus next(i), fixed(i), is_first(), is_last(), except_last(), range_begin(), range_end(),
// log_height().
#pragma once

#include <cstdint>

#include "air/bus.hpp"
#include "core/device.hpp"

namespace cairn {

/// A fixed-length list of values; std::array is not for device code.
template <class T, int kCount>
struct Array {
  T item[kCount];
  HOST_DEVICE constexpr T& operator[](int i) { return item[i]; }
  HOST_DEVICE constexpr const T& operator[](int i) const { return item[i]; }
};

template <class Derived>
class EvaluatorBase {
 public:
  /// Adds one fraction multiplicity / fingerprint: the row uses the message `multiplicity` times.
  /// Coordinates are values, integers or Arrays of values.
  template <class M, class... T>
  HOST_DEVICE constexpr void use(Bus bus, const M& multiplicity, const T&... coordinates) {
    self().fraction(+1, multiplicity, message(bus, coordinates...));
  }
  /// Takes the message off the bus `multiplicity` times.
  template <class M, class... T>
  HOST_DEVICE constexpr void provide(Bus bus, const M& multiplicity, const T&... coordinates) {
    self().fraction(-1, multiplicity, message(bus, coordinates...));
  }
  /// Constrains a value to 0 or 1.
  template <class V>
  HOST_DEVICE constexpr void boolean(const V& value, const char* what = "boolean") {
    self().zero(value * (value - 1), what);
  }
  /// 0 <= value < 2^bits for a table of that size; bits from 6 to kMaxRangeBits.
  template <class M, class V>
  HOST_DEVICE constexpr void range(int bits, const M& multiplicity, const V& value) {
    use(Bus::kRange, multiplicity, bits, value);
  }
  /// 0 <= value < 2^bits for bits <= 9, by one lookup of (value, value * 2^(9 - bits)): neither
  /// wraps, since the first is below 2^9.
  template <class M, class V>
  HOST_DEVICE constexpr void small_range(int bits, const M& multiplicity, const V& value) {
    use(Bus::kPair9, multiplicity, value, value * (1 << (9 - bits)));
  }
  /// 0 <= a, b < 2^width and c is their exclusive or; width from kMinXorWidth to kMaxXorWidth.
  template <class M, class A, class B, class C>
  HOST_DEVICE constexpr void exclusive_or(int width, const M& multiplicity, const A& a, const B& b,
                                          const C& c) {
    use(Bus::kXor, multiplicity, width, a, b, c);
  }

 private:
  HOST_DEVICE constexpr Derived& self() { return static_cast<Derived&>(*this); }

  template <class... T>
  HOST_DEVICE constexpr auto message(Bus bus, const T&... coordinates) {
    auto result = self().empty_message(bus);
    int position = 0;
    (append(result, position, coordinates), ...);
    return result;
  }
  template <class Message, class T>
  HOST_DEVICE constexpr void append(Message& m, int& position, const T& coordinate) {
    self().add(m, ++position, coordinate);
  }
  template <class Message, class T, int kCount>
  HOST_DEVICE constexpr void append(Message& m, int& position, const Array<T, kCount>& list) {
    for (int i = 0; i < kCount; ++i) self().add(m, ++position, list[i]);
  }
};

}  // namespace cairn
