#include "kernels/lift.hpp"

#include "backends.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class Lift : public BackendTest {};

TEST_P(Lift, AddsTheLowCodewordAtThePowerOfThePoint) {
  Random random(21);
  for (uint32_t low_log = 5; low_log <= 7; ++low_log) {
    for (uint32_t tall_log = low_log; tall_log <= 9; ++tall_log) {
      std::vector<KoalaBear5> polynomial;
      for (int k = 0; k < 9; ++k) polynomial.push_back(random.koala_bear5());
      const auto low = naive::codeword(polynomial, low_log);
      const uint64_t count = uint64_t{2} << tall_log;
      const auto tall = random.koala_bears(kExtensionDegree * count);
      Buffer<KoalaBear> from = upload(low), to = upload(tall);

      lift_add(backend(), from.data(), uint64_t{2} << low_log, low_log, to.data(), count, tall_log);

      const auto result = to.to_host();
      for (uint64_t p = 0; p < count; ++p) {
        const KoalaBear y =
            naive::unshifted_point(tall_log, p).power(uint64_t{1} << (tall_log - low_log));
        ASSERT_EQ(naive::extension_at(result, count, p),
                  naive::extension_at(tall, count, p) + naive::evaluate(polynomial, y))
            << low_log << " to " << tall_log << " place " << p;
      }
    }
  }
}

CAIRN_ON_EVERY_BACKEND(Lift);

}  // namespace
}  // namespace cairn::test
