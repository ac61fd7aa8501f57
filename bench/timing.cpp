#include "bench/timing.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace cairn::bench {

double quantile(std::vector<double> values, double quantile) {
  if (values.empty()) return 0;
  const double rank = std::ceil(quantile * static_cast<double>(values.size()));
  const auto at =
      static_cast<size_t>(std::clamp(rank, 1.0, static_cast<double>(values.size()))) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<double> repeat_for(double budget, unsigned most, const std::function<void()>& work) {
  constexpr unsigned kLeast = 3;
  work();  // tables and pages
  std::vector<double> seconds;
  for (double spent = 0; seconds.size() < std::max(most, 1u);) {
    seconds.push_back(seconds_of(work));
    spent += seconds.back();
    if (spent > budget && seconds.size() >= std::min(kLeast, most)) break;
  }
  return seconds;
}

}  // namespace cairn::bench
