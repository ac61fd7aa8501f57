#include "aggregator/store.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const Entry kSegment{EntryKind::kSegment, {1, 1}};

JobIdentity job() { return {"cairn 1", "0x12", "s", "i", "p", "blake3", 0, 3, 100}; }

std::vector<std::byte> some_bytes(size_t count) {
  std::vector<std::byte> bytes(count);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 7);
  return bytes;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string refusal(const std::string& folder, const JobIdentity& other, bool must_exist = false) {
  try {
    Store store(folder, false);
    store.open(other, must_exist);
    return "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kBadInput);
    return error.what();
  }
}

TEST(Store, GivesBackWhatItWasGiven) {
  const Scratch folder;
  const std::vector<Entry> entries = {{EntryKind::kCounts, {0, 0}},
                                      {EntryKind::kCommit, {2, 1}},
                                      kSegment,
                                      {EntryKind::kNode, {0, 2}}};
  {
    Store store(folder / "w", false);
    store.open(job(), false);
    for (size_t i = 0; i < entries.size(); ++i) store.put(entries[i], some_bytes(1000 * i), {});
  }
  Store store(folder / "w", false);
  store.open(job(), true);

  const auto loaded = store.load(entries);

  ASSERT_EQ(loaded.size(), 4u);
  for (size_t i = 0; i < entries.size(); ++i)
    EXPECT_EQ(loaded.at(entries[i]), some_bytes(1000 * i));
  EXPECT_TRUE(store.load(std::vector<Entry>{{EntryKind::kSegment, {0, 1}}}).empty());
}

TEST(Store, LeavesOutWhateverIsDamaged) {
  const Scratch folder;
  Store store(folder / "w", false);
  store.open(job(), false);
  store.put(kSegment, some_bytes(3000), {"host", 2, 1.5});
  const std::string path = folder / "w/segments/000001.h5";
  const std::string good = read(path);
  const std::vector<Entry> wanted = {kSegment};

  size_t noticed = 0;
  for (size_t i = 0; i < good.size(); i += 97) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    write(path, bad);
    const auto loaded = store.load(wanted);
    // Bytes that HDF5 does not use, or provenance, may change: the content may not.
    if (!loaded.empty()) {
      EXPECT_EQ(loaded.at(kSegment), some_bytes(3000)) << "byte " << i;
    } else {
      ++noticed;
    }
  }
  EXPECT_GT(noticed, 3000u / 97);
  for (const size_t length :
       {size_t{0}, size_t{1}, size_t{100}, good.size() / 2, good.size() - 1}) {
    write(path, good.substr(0, length));
    EXPECT_TRUE(store.load(wanted).empty()) << length;
  }
  write(path, good);
  EXPECT_EQ(store.load(wanted).size(), 1u);
}

TEST(Store, LeavesOutFilesOfOtherJobsAndPlaces) {
  const Scratch folder;
  {
    JobIdentity other = job();
    other.plan = "q";
    Store store(folder / "other", false);
    store.open(other, false);
    store.put(kSegment, some_bytes(10), {});
  }
  Store store(folder / "w", false);
  store.open(job(), false);
  store.put({EntryKind::kSegment, {0, 1}}, some_bytes(10), {});
  fs::copy(folder / "w/segments/000000.h5", folder / "w/segments/000001.h5");
  EXPECT_TRUE(store.load(std::vector<Entry>{kSegment}).empty()) << "segment 0 in place of 1";
  fs::copy(folder / "other/segments/000001.h5", folder / "w/segments/000001.h5",
           fs::copy_options::overwrite_existing);
  EXPECT_TRUE(store.load(std::vector<Entry>{kSegment}).empty()) << "of another job";
}

TEST(Store, RefusesAnotherJobAndSaysInWhat) {
  const Scratch folder;
  const std::string path = folder / "w";
  EXPECT_THAT(refusal(path, job(), true), HasSubstr("nothing to resume"));
  EXPECT_EQ(refusal(path, job()), "opened");
  EXPECT_EQ(refusal(path, job(), true), "opened");
  const auto with = [&](auto&& change) {
    JobIdentity other = job();
    change(other);
    return refusal(path, other);
  };
  EXPECT_THAT(with([](JobIdentity& j) { j.software = "cairn 2"; }),
              HasSubstr("work of cairn 1, this is cairn 2"));
  EXPECT_THAT(with([](JobIdentity& j) { j.statement = "t", j.program_hash = "0x34"; }),
              HasSubstr("another run (program 0x12), the input's program is 0x34"));
  EXPECT_THAT(with([](JobIdentity& j) { j.image = "j"; }), HasSubstr("another run"));
  EXPECT_THAT(with([](JobIdentity& j) { j.hash = "poseidon"; }), HasSubstr("--hash blake3"));
  EXPECT_THAT(with([](JobIdentity& j) { j.memory = 5; }), HasSubstr("--memory 0, asked for is 5"));
  EXPECT_THAT(with([](JobIdentity& j) { j.plan = "q"; }), HasSubstr("other segments"));
}

TEST(Store, RefusesAFolderOfOtherThingsAndADamagedManifest) {
  const Scratch folder;
  write(folder / "thesis.tex", "precious");
  EXPECT_THAT(refusal(folder / "", job()), HasSubstr("holds thesis.tex and no manifest.json"));

  ASSERT_EQ(refusal(folder / "w", job()), "opened");
  const std::string good = read(folder / "w/manifest.json");
  for (const std::string& bad :
       {good.substr(0, good.size() / 2), std::string("[]"), std::string(),
        std::string(good).replace(good.find("\"hash\": \"b"), 10, "\"hash\": \"c")}) {
    write(folder / "w/manifest.json", bad);
    EXPECT_THAT(refusal(folder / "w", job()), HasSubstr("not a store's manifest"));
  }
}

TEST(Store, TellsHowFarItIs) {
  const Scratch folder;
  Store store(folder / "w", false);
  store.open(job(), false);
  store.put({EntryKind::kCommit, {0, 1}}, some_bytes(5), {});
  store.put(kSegment, some_bytes(5), {});
  write(folder / "w/segments/000002.h5", "torn");

  const StoreView view = view_store(folder / "w");

  EXPECT_EQ(view.commits, 1u);
  EXPECT_EQ(view.segments, 1u);
  EXPECT_EQ(view.nodes, 0u);
  ASSERT_EQ(view.damaged.size(), 1u);
  EXPECT_EQ(view.damaged[0].first, "segments/000002.h5");
}

TEST(Store, IsCollectedOnlyOnceItsProofIsThere) {
  const Scratch folder;
  const std::string path = folder / "w";
  bool asked = false;
  const auto there = [&](const StoredProof& proof) {
    asked = true;
    EXPECT_EQ(proof.digest, "abc");
  };
  const auto lost = [](const StoredProof&) { throw Error(Code::kBadInput, "lost"); };
  {
    Store store(path, false);
    store.open(job(), false);
    store.put(kSegment, some_bytes(5), {});
    write(folder / "w/segments/.000002.h5.1.tmp", "torn");
    EXPECT_THROW(collect_garbage(path, false, there), Error) << "it is in use";
  }
  EXPECT_EQ(collect_garbage(path, false, there).files, 1u) << "only what a dead run left";
  EXPECT_FALSE(asked);
  EXPECT_TRUE(fs::exists(folder / "w/segments/000001.h5"));
  {
    Store store(path, false);
    store.open(job(), true);
    store.finish({"p.h5", "abc", 9});
  }
  EXPECT_THROW(collect_garbage(path, false, lost), Error);
  EXPECT_TRUE(fs::exists(folder / "w/segments/000001.h5"));
  EXPECT_EQ(collect_garbage(path, false, there).files, 1u);
  EXPECT_TRUE(asked);
  EXPECT_FALSE(fs::exists(folder / "w/segments/000001.h5"));
  EXPECT_EQ(view_store(path).proof.digest, "abc");
}

}  // namespace
}  // namespace cairn
