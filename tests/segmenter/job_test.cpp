#include "segmenter/job.hpp"

#include <gtest/gtest.h>

#include "air/check.hpp"
#include "segmenter/plan.hpp"
#include "tests/segmenter/refusal.hpp"

namespace cairn {
namespace {

TEST(Job, StatesWhatThePieSays) {
  const Job job = load_job(PieBuilder().write());
  const Statement& s = job.statement;

  // Addresses: program 1..9, execution 10..16, output 17, range_check 18.
  EXPECT_EQ(s.program.size(), 9u);
  EXPECT_EQ(s.main, 0u);
  EXPECT_EQ(s.program_base, 1u);
  EXPECT_EQ(s.execution_base, 10u);
  EXPECT_EQ(s.final_ap, 17u);
  ASSERT_EQ(s.builtins.size(), 2u);
  EXPECT_EQ(s.builtins[0].begin, 17u);
  EXPECT_EQ(s.builtins[0].stop, 18u);
  EXPECT_EQ(s.builtins[1].builtin, Builtin::kRangeCheck);
  EXPECT_EQ(s.builtins[1].begin, 18u);
  EXPECT_EQ(s.builtins[1].stop, 19u);
  EXPECT_EQ(s.output_layout.page_sizes, std::vector<uint32_t>{1});
  EXPECT_EQ(s.program_cells.size(), 9u);
  ASSERT_EQ(s.output_cells.size(), 1u);
  EXPECT_EQ(s.output_cells[0].value(), 5);
  EXPECT_EQ(job.facts.addresses, 18u);
  EXPECT_EQ(job.facts.holes, 0u);
}

TEST(Job, SatisfiesEveryChip) {
  const Job job = load_job(PieBuilder().write());
  const Image image = view_image(job.image.bytes());
  std::vector<Part> parts;
  for (const Bundle& bundle : make_plan(count_rows(image))) {
    parts.insert(parts.end(), bundle.begin(), bundle.end());
  }

  const CheckReport report = check_parts(image, job.statement, parts);

  EXPECT_TRUE(report.ok());
  for (const std::string& failure : report.failures) ADD_FAILURE() << failure;
}

TEST(Job, RefusesPointersThatDisagreeWithTheirSegments) {
  PieBuilder pie;
  pie.metadata["builtin_segments"]["range_check"]["size"] = 2;
  pie.set(3, 1, 5);
  expect_refusal(pie,
                 "builtin range_check: the run leaves its pointer at 3:1, metadata.json gives its "
                 "segment 2 cells");
  pie = PieBuilder();
  pie.remove(2, 0);
  expect_refusal(pie, "step 1: pc 0:2: [[fp-4]+0] is 2:0, which has no value");
}

TEST(Job, RefusesRangeChecksThatFail) {
  PieBuilder
      pie;  // the copy to the range check becomes a copy of the output pointer: nothing reads 3:0
  const Felt spare = instruction(-1, -1, -1, {kOp0Fp, kOp1Ap, kAssertEq});
  pie.set_word(3, spare);
  pie.set(3, 0, -1);
  expect_refusal(pie, "builtin range_check: cell 3:0 is -1, not below 2^128");
  pie.remove(3, 0);
  expect_refusal(pie, "builtin range_check: cell 3:0 is missing");
  pie.set(3, 0, Felt{{~uint64_t{0}, ~uint64_t{0}, 0, 0}});
  EXPECT_TRUE(load_job(pie.write()).missing.empty());
}

TEST(Job, NamesUsedBuiltinsThatHaveNoChip) {
  PieBuilder pie;
  pie.metadata["program"]["builtins"][1] = "ecdsa";
  pie.metadata["builtin_segments"] = {{"output", {{"index", 2}, {"size", 1}}},
                                      {"ecdsa", {{"index", 3}, {"size", 1}}}};
  pie.resources["builtin_instance_counter"] = nlohmann::json::object();

  const Job job = load_job(pie.write());

  ASSERT_EQ(job.missing.size(), 1u);
  EXPECT_EQ(job.missing[0], "builtin ecdsa: 1 instances used, its chip is not built yet");
}

TEST(Job, NamesSimulatedBuiltinsThatMove) {
  PieBuilder pie;
  pie.metadata["program"]["builtins"][1] = "ecdsa";
  pie.metadata["builtin_segments"].erase("range_check");
  pie.metadata["simulated_builtins"] = {"ecdsa"};
  pie.metadata["extra_segments"].push_back({{"index", 3}, {"size", 1}});
  EXPECT_EQ(load_job(pie.write()).missing.at(0),
            "builtin ecdsa: simulated, and its pointer moved from 18 to 19");

  const Felt keep = instruction(0, -1, -3, {kOp0Fp, kOp1Fp, kApAdd1, kAssertEq});
  const Felt filler = instruction(-1, -1, -1, {kOp0Fp, kOp1Ap, kAssertEq});
  pie.set_word(3, filler);
  pie.set_word(6, keep);
  const Felt back = instruction(-2, -1, -1, {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs, kRet});
  pie.set_word(7, back);
  pie.set(1, 1, 0);
  pie.set(1, 6, 0);
  const Job still = load_job(pie.write());
  EXPECT_TRUE(still.missing.empty());
  EXPECT_EQ(still.statement.builtins[1].begin, 0u);
  EXPECT_EQ(still.statement.builtins[1].stop, 0u);
}

}  // namespace
}  // namespace cairn
