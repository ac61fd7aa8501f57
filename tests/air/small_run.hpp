// A small Cairo machine for tests: assemble a program, run it, and get the Image and the Statement
// that the segmenter would make. Written from the instruction set's definition, without the
// segmenter.
#pragma once

#include <map>
#include <vector>

#include "air/chips.hpp"
#include "air/image.hpp"
#include "air/statement.hpp"

namespace cairn {

/// Memory and states in the form that chips read; owns what its Image points at.
class SmallImage {
 public:
  /// Stores a value as a cell, interned as the segmenter would.
  void set(uint32_t address, const Felt& value);
  /// Stores a cell as it is.
  void set_cell(uint32_t address, Cell cell);
  void set_builtin(Builtin builtin, AddressRange range) {
    image_.builtin[static_cast<int>(builtin)] = range;
  }
  /// A row of an opcode chip.
  void add_state(ChipId chip, const State& state) {
    states_[static_cast<int>(chip)].push_back(state);
  }
  Cell cell(uint32_t address) const { return cells_.at(address); }
  Cell intern(const Felt& value);

  /// Lists instructions and immediates by looking at what the rows use. Call when all is set.
  const Image& finish();
  const Image& image() const { return image_; }
  /// The owned lists, for tests that spoil them.
  std::vector<Cell>& cells() { return cells_; }
  std::vector<Felt>& big() { return big_; }
  std::vector<Felt>& mid() { return mid_; }

 private:
  void refresh();

  Image image_{};
  std::vector<Cell> cells_{Cell{Cell::kHole}};
  std::vector<Felt> big_, mid_;
  std::vector<State> states_[kMaxChips];
  std::vector<State> all_states_;
  std::vector<uint32_t> immediates_, instructions_;
};

/// An instruction to run: its word is made of offsets and flags, `chip` says who proves it.
struct SmallInstruction {
  ChipId chip;
  int o0, o1, o2;
  uint32_t flags;
};

/// A program with builtins output and range_check, and its run.
class SmallRun {
 public:
  static constexpr uint32_t kProgramBase = 1;

  /// Appends to the program; gives the offset of the instruction.
  uint32_t emit(const SmallInstruction& instruction);
  uint32_t emit(const SmallInstruction& instruction, const Felt& immediate);
  void patch(uint32_t offset, const Felt& word) { program_[offset] = word; }
  uint32_t size() const { return static_cast<uint32_t>(program_.size()); }

  /// What the builtin segments hold.
  std::vector<Felt> output, range_check;
  uint32_t main = 0;

  /// Executes until pc = 0. Throws Error on anything that is no valid step.
  void run();
  SmallImage& memory() { return memory_; }
  const Image& image() const { return memory_.image(); }
  const Statement& statement() const { return statement_; }

 private:
  const Felt& load(uint32_t address) const;
  void step(State& s);
  void make_statement(const State& final_state);

  std::vector<Felt> program_;
  std::map<uint32_t, ChipId> chips_;  // by offset
  std::map<uint32_t, Felt> values_;   // the memory
  uint32_t execution_base_ = 0, output_base_ = 0, range_check_base_ = 0;
  SmallImage memory_;
  Statement statement_;
};

}  // namespace cairn
