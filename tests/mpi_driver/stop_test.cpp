#include "mpi_driver/stop.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace cairn {
namespace {

TEST(TimeRules, GiveNoGraceWhereMpirunGivesNone) {
  unsetenv("CAIRN_GRACE_SECONDS");
  unsetenv("OMPI_COMM_WORLD_SIZE");
  catch_stop_signals();
  EXPECT_EQ(TimeRules::from_environment().term_grace, 20);

  setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
  catch_stop_signals();
  EXPECT_EQ(TimeRules::from_environment().term_grace, 0);
  EXPECT_EQ(TimeRules::from_environment().grace, 20);

  setenv("CAIRN_GRACE_SECONDS", "7", 1);
  EXPECT_EQ(TimeRules::from_environment().term_grace, 7);
  EXPECT_EQ(TimeRules::from_environment().grace, 7);

  setenv("CAIRN_GRACE_SECONDS", "-1", 1);
  EXPECT_THROW(TimeRules::from_environment(), Error);
  unsetenv("CAIRN_GRACE_SECONDS");
  unsetenv("OMPI_COMM_WORLD_SIZE");
  catch_stop_signals();
}

}  // namespace
}  // namespace cairn
