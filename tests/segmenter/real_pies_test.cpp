// Real PIEs replay to what independent scripts say of them.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "segmenter/job.hpp"
#include "segmenter/plan.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

/// Checks every PIE that `folder`/expected.json names; gives their number.
int check_folder(const std::filesystem::path& folder) {
  std::ifstream file(folder / "expected.json");
  const nlohmann::json expected = nlohmann::json::parse(file);
  int count = 0;
  for (const auto& [name, facts] : expected.items()) {
    SCOPED_TRACE(name);
    const Job job = load_job((folder / name).string());
    const Statement& s = job.statement;
    EXPECT_EQ(job.facts.steps, facts.at("n_steps"));
    EXPECT_EQ(job.facts.given_cells, facts.at("memory_cells"));
    EXPECT_EQ(job.facts.extra_segments, facts.at("n_extra_segments"));
    EXPECT_EQ(s.program.size(), facts.at("program_len"));
    EXPECT_EQ(s.main, facts.at("main"));
    EXPECT_EQ(s.builtins.size(), facts.at("builtins").size());
    // The oracle tells the highest ap; random programs move it back.
    const uint32_t highest_ap = facts.at("replay").at("final_ap_offset");
    if (name.starts_with("random.")) {
      EXPECT_LE(s.final_ap - s.execution_base, highest_ap);
    } else {
      EXPECT_EQ(s.final_ap - s.execution_base, highest_ap);
    }
    if (facts.contains("output_len")) {
      EXPECT_EQ(s.output.size(), facts.at("output_len"));
      // As JSON: newer nlohmann compares it with scalars alone.
      EXPECT_EQ(nlohmann::json(s.output_layout.page_sizes), facts.at("fact_topology").at("pages"));
      EXPECT_EQ(nlohmann::json(s.output_layout.topology), facts.at("fact_topology").at("tree"));
    }
    for (const auto& [builtin, instances] : job.facts.builtins) {
      EXPECT_EQ(instances, facts.at("builtin_instances").value(builtin + "_builtin", uint64_t{0}));
    }
    uint64_t steps = 0, blake = 0;
    for (const auto& [chip, rows] : job.facts.mix) {
      steps += rows;
      if (chip == "BLAKE2S") blake = rows;
    }
    EXPECT_EQ(steps, job.facts.steps);
    const auto& extension = facts.at("replay").at("opcode_extension_steps");
    EXPECT_EQ(blake, extension.at("1").get<uint64_t>() + extension.at("2").get<uint64_t>());
    EXPECT_NO_THROW(make_plan(count_rows(view_image(job.image.bytes()))));
    ++count;
  }
  return count;
}

TEST(RealPies, OursReplay) { EXPECT_GE(check_folder(test_data() / "pie"), 10); }

TEST(RealPies, PublicOnesReplay) {
  CAIRN_NEED_SHARED(shared);
  EXPECT_EQ(check_folder(shared / "data" / "pie"), 9);
  EXPECT_EQ(check_folder(shared / "data" / "programs" / "pie"), 9);
}

TEST(RealPies, RunsOfTheStarknetOsReplay) {
  CAIRN_NEED_SHARED(shared);
  EXPECT_EQ(check_folder(shared / "data" / "snos"), 13);
}

TEST(RealPies, AMillionStepsGiveEightBundles) {
  CAIRN_NEED_SHARED(shared);
  const Job job = load_job((shared / "data" / "programs" / "pie" / "fib.2p20.pie.zip").string());

  const std::vector<Bundle> plan = make_plan(count_rows(view_image(job.image.bytes())));

  EXPECT_TRUE(job.missing.empty());
  EXPECT_GE(plan.size(), 8u);
}

}  // namespace
}  // namespace cairn
