// Looking: stat, access, statfs. Nothing is made or changed.
#include "broker/ipc_file.hpp"
#include "broker/journal/names.hpp"
#include "broker/start_check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::broker {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t rights = 07777;

// By the magic number of statfs(2).
struct FileSystem {
    std::uint32_t magic;
    std::string_view name;
};

constexpr auto volatile_systems = std::to_array<FileSystem>({
    {0x01021994, "tmpfs"},
    {0x858458f6, "ramfs"},
});
constexpr auto remote_systems = std::to_array<FileSystem>({
    {0x6969, "nfs"},
    {0xff534d42, "cifs"},
    {0xfe534d42, "smb2"},
});

std::string name_in(std::span<const FileSystem> systems, std::uint32_t magic) {
    const auto found = std::ranges::find(systems, magic, &FileSystem::magic);
    return found == systems.end() ? std::string() : std::string(found->name);
}

PathFacts::Kind kind_of(mode_t mode) {
    return S_ISDIR(mode)    ? PathFacts::Kind::directory
           : S_ISSOCK(mode) ? PathFacts::Kind::socket
                            : PathFacts::Kind::other;
}

PathFacts look_at(const fs::path& path) {
    PathFacts facts;
    facts.path = path;
    std::error_code ignored;
    facts.has_parent = fs::is_directory(path.parent_path(), ignored);

    struct stat found {};

    if (stat(path.c_str(), &found) != 0) {
        return facts;
    }
    facts.kind = kind_of(found.st_mode);
    facts.usable = access(path.c_str(), R_OK | W_OK | X_OK) == 0;
    facts.read_only = !facts.usable && errno == EROFS;
    facts.mode = found.st_mode & rights;
    facts.owner = found.st_uid;
    facts.group = found.st_gid;
    return facts;
}

// What the broker has taken of the disk for later.
bool is_held(const std::string& name) {
    return name == journal::reserve_name || journal::parse_spare_name(name).has_value();
}

void look_into(const fs::path& directory, StateFacts& state) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        state.has_journal = state.has_journal || journal::parse_segment_name(name);
        state.is_backup = state.is_backup || name == journal::backup_note_name;
        std::error_code gone;
        const std::uintmax_t bytes = is_held(name) ? entry->file_size(gone) : 0;
        state.held_bytes += gone ? 0 : bytes;
    }
}

StateFacts look_at_state(const fs::path& path) {
    StateFacts state{.directory = look_at(path)};

    struct statfs system {};

    if (state.directory.kind != PathFacts::Kind::directory || statfs(path.c_str(), &system) != 0) {
        return state;
    }
    state.free_bytes = std::uint64_t{system.f_bavail} * static_cast<std::uint64_t>(system.f_bsize);
    const auto magic = static_cast<std::uint32_t>(system.f_type);
    state.volatile_as = name_in(volatile_systems, magic);
    state.remote_as = name_in(remote_systems, magic);
    look_into(path, state);
    return state;
}

}  // namespace

StartFacts look_at_start(const Options& options) {
    StartFacts facts{.user = geteuid(), .state = look_at_state(options.journal.dir)};
    for (const auto& [option, endpoint] :
         {std::pair("requests.endpoint", options.requests_endpoint),
          std::pair("events.endpoint", options.events_endpoint)}) {
        const auto path = ipc_path(endpoint);
        if (path) {
            const fs::path file = fs::absolute(*path);
            facts.sockets.push_back({.option = option,
                                     .file = look_at(*path),
                                     .directory = look_at(file.parent_path())});
        }
    }
    for (const auto& [option, path] :
         {std::pair("security.server_key", options.server_key),
          std::pair("security.authorized_keys", options.authorized_keys)}) {
        if (!path.empty()) {
            facts.keys.push_back({option, look_at(path)});
        }
    }
    return facts;
}

}  // namespace taskbbs::broker
