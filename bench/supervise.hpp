// Nothing stays behind, however a benchmark ends: no server, no directory.
#pragma once

#include <functional>
#include <string>

namespace taskbbs::bench {

// Does `work` in a process of its own, with a fresh directory below `parent` for all that it
// writes. Interrupted, hung up on or asked to end, this process ends that one. In any case it then
// waits for what that one had started to end, kills what does not within 10 s, and removes the
// directory. Returns what `work` did, or 128 and more where a signal ended it. To be called while
// there is one thread; `work` throws nothing. Throws std::runtime_error where it can't begin.
int supervise(const std::string& parent,
              const std::function<int(const std::string& directory)>& work);

}  // namespace taskbbs::bench
