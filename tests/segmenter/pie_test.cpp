// Every way in which a PIE can be wrong before its first step, with the exact line that says so.
#include "segmenter/pie.hpp"

#include <filesystem>
#include <fstream>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/segmenter/refusal.hpp"

namespace cairn {
namespace {

TEST(Pie, TheBuildersOwnIsGood) {
  const Job job = load_job(PieBuilder().write());

  EXPECT_EQ(job.facts.steps, 6u);
  EXPECT_TRUE(job.missing.empty());
  ASSERT_EQ(job.statement.output.size(), 1u);
  EXPECT_EQ(job.statement.output[0], (Felt{{5, 0, 0, 0}}));
}

TEST(Pie, MayLackItsVersion) {
  PieBuilder pie;
  pie.raw["version.json"] = "";
  EXPECT_EQ(load_job(pie.write()).facts.steps, 6u);
}

TEST(Pie, RefusesFilesThatAreNoZip) {
  const std::string path = PieBuilder().write();
  const auto size = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, size - 30);
  expect_refusal(path, path + ": not a readable zip file: Not a zip archive");
  expect_refusal("/nowhere/x.zip", "/nowhere/x.zip: not a readable zip file: No such file");
}

TEST(Pie, RefusesADamagedMember) {
  PieBuilder pie;
  for (uint64_t i = 0; i < 4096; ++i) pie.set(6, i, static_cast<int64_t>(i * i));
  pie.metadata["extra_segments"][0]["size"] = 4096;
  const std::string path = pie.write();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const size_t at = bytes.find("memory.bin") + 2000;
  file.clear();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(~bytes[at]));
  file.close();
  try {
    load_job(path);
    ADD_FAILURE() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kBadInput);
    EXPECT_TRUE(std::string(error.what()).starts_with("memory.bin: ")) << error.what();
  }
}

TEST(Pie, BelievesNoSizes) {
  PieBuilder pie;
  pie.raw["memory.bin"] = std::string(50'000'000, '\0');  // 50 kB in the file
  LoadOptions options;
  options.memory_limit = 1'000'000;
  expect_refusal(pie, "memory.bin: cell 0: its address is no segment:offset", Code::kBadInput,
                 options);

  PieBuilder wide;
  wide.metadata["extra_segments"][0]["size"] = 1'000'000;
  expect_refusal(wide,
                 "metadata.json: the segments need 4000076 bytes, the memory limit is 1000000",
                 Code::kOutOfResource, options);
  // Within the memory, but far more than so small a file can fill.
  wide.metadata["extra_segments"][0]["size"] = 200'000'000;
  const std::string path = wide.write();
  const uint64_t size = std::filesystem::file_size(path);
  expect_refusal(
      path, fmt::format("metadata.json: the segments claim 200000018 cells, a file of {} bytes "
                        "can fill at most {} of them",
                        size, 26 * size));
  wide.metadata["extra_segments"][0]["size"] = (1 << 28) - 1;
  expect_refusal(wide, "metadata.json: the segments need more than 2^28 - 1 cells",
                 Code::kOutOfResource);
}

/// 30 MB of JSON in 30 kB: each value would take a hundred bytes.
TEST(Pie, UnpacksNoMoreJsonThanItsSizeIsWorth) {
  PieBuilder pie;
  std::string text = "[0";
  for (int i = 0; i < 15'000'000; ++i) text += ",0";
  pie.raw["metadata.json"] = text + "]";
  const std::string path = pie.write();
  const uint64_t limit = (1 << 20) + 64 * std::filesystem::file_size(path);
  ASSERT_LT(limit, text.size());
  expect_refusal(path, fmt::format("metadata.json: more than {} bytes, the limit for it", limit),
                 Code::kOutOfResource);
}

TEST(Pie, StopsAtTheLimitOfBytes) {
  PieBuilder pie;
  const uint64_t address = uint64_t{1} << 63;
  for (int i = 0; i < 30000; ++i) pie.add_record(address, pie.cells.at({0, 0}).bits);
  LoadOptions options;
  options.memory_limit = 1'000'000;
  expect_refusal(pie, "memory.bin: more than 999924 bytes, the limit for it", Code::kOutOfResource,
                 options);
}

struct Edit {
  const char* sentence;
  std::function<void(PieBuilder&)> apply;
};

const std::vector<Edit> kEdits = {
    {"metadata.json is missing in the PIE", [](auto& p) { p.raw["metadata.json"] = ""; }},
    {"memory.bin is missing in the PIE", [](auto& p) { p.raw["memory.bin"] = ""; }},
    {"additional_data.json is missing in the PIE",
     [](auto& p) { p.raw["additional_data.json"] = ""; }},
    {"execution_resources.json is missing in the PIE",
     [](auto& p) { p.raw["execution_resources.json"] = ""; }},
    {"version.json: cairo_pie is 2.0, wanted 1.1", [](auto& p) { p.version["cairo_pie"] = "2.0"; }},
    {"metadata.json: not JSON from byte 2 on", [](auto& p) { p.raw["metadata.json"] = "{1}"; }},
    {"metadata.json: the top level is an array, wanted an object",
     [](auto& p) { p.raw["metadata.json"] = "[]"; }},
    {"metadata.json: program.main is missing",
     [](auto& p) { p.metadata["program"].erase("main"); }},
    {"metadata.json: program.main is a string, wanted a number",
     [](auto& p) { p.metadata["program"]["main"] = "0"; }},
    {"metadata.json: program.main is 9, the program has 9 words",
     [](auto& p) { p.metadata["program"]["main"] = 9; }},
    {"metadata.json: program.prime is not the Cairo prime",
     [](auto& p) { p.metadata["program"]["prime"] = 7; }},
    {"metadata.json: program.data is an object, wanted an array",
     [](auto& p) { p.metadata["program"]["data"] = nlohmann::json::object(); }},
    {"metadata.json: program.data[1] is -5, wanted a whole number below the Cairo prime",
     [](auto& p) { p.metadata["program"]["data"][1] = -5; }},
    {"metadata.json: program.builtins[1] is dice, not a builtin",
     [](auto& p) { p.metadata["program"]["builtins"][1] = "dice"; }},
    {"metadata.json: program.builtins[1]: output may not follow range_check",
     [](auto& p) {
       p.metadata["program"]["builtins"] = {"range_check", "output"};
     }},
    {"metadata.json: program.builtins[1]: output may not follow output",
     [](auto& p) {
       p.metadata["program"]["builtins"] = {"output", "output"};
     }},
    {"metadata.json: builtin_segments: range_check is not in program.builtins",
     [](auto& p) { p.metadata["program"]["builtins"] = {"output"}; }},
    {"metadata.json: builtin_segments: dice is not in program.builtins",
     [](auto& p) {
       p.metadata["builtin_segments"]["dice"] = {{"index", 9}, {"size", 0}};
     }},
    {"metadata.json: simulated_builtins[0]: output has a segment as well",
     [](auto& p) { p.metadata["simulated_builtins"] = {"output"}; }},
    {"metadata.json: simulated_builtins[0]: ecdsa is not in program.builtins",
     [](auto& p) { p.metadata["simulated_builtins"] = {"ecdsa"}; }},
    {"metadata.json: program_segment.size is 8, program.data has 9 words",
     [](auto& p) { p.metadata["program_segment"]["size"] = 8; }},
    {"metadata.json: ret_fp_segment and ret_pc_segment must have size 0",
     [](auto& p) { p.metadata["ret_pc_segment"]["size"] = 1; }},
    {"metadata.json: execution_segment.size is 3, the initial stack has 4 cells",
     [](auto& p) { p.metadata["execution_segment"]["size"] = 3; }},
    {"metadata.json: execution_segment.size is 268435456, wanted at most 268435455",
     [](auto& p) { p.metadata["execution_segment"]["size"] = 1 << 28; }},
    {"metadata.json: execution_segment.index is 65536, wanted at most 65535",
     [](auto& p) { p.metadata["execution_segment"]["index"] = 65536; }},
    {"metadata.json: segment 2 is listed twice",
     [](auto& p) { p.metadata["extra_segments"][0]["index"] = 2; }},
    {"execution_resources.json: n_steps is missing", [](auto& p) { p.resources.erase("n_steps"); }},
    {"execution_resources.json: n_steps is 7.5, wanted a whole number",
     [](auto& p) { p.resources["n_steps"] = 7.5; }},
    {"execution_resources.json: 2 instances of range_check, the run used 1",
     [](auto& p) { p.resources["builtin_instance_counter"]["range_check_builtin"] = 2; }},
    {"additional_data.json: output_builtin.pages is missing",
     [](auto& p) { p.additional["output_builtin"].erase("pages"); }},
    {"additional_data.json: output_builtin.pages end at 2, the output has 1 words",
     [](auto& p) {
       p.additional["output_builtin"]["pages"]["1"] = {1, 1};
     }},
    {"additional_data.json: output_builtin.pages.2 starts at 1, the page before it ends at 0",
     [](auto& p) {
       p.additional["output_builtin"]["pages"] = {{"1", {0, 0}}, {"2", {1, 0}}};
     }},
    {"additional_data.json: output_builtin.pages: one is no number",
     [](auto& p) {
       p.additional["output_builtin"]["pages"]["one"] = {0, 1};
     }},

    {"memory.bin: cell 18: has 8 bytes, wanted 40", [](auto& p) { p.more_records = "12345678"; }},
    {"memory.bin: cell 18: its address is no segment:offset",
     [](auto& p) { p.add_record(5, Felt{}); }},
    {"memory.bin: cell 18: segment 17 is not in metadata.json",
     [](auto& p) { p.add_record(uint64_t{1} << 63 | uint64_t{17} << 47, Felt{}); }},
    {"memory.bin: cell 16: 1:7 is outside its segment of 7 cells", [](auto& p) { p.set(1, 7, 1); }},
    {"memory.bin: cell 18: 4:0 is outside its segment of 0 cells",
     [](auto& p) { p.add_record(uint64_t{1} << 63 | uint64_t{4} << 47, Felt{}); }},
    {"memory.bin: cell 13: its value is not below the Cairo prime",
     [](auto& p) { p.set(1, 4, kCairoPrime); }},
    {"memory.bin: cell 13: its value is neither a felt nor a segment:offset",
     [](auto& p) {
       p.set(1, 4, Felt{{1, 1, 0, uint64_t{1} << 63}});
     }},
    {"memory.bin: cell 13: it points to segment 99, not in metadata.json",
     [](auto& p) { p.set(1, 4, PieValue::pointer(99, 0)); }},
    {"memory.bin: cell 18: 1:4 is 6 here and 5 in an earlier cell",
     [](auto& p) {
       p.add_record(uint64_t{1} << 63 | uint64_t{1} << 47 | 4, Felt{{6, 0, 0, 0}});
     }},
    {"memory.bin: cell 0:1 is 6, program.data[1] in metadata.json is 5",
     [](auto& p) { p.set(0, 1, 6); }},
    {"memory.bin: cell 0:8 is missing, a word of the program", [](auto& p) { p.remove(0, 8); }},
    {"memory.bin: cell 1:0 is missing, the output pointer on the initial stack",
     [](auto& p) { p.remove(1, 0); }},
    {"memory.bin: cell 1:1 is 2:0, wanted the start of the range_check segment",
     [](auto& p) { p.set(1, 1, PieValue::pointer(2, 0)); }},
    {"memory.bin: cell 1:1 is -3, no address: the range_check pointer on the initial stack",
     [](auto& p) { p.set(1, 1, -3); }},
    {"memory.bin: cell 1:2 is missing, ret_fp on the initial stack",
     [](auto& p) { p.remove(1, 2); }},
    {"memory.bin: cell 1:3 is 7, wanted ret_pc:0", [](auto& p) { p.set(1, 3, 7); }},
};

TEST(Pie, RefusesEachFaultWithItsSentence) {
  for (const Edit& edit : kEdits) {
    PieBuilder pie;
    edit.apply(pie);
    SCOPED_TRACE(edit.sentence);
    expect_refusal(pie, edit.sentence);
  }
}

TEST(Pie, RefusesRunsBeyondOneJob) {
  PieBuilder pie;
  pie.resources["n_steps"] = (1 << 29) + 1;
  expect_refusal(pie, "execution_resources.json: n_steps is 536870913, one job holds at most 2^29",
                 Code::kOutOfResource);
}

TEST(Pie, TakesCellsInAnyOrderAndTwiceIfTheyAgree) {
  PieBuilder pie;
  const auto cells = pie.cells;
  pie.cells.clear();
  for (auto cell = cells.rbegin(); cell != cells.rend(); ++cell) {
    const uint64_t address = uint64_t{1} << 63 | cell->first.first << 47 | cell->first.second;
    pie.add_record(address, cell->second.bits);
    pie.add_record(address, cell->second.bits);
  }

  const Job job = load_job(pie.write());

  EXPECT_EQ(job.facts.steps, 6u);
  EXPECT_EQ(job.facts.given_cells, 2 * cells.size());
}

TEST(Pie, TakesPointersPastTheEndOfASegment) {
  PieBuilder pie;
  pie.metadata["extra_segments"][0]["size"] = 1;
  pie.set(6, 0, PieValue::pointer(2, 563));
  EXPECT_EQ(load_job(pie.write()).facts.steps, 6u);
}

TEST(Pie, ReadsPagesAndTopology) {
  PieBuilder pie;
  pie.additional["output_builtin"]["pages"]["1"] = {0, 1};
  pie.additional["output_builtin"]["attributes"]["gps_fact_topology"] = {2, 1, 0, 2};

  const OutputLayout layout = read_pie(ZipArchive(pie.write())).output_layout;

  EXPECT_EQ(layout.page_sizes, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(layout.topology, (std::vector<uint32_t>{2, 1, 0, 2}));
}

}  // namespace
}  // namespace cairn
