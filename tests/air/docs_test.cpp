// docs/chips.md holds a table made from the chips: this test fails when it is stale and, with
// CAIRN_REWRITE_DOCS=1 in the environment, writes it anew.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::kOpcode:
      return "opcode";
    case Kind::kFree:
      return "list";
    case Kind::kRange:
      return "range";
    case Kind::kBuiltin:
      return "builtin";
    case Kind::kCall:
      return "call";
    case Kind::kTable:
      return "table";
  }
  return "";
}

std::string widths(uint32_t set) {
  std::string text;
  for (int bits = 0; bits < 32; ++bits) {
    if ((set >> bits & 1) != 0) {
      text += fmt::format("{}{}", text.empty() ? " (" : ", ", bits);
    }
  }
  return text.empty() ? text : text + ")";
}

std::string uses(const Shape& shape) {
  std::string text;
  for (int bus = 1; bus < kBusCount; ++bus) {
    if (shape.uses[bus] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", bus_name(static_cast<Bus>(bus)),
                        shape.uses[bus]);
    if (static_cast<Bus>(bus) == Bus::kRange) text += widths(shape.range_widths);
    if (static_cast<Bus>(bus) == Bus::kXor) text += widths(shape.xor_widths);
  }
  return text;
}

std::string table() {
  std::string text =
      "| chip | file | rows are | columns | constraints | fractions | cells | uses a row |\n"
      "|---|---|---|---|---|---|---|---|\n";
  const char* files[] = {
#define CAIRN_ENTRY(file, Type) #file,
    CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
  };
  for_each_chip([&]<class Chip>() {
    constexpr Shape kRow = kShape<Chip>;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", Chip::kName,
                        files[static_cast<int>(kChipId<Chip>)], kind_name(Chip::kKind),
                        kRow.columns, kRow.constraints, kRow.fractions, kRow.cells(), uses(kRow));
  });
  return text;
}

TEST(Docs, TableOfChipsIsFresh) {
  const auto path = source_directory() / "docs" / "chips.md";
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  const std::string page = content.str();
  const std::string begin_mark = "makes it anew -->\n", end_mark = "<!-- end -->";
  const std::size_t begin = page.find(begin_mark), end = page.find(end_mark);
  ASSERT_NE(begin, std::string::npos) << path;
  ASSERT_NE(end, std::string::npos) << path;
  const std::size_t first = begin + begin_mark.size();

  if (std::getenv("CAIRN_REWRITE_DOCS") != nullptr) {
    std::ofstream(path) << page.substr(0, first) << table() << page.substr(end);
    GTEST_SKIP() << "wrote " << path;
  }

  EXPECT_EQ(page.substr(first, end - first), table())
      << "docs/chips.md is stale: run test_air with CAIRN_REWRITE_DOCS=1";
}

}  // namespace
}  // namespace cairn
