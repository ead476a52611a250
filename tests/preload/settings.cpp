// The environment, word by word; a word that is unknown ends the process: a tap that does nothing
// would make a test that shows nothing.
#include "tests/preload/settings.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace disk_tap {

namespace {

std::string word(const char* name) {
    const char* const found = std::getenv(name);
    return found == nullptr ? "" : found;
}

[[noreturn]] void refuse(const char* name, const std::string& value) {
    std::fprintf(stderr, "disk_tap: %s=%s is not known\n", name, value.c_str());
    std::_Exit(99);
}

Fault fault_of(const std::string& value) {
    if (value.empty()) return Fault::none;
    if (value == "eio") return Fault::eio;
    if (value == "enospc") return Fault::enospc;
    if (value == "short") return Fault::short_write;
    if (value == "lost") return Fault::lost;
    refuse("DISK_TAP_FAULT", value);
}

std::uint64_t number_of(const char* name) {
    const std::string value = word(name);
    char* end = nullptr;
    const std::uint64_t number = std::strtoull(value.c_str(), &end, 10);
    if (*end != '\0') refuse(name, value);
    return number;
}

Settings read_environment() {
    Settings made;
    made.directory = word("DISK_TAP_DIR");
    made.page = word("DISK_TAP_PAGE");
    made.sync_ms = static_cast<unsigned>(number_of("DISK_TAP_SYNC_MS"));
    made.publish_late = word("DISK_TAP_PUBLISH") == "late";
    made.fault = fault_of(word("DISK_TAP_FAULT"));
    made.call = number_of("DISK_TAP_CALL");
    const std::string in = word("DISK_TAP_IN");
    if (!in.empty() && in != "daemon" && in != "child" && in != "both") refuse("DISK_TAP_IN", in);
    const bool is_child = !word("DISK_TAP_IS_CHILD").empty();
    made.in_children = in == "child" || in == "both";
    made.counts_here = in == "both" || (in == "child") == is_child;
    return made;
}

}  // namespace

const Settings& settings() {
    static const Settings read = read_environment();
    return read;
}

}  // namespace disk_tap
