// Oracles written from the definitions, as slow as that is.
#pragma once

#include <cstdint>
#include <vector>

#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn::naive {

/// The point at position p = c N + i of the evaluation domain of N = 2^log_height rows, over its
/// shift g: v^(2 i + c) with v of order 2 N.
inline KoalaBear unshifted_point(uint32_t log_height, uint64_t p) {
  const uint64_t height = uint64_t{1} << log_height;
  const uint64_t exponent = 2 * (p % height) + p / height;
  return KoalaBear::root_of_unity(static_cast<int>(log_height) + 1).power(exponent);
}

/// The point itself, g v^(2 i + c).
inline KoalaBear domain_point(uint32_t log_height, uint64_t p) {
  return KoalaBear::generator() * unshifted_point(log_height, p);
}

/// sum_k coefficients[k] x^k; coefficients and x of any two types that multiply.
template <class T, class X>
T evaluate(const std::vector<T>& coefficients, const X& x) {
  T sum(0);
  for (size_t k = coefficients.size(); k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

inline KoalaBear5 evaluate_at(const std::vector<KoalaBear>& coefficients, const KoalaBear5& z) {
  KoalaBear5 sum(0);
  for (size_t k = coefficients.size(); k-- > 0;) sum = sum * z + KoalaBear5(coefficients[k]);
  return sum;
}

/// Element i of an extension column: five base columns `stride` apart.
inline KoalaBear5 extension_at(const std::vector<KoalaBear>& column, uint64_t stride, uint64_t i) {
  KoalaBear5 x;
  for (int e = 0; e < kExtensionDegree; ++e) x.c[e] = column[e * stride + i];
  return x;
}

/// An extension column of the given elements, its base columns one after another.
inline std::vector<KoalaBear> columns_of(const std::vector<KoalaBear5>& elements) {
  std::vector<KoalaBear> column(kExtensionDegree * elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    for (int e = 0; e < kExtensionDegree; ++e) column[e * elements.size() + i] = elements[i].c[e];
  }
  return column;
}

/// The values of a polynomial over E on the unshifted points of a domain, as columns_of() lays them
/// out.
inline std::vector<KoalaBear> codeword(const std::vector<KoalaBear5>& coefficients,
                                       uint32_t log_height) {
  std::vector<KoalaBear5> values;
  for (uint64_t p = 0; p < uint64_t{2} << log_height; ++p) {
    values.push_back(evaluate(coefficients, unshifted_point(log_height, p)));
  }
  return columns_of(values);
}

}  // namespace cairn::naive
