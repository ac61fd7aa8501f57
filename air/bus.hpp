// The buses: multisets of messages that chips add to ("use") and take from ("provide").
//
// A message is (bus, t_1, ..., t_k). Its fingerprint under the global challenges is
// alpha + bus + gamma t_1 + ... + gamma^k t_k; all uses and provisions of a job must cancel
// (docs/protocol.md, design: cairo-air.md 1 and 3). Zeros at the end of a message change nothing
// and may be left out.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/quintic.hpp"

namespace cairn {

enum class Bus : uint8_t {
  kState = 1,      // pc, ap, fp
  kInstruction,    // pc, o0, o1, o2 (biased), f5, f6, ext
  kMemory,         // address, kappa, payload
  kValue9,         // kappa, payload, 28 limbs of 9 bits
  kValue27,        // kappa, payload, 10 limbs of 27 bits
  kRange,          // n, v: 0 <= v < 2^n
  kPair9,          // a, b: both below 2^9
  kXor,            // w, a, b, a xor b: a, b below 2^w
  kChain,          // kind, label, step, state: one computation's rows, in order (ChainKind)
  kDigit,          // kind, label, step, digit: what a row of a chain takes from its opener
  kPedersenPoint,  // step, digit, x and y in 28 limbs each
  kPoseidonRound,  // step, constants of the rows of that step
  kBlake2s,        // a call: inputs, outputs
};
inline constexpr int kBusCount = 14;  // one past the last, bus 0 is not used

/// Which computation a chain belongs to. Its label is the address of the builtin instance that
/// opens it, which only one row of the job has.
enum class ChainKind : uint8_t { kPedersen = 1, kPoseidon, kEcOp, kKeccak };

/// Messages of this bus are provided by the rows that answer a use, one for one, and not by a table
/// that counts its uses.
HOST_DEVICE constexpr bool is_direct(Bus bus) {
  return bus == Bus::kState || bus == Bus::kChain || bus == Bus::kDigit || bus == Bus::kBlake2s;
}

/// A bus's name in reports and docs.
constexpr const char* bus_name(Bus bus) {
  constexpr const char* kNames[kBusCount] = {
      "",      "state", "instruction", "memory", "value9",         "value27",        "range",
      "pair9", "xor",   "chain",       "digit",  "pedersen_point", "poseidon_round", "blake2s"};
  return kNames[static_cast<int>(bus)];
}

/// The longest message that any chip may send.
inline constexpr int kMaxMessage = 256;

/// What every part of a job shares: alpha and the powers of gamma.
struct LookupChallenges {
  KoalaBear5 alpha;
  KoalaBear5 gamma[kMaxMessage + 1];  // gamma[i] = gamma^i

  static LookupChallenges from(const KoalaBear5& alpha, const KoalaBear5& gamma) {
    LookupChallenges result;
    result.alpha = alpha;
    result.gamma[0] = KoalaBear5(1);
    for (int i = 1; i <= kMaxMessage; ++i) result.gamma[i] = result.gamma[i - 1] * gamma;
    return result;
  }
};

}  // namespace cairn
