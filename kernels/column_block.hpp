// Columns of one length in a backend's memory.
#pragma once

#include "kernels/buffer.hpp"

namespace cairn {

/// Elements between the beginnings of neighbouring columns of `rows` values. Long columns are kept
/// from lying a power of two apart: their rows would all fall into one set of each cache.
constexpr uint64_t column_stride(uint64_t rows) {
  constexpr uint64_t kLine = 16;  // elements of a cache line
  return rows < 1024 ? rows : rows + 5 * kLine;
}

/// `columns` columns of `rows` values; not cleared.
struct ColumnBlock {
  uint32_t columns = 0;
  uint64_t rows = 0;
  Buffer<KoalaBear> values;

  ColumnBlock() = default;
  ColumnBlock(Backend& backend, uint32_t column_count, uint64_t row_count)
      : columns(column_count),
        rows(row_count),
        values(backend, column_count * column_stride(row_count)) {}

  uint64_t stride() const { return column_stride(rows); }
  KoalaBear* column(uint64_t i) { return values.data() + i * stride(); }
  const KoalaBear* column(uint64_t i) const { return values.data() + i * stride(); }
};

}  // namespace cairn
