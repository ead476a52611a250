// Reading a payload or result.
#include "cli/input.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>

namespace taskbbs::cli {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

tl::expected<std::string, std::string> read_all(std::FILE* file, std::string_view name) {
    std::string bytes;
    std::array<char, 65'536> part{};
    while (const auto count = std::fread(part.data(), 1, part.size(), file)) {
        bytes.append(part.data(), count);
        if (bytes.size() > most_bytes) {
            return tl::unexpected{fmt::format("'{}' is larger than 64 MiB", name)};
        }
    }
    if (std::ferror(file) != 0) {
        return tl::unexpected{fmt::format("cannot read '{}': {}", name, std::strerror(errno))};
    }
    return bytes;
}

}  // namespace

tl::expected<std::string, std::string> bytes_given(const Arguments& arguments,
                                                   std::string_view option) {
    if (const auto text = arguments.text(option)) {
        return *text;
    }
    const auto name = arguments.text(fmt::format("{}-file", option));
    if (!name) {
        return std::string{};
    }
    if (*name == "-") {
        return read_all(stdin, "standard input");
    }
    return bytes_of_file(*name);
}

tl::expected<std::string, std::string> bytes_of_file(const std::string& name) {
    const File file{std::fopen(name.c_str(), "rb"), &std::fclose};
    if (!file) {
        return tl::unexpected{fmt::format("cannot open '{}': {}", name, std::strerror(errno))};
    }
    return read_all(file.get(), name);
}

}  // namespace taskbbs::cli
