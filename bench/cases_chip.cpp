// The kernels of chips: constraints and lookups of the widest and the narrowest one on arbitrary
// cells; filling and counting on the rows of a real run.
#include <cstring>

#include <fmt/format.h>

#include "air/chips.hpp"
#include "bench/filled_image.hpp"
#include "bench/kernel_case.hpp"
#include "kernels/job_memory.hpp"

namespace cairn::bench {
namespace {

struct ChipShape {
  uint32_t chip = 0;
  std::string name;
  uint32_t main = 0, helper = 0, fixed = 0, constraints = 0;
};

ChipShape shape_of(uint32_t chip) {
  ChipShape shape{chip, {}, 0, 0, 0, 0};
  with_chip(chip, [&]<class Chip>() {
    shape.name = Chip::kName;
    shape.main = kShape<Chip>.columns;
    shape.helper = kShape<Chip>.helper_columns();
    shape.fixed = kShape<Chip>.fixed;
    shape.constraints = kShape<Chip>.all_constraints();
  });
  return shape;
}

/// The chip with the most, or with the fewest main and helper columns.
ChipShape extreme_chip(bool widest) {
  ChipShape chosen = shape_of(0);
  for (uint32_t chip = 1; chip < kChipCount; ++chip) {
    const ChipShape shape = shape_of(chip);
    const uint32_t own = shape.main + shape.helper, best = chosen.main + chosen.helper;
    if (widest ? own > best : own < best) chosen = shape;
  }
  return chosen;
}

/// One chip's columns in one backend's memory.
struct Columns {
  Buffer<KoalaBear> main, helper, fixed, selectors, accumulator;
  Buffer<KoalaBear5> weights;
  Buffer<LookupChallenges> challenges;
  ChipTask task{};

  Columns(Backend& backend, const ChipShape& shape, uint32_t log_height, ChipWork work) {
    const uint64_t rows = uint64_t{work == ChipWork::kConstraints ? 2u : 1u} << log_height;
    const uint64_t stride = column_stride(rows);
    const auto upload = [&](uint64_t columns, uint64_t seed) {
      return Buffer<KoalaBear>::from_host(backend, some_elements(columns * stride, seed));
    };
    main = upload(shape.main, 20);
    helper = upload(shape.helper, 21);
    fixed = upload(std::max(shape.fixed, 1u), 22);
    selectors = upload(3, 23);
    accumulator = Buffer<KoalaBear>(backend, kExtensionDegree * stride);
    accumulator.clear();
    std::vector<KoalaBear5> powers(shape.constraints);
    for (size_t i = 0; i < powers.size(); ++i) powers[i] = some_extension(i);
    weights = Buffer<KoalaBear5>::from_host(backend, powers);
    LookupChallenges drawn{};
    drawn.alpha = some_extension(30);
    for (size_t i = 0; i < std::size(drawn.gamma); ++i) drawn.gamma[i] = some_extension(31 + i);
    challenges = Buffer<LookupChallenges>::from_host(backend, {&drawn, 1});
    task.work = work;
    task.part = {shape.chip, log_height, 0, 1u << log_height, 0, 0};
    task.main = main.data();
    task.helper = helper.data();
    task.fixed = fixed.data();
    task.stride = stride;
    task.challenges = challenges.data();
    task.weights = weights.data();
    task.sum_share = some_extension(29);
    task.is_first = selectors.data();
    task.is_last = selectors.data() + stride;
    task.except_last = selectors.data() + 2 * stride;
    task.accumulator = accumulator.data();
  }
};

bool on_cells(const Setting& s, KernelCase& made, bool widest, ChipWork work) {
  const ChipShape shape = extreme_chip(widest);
  // As many cells as the matrix of the other kernels, or fewer.
  uint32_t log_height = s.log_height;
  while (log_height > 6 &&
         (uint64_t{shape.main + shape.helper} << log_height) > (s.rows() * s.columns)) {
    --log_height;
  }
  const bool constraints = work == ChipWork::kConstraints;
  const auto columns = std::make_shared<Columns>(s.backend, shape, log_height, work);
  Backend &backend = s.backend, &oracle = s.oracle;
  made.name = fmt::format("{} {}", constraints ? "constraints" : "lookups", shape.name);
  made.unit = "cells";
  const double rows = static_cast<double>(columns->task.count());
  made.units = rows * (shape.main + shape.helper);
  made.work.bytes = 4 * rows * (shape.main + shape.helper + shape.fixed);
  if (constraints) made.work.bytes += 4 * rows * (3 + 2 * kExtensionDegree);
  made.oracle = "scalar";
  made.run = [=, &backend] { backend.run_chip(shape.chip, columns->task); };
  made.check = [=, &backend, &oracle] {
    Columns mine(backend, shape, log_height, work), right(oracle, shape, log_height, work);
    backend.run_chip(shape.chip, mine.task);
    oracle.run_chip(shape.chip, right.task);
    backend.synchronize();
    return constraints ? mine.accumulator.to_host() == right.accumulator.to_host()
                       : mine.helper.to_host() == right.helper.to_host();
  };
  return true;
}

bool wide_constraints(const Setting& s, KernelCase& made) {
  return on_cells(s, made, true, ChipWork::kConstraints);
}
bool narrow_constraints(const Setting& s, KernelCase& made) {
  return on_cells(s, made, false, ChipWork::kConstraints);
}
bool wide_lookups(const Setting& s, KernelCase& made) {
  return on_cells(s, made, true, ChipWork::kLookups);
}
bool narrow_lookups(const Setting& s, KernelCase& made) {
  return on_cells(s, made, false, ChipWork::kLookups);
}

/// The run's image, its counts and one part's columns in one backend's memory.
struct Rows {
  DeviceImage image;
  CountsBuffer counts;
  Buffer<uint32_t> unprovided;
  Buffer<KoalaBear> main;
  ChipTask task{};

  Rows(Backend& backend, const FilledImage& filled, const Part& part, uint32_t columns,
       ChipWork work)
      : image(backend, filled.image),
        counts(backend, filled.image),
        unprovided(backend, 1),
        main(backend, uint64_t{columns} << part.log_height) {
    unprovided.clear();
    main.clear();
    task.work = work;
    task.part = part;
    task.image = image.view();
    task.counts = counts.view();
    task.main = main.data();
    task.stride = part.height();
    task.unprovided = unprovided.data();
  }
};

bool on_rows(const Setting& s, KernelCase& made, ChipWork work) {
  if (s.image == nullptr || s.image->part.count == 0) return false;
  const FilledImage& filled = *s.image;
  const ChipShape shape = shape_of(filled.part.chip);
  Part part = filled.part;
  while (part.log_height > s.log_height) --part.log_height;
  part.count = std::min(part.count, part.height());
  const auto rows = std::make_shared<Rows>(s.backend, filled, part, shape.main, work);
  Backend &backend = s.backend, &oracle = s.oracle;
  const bool fill = work == ChipWork::kFill;
  made.name =
      fmt::format("{} {} (2^{} rows)", fill ? "fill" : "count", shape.name, part.log_height);
  made.unit = fill ? "cells" : "rows";
  made.units = static_cast<double>(part.height()) * (fill ? shape.main : 1);
  if (fill) made.work.bytes = 4 * made.units;
  made.oracle = "scalar";
  made.run = [=, &backend] { backend.run_chip(part.chip, rows->task); };
  made.check = [=, &backend, &oracle, &filled] {
    Rows mine(backend, filled, part, shape.main, work),
        right(oracle, filled, part, shape.main, work);
    backend.run_chip(part.chip, mine.task);
    oracle.run_chip(part.chip, right.task);
    backend.synchronize();
    return fill ? mine.main.to_host() == right.main.to_host()
                : mine.counts.to_host() == right.counts.to_host();
  };
  return true;
}

bool fill(const Setting& s, KernelCase& made) { return on_rows(s, made, ChipWork::kFill); }
bool count(const Setting& s, KernelCase& made) { return on_rows(s, made, ChipWork::kCountUses); }

}  // namespace

std::vector<MakeCase> chip_cases() {
  return {wide_constraints, narrow_constraints, wide_lookups, narrow_lookups, fill, count};
}

}  // namespace cairn::bench
