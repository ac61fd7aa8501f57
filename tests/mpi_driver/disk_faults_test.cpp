// Disks that are full, and places that cannot be written.
#include <fstream>

#include "tests/mpi_driver/faults_support.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Words that run a command with mounts of its own.
std::string with_own_mounts() { return geteuid() == 0 ? "unshare -m " : "unshare -rm "; }

bool may_mount() {
  const Scratch folder;
  return run_program(with_own_mounts() + "mount -t tmpfs cairn " + (folder / ".")).exit_code == 0;
}

#define NEED_MOUNTS() \
  if (!may_mount()) GTEST_SKIP() << "mounting a small disk is not permitted here"

/// Runs a command while `place` is a disk with these options of tmpfs; what it leaves there is
/// there afterwards.
Ran run_on_disk(const std::string& place, const std::string& options, const std::string& command) {
  fs::create_directories(place);
  const std::string kept = place + ".kept";
  const Ran ran =
      run_program(with_own_mounts() + "bash -c 'mount -t tmpfs -o " + options + " cairn " + place +
                  "; " + command + "; code=$?; cp -a " + place + " " + kept + "; exit $code'");
  fs::remove_all(place);
  fs::rename(kept, place);
  return ran;
}

const std::string kFull = "No space left on device";

TEST(Faults, FileThatMayNotGrowEndsTheRunAndNothingElse) {
  const Scratch folder;
  // No file may be larger than 64 KiB: the store's records fit, proofs do not.
  const Ran ran = run_program("bash -c 'ulimit -f 64; exec " + prove_command(folder) + "'");
  expect_one_line(ran, 4, "cannot write the file: File too large");
  EXPECT_EQ(inspect(folder)["segments_proven"], 0);
  expect_resumed(folder);
}

TEST(Faults, FullDiskUnderTheWorkFolder) {
  NEED_MOUNTS();
  const Scratch folder;
  const Ran ran = run_on_disk(folder / "work", "size=4m", mpirun(3) + prove_command(folder));
  expect_one_line(ran, 4, kFull);
  EXPECT_EQ(folder.entries(), 1u);
  EXPECT_GE(inspect(folder)["segments_proven"], 1);
  EXPECT_EQ(inspect(folder)["locked_by"], nullptr);
  expect_rest_proven(folder);
}

TEST(Faults, FullDiskUnderTheProof) {
  NEED_MOUNTS();
  const Scratch folder;
  const std::string out = folder / "out";
  const Ran ran =
      run_on_disk(out, "size=64k",
                  mpirun(3) + prove_sample() + " -o " + out + "/p.h5 --work " + (folder / "work"));
  expect_one_line(ran, 4, out + "/p.h5: cannot write the file: " + kFull);
  EXPECT_TRUE(fs::is_empty(out)) << "half a proof";
  EXPECT_EQ(inspect(folder)["segments_proven"], inspect(folder)["segments"]);
  EXPECT_EQ(inspect(folder)["proof"], nullptr);
  expect_rest_proven(folder);
}

TEST(Faults, PlacesThatCannotBeWrittenAreNamedBeforeTheRunStarts) {
  const Scratch folder;
  const std::string to_proof = " -o " + (folder / "p.h5");
  std::ofstream(folder / "file") << "in the way";
  const auto refused = [&](const std::string& arguments, const std::string& words) {
    expect_one_line(run_program(mpirun(3) + prove_sample() + arguments), 4, words);
    EXPECT_EQ(folder.entries(), 1u);
  };
  refused(to_proof + " --work " + (folder / "file"), "file");
  refused(to_proof + " --work " + (folder / "missing/work"), "cannot make the folder");
  refused(" -o " + (folder / "missing/p.h5"), "missing/p.h5: cannot create the file");
  refused(" -o " + (folder / "file/p.h5"), "file/p.h5: cannot create the file");
  refused(to_proof + " --report " + (folder / "missing/r.json"), "missing/r.json: cannot create");
}

TEST(AllFaults, ReadOnlyPlacesAreNamed) {
  NEED_MOUNTS();
  const Scratch folder;
  const std::string out = folder / "out";
  const std::string proven = " -o " + out + "/p.h5 --work " + (folder / "work");
  expect_one_line(run_on_disk(out, "ro", mpirun(3) + prove_sample() + proven), 4,
                  out + "/p.h5: cannot create the file: Read-only file system");
  EXPECT_FALSE(fs::exists(folder / "work"));
  expect_one_line(run_on_disk(folder / "work", "ro", mpirun(3) + prove_command(folder)), 4,
                  "Read-only file system");
  expect_resumed(folder);
}

TEST(AllFaults, FullDiskAtEachFileOfTheStore) {
  NEED_MOUNTS();
  // From the lock on: numbers of files, then sizes.
  for (const char* options :
       {"nr_inodes=1", "nr_inodes=2", "nr_inodes=4", "nr_inodes=9", "nr_inodes=24", "size=4k",
        "size=16k", "size=64k", "size=400k", "size=600k", "size=1m", "size=2m", "size=4m"}) {
    SCOPED_TRACE(options);
    const Scratch folder;
    const Ran ran = run_on_disk(folder / "work", options, prove_command(folder));
    expect_one_line(ran, 4, kFull);
    EXPECT_EQ(folder.entries(), 1u);
    if (fs::exists(folder / "work/manifest.json")) {
      expect_rest_proven(folder);
    } else {
      expect_resumed(folder);
    }
  }
}

TEST(AllFaults, UnwritableStore) {
  const Scratch folder;
  ASSERT_EQ(expect_resumed(folder).exit_code, 0);
  // Where root writes everything: a file in a folder's place.
  fs::remove_all(folder / "work/segments");
  std::ofstream(folder / "work/segments") << "in the way";
  const Ran ran = run_program(mpirun(3) + prove_command(folder));
  expect_one_line(ran, 4, "work/segments/");
  fs::remove(folder / "work/segments");
  expect_resumed(folder);
}

}  // namespace
}  // namespace cairn
