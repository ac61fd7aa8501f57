#include "tests/segmenter/pie_builder.hpp"

#include <atomic>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>
#include <zip.h>

#include "core/error.hpp"
#include "core/felt252.hpp"
#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

constexpr uint64_t kTopBit = uint64_t{1} << 63;
constexpr const char* kPrimeText =
    "#3618502788666131213697322783095070105623107215331596699973092056135872020481";

void append_record(std::string& bytes, uint64_t address, const Felt& value) {
  char record[40];
  std::memcpy(record, &address, 8);
  std::memcpy(record + 8, value.word, 32);
  bytes.append(record, sizeof(record));
}

void add_member(zip_t* zip, const std::string& name, const std::string& text) {
  zip_source_t* source = zip_source_buffer(zip, text.data(), text.size(), 0);
  const zip_int64_t index = zip_file_add(zip, name.c_str(), source, 0);
  check(index >= 0, "a member can be added");
  zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 1);
}

}  // namespace

Felt instruction(int o0, int o1, int o2, const std::vector<Flag>& flags, uint32_t extension) {
  uint64_t low = static_cast<uint64_t>(o0 + kOffsetBias) |
                 static_cast<uint64_t>(o1 + kOffsetBias) << 16 |
                 static_cast<uint64_t>(o2 + kOffsetBias) << 32;
  for (const Flag flag : flags) low |= uint64_t{1} << (48 + flag);
  return {{low | uint64_t{extension} << 63, extension >> 1, 0, 0}};
}

PieValue::PieValue(int64_t value) : bits{{static_cast<uint64_t>(value), 0, 0, 0}} {
  if (value < 0) bits = (-Felt252(static_cast<uint64_t>(-value))).integer();
}

PieValue PieValue::pointer(uint64_t segment, uint64_t offset) {
  return Felt{{segment << 47 | offset, 0, 0, kTopBit}};
}

PieBuilder::PieBuilder() {
  metadata = {
      {"program", {{"prime", kPrimeText}, {"builtins", {"output", "range_check"}}, {"main", 0}}},
      {"program_segment", {{"index", 0}, {"size", 9}}},
      {"execution_segment", {{"index", 1}, {"size", 7}}},
      {"ret_fp_segment", {{"index", 4}, {"size", 0}}},
      {"ret_pc_segment", {{"index", 5}, {"size", 0}}},
      {"builtin_segments",
       {{"output", {{"index", 2}, {"size", 1}}}, {"range_check", {{"index", 3}, {"size", 1}}}}},
      {"extra_segments", nlohmann::json::array({{{"index", 6}, {"size", 0}}})},
  };
  resources = {{"n_steps", 6},
               {"n_memory_holes", 0},
               {"builtin_instance_counter", {{"output_builtin", 1}, {"range_check_builtin", 1}}}};
  additional = {{"output_builtin",
                 {{"pages", nlohmann::json::object()}, {"attributes", nlohmann::json::object()}}},
                {"range_check_builtin", nullptr}};
  version = {{"cairo_pie", "1.1"}};
  set_program({instruction(0, -1, 1, {kOp0Fp, kOp1Imm, kApAdd1, kAssertEq}), 5,
               instruction(-1, -4, 0, {kOp0Fp, kAssertEq}),
               instruction(-1, -3, 0, {kOp0Fp, kAssertEq}),
               instruction(0, -4, 1, {kOp0Fp, kOp1Imm, kResAdd, kApAdd1, kAssertEq}), 1,
               instruction(0, -3, 1, {kOp0Fp, kOp1Imm, kResAdd, kApAdd1, kAssertEq}), 1,
               instruction(-2, -1, -1, {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs, kRet})});
  set(1, 0, PieValue::pointer(2, 0));
  set(1, 1, PieValue::pointer(3, 0));
  set(1, 2, PieValue::pointer(4, 0));
  set(1, 3, PieValue::pointer(5, 0));
  set(1, 4, 5);
  set(1, 5, PieValue::pointer(2, 1));
  set(1, 6, PieValue::pointer(3, 1));
  set(2, 0, 5);
  set(3, 0, 5);
}

void PieBuilder::set_program(const std::vector<PieValue>& words) {
  std::erase_if(cells, [](const auto& cell) { return cell.first.first == 0; });
  metadata["program"]["data"] = nlohmann::json::array();
  for (size_t i = 0; i < words.size(); ++i) set_word(i, words[i]);
  metadata["program_segment"]["size"] = words.size();
}

void PieBuilder::set_word(size_t i, const PieValue& word) {
  metadata["program"]["data"][i] = fmt::format("#{}", to_decimal(word.bits));
  set(0, i, word);
}

void PieBuilder::set(uint64_t segment, uint64_t offset, const PieValue& value) {
  cells.insert_or_assign({segment, offset}, value);
}

void PieBuilder::remove(uint64_t segment, uint64_t offset) { cells.erase({segment, offset}); }

void PieBuilder::add_record(uint64_t address, const Felt& value) {
  append_record(more_records, address, value);
}

std::string big_number_text(const nlohmann::json& value) {
  std::string text = value.dump();
  for (size_t at = text.find("\"#"); at != std::string::npos; at = text.find("\"#")) {
    text.erase(text.find('"', at + 1), 1);
    text.erase(at, 2);
  }
  return text;
}

std::string PieBuilder::write() const {
  static const Scratch folder;
  static std::atomic<int> count{0};
  std::map<std::string, std::string> members = {
      {"metadata.json", big_number_text(metadata)},
      {"execution_resources.json", big_number_text(resources)},
      {"additional_data.json", big_number_text(additional)},
      {"version.json", big_number_text(version)},
  };
  std::string& memory = members["memory.bin"];
  for (const auto& [place, value] : cells) {
    append_record(memory, kTopBit | place.first << 47 | place.second, value.bits);
  }
  memory += more_records;
  for (const auto& [name, text] : raw) {
    if (text.empty()) {
      members.erase(name);
    } else {
      members[name] = text;
    }
  }

  const std::string path = folder / fmt::format("{}.pie.zip", count++);
  int error = 0;
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  check(zip != nullptr, "a zip file can be made");
  for (const auto& [name, text] : members) add_member(zip, name, text);
  check(zip_close(zip) == 0, "the zip file can be written");
  return path;
}

}  // namespace cairn
