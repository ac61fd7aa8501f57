// What a chip is made of, counted at compile time by running its evaluate() on degrees.
#pragma once

#include <cstdint>

#include "air/evaluator.hpp"
#include "core/quintic.hpp"

namespace cairn {

/// The degree of an expression in the row's columns.
struct Degree {
  int degree = 1;  // a column, unless it is said to be a constant

  constexpr Degree() = default;
  HOST_DEVICE constexpr Degree(int64_t) : degree(0) {}  // NOLINT(google-explicit-constructor)
  HOST_DEVICE constexpr explicit Degree(int d, bool) : degree(d) {}

  HOST_DEVICE friend constexpr Degree operator+(Degree a, Degree b) {
    return Degree(a.degree > b.degree ? a.degree : b.degree, true);
  }
  HOST_DEVICE friend constexpr Degree operator-(Degree a, Degree b) { return a + b; }
  HOST_DEVICE friend constexpr Degree operator*(Degree a, Degree b) {
    return Degree(a.degree + b.degree, true);
  }
  HOST_DEVICE constexpr Degree operator-() const { return *this; }
  HOST_DEVICE constexpr Degree& operator+=(Degree b) { return *this = *this + b; }
  HOST_DEVICE constexpr Degree& operator-=(Degree b) { return *this = *this + b; }
  HOST_DEVICE constexpr Degree& operator*=(Degree b) { return *this = *this * b; }
};

struct Shape {
  int columns = 0;      // main columns
  int next = 0;         // the first `next` of them are read in the next row as well
  int fixed = 0;        // columns whose content the AIR fixes; not committed
  int constraints = 0;  // without those of the lookups
  int fractions = 0;
  int degree = 0;            // the highest of any constraint, lookups included
  int message = 0;           // coordinates of the longest message
  int uses[kBusCount] = {};  // fractions that add to each bus, per row
  bool provides[kBusCount] = {};
  uint32_t range_widths = 0;  // bit n: the chip uses the RANGE table of n bits
  uint32_t xor_widths = 0;    // bit w: the chip uses the XOR table of w bits

  /// Pairs of fractions; the last pair is folded into the running sum.
  HOST_DEVICE constexpr int pairs() const { return (fractions + 1) / 2; }
  /// Base columns of the helper trace: one extension column a pair.
  HOST_DEVICE constexpr int helper_columns() const { return pairs() * kExtensionDegree; }
  /// Messages on any bus that a row adds.
  HOST_DEVICE constexpr int all_uses() const {
    int sum = 0;
    for (const int count : uses) sum += count;
    return sum;
  }
  HOST_DEVICE constexpr int all_constraints() const { return constraints + pairs(); }
  /// Committed cells of a row.
  HOST_DEVICE constexpr int cells() const { return columns + helper_columns(); }
};

class ShapeEvaluator : public EvaluatorBase<ShapeEvaluator> {
 public:
  using Value = Degree;

  HOST_DEVICE constexpr explicit ShapeEvaluator(Shape& shape) : shape_(shape) {}

  template <template <class> class Columns>
  HOST_DEVICE constexpr Columns<Degree> columns() {
    static_assert(sizeof(Columns<Degree>) % sizeof(Degree) == 0);
    shape_.columns = sizeof(Columns<Degree>) / sizeof(Degree);
    return {};
  }
  HOST_DEVICE constexpr Degree next(int i) {
    if (shape_.next < i + 1) shape_.next = i + 1;
    return {};
  }
  HOST_DEVICE constexpr Degree fixed(int i) {
    if (shape_.fixed < i + 1) shape_.fixed = i + 1;
    return {};
  }
  HOST_DEVICE constexpr Degree is_first() { return {}; }
  HOST_DEVICE constexpr Degree is_last() { return {}; }
  HOST_DEVICE constexpr Degree except_last() { return {}; }
  HOST_DEVICE constexpr Degree range_begin() { return {0}; }
  HOST_DEVICE constexpr Degree range_end() { return {0}; }
  HOST_DEVICE constexpr Degree log_height() { return {0}; }

  HOST_DEVICE constexpr void zero(Degree value, const char* = nullptr) {
    ++shape_.constraints;
    raise(value.degree);
  }

  struct Message {
    Bus bus;
    int degree;
    int length;
    int width;  // first coordinate on kRange or kXor, where it is a literal
  };
  HOST_DEVICE constexpr Message empty_message(Bus bus) { return {bus, 0, 0, 0}; }
  HOST_DEVICE constexpr void add(Message& m, int position, Degree coordinate) {
    if (coordinate.degree > m.degree) m.degree = coordinate.degree;
    m.length = position;
    if (position > shape_.message) shape_.message = position;
  }
  HOST_DEVICE constexpr void add(Message& m, int position, int coordinate) {
    add(m, position, Degree(coordinate));
    if (position == 1) m.width = coordinate;
  }
  HOST_DEVICE constexpr void fraction(int sign, Degree multiplicity, const Message& m) {
    // A pair costs h d d' - n d' - n' d. Coordinates have degree 1 so that d d' h has degree 3.
    raise(2 * m.degree + 1);
    raise(multiplicity.degree + m.degree);
    ++shape_.fractions;
    if (sign < 0) {
      shape_.provides[static_cast<int>(m.bus)] = true;
      return;
    }
    ++shape_.uses[static_cast<int>(m.bus)];
    if (m.bus == Bus::kRange) shape_.range_widths |= uint32_t{1} << m.width;
    if (m.bus == Bus::kXor) shape_.xor_widths |= uint32_t{1} << m.width;
  }

 private:
  HOST_DEVICE constexpr void raise(int degree) {
    if (degree > shape_.degree) shape_.degree = degree;
  }
  Shape& shape_;
};

template <class Chip>
constexpr Shape measure_shape() {
  Shape shape;
  ShapeEvaluator evaluator(shape);
  Chip::evaluate(evaluator);
  return shape;
}

/// The shape of a chip; its constraints fit the quotient's two chunks (degree 3).
template <class Chip>
inline constexpr Shape kShape = measure_shape<Chip>();

}  // namespace cairn
