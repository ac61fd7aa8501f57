// Segments of ADD_MOD and MUL_MOD: batches of operations on naive integers.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "air/chips/add_mod.hpp"
#include "air/chips/mul_mod.hpp"
#include "tests/air/one_chip.hpp"
#include "tests/support/naive_integer.hpp"
#include "tests/support/random.hpp"

namespace cairn {

using naive::Integer;

inline const Integer kTwo96 = Integer::power(96);
inline const Integer kTwo384 = Integer::power(384);

inline Felt felt_of_integer(const Integer& x) {
  Felt result{};
  for (int i = 0; i < 4; ++i) result.word[i] = x.low_bits(64 * i, 64);
  return result;
}
inline Integer integer_of(const ModInteger& x) {
  Integer result;
  for (int i = 11; i >= 0; --i) result = result * Integer::power(32) + x.digit[i];
  return result;
}
/// The prime of BLS12-381, as in the real runs.
inline Integer bls_prime() {
  Integer x;
  for (const uint64_t word :
       {0x1a0111ea397fe69aull, 0x4b1ba7b6434bacd7ull, 0x64774b84f38512bfull, 0x6730d2a0f6b0f624ull,
        0x1eabfffeb153ffffull, 0xb9feffffffffaaabull}) {
    x = x * Integer::power(64) + word;
  }
  return x;
}
inline Integer random_integer(Random& random, int bits) {
  Integer x;
  for (int i = 0; i < bits; i += 32) {
    const int count = std::min(32, bits - i);
    x = x * Integer::power(count) + random.bits() % (uint64_t{1} << count);
  }
  return x;
}

struct Operation {
  Integer a, b, c;
};

/// What an instance's cells hold, but for p.
struct Pointers {
  int64_t values_ptr, offsets_ptr, n;
};

/// A segment of instances, each batch with tables of its own.
struct Batches {
  static constexpr uint32_t kBegin = 12;

  explicit Batches(uint32_t instances) : instances_(instances) {
    memory.set(kBegin - 1, 1);
    free_ = kBegin + kModCells * instances;
  }
  uint32_t cell(uint32_t instance, uint32_t i) const { return kBegin + kModCells * instance + i; }
  uint32_t end() const { return cell(instances_, 0); }

  void put_number(uint32_t address, const Integer& x) {
    for (int i = 0; i < 4; ++i) {
      memory.set(address + i, felt_of_integer(x.size() == 0 ? x : word_of(x, i)));
    }
  }
  void put_instance(uint32_t instance, const Integer& p, const Pointers& pointers) {
    put_number(cell(instance, 0), p);
    memory.set(cell(instance, 4), pointers.values_ptr);
    memory.set(cell(instance, 5), pointers.offsets_ptr);
    memory.set(cell(instance, 6), pointers.n);
  }
  /// Appends a batch of these operations; gives the address of its values.
  uint32_t add(const Integer& p, const std::vector<Operation>& operations) {
    const uint32_t offsets = free_;
    const uint32_t values = offsets + 3 * static_cast<uint32_t>(operations.size());
    free_ = values + 12 * static_cast<uint32_t>(operations.size());
    for (uint32_t i = 0; i < operations.size(); ++i) {
      put_instance(next_++, p,
                   {values, offsets + 3 * i, static_cast<int64_t>(operations.size() - i)});
      const Integer* const number[] = {&operations[i].a, &operations[i].b, &operations[i].c};
      for (uint32_t j = 0; j < 3; ++j) {
        memory.set(offsets + 3 * i + j, 12 * i + 4 * j);
        put_number(values + 12 * i + 4 * j, *number[j]);
      }
    }
    return values;
  }
  uint32_t instances() const { return instances_; }
  Image image() const { return memory.image(); }

  one_chip::Memory memory;

 private:
  static Integer word_of(const Integer& x, int i) {
    return Integer(x.low_bits(96 * i + 64, 32)) * Integer::power(64) + x.low_bits(96 * i, 64);
  }
  uint32_t instances_, next_ = 0, free_ = 0;
};

template <class Chip>
inline constexpr bool kAdds = std::is_same_v<Chip, AddMod>;

template <class Chip>
Integer apply(const Integer& a, const Integer& b) {
  return kAdds<Chip> ? a + b : a * b;
}
/// a op b = c + k p for the largest k that the chip allows.
template <class Chip>
Operation solve(const Integer& a, const Integer& b, const Integer& p) {
  const Integer value = apply<Chip>(a, b);
  if (p == Integer()) return {a, b, value};
  const Integer bound = p * (kAdds<Chip> ? Integer(2) : kTwo384);
  if (value < bound) return {a, b, value % p};
  return {a, b, value - (bound - p)};
}

template <class Chip>
Part whole(const Batches& b) {
  return one_chip::builtin_part<Chip>(Batches::kBegin, b.end());
}

/// Three batches over edges: of 3, 1 and 2 instances.
template <class Chip>
Batches example_batches() {
  const Integer p = bls_prime(), all = kTwo384 - 1;
  Batches b(6);
  b.add(p, {solve<Chip>(p - 1, p - 1, p), solve<Chip>(Integer(7), p - 2, p),
            solve<Chip>(p - 1, Integer(1), p)});
  b.add(Integer(5), {solve<Chip>(Integer(4), Integer(3), Integer(5))});
  b.add(all, {solve<Chip>(all - 1, all - 1, all), solve<Chip>(all, all, all)});
  return b;
}

}  // namespace cairn
