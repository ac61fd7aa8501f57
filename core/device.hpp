// HOST_DEVICE marks a body that runs on the host and on a device: one text, two launchers.
//
// Bodies are always inlined on the host too: the same body is compiled for several instruction sets
// (core/packed.hpp), and an out-of-line copy made for one of them must never be linked into
// another.
#pragma once

#ifdef __CUDACC__
#define HOST_DEVICE __host__ __device__ __forceinline__
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Sanitizer builds have one instruction set, and every chip inlined into one function would take
// them ten minutes a file.
#define HOST_DEVICE inline
#else
#define HOST_DEVICE [[gnu::always_inline]] inline
#endif

// Unrolls the loop that follows, so that its index is a constant in each turn.
#if defined(__CUDA_ARCH__)
#define CAIRN_UNROLL_ALL _Pragma("unroll")
#elif defined(__CUDACC__)
#define CAIRN_UNROLL_ALL
#elif defined(__clang__)
#define CAIRN_UNROLL_ALL _Pragma("clang loop unroll(full)")
#else
#define CAIRN_UNROLL_ALL _Pragma("GCC unroll 64")
#endif
