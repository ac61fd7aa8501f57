// main() of the tests whose code runs isolated tasks, in place of GoogleTest's.
#include <gmock/gmock.h>

#include "aggregator/isolated.hpp"

int main(int argc, char** argv) {
  cairn::run_isolated_task(argc, argv);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
