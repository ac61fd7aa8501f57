#include "stark/prover/openings.hpp"

#include "core/timer.hpp"
#include "kernels/barycentric.hpp"
#include "kernels/deep.hpp"

namespace cairn {
namespace {

/// Columns of a block in the order of the powers of delta: first column, number of columns.
struct ColumnRun {
  const ColumnBlock* block;
  uint32_t first, count;
};

std::vector<ColumnRun> runs_at_zeta(const CommittedHeight& h) {
  return {{h.main, 0, h.plan->main},
          {h.helper, 0, h.plan->helper},
          {h.quotient, 0, h.quotient->columns}};
}

/// Main columns read in the next row, part by part, then S, part by part.
std::vector<ColumnRun> runs_at_next_zeta(const CommittedHeight& h) {
  std::vector<ColumnRun> runs;
  for (const PartPlace& place : h.plan->parts) {
    if (place.next > 0) runs.push_back({h.main, place.main, place.next});
  }
  for (const PartPlace& place : h.plan->parts) {
    runs.push_back(
        {h.helper, place.helper + (place.pairs - 1) * kExtensionDegree, kExtensionDegree});
  }
  return runs;
}

std::vector<KoalaBear5> evaluate_runs(Backend& backend, const CommittedHeight& h,
                                      const std::vector<ColumnRun>& runs, const KoalaBear5& z) {
  const uint64_t rows = h.plan->rows();
  Buffer<KoalaBear> weights(backend, kExtensionDegree * rows);
  fill_barycentric_weights(backend, h.plan->log_height, h.points, z, weights.data(), rows);
  std::vector<KoalaBear5> values;
  for (const ColumnRun& run : runs) {
    const std::vector<KoalaBear5> part =
        evaluate_columns(backend, run.block->column(run.first), run.block->stride(), run.count,
                         h.plan->log_height, weights.data(), rows);
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

/// Hands out values one after another.
class Cursor {
 public:
  explicit Cursor(const std::vector<KoalaBear5>& values) : next_(values.begin()) {}
  std::vector<KoalaBear5> take(size_t count) {
    next_ += static_cast<std::ptrdiff_t>(count);
    return {next_ - static_cast<std::ptrdiff_t>(count), next_};
  }

 private:
  std::vector<KoalaBear5>::const_iterator next_;
};

KoalaBear5 next_point(const CommittedHeight& h, const KoalaBear5& zeta) {
  return zeta * KoalaBear::root_of_unity(static_cast<int>(h.plan->log_height));
}

/// Values of columns at a point, with powers of delta from some power on.
struct Batch {
  std::vector<ColumnRun> runs;
  Buffer<KoalaBear5> powers;
  KoalaBear5 value;  // sum_k powers[k] values[k]

  Batch(Backend& backend, std::vector<ColumnRun> columns, const std::vector<KoalaBear5>& values,
        const KoalaBear5& delta, KoalaBear5& power)
      : runs(std::move(columns)), value(0) {
    std::vector<KoalaBear5> list(values.size());
    for (size_t k = 0; k < values.size(); ++k) {
      list[k] = power;
      value += power * values[k];
      power *= delta;
    }
    powers = Buffer<KoalaBear5>::from_host(backend, list);
  }

  /// Writes sum_k powers[k] * column k over `count` points from `first` on to five base columns.
  void add_up(Backend& backend, uint64_t first, uint64_t count, KoalaBear* out,
              uint64_t out_stride) const {
    for (int e = 0; e < kExtensionDegree; ++e) {
      backend.clear(out + e * out_stride, count * sizeof(KoalaBear));
    }
    size_t k = 0;
    for (const ColumnRun& run : runs) {
      accumulate_columns(backend, run.block->column(run.first) + first, run.block->stride(),
                         run.count, powers.data() + k, out, out_stride, count);
      k += run.count;
    }
  }
};

}  // namespace

void evaluate_height(Backend& backend, const CommittedHeight& h, const KoalaBear5& zeta,
                     std::vector<PartValues>& parts, std::vector<KoalaBear5>& quotients) {
  const auto timed = step("openings");
  const std::vector<KoalaBear5> here = evaluate_runs(backend, h, runs_at_zeta(h), zeta);
  Cursor at_zeta(here);
  for (size_t i = 0; i < h.plan->parts.size(); ++i) {
    const PartPlace& place = h.plan->parts[i];
    const uint32_t end = i + 1 < h.plan->parts.size() ? h.plan->parts[i + 1].main : h.plan->main;
    parts[place.index].main = at_zeta.take(end - place.main);
  }
  for (const PartPlace& place : h.plan->parts) {
    parts[place.index].helper = at_zeta.take(size_t{place.pairs} * kExtensionDegree);
  }
  quotients = at_zeta.take(h.quotient->columns);

  const std::vector<KoalaBear5> next =
      evaluate_runs(backend, h, runs_at_next_zeta(h), next_point(h, zeta));
  Cursor at_next(next);
  for (const PartPlace& place : h.plan->parts) {
    parts[place.index].main_next = at_next.take(place.next);
  }
  for (const PartPlace& place : h.plan->parts) {
    parts[place.index].running_sum_next = at_next.take(kExtensionDegree);
  }
}

void quotient_codeword(Backend& backend, const CommittedHeight& h, const KoalaBear5& zeta,
                       const KoalaBear5& delta, uint64_t first_power,
                       const std::vector<PartValues>& parts,
                       const std::vector<KoalaBear5>& quotients, KoalaBear* codeword) {
  const auto timed = step("deep");
  std::vector<KoalaBear5> here, next;
  const auto append = [&](std::vector<KoalaBear5>& to,
                          std::vector<KoalaBear5> PartValues::*member) {
    for (const PartPlace& place : h.plan->parts) {
      const auto& values = parts[place.index].*member;
      to.insert(to.end(), values.begin(), values.end());
    }
  };
  append(here, &PartValues::main);
  append(here, &PartValues::helper);
  here.insert(here.end(), quotients.begin(), quotients.end());
  append(next, &PartValues::main_next);
  append(next, &PartValues::running_sum_next);

  KoalaBear5 power = delta.power(first_power);
  const Batch at_zeta(backend, runs_at_zeta(h), here, delta, power);
  const Batch at_next(backend, runs_at_next_zeta(h), next, delta, power);
  // Half by half, which need nothing of one another: the sums at the next row are held beside the
  // codeword.
  const uint64_t rows = h.plan->rows();
  const uint64_t domain = h.main->rows;
  Buffer<KoalaBear> next_sums(backend, kExtensionDegree * rows);
  for (uint64_t first = 0; first < domain; first += rows) {
    KoalaBear* const out = codeword + first;
    at_zeta.add_up(backend, first, rows, out, domain);
    at_next.add_up(backend, first, rows, next_sums.data(), rows);
    divide_by_poles(backend, h.plan->log_height, h.points + first, zeta,
                    {out, at_zeta.value, next_sums.data(), at_next.value, domain, rows}, out);
  }
}

}  // namespace cairn
