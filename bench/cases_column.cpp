// What works along columns: sums, inverses, openings, the low-degree test's folds.
#include <cstring>

#include "bench/kernel_case.hpp"
#include "kernels/barycentric.hpp"
#include "kernels/deep.hpp"
#include "kernels/fri_fold.hpp"
#include "kernels/inverse.hpp"
#include "kernels/points.hpp"
#include "kernels/prefix_sum.hpp"
#include "tests/support/naive.hpp"

namespace cairn::bench {
namespace {

using Values = std::shared_ptr<std::vector<KoalaBear>>;

Values host(size_t count, uint64_t seed) {
  return std::make_shared<std::vector<KoalaBear>>(some_elements(count, seed));
}

void refill(Backend& backend, Buffer<KoalaBear>& buffer, const std::vector<KoalaBear>& values) {
  backend.copy_in(buffer.data(), values.data(), values.size() * sizeof(KoalaBear));
}

bool copy(const Setting& s, KernelCase& made) {
  const uint64_t cells = s.rows() * s.columns;
  const Values values = host(cells, 4);
  const auto from = share(Buffer<KoalaBear>::from_host(s.backend, *values));
  const auto to = blank(s.backend, cells);
  Backend& backend = s.backend;
  made.name = "copy";
  made.unit = "cells";
  made.units = static_cast<double>(cells);
  made.work.bytes = 8.0 * made.units;
  made.run = [=, &backend] { backend.copy(to->data(), from->data(), cells * sizeof(KoalaBear)); };
  made.check = [=, run = made.run] {
    run();
    return to->to_host() == *values;
  };
  return true;
}

bool weighted_sums(const Setting& s, KernelCase& made) {
  const uint64_t points = 2 * s.rows();
  const uint32_t columns = s.columns;
  const Values values = host(points * columns, 5);
  std::vector<KoalaBear5> weights(columns);
  for (uint32_t k = 0; k < columns; ++k) weights[k] = some_extension(k);
  const SharedBlock data = block_of(s.backend, columns, points, *values);
  const auto coefficients = share(Buffer<KoalaBear5>::from_host(s.backend, weights));
  const auto sums = blank(s.backend, points * kExtensionDegree);
  Backend& backend = s.backend;
  made.name = "weighted sums";
  made.unit = "cells";
  made.units = static_cast<double>(points) * columns;
  made.work.bytes = 4.0 * made.units + 40.0 * static_cast<double>(points);
  made.work.products = kExtensionDegree * made.units;
  made.run = [=, &backend] {
    accumulate_columns(backend, data->column(0), data->stride(), columns, coefficients->data(),
                       sums->data(), points, points);
  };
  made.check = [=, run = made.run] {
    sums->clear();
    run();
    const std::vector<KoalaBear> result = sums->to_host();
    for (uint64_t p = 0; p < points; p += points / 32) {
      KoalaBear5 expected(0);
      for (uint32_t k = 0; k < columns; ++k) expected += weights[k] * (*values)[k * points + p];
      if (!(naive::extension_at(result, points, p) == expected)) return false;
    }
    return true;
  };
  return true;
}

bool points(const Setting& s, KernelCase& made) {
  const uint64_t count = 2 * s.rows();
  const auto out = blank(s.backend, count);
  Backend& backend = s.backend;
  const uint32_t log_height = s.log_height;
  made.name = "points";
  made.unit = "points";
  made.units = static_cast<double>(count);
  made.work.bytes = 4.0 * made.units;
  made.work.multiplications = made.units;
  made.run = [=, &backend] { fill_domain_points(backend, log_height, out->data()); };
  made.check = [=, run = made.run] {
    run();
    const std::vector<KoalaBear> result = out->to_host();
    for (uint64_t p = 0; p < count; p += count / 64) {
      if (!(result[p] == naive::domain_point(log_height, p))) return false;
    }
    return true;
  };
  return true;
}

bool barycentric(const Setting& s, KernelCase& made) {
  const uint64_t rows = s.rows();
  const uint32_t columns = s.columns, log_height = s.log_height;
  Backend& backend = s.backend;
  const auto domain = blank(backend, 2 * rows);
  fill_domain_points(backend, log_height, domain->data());
  const std::vector<KoalaBear> x = domain->to_host();
  // Columns c + k x are polynomials whose values anybody knows.
  const Values values = host(rows * columns, 6);
  for (uint32_t k = 0; k < columns; ++k) {
    for (uint64_t i = 0; i < rows; ++i) {
      (*values)[k * rows + i] = KoalaBear(7) + KoalaBear(static_cast<int64_t>(k)) * x[i];
    }
  }
  const auto data = share(Buffer<KoalaBear>::from_host(backend, *values));
  const auto weights = blank(backend, rows * kExtensionDegree);
  const KoalaBear5 z = some_extension(9);
  const auto result = std::make_shared<std::vector<KoalaBear5>>();
  made.name = "openings";
  made.unit = "cells";
  made.units = static_cast<double>(rows) * columns;
  made.work.bytes = 4.0 * made.units + 44.0 * static_cast<double>(rows);
  made.work.products = kExtensionDegree * made.units;
  made.run = [=, &backend] {
    fill_barycentric_weights(backend, log_height, domain->data(), z, weights->data(), rows);
    *result =
        evaluate_columns(backend, data->data(), rows, columns, log_height, weights->data(), rows);
  };
  made.check = [=, run = made.run] {
    run();
    for (uint32_t k = 0; k < columns; ++k) {
      const KoalaBear5 expected = KoalaBear5(7) + KoalaBear(static_cast<int64_t>(k)) * z;
      if (!((*result)[k] == expected)) return false;
    }
    return true;
  };
  return true;
}

/// Both quotients of one half: at z, and of next rows.
bool deep(const Setting& s, KernelCase& made) {
  const uint64_t rows = s.rows();
  const uint32_t log_height = s.log_height;
  Backend& backend = s.backend;
  const Values here = host(rows * kExtensionDegree, 10), next = host(rows * kExtensionDegree, 11);
  const auto a = share(Buffer<KoalaBear>::from_host(backend, *here));
  const auto b = share(Buffer<KoalaBear>::from_host(backend, *next));
  const auto domain = blank(backend, 2 * rows), out = blank(backend, rows * kExtensionDegree);
  fill_domain_points(backend, log_height, domain->data());
  const KoalaBear5 z = some_extension(12), at_z = some_extension(13), at_next = some_extension(14);
  made.name = "deep quotient";
  made.unit = "points";
  made.units = static_cast<double>(rows);
  made.work.bytes = 64.0 * made.units;
  // A norm and its share of an inversion, then two adjoints and two extension products.
  made.work.multiplications = 7.0 * made.units;
  made.work.products = 2.0 * (25 + 25 + 5) * made.units;
  made.run = [=, &backend] {
    divide_by_poles(backend, log_height, domain->data(), z,
                    {a->data(), at_z, b->data(), at_next, rows, rows}, out->data());
  };
  made.check = [=, run = made.run] {
    run();
    const std::vector<KoalaBear> result = out->to_host();
    const KoalaBear5 wz = z * KoalaBear::root_of_unity(static_cast<int>(log_height));
    for (uint64_t p = 0; p < rows; p += rows / 32) {
      const KoalaBear5 x(naive::domain_point(log_height, p));
      const KoalaBear5 left = naive::extension_at(result, rows, p) * (x - z) * (x - wz);
      const KoalaBear5 right = (naive::extension_at(*here, rows, p) - at_z) * (x - wz) +
                               (naive::extension_at(*next, rows, p) - at_next) * (x - z);
      if (!(left == right)) return false;
    }
    return true;
  };
  return true;
}

bool fri_fold_by_eight(const Setting& s, KernelCase& made) {
  const uint64_t size = 2 * s.rows(), folded = size / 8;
  const uint32_t log_height = s.log_height;
  Backend& backend = s.backend;
  const Values layer = host(size * kExtensionDegree, 15);
  const auto in = share(Buffer<KoalaBear>::from_host(backend, *layer));
  const auto out = blank(backend, folded * kExtensionDegree);
  const KoalaBear5 beta = some_extension(16);
  made.name = "fri fold 8";
  made.unit = "points";
  made.units = static_cast<double>(size);
  made.work.bytes = 20.0 * (made.units + static_cast<double>(folded));
  made.work.multiplications = 7.0 * (25 + 5) / 8 * made.units;
  made.run = [=, &backend] {
    fri_fold(backend, in->data(), size, log_height, 3, beta, out->data(), folded);
  };
  made.check = [=, run = made.run] {
    run();
    const std::vector<KoalaBear> result = out->to_host();
    const uint64_t half = size / 2, low = folded / 2;
    for (uint64_t p = 0; p < folded; p += folded / 16) {
      const uint64_t c = p / low, i = p % low;
      // Three times by two, from the definition.
      std::vector<KoalaBear5> value(8);
      std::vector<KoalaBear> y(8);
      for (uint64_t j = 0; j < 8; ++j) {
        value[j] = naive::extension_at(*layer, size, c * half + i + j * low);
        y[j] = naive::unshifted_point(log_height, c * half + i + j * low);
      }
      KoalaBear5 challenge = beta;
      for (size_t pairs = 4; pairs > 0; pairs /= 2, challenge *= challenge) {
        for (size_t j = 0; j < pairs; ++j) {
          const KoalaBear5 even = (value[j] + value[j + pairs]) * KoalaBear(2).inverse();
          const KoalaBear5 odd = (value[j] - value[j + pairs]) * (2 * y[j]).inverse();
          value[j] = even + challenge * odd;
          y[j] *= y[j];
        }
      }
      if (!(naive::extension_at(result, folded, p) == value[0])) return false;
    }
    return true;
  };
  return true;
}

bool inverse(const Setting& s, KernelCase& made) {
  const uint64_t rows = s.rows();
  Backend& backend = s.backend;
  const Values values = host(rows * kExtensionDegree, 17);
  const auto data = share(Buffer<KoalaBear>::from_host(backend, *values));
  made.name = "inverse (extension)";
  made.unit = "elements";
  made.units = static_cast<double>(rows);
  made.work.bytes = 40.0 * made.units;
  made.work.multiplications = 3.0 * 25 * made.units;
  made.run = [=, &backend] { invert_extension(backend, data->data(), rows, rows); };
  made.check = [=, &backend, run = made.run] {
    refill(backend, *data, *values);
    run();
    const std::vector<KoalaBear> result = data->to_host();
    for (uint64_t i = 0; i < rows; i += rows / 64) {
      if (!(naive::extension_at(result, rows, i) * naive::extension_at(*values, rows, i) ==
            KoalaBear5(1))) {
        return false;
      }
    }
    return true;
  };
  return true;
}

bool prefix_sum(const Setting& s, KernelCase& made) {
  const uint64_t rows = s.rows();
  Backend& backend = s.backend;
  const Values values = host(rows * kExtensionDegree, 18);
  const auto data = share(Buffer<KoalaBear>::from_host(backend, *values));
  made.name = "prefix sum";
  made.unit = "elements";
  made.units = static_cast<double>(rows);
  made.work.bytes = 40.0 * made.units;
  made.run = [=, &backend] { exclusive_prefix_sum(backend, data->data(), rows, rows); };
  made.check = [=, &backend, run = made.run] {
    refill(backend, *data, *values);
    run();
    const std::vector<KoalaBear> result = data->to_host();
    KoalaBear5 sum(0);
    for (uint64_t i = 0; i < rows; ++i) {
      if (!(naive::extension_at(result, rows, i) == sum)) return false;
      sum += naive::extension_at(*values, rows, i);
    }
    return true;
  };
  return true;
}

}  // namespace

std::vector<MakeCase> column_cases() {
  return {copy, weighted_sums, points, barycentric, deep, fri_fold_by_eight, inverse, prefix_sum};
}

}  // namespace cairn::bench
