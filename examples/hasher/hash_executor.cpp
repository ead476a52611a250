// The file hasher's executor: a task's payload is a path, its result the file's XXH128 in hex.
//
//     hash_executor EXECUTOR_ID
#include "examples/board/worker.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <system_error>
#include <vector>
#include <xxhash.h>

namespace {

// Of the last call of C. Its text has no path in it: a reason is UTF-8, a path may be anything.
std::system_error failure() {
    return {errno, std::generic_category()};
}

std::string hex(const XXH128_hash_t& hash) {
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, hash);
    std::string text;
    for (const unsigned char byte : bytes.digest) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x", byte);
        text += digits.data();
    }
    return text;
}

std::string hash_of(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                               std::fclose};
    if (!file) {
        throw failure();
    }
    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state{XXH3_createState(),
                                                                                XXH3_freeState};
    XXH3_128bits_reset(state.get());
    std::vector<char> piece(std::size_t{1} << 16);
    while (const auto size = std::fread(piece.data(), 1, piece.size(), file.get())) {
        XXH3_128bits_update(state.get(), piece.data(), size);
    }
    if (std::ferror(file.get()) != 0) {
        throw failure();
    }
    return hex(XXH3_128bits_digest(state.get()));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: hash_executor EXECUTOR_ID\n";
        return 2;
    }
    return examples::serve(argv[1], "hash", [](const taskbbs::Task& task) {
        return taskbbs::Outcome{.result = hash_of(task.payload)};
    });
}
