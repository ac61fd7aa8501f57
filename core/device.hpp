// HOST_DEVICE marks a body that runs on the host and on a device: one text, two launchers.
//
// Bodies are always inlined on the host too: the same body is compiled for several instruction sets
// (core/packed.hpp), and an out-of-line copy made for one of them must never be linked into
// another.
#pragma once

#ifdef __CUDACC__
#define HOST_DEVICE __host__ __device__ __forceinline__
#else
#define HOST_DEVICE [[gnu::always_inline]] inline
#endif
