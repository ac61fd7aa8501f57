// Starknet's Pedersen hash: the x coordinate of P0 + a_low P1 + a_high P2 + b_low P3 + b_high P4 on
// the STARK curve y^2 = x^3 + x + beta, where low is 248 bits and high the rest.
#pragma once

#include "core/curve.hpp"
#include "core/felt.hpp"

namespace cairn {

// The five constant points of the Starknet documentation ("Pedersen hash", shift point and P1..P4).
inline constexpr CurvePoint kPedersenShift{
    Felt252(Felt{{0x551fde4050ca6804, 0x716b0b1022947733, 0x00ee1b87eb599f16, 0x049ee3eba8c16007}}),
    Felt252(
        Felt{{0xd0405d266e10268a, 0x4e621062c0e056c1, 0xf346d49d06ea0ed3, 0x03ca0cfe4b3bc6dd}})};
/// P1 and P3: what the low bits of a and b multiply.
inline constexpr CurvePoint kPedersenLow[2] = {
    {Felt252(
         Felt{{0x1080d17957ebe47b, 0x8fa8120b6d56eb0c, 0x969c748655fca9e5, 0x0234287dcbaffe7f}}),
     Felt252(
         Felt{{0x6ed0268ee89e5615, 0x940135dd7a6c94cc, 0x1e889527d41f4e39, 0x03b056f100f96fb2}})},
    {Felt252(
         Felt{{0x3aa372f0bd2d6997, 0x40c690c74709e90f, 0x764910f75b45f74b, 0x04ba4cc166be8dec}}),
     Felt252(
         Felt{{0x48151f27b24b219c, 0xcac5c59a5ce5ae7c, 0x4b971e46c4ede85f, 0x0040301cf5c1751f}})}};
/// P2 and P4, for the high bits.
inline constexpr CurvePoint kPedersenHigh[2] = {
    {Felt252(
         Felt{{0xb7a6932dba8aa378, 0x99099ec1de5e3018, 0x3f9dab2656558f33, 0x04fa56f376c83db3}}),
     Felt252(
         Felt{{0x5168f4e80ff5b54d, 0x562761f92a7a23b4, 0x8113e0c0e47e4401, 0x03fa0984c931c9e3}})},
    {Felt252(
         Felt{{0xd36ff12c49a58202, 0x2ca65048d53fb325, 0x6e44cca8f61a63bb, 0x054302dcb0e6cc1c}}),
     Felt252(
         Felt{{0x879dcc77e99c2426, 0xce98ad783c25561a, 0xb348046268d8ae25, 0x01b77b3e37d13504}})}};
inline constexpr int kPedersenLowBits = 248;

/// Pedersen hash of two integers below the Cairo prime. About 33 us; the first call builds tables
/// (1 MiB, some ms). Thread-safe.
Felt pedersen(const Felt& a, const Felt& b);

}  // namespace cairn
