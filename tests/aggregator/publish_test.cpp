#include "aggregator/publish.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(Publish, ReplacesAFileAndLeavesNothingElse) {
  const Scratch folder;
  const std::string path = folder / "proof.h5";

  publish(path, bytes("first"));
  publish(path, bytes("second"));

  EXPECT_EQ(read(path), "second");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Publish, ChecksThatItCouldWithoutTouchingAnything) {
  const Scratch folder;
  publish(folder / "proof.h5", bytes("old"));

  require_writable(folder / "proof.h5");
  require_writable(folder / "new.h5");

  EXPECT_EQ(read(folder / "proof.h5"), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Publish, NamesTheFileThatCannotBe) {
  const Scratch folder;
  fs::create_directory(folder / "folder");
  for (const std::string& path : {folder / "missing/proof.h5", folder / "folder"}) {
    try {
      require_writable(path);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kOutOfResource);
      EXPECT_EQ(std::string(error.what()).rfind(path + ": cannot create the file: ", 0), 0u);
    }
  }
  EXPECT_EQ(folder.entries(), 1u);
}

}  // namespace
}  // namespace cairn
