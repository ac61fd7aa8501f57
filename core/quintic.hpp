// The quintic extension E = F[X] / (X^5 + X^2 - 1) over any type F of base-field values.
//
// Over KoalaBear this is the challenge field, |E| = 2^154.9 (design: proof-system.md 1.4); over
// PackedKoalaBear it is as many elements of it as the vector has lanes. One text serves both.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/wide_sum.hpp"

namespace cairn {

/// Number of base-field elements in one extension element.
inline constexpr int kExtensionDegree = 5;

template <class F>
struct Quintic {
  F c[kExtensionDegree];  // coefficients of 1, X, X^2, X^3, X^4

  Quintic() = default;
  HOST_DEVICE constexpr Quintic(int64_t value)  // NOLINT(google-explicit-constructor)
      : c{F(value), F(0), F(0), F(0), F(0)} {}
  HOST_DEVICE constexpr Quintic(F value)  // NOLINT(google-explicit-constructor)
      : c{value, F(0), F(0), F(0), F(0)} {}
  HOST_DEVICE constexpr Quintic(F c0, F c1, F c2, F c3, F c4) : c{c0, c1, c2, c3, c4} {}

  HOST_DEVICE friend constexpr Quintic operator+(const Quintic& a, const Quintic& b) {
    return {a.c[0] + b.c[0], a.c[1] + b.c[1], a.c[2] + b.c[2], a.c[3] + b.c[3], a.c[4] + b.c[4]};
  }
  HOST_DEVICE friend constexpr Quintic operator-(const Quintic& a, const Quintic& b) {
    return {a.c[0] - b.c[0], a.c[1] - b.c[1], a.c[2] - b.c[2], a.c[3] - b.c[3], a.c[4] - b.c[4]};
  }
  HOST_DEVICE constexpr Quintic operator-() const { return Quintic(0) - *this; }
  /// Five reductions in place of twenty-five: each coefficient is a sum of five products a_i B_i,
  /// the B_i from X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 + X^2 - 1.
  HOST_DEVICE friend constexpr Quintic operator*(const Quintic& a, const Quintic& b) {
    using Sum = WideSum<F>;
    using Factor = typename Sum::Factor;
    const Factor x[kExtensionDegree] = {Sum::factor(a.c[0]), Sum::factor(a.c[1]),
                                        Sum::factor(a.c[2]), Sum::factor(a.c[3]),
                                        Sum::factor(a.c[4])};
    const F one_four = b.c[1] - b.c[4];
    const Factor y0 = Sum::factor(b.c[0]), y1 = Sum::factor(b.c[1]), y2 = Sum::factor(b.c[2]);
    const Factor y3 = Sum::factor(b.c[3]), y4 = Sum::factor(b.c[4]);
    const Factor y14 = Sum::factor(one_four);
    const Factor y03 = Sum::factor(b.c[0] - b.c[3]);
    const Factor y42 = Sum::factor(b.c[4] - b.c[2]);
    const Factor y314 = Sum::factor(b.c[3] - one_four);
    Sum sum[kExtensionDegree];
    sum[0].add_five(x, y0, y4, y3, y2, y14);
    sum[1].add_five(x, y1, y0, y4, y3, y2);
    sum[2].add_five(x, y2, y14, y03, y42, y314);
    sum[3].add_five(x, y3, y2, y14, y03, y42);
    sum[4].add_five(x, y4, y3, y2, y14, y03);
    return {sum[0].reduced(), sum[1].reduced(), sum[2].reduced(), sum[3].reduced(),
            sum[4].reduced()};
  }
  HOST_DEVICE friend constexpr Quintic operator*(const F& s, const Quintic& a) {
    return {s * a.c[0], s * a.c[1], s * a.c[2], s * a.c[3], s * a.c[4]};
  }
  HOST_DEVICE friend constexpr Quintic operator*(const Quintic& a, const F& s) { return s * a; }
  HOST_DEVICE friend constexpr Quintic operator*(const Quintic& a, int64_t s) { return F(s) * a; }
  HOST_DEVICE friend constexpr Quintic operator*(int64_t s, const Quintic& a) { return F(s) * a; }
  HOST_DEVICE constexpr Quintic& operator+=(const Quintic& b) { return *this = *this + b; }
  HOST_DEVICE constexpr Quintic& operator-=(const Quintic& b) { return *this = *this - b; }
  HOST_DEVICE constexpr Quintic& operator*=(const Quintic& b) { return *this = *this * b; }
  HOST_DEVICE friend constexpr bool operator==(const Quintic& a, const Quintic& b) {
    return a.c[0] == b.c[0] && a.c[1] == b.c[1] && a.c[2] == b.c[2] && a.c[3] == b.c[3] &&
           a.c[4] == b.c[4];
  }

  /// The inverse; zero for zero. By the norm: with r = (p^5 - 1) / (p - 1), x^r lies in F and
  /// x^-1 = x^(r-1) / x^r, where x^(r-1) = x^(p + p^2 + p^3 + p^4) is a product of Frobenius
  /// images.
  HOST_DEVICE constexpr Quintic inverse() const {
    const Quintic x1 = frobenius();           // x^p
    const Quintic x12 = x1 * x1.frobenius();  // x^(p + p^2)
    const Quintic rest = x12 * x12.frobenius().frobenius();
    const F norm = (*this * rest).c[0];
    return norm.inverse() * rest;
  }

  /// x^p: linear over F; the image of X^i is a constant.
  HOST_DEVICE constexpr Quintic frobenius() const {
    using Sum = WideSum<F>;
    const typename Sum::Factor x1 = Sum::factor(c[1]), x2 = Sum::factor(c[2]),
                               x3 = Sum::factor(c[3]), x4 = Sum::factor(c[4]);
    Quintic result(c[0]);
    for (int j = 0; j < kExtensionDegree; ++j) {
      Sum sum;
      sum.add(x1, Sum::broadcast(frobenius_image(1, j)), x2, Sum::broadcast(frobenius_image(2, j)));
      sum.add(x3, Sum::broadcast(frobenius_image(3, j)), x4, Sum::broadcast(frobenius_image(4, j)));
      result.c[j] = result.c[j] + sum.reduced();
    }
    return result;
  }

  /// Coefficient of X^j in X^(i p).
  HOST_DEVICE static constexpr KoalaBear frobenius_image(int i, int j) {
    constexpr int64_t kTable[kExtensionDegree][kExtensionDegree] = {
        {1, 0, 0, 0, 0},
        {1576402667, 1173144480, 1567662457, 1206866823, 2428146},
        {1680345488, 1381986, 615237464, 1380104858, 295431824},
        {441230756, 323126830, 704986542, 1445620072, 503505220},
        {1364444097, 1144738982, 2008416047, 143367062, 1027410849},
    };
    return kTable[i][j];
  }

  constexpr Quintic power(uint64_t exponent) const {
    Quintic result(1);
    for (Quintic square = *this; exponent != 0; exponent >>= 1, square *= square) {
      if ((exponent & 1) != 0) result *= square;
    }
    return result;
  }
};

/// X a.
template <class F>
HOST_DEVICE constexpr Quintic<F> times_x(const Quintic<F>& a) {
  return {a.c[4], a.c[0], a.c[1] - a.c[4], a.c[2], a.c[3]};
}

using KoalaBear5 = Quintic<KoalaBear>;

}  // namespace cairn
