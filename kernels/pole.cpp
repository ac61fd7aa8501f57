#include "kernels/pole.hpp"

#include "core/error.hpp"
#include "kernels/backend.hpp"
#include "kernels/block_plan.hpp"

namespace cairn {

Pole make_pole(const KoalaBear5& z, const KoalaBear5& factor) {
  KoalaBear5 product[kExtensionDegree + 1] = {1, 0, 0, 0, 0, 0};  // lowest coefficient first
  const auto multiply_by_root = [&](int degree, const KoalaBear5& root) {
    for (int i = degree + 1; i > 0; --i) product[i] = product[i - 1] - root * product[i];
    product[0] = -root * product[0];
  };
  Pole pole{};
  KoalaBear5 conjugate = z;
  for (int degree = 0; degree < kExtensionDegree - 1; ++degree) {
    conjugate = conjugate.frobenius();
    multiply_by_root(degree, conjugate);
  }
  for (int i = 0; i < kExtensionDegree; ++i) pole.adjoint[i] = factor * product[i];
  multiply_by_root(kExtensionDegree - 1, z);
  for (int i = 0; i < kExtensionDegree; ++i) {
    check(product[i] == KoalaBear5(product[i].c[0]), "a norm lies in the base field");
    pole.norm[i] = product[i].c[0];
  }
  return pole;
}

void invert_norms(Backend& backend, const KoalaBear* points, const KoalaBear5& z, uint64_t count,
                  KoalaBear* out) {
  const Pole pole = make_pole(z);
  for_each_block_run(
      count, PoleInverse::kMaxTogether, [&](uint64_t begin, uint32_t together, uint64_t indices) {
        backend.run(PoleInverse{points + begin, pole, out + begin, together, indices});
      });
}

}  // namespace cairn
