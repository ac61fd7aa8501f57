#include "mpi_driver/messages.hpp"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(Messages, SurviveTheirOwnBytes) {
  const JobSetup setup{Hash::kPoseidon, {}, {{{1, 6, 0, 64, 0, 0}}, {{2, 7, 5, 100, 5, 133}, {}}}};
  const auto setup_copy = decode<JobSetup>(encode(setup));
  EXPECT_EQ(setup_copy.hash, setup.hash);
  EXPECT_EQ(encode(setup_copy), encode(setup));

  const Done done{{TaskKind::kCommit, 3},
                  1.5,
                  SegmentRecord{{{1, 6, 0, 0}}, Digest{{9}}},
                  make_leaf(Hash::kBlake3, 3, KoalaBear5(4), std::vector<std::byte>(5))};
  const auto done_copy = decode<Done>(encode(done), Hash::kBlake3);
  EXPECT_EQ(done_copy.task.bundle, 3u);
  EXPECT_EQ(done_copy.seconds, 1.5);
  EXPECT_EQ(done_copy.record, done.record);
  EXPECT_EQ(encode(done_copy), encode(done));

  const Merged merged{{4, 2}, Digest{{7}}, KoalaBear5(9)};
  EXPECT_EQ(encode(decode<Merged>(encode(merged))), encode(merged));
  const Rejected rejected{{4, 1}, 3, "why"};
  EXPECT_EQ(encode(decode<Rejected>(encode(rejected))), encode(rejected));

  WorkerReport report;
  report.about = {"host", 2, "cpu"};
  report.segments = {1, 5};
  report.peak_bytes = uint64_t{5} << 32;
  report.page_faults = 77;
  EXPECT_EQ(encode(decode<WorkerReport>(encode(report))), encode(report));
  EXPECT_EQ(decode<WorkerReport>(encode(report)).page_faults, 77u);

  const ChallengeMessage challenge{{Digest{{1}}, KoalaBear5(2), KoalaBear5(3)},
                                   {SegmentRecord{{{1, 6, 0, 0}}, Digest{{9}}}}};
  EXPECT_EQ(encode(decode<ChallengeMessage>(encode(challenge))), encode(challenge));
}

TEST(Messages, RefuseBytesThatAreNone) {
  std::vector<std::byte> task = encode(Task{TaskKind::kProve, 1});
  task[0] = std::byte{kTaskKinds};
  EXPECT_THROW(decode<Task>(task), Error);
  EXPECT_THROW(decode<Hello>(encode(Task{TaskKind::kProve, 1})), Error);
  // Flags have two forms, not 256.
  std::vector<std::byte> setup = encode(JobSetup{Hash::kPoseidon, {}, {}});
  setup[0] = std::byte{2};
  EXPECT_THROW(decode<JobSetup>(setup), Error);
  std::vector<std::byte> done = encode(Done{{TaskKind::kCommit, 3}, 1.5, {}, {}});
  done.back() = std::byte{2};
  EXPECT_THROW(decode<Done>(done), Error);
}

}  // namespace
}  // namespace cairn
