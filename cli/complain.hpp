// Words for people on standard error. Where that takes none (closed, a full disk) they are lost:
// the exit code tells all the same.
#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {

template <class... Values>
void complain(fmt::format_string<Values...> words, Values&&... values) {
    static_cast<void>(
        std::fputs(fmt::format(words, std::forward<Values>(values)...).c_str(), stderr));
}

}  // namespace taskbbs::cli
