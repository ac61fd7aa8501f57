// Every vector form of the permutation that the processor has, against the definition.
#include "core/poseidon_simd.hpp"

#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/poseidon.hpp"

namespace cairn::poseidon {
namespace {

struct Form {
  std::string name;
  size_t lanes;
  void (*permute)(KoalaBear* state);
};
void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }

std::vector<Form> forms() {
  std::vector<Form> all;
#if defined(CAIRN_HAS_AVX2)
  if (__builtin_cpu_supports("avx2")) all.push_back({"avx2", 8, permute_avx2});
#endif
#if defined(CAIRN_HAS_AVX512)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    all.push_back({"avx512", 16, permute_avx512});
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512ifma")) {
      all.push_back({"avx512_sums", 16, permute_avx512_sums});
    }
  }
#endif
  return all;
}

class VectorForms : public testing::TestWithParam<Form> {};
INSTANTIATE_TEST_SUITE_P(Sets, VectorForms, testing::ValuesIn(forms()),
                         [](const auto& info) { return info.param.name; });
// A build or a processor may have none.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(VectorForms);

void expect_plain(const Form& form, const std::vector<KoalaBear>& before) {
  std::vector<KoalaBear> after = before;
  form.permute(after.data());
  for (size_t lane = 0; lane < form.lanes; ++lane) {
    KoalaBear state[kWidth];
    for (size_t i = 0; i < kWidth; ++i) state[i] = before[i * form.lanes + lane];
    permute_plain(state);
    for (size_t i = 0; i < kWidth; ++i) {
      ASSERT_EQ(after[i * form.lanes + lane].montgomery(), state[i].montgomery())
          << "lane " << lane << ", element " << i;
    }
  }
}

/// Montgomery forms at which signs, halves of words and quotients change.
constexpr uint32_t kEdges[] = {0,
                               1,
                               KoalaBear::kModulus - 1,
                               KoalaBear::kModulus / 2,
                               KoalaBear::kModulus / 2 + 1,
                               0x7fff,
                               0x8000,
                               0xffff,
                               0x10000,
                               0x3fff8000,
                               0x7effffff};

TEST_P(VectorForms, TakeAnEdgeInAllLanes) {
  for (const uint32_t edge : kEdges) {
    expect_plain(GetParam(), std::vector<KoalaBear>(kWidth * GetParam().lanes,
                                                    KoalaBear::from_montgomery(edge)));
  }
}

TEST_P(VectorForms, TakeMixturesOfEdgesAndAnything) {
  std::mt19937 random(7);
  for (int turn = 0; turn < 300; ++turn) {
    std::vector<KoalaBear> state;
    for (size_t i = 0; i < kWidth * GetParam().lanes; ++i) {
      const bool edge = random() % 3 < static_cast<unsigned>(turn) % 4;
      state.push_back(KoalaBear::from_montgomery(edge ? kEdges[random() % std::size(kEdges)]
                                                      : random() % KoalaBear::kModulus));
    }
    expect_plain(GetParam(), state);
  }
}

}  // namespace
}  // namespace cairn::poseidon
