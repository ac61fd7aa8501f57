// Members handed out piece by piece, the next ones unpacked meanwhile.
#include "segmenter/zip_archive.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "tests/segmenter/pie_builder.hpp"

namespace cairn {
namespace {

constexpr size_t kPiece = 16;
constexpr uint64_t kNoLimit = uint64_t{1} << 30;

ZipArchive archive_of(const std::string& text) {
  PieBuilder pie;
  pie.raw["memory.bin"] = text;
  return ZipArchive(pie.write());
}

std::string text_of(size_t length) {
  std::string text;
  for (size_t i = 0; i < length; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

TEST(ZipArchive, HandsOutWholePiecesAndARest) {
  for (const size_t length : {1u, 15u, 16u, 17u, 31u, 32u, 64u, 80u, 81u, 4096u, 5000u}) {
    const std::string text = text_of(length);
    std::string taken;
    archive_of(text).stream("memory.bin", kNoLimit, kPiece, [&](std::span<const std::byte> piece) {
      EXPECT_EQ(piece.size(), std::min(kPiece, length - taken.size()));
      taken.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    });
    EXPECT_EQ(taken, text);
  }
}

TEST(ZipArchive, EndsWhereATakerThrows) {
  const ZipArchive archive = archive_of(text_of(20 * kPiece + 3));
  for (int last = 0; last <= 20; ++last) {
    int taken = 0;
    EXPECT_THROW(archive.stream("memory.bin", kNoLimit, kPiece,
                                [&](std::span<const std::byte>) {
                                  if (taken++ == last) throw Error(Code::kBadInput, "enough");
                                }),
                 Error);
    EXPECT_EQ(taken, last + 1);
  }
}

TEST(ZipArchive, TakesNothingBeyondTheLimit) {
  const ZipArchive archive = archive_of(text_of(10 * kPiece));
  for (size_t pieces = 0; pieces < 10; ++pieces) {
    size_t taken = 0;
    try {
      archive.stream("memory.bin", pieces * kPiece + 5, kPiece,
                     [&](std::span<const std::byte>) { ++taken; });
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kOutOfResource);
    }
    EXPECT_EQ(taken, pieces);
  }
}

}  // namespace
}  // namespace cairn
