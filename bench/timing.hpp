// Repeated measurements of one thing, and what is said of them.
#pragma once

#include <functional>
#include <vector>

namespace cairn::bench {

/// The value that a share `quantile` of the values does not exceed (nearest rank). Of none: 0.
double quantile(std::vector<double> values, double quantile);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// Seconds that one call of `work` takes.
double seconds_of(const std::function<void()>& work);

/// Seconds of repeated calls, after one that is dropped: until `budget` seconds have passed, but
/// three calls at least and `most` at most.
std::vector<double> repeat_for(double budget, unsigned most, const std::function<void()>& work);

}  // namespace cairn::bench
