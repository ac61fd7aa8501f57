#include "mpi_driver/device_choice.hpp"

#include <gtest/gtest.h>

namespace cairn::test {
namespace {

using Visible = std::vector<std::vector<std::string>>;

TEST(DeviceChoice, GivesEachWorkerTheNextDevice) {
  const Visible visible(3, {"a", "b", "c", "d"});

  EXPECT_EQ(assign_devices(visible, false), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(assign_devices(visible, true), (std::vector<int>{0, 1, 2}));
}

/// As srun --gpus-per-task=1 does: everybody's device is its number 0.
TEST(DeviceChoice, TellsDevicesApartByIdentity) {
  EXPECT_EQ(assign_devices({{"a"}, {"b"}, {"c"}}, false), (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(assign_devices({{"a", "b"}, {"b", "a"}}, false), (std::vector<int>{0, 0}));
  EXPECT_EQ(assign_devices({{"a", "b"}, {"a", "c"}}, false), (std::vector<int>{0, 1}));
}

TEST(DeviceChoice, RefusesToShareUnlessAsked) {
  const Visible visible(5, {"a", "b"});

  EXPECT_EQ(assign_devices(visible, false),
            (std::vector<int>{0, 1, kNoDevice, kNoDevice, kNoDevice}));
  EXPECT_EQ(assign_devices(visible, true), (std::vector<int>{0, 1, 0, 1, 0}));
  EXPECT_EQ(assign_devices({{"a"}, {"a"}}, false), (std::vector<int>{0, kNoDevice}));
}

TEST(DeviceChoice, HasNothingWhereThereIsNothing) {
  EXPECT_EQ(assign_devices({{}, {}}, true), (std::vector<int>{kNoDevice, kNoDevice}));
  EXPECT_TRUE(assign_devices({}, false).empty());
}

}  // namespace
}  // namespace cairn::test
