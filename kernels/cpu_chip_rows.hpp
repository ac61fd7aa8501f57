// Filling and counting on a CPU: scalar work, row by row, but written to memory by lines.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>

#include "air/inverses.hpp"
#include "kernels/chip_kernels.hpp"

namespace cairn::scalar {

/// Cells and values are counted by all threads of the backend, entries by each its own.
struct SharedAdd {
  static void add_cell(uint32_t& counter) {
    std::atomic_ref<uint32_t>(counter).fetch_add(1, std::memory_order_relaxed);
  }
  static void add_entry(uint32_t& counter) { ++counter; }
};

/// Replaces values by their inverses, 0 by 0, with one inversion for all.
inline void invert_together(KoalaBear* values, uint64_t count, KoalaBear* before) {
  KoalaBear product(1);
  for (uint64_t i = 0; i < count; ++i) {
    before[i] = product;
    if (!(values[i] == KoalaBear(0))) product *= values[i];
  }
  KoalaBear inverse = product.inverse();
  for (uint64_t i = count; i-- > 0;) {
    if (values[i] == KoalaBear(0)) continue;
    const KoalaBear own = inverse * before[i];
    inverse *= values[i];
    values[i] = own;
  }
}

/// Rows are made a line's worth at a time: columns lie so far apart that cells stored one by one
/// would touch as many lines, and pages, as a row has columns, for each row again.
template <class Chip>
void run_chip_rows(const ChipTask& task, uint64_t begin, uint64_t end) {
  constexpr int kColumns = kShape<Chip>.columns;
  constexpr uint64_t kRows = 64 / sizeof(KoalaBear);
  // Whoever counts may not read what others count.
  const Counts known = counts(task.work) ? Counts{} : task.counts;
  alignas(64) KoalaBear block[kColumns][kRows];
  for (uint64_t first = begin; first < end; first += kRows) {
    const uint64_t rows = std::min(kRows, end - first);
    for (uint64_t r = 0; r < rows; ++r) {
      const auto cells = [&] {
        const auto row = static_cast<uint32_t>(first + r);
        if constexpr (inverse_count<Chip>() > 0) {
          return Chip::fill(task.image, known, task.part, row, InvertLater{});
        } else {
          return Chip::fill(task.image, known, task.part, row);
        }
      }();
      static_assert(sizeof(cells) == kColumns * sizeof(KoalaBear));
      const KoalaBear* cell = reinterpret_cast<const KoalaBear*>(&cells);
      if (counts(task.work)) CountUses<Chip, SharedAdd>{task}.count(first + r, cell);
      for (int i = 0; i < kColumns; ++i) block[i][r] = cell[i];
    }
    if (!fills(task.work)) continue;
    for (int i = kColumns - inverse_count<Chip>(); i < kColumns; ++i) {
      KoalaBear before[kRows];
      invert_together(block[i], rows, before);
    }
    for (int i = 0; i < kColumns; ++i) {
      KoalaBear* to = task.main + i * task.stride + first;
      if (rows == kRows) {
        std::memcpy(to, block[i], sizeof block[i]);
      } else {
        std::memcpy(to, block[i], rows * sizeof(KoalaBear));
      }
    }
  }
}

}  // namespace cairn::scalar
