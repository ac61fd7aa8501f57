// The buses as exact multisets: how often each message is used less how often it is provided,
// modulo p. What the prover shows under random challenges, the checker and the tests look at in the
// clear.
#pragma once

#include <cstdint>
#include <vector>

#include "air/row_evaluator.hpp"

namespace cairn {

/// 128 bits that stand for a message; zeros at its end make no difference. Two messages share a key
/// with probability 2^-128, unless someone looks for it: this is a tool, not a proof.
struct MessageKey {
  uint64_t low, high;

  static MessageKey of(const ClearMessage& message);
  friend bool operator==(const MessageKey&, const MessageKey&) = default;
};

/// Balances by message; open addressing with linear probing.
class BusBalance {
 public:
  BusBalance() : slots_(kFirstSlots) {}

  void add(int sign, KoalaBear multiplicity, const ClearMessage& message) {
    add(MessageKey::of(message), sign > 0 ? multiplicity : -multiplicity);
  }
  void add(const MessageKey& key, KoalaBear amount);

  /// Uses less provisions; 0 for a message never seen.
  KoalaBear balance(const MessageKey& key) const;
  /// At most `limit` messages whose balance is not 0.
  std::vector<MessageKey> unbalanced(std::size_t limit) const;
  /// How many messages have a balance other than 0.
  uint64_t unbalanced_count() const;
  /// How many different messages were seen.
  uint64_t message_count() const { return used_; }

 private:
  struct Slot {
    MessageKey key{0, 0};  // 0, 0: free
    KoalaBear balance = KoalaBear(0);
  };
  static constexpr std::size_t kFirstSlots = 1 << 10;

  std::size_t find(const MessageKey& key) const;
  void grow();

  std::vector<Slot> slots_;
  uint64_t used_ = 0;
};

}  // namespace cairn
