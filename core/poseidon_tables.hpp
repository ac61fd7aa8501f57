// Poseidon's partial rounds as one linear map: tables, computed by the compiler.
//
// Only lane 0 goes through an S-box in a partial round, so everything else is linear in the state x
// before these rounds and in the S-boxes' outputs t_0..t_19. With N the matrix M without its column
// 0 and m that column, a round is s <- N (s + c_k) + m t_k; therefore
//   S-box input k:  (N^k x)_0 + sum_{j<k} (N^(k-1-j) m)_0 t_j + offset_k,
//   state after:    N^20 x + sum_j N^(19-j) m t_j + last_offset.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/poseidon_constants.hpp"

namespace cairn::poseidon {

/// Montgomery forms.
struct PartialTables {
  uint32_t row[kPartialRounds][kWidth];   // row 0 of N^k; its entry 0 is 0 from k = 1 on
  uint32_t kick[kPartialRounds][kWidth];  // N^d m
  uint32_t offset[kPartialRounds];
  uint32_t last_row[kWidth][kWidth];  // N^20
  uint32_t last_offset[kWidth];
};

consteval PartialTables make_partial_tables() {
  struct Matrix {
    KoalaBear at[kWidth][kWidth];
  };
  const auto times = [](const Matrix& a, const Matrix& b) {
    Matrix c{};
    for (int i = 0; i < kWidth; ++i) {
      for (int k = 0; k < kWidth; ++k) {
        for (int j = 0; j < kWidth; ++j) c.at[i][j] += a.at[i][k] * b.at[k][j];
      }
    }
    return c;
  };
  const MatrixRow first_row = matrix_row();
  const RoundConstants constants = round_constants();
  Matrix n{};
  KoalaBear kick[kWidth], row[kWidth], sum[kWidth];  // N^d m, row 0 of N^k, N (sum + c_k)
  for (int i = 0; i < kWidth; ++i) {
    for (int j = 1; j < kWidth; ++j) n.at[i][j] = first_row.value[(j - i) & (kWidth - 1)];
    kick[i] = first_row.value[-i & (kWidth - 1)];
    row[i] = KoalaBear(i == 0 ? 1 : 0);
    sum[i] = KoalaBear(0);
  }
  PartialTables tables{};
  for (int k = 0; k < kPartialRounds; ++k) {
    KoalaBear next_kick[kWidth], next_row[kWidth], next_sum[kWidth];
    for (int i = 0; i < kWidth; ++i) {
      sum[i] += constants.value[kFullRounds / 2 + k][i];
      next_kick[i] = next_row[i] = next_sum[i] = KoalaBear(0);
    }
    tables.offset[k] = sum[0].montgomery();
    for (int i = 0; i < kWidth; ++i) {
      tables.row[k][i] = row[i].montgomery();
      tables.kick[k][i] = kick[i].montgomery();
      for (int j = 0; j < kWidth; ++j) {
        next_kick[i] += n.at[i][j] * kick[j];
        next_row[i] += row[j] * n.at[j][i];
        next_sum[i] += n.at[i][j] * sum[j];
      }
    }
    for (int i = 0; i < kWidth; ++i) {
      kick[i] = next_kick[i];
      row[i] = next_row[i];
      sum[i] = next_sum[i];
    }
  }
  const Matrix n2 = times(n, n);
  const Matrix n5 = times(times(n2, n2), n);
  const Matrix n10 = times(n5, n5);
  const Matrix n20 = times(n10, n10);
  for (int i = 0; i < kWidth; ++i) {
    tables.last_offset[i] = sum[i].montgomery();
    for (int j = 0; j < kWidth; ++j) tables.last_row[i][j] = n20.at[i][j].montgomery();
  }
  return tables;
}

/// The tables, in a place that a device can read.
HOST_DEVICE const PartialTables& partial_tables() {
  static constexpr PartialTables kTables = make_partial_tables();
  return kTables;
}

}  // namespace cairn::poseidon
