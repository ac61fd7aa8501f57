// Columns that hold inverses, for the prover's convenience: no message depends on them.
//
// A chip whose last kInverses columns are such has fill() take what inverts. Where rows are filled
// one by one that is InvertNow; a CPU, which fills some rows at a time, leaves the values there and
// inverts those of a column together (kernels/cpu_chip_rows.hpp).
#pragma once

#include "core/device.hpp"
#include "core/koala_bear.hpp"

namespace cairn {

struct InvertNow {
  HOST_DEVICE KoalaBear operator()(const KoalaBear& x) const { return x.inverse(); }
};

struct InvertLater {
  HOST_DEVICE KoalaBear operator()(const KoalaBear& x) const { return x; }
};

/// How many of a chip's last columns hold inverses.
template <class Chip>
constexpr int inverse_count() {
  if constexpr (requires { Chip::kInverses; }) {
    return Chip::kInverses;
  } else {
    return 0;
  }
}

}  // namespace cairn
