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
  constexpr Degree(int64_t) : degree(0) {}  // NOLINT(google-explicit-constructor)
  constexpr explicit Degree(int d, bool) : degree(d) {}

  friend constexpr Degree operator+(Degree a, Degree b) {
    return Degree(a.degree > b.degree ? a.degree : b.degree, true);
  }
  friend constexpr Degree operator-(Degree a, Degree b) { return a + b; }
  friend constexpr Degree operator*(Degree a, Degree b) { return Degree(a.degree + b.degree, true); }
  constexpr Degree operator-() const { return *this; }
  constexpr Degree& operator+=(Degree b) { return *this = *this + b; }
  constexpr Degree& operator-=(Degree b) { return *this = *this + b; }
  constexpr Degree& operator*=(Degree b) { return *this = *this * b; }
};

struct Shape {
  int columns = 0;      // main columns
  int next = 0;         // the first `next` of them are read in the next row as well
  int fixed = 0;        // columns whose content the AIR fixes; not committed
  int constraints = 0;  // without those of the lookups
  int fractions = 0;
  int degree = 0;       // the highest of any constraint, lookups included
  int message = 0;      // coordinates of the longest message
  int uses[kBusCount] = {};  // fractions that add to each bus, per row

  /// Pairs of fractions; the last pair is folded into the running sum.
  constexpr int pairs() const { return (fractions + 1) / 2; }
  /// Base columns of the helper trace: one extension column a pair.
  constexpr int helper_columns() const { return pairs() * kExtensionDegree; }
  constexpr int all_constraints() const { return constraints + pairs(); }
  /// Committed cells of a row.
  constexpr int cells() const { return columns + helper_columns(); }
};

class ShapeEvaluator : public EvaluatorBase<ShapeEvaluator> {
 public:
  using Value = Degree;

  constexpr explicit ShapeEvaluator(Shape& shape) : shape_(shape) {}

  template <template <class> class Columns>
  constexpr Columns<Degree> columns() {
    static_assert(sizeof(Columns<Degree>) % sizeof(Degree) == 0);
    shape_.columns = sizeof(Columns<Degree>) / sizeof(Degree);
    return {};
  }
  constexpr Degree next(int i) {
    if (shape_.next < i + 1) shape_.next = i + 1;
    return {};
  }
  constexpr Degree fixed(int i) {
    if (shape_.fixed < i + 1) shape_.fixed = i + 1;
    return {};
  }
  constexpr Degree is_first() { return {}; }
  constexpr Degree is_last() { return {}; }
  constexpr Degree except_last() { return {}; }
  constexpr Degree range_begin() { return {0}; }
  constexpr Degree range_end() { return {0}; }
  constexpr Degree log_height() { return {0}; }

  constexpr void zero(Degree value, const char* = nullptr) {
    ++shape_.constraints;
    raise(value.degree);
  }

  struct Message {
    Bus bus;
    int degree;
    int length;
  };
  constexpr Message empty_message(Bus bus) { return {bus, 0, 0}; }
  constexpr void add(Message& m, int position, Degree coordinate) {
    if (coordinate.degree > m.degree) m.degree = coordinate.degree;
    m.length = position;
    if (position > shape_.message) shape_.message = position;
  }
  constexpr void fraction(int sign, Degree multiplicity, const Message& m) {
    // A pair costs h d d' - n d' - n' d. Coordinates have degree 1 so that d d' h has degree 3.
    raise(2 * m.degree + 1);
    raise(multiplicity.degree + m.degree);
    ++shape_.fractions;
    if (sign > 0) ++shape_.uses[static_cast<int>(m.bus)];
  }

 private:
  constexpr void raise(int degree) {
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
