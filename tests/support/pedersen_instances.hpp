// Instances of the pedersen builtin, known from elsewhere.
#pragma once

#include <vector>

#include "core/felt252.hpp"

namespace cairn {

/// a, b, result of one instance after another: from the published crate starknet-types-core 0.2.4,
/// and all instances of the PIE of the first block of a chain (snos/genesis-6k).
inline std::vector<Felt> pedersen_instances() {
  constexpr const char* kCells[][3] = {
      {"0x0", "0x0", "0x49ee3eba8c1600700ee1b87eb599f16716b0b1022947733551fde4050ca6804"},
      {"0x1", "0x2", "0x5bb9440e27889a364bcb678b1f679ecd1347acdedcbf36e83494f857cc58026"},
      {"0xffffffffffffffff", "0x7",
       "0x7b7a0c36ebfe41e0ac0051c8b5334b6c4429275b9b781093d713ee1ac8d9b1"},
      {"0x800000000000011000000000000000000000000000000000000000000000000",
       "0x800000000000011000000000000000000000000000000000000000000000000",
       "0x7258fccaf3371fad51b117471d9d888a1786c5694c3e6099160477b593a576e"},
      {"0x80", "0x0", "0x41e158f6df25fc003f27924cc20e9a6d518a842cb09ba6192d3a2e3d4526d25"},
      {"0x0", "0x41e158f6df25fc003f27924cc20e9a6d518a842cb09ba6192d3a2e3d4526e20",
       "0x46a5b21b05ec9a90fc75fd3826a11906135bbcb9e462d547b4629b6fc7175a1"},
      {"0x46a5b21b05ec9a90fc75fd3826a11906135bbcb9e462d547b4629b6fc7175a1", "0x0",
       "0x37d517b78b14dd8f50f11dbc92f08be3c9b1e7bc9dfb0cd4b83eb46c34b66b6"},
      {"0x37d517b78b14dd8f50f11dbc92f08be3c9b1e7bc9dfb0cd4b83eb46c34b66b6", "0x0",
       "0x2f84fd0707d8246348f2f814852e77a75d261625fe1c4a16161cc7ac2dcb807"},
      {"0x2f84fd0707d8246348f2f814852e77a75d261625fe1c4a16161cc7ac2dcb807", "0x2",
       "0x3c538d437670f4c6f72dd799f215a007720ec7d19bc64195c96399145d87374"},
      {"0x0", "0x537461726b6e65744f73436f6e66696733",
       "0x57581f63d573da94f8e763e0b7b8fc02f15223b4f3e1525a1d9a4842b4d370f"},
      {"0x57581f63d573da94f8e763e0b7b8fc02f15223b4f3e1525a1d9a4842b4d370f",
       "0x434841494e5f49445f535542444952",
       "0x74edf8cb0e254bb07b6f89f12a6e28bf01b2226cf3212e8fd3f09b9962f1187"},
      {"0x74edf8cb0e254bb07b6f89f12a6e28bf01b2226cf3212e8fd3f09b9962f1187",
       "0x1a465ff487205d561821685efff4903cb07d69f014b1688a560f8c6380cd025",
       "0x31b88ad8936da484b0c62e5baaabda26e8bd807fff489e46f609f738a79144a"},
      {"0x31b88ad8936da484b0c62e5baaabda26e8bd807fff489e46f609f738a79144a", "0x3",
       "0x49bc6572fc59c0a1fd2f2c1b3efa02796881a3b03c8e08cfecfd89280430bad"}};
  std::vector<Felt> cells;
  for (const auto& instance : kCells) {
    for (const char* cell : instance) cells.push_back(parse_felt(cell));
  }
  return cells;
}

}  // namespace cairn
