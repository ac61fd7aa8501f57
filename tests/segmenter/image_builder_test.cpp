#include "segmenter/image_builder.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "segmenter/job.hpp"
#include "tests/segmenter/pie_builder.hpp"

namespace cairn {
namespace {

ImageParts sample_parts() {
  ImageParts parts;
  parts.memory.cells = {{Cell::kHole}, {5}, {Cell::kBig}, {Cell::kBig | Cell::kMid}, {Cell::kHole}};
  parts.memory.values.pack(Felt{{1, 2, 3, 4}});
  parts.memory.values.pack(Felt{{uint64_t{1} << 40, 0, 0, 0}});
  parts.immediates = {3, 9};
  parts.instructions = {1};
  parts.rows.states = {{1, 2, 3}, {4, 5, 6}};
  for (size_t i = 1; i < parts.rows.begin.size(); ++i) parts.rows.begin[i] = i < 3 ? 1 : 2;
  parts.builtins[0] = {2, 4};
  return parts;
}

TEST(ImageBuilder, GivesBackWhatWentIn) {
  const ImageBlob blob = build_image(sample_parts());
  ImageBlob moved(blob.size());
  std::memcpy(moved.data(), blob.data(), blob.size());

  const Image image = view_image(moved.bytes());

  ASSERT_EQ(image.cell_end, 5u);
  EXPECT_EQ(image.cell(1).bits, 5u);
  EXPECT_TRUE(image.cell(4).hole());
  EXPECT_EQ(image.value(image.cell(2)), (Felt{{1, 2, 3, 4}}));
  EXPECT_EQ(image.value(image.cell(3)), (Felt{{uint64_t{1} << 40, 0, 0, 0}}));
  EXPECT_EQ(image.big_count, 1u);
  EXPECT_EQ(image.mid_count, 1u);
  ASSERT_EQ(image.immediate_count, 2u);
  EXPECT_EQ(image.immediates[1], 9u);
  ASSERT_EQ(image.instruction_count, 1u);
  EXPECT_EQ(image.states[image.state_begin[2]].pc, 4u);
  EXPECT_EQ(image.state_begin[kMaxChips], 2u);
  EXPECT_EQ(image.builtin[0].end, 4u);
  for (const void* array :
       {static_cast<const void*>(image.cells), static_cast<const void*>(image.states)}) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(array) % ImageBlob::kAlignment, 0u);
  }
}

TEST(ImageBuilder, RefusesBytesThatAreNoImage) {
  ImageBlob blob = build_image(sample_parts());

  EXPECT_THROW(view_image(blob.bytes().first(blob.size() - 1)), Error);
  EXPECT_THROW(view_image(blob.bytes().first(16)), Error);
  for (size_t at = 0; at < 112; at += 8) {  // the header's magic, size and extents
    uint64_t word;
    std::memcpy(&word, blob.data() + at, 8);
    const uint64_t bad = word + (uint64_t{1} << 40);
    std::memcpy(blob.data() + at, &bad, 8);
    EXPECT_THROW(view_image(blob.bytes()), Error) << at;
    std::memcpy(blob.data() + at, &word, 8);
  }
  EXPECT_NO_THROW(view_image(blob.bytes()));
}

}  // namespace
}  // namespace cairn
