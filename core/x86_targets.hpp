// CAIRN_X86_TARGETS is defined where a source may hold functions for wider vectors than it is
// compiled for, chosen at run time. All that takes or gives such a vector must be inlined into
// them: callers and callees of different targets pass them differently, and sanitizer builds inline
// nothing (core/device.hpp).
#pragma once

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CAIRN_X86_TARGETS
#endif
