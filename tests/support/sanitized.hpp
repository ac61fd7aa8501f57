// Is this a build with a sanitizer? It makes what tests repeat some ten times slower, and looks for
// mistakes that a few of the repetitions show as well as all of them; all are for the other builds.
#pragma once

namespace cairn {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace cairn
