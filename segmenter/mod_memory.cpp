#include "segmenter/mod_memory.hpp"

#include <string>

#include <fmt/format.h>

#include "air/chips/add_mod.hpp"
#include "air/chips/mul_mod.hpp"
#include "core/error.hpp"
#include "segmenter/builtin_names.hpp"
#include "segmenter/felt_text.hpp"

namespace cairn {
namespace {

constexpr Cell kOne{Cell::kBias + 1};

std::string number_text(const ModInteger& x) {
  std::string text;
  for (int i = 11; i >= 0; --i) text += fmt::format("{:08x}", x.digit[i]);
  const size_t first = text.find_first_not_of('0');
  return "0x" + (first == std::string::npos ? "0" : text.substr(first));
}

class Checker {
 public:
  Checker(Builtin builtin, const Relocation& relocation, const RunMemory& memory,
          std::vector<uint32_t>& immediates)
      : builtin_(builtin), relocation_(relocation), memory_(memory), immediates_(immediates) {
    image_.cells = memory.cells.data();
    image_.big = memory.values.big().data();
    image_.mid = memory.values.mid().data();
  }

  void check_instance(uint32_t address) {
    for (uint32_t i = 0; i < kModCells; ++i) cell(address + i);
    ModIntegers m;
    m.p = number(address);
    const int64_t values_ptr = small(address + kModWords);
    const int64_t offsets_ptr = small(address + kModWords + 1);
    small(address + kModWords + 2);
    check_batch(address);
    ModInteger* const operand[] = {&m.a, &m.b, &m.c};
    for (int i = 0; i < 3; ++i) *operand[i] = number(values_ptr + small(offsets_ptr + i));

    ModInteger quotient;
    const bool adds = builtin_ == Builtin::kAddMod;
    if (adds ? AddMod::holds(m) : MulMod::find_quotient(m, quotient)) return;
    refuse(address,
           fmt::format(
               "begins an instance with a = {}, b = {}, c = {}, p = {}: {}", number_text(m.a),
               number_text(m.b), number_text(m.c), number_text(m.p),
               adds ? "a + b is neither c nor c + p" : "a b is not c + q p for a q of 384 bits"));
  }

 private:
  /// An instance after one with n other than 1 goes on from it.
  void check_batch(uint32_t address) const {
    const uint32_t previous = address - kModCells;
    const int64_t previous_n = image_.cell(address - 1).value();
    if (previous_n == 1) return;
    for (uint32_t i = 0; i < kModCells; ++i) {
      const Cell old = image_.cell(previous + i), now = image_.cell(address + i);
      const int change = i == kModWords + 1 ? 3 : i == kModWords + 2 ? -1 : 0;
      if (now.bits == old.bits + change) continue;
      refuse(address + i,
             fmt::format("is {} where the batch of {} has {}{}", to_text(memory_.value(now)),
                         relocation_.name(previous), to_text(memory_.value(old)),
                         change == 0  ? ""
                         : change > 0 ? " before 3 are added"
                                      : " before 1 is taken"));
    }
  }

  Cell cell(int64_t address) const {
    if (address < 1 || address >= static_cast<int64_t>(memory_.cells.size())) {
      refuse(address, "is pointed to, but outside memory");
    }
    const Cell c = image_.cell(static_cast<uint32_t>(address));
    if (c.hole()) refuse(address, "is missing");
    return c;
  }
  /// A pointer, an offset or n.
  int64_t small(int64_t address) const {
    const Cell c = cell(address);
    if (!c.immediate()) {
      refuse(address, fmt::format("is {}, not between -2^28 and 2^28", to_text(memory_.value(c))));
    }
    return c.value();
  }
  ModInteger number(int64_t address) {
    for (int i = 0; i < kModWords; ++i) {
      const Cell c = cell(address + i);
      const Felt word = memory_.value(c);
      if (word.word[1] >> 32 != 0 || (word.word[2] | word.word[3]) != 0) {
        refuse(address + i, fmt::format("is {}, not below 2^96", to_text(word)));
      }
      if (c.immediate()) immediates_.push_back(c.payload());
    }
    return mod_integer(image_, static_cast<uint32_t>(address));
  }
  [[noreturn]] void refuse(int64_t address, const std::string& complaint) const {
    throw Error(Code::kBadInput, fmt::format("builtin {}: cell {} {}", builtin_name(builtin_),
                                             relocation_.name(address), complaint));
  }

  Builtin builtin_;
  const Relocation& relocation_;
  const RunMemory& memory_;
  std::vector<uint32_t>& immediates_;
  Image image_{};
};

}  // namespace

void check_mod_builtin(Builtin builtin, const Relocation& relocation, RunMemory& memory,
                       AddressRange range, std::vector<uint32_t>& immediates) {
  Cell& before = memory.cells[range.begin - 1];
  check(before.hole() || before.bits == kOne.bits, "no free cell before a mod builtin's segment");
  before = kOne;
  if ((range.end - range.begin) % kModCells != 0) {
    throw Error(Code::kBadInput,
                fmt::format("builtin {}: cell {} is not the last of an instance of {} cells",
                            builtin_name(builtin), relocation.name(range.end - 1), kModCells));
  }
  Checker checker(builtin, relocation, memory, immediates);
  for (uint32_t address = range.begin; address < range.end; address += kModCells) {
    checker.check_instance(address);
  }
}

}  // namespace cairn
