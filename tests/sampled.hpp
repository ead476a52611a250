// How thoroughly tests try that try thousands of cases: with sanitizers, which take many times as
// long and look for something else, one in so many.
#pragma once

namespace taskbbs::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int one_in = 5;
#else
inline constexpr int one_in = 1;
#endif

}  // namespace taskbbs::test
