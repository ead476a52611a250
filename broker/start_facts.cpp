// Looking: stat, access, statfs. Nothing is made or changed. What root may is not what the broker
// may: where root looks, access(2) is asked for the service's user.
#include "broker/endpoint.hpp"
#include "broker/ipc_file.hpp"
#include "broker/journal/names.hpp"
#include "broker/start_check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <grp.h>
#include <net/if.h>
#include <pwd.h>
#include <sys/resource.h>
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

struct User {
    uid_t id = 0;
    gid_t group = 0;
};

// The state directory's owner; before there is one, whom the unit names.
User service_user(const std::string& state_directory) {
    struct stat found {};

    if (stat(state_directory.c_str(), &found) == 0) {
        return {found.st_uid, found.st_gid};
    }
    const passwd* const named = getpwnam("taskbbs");
    return named != nullptr ? User{named->pw_uid, named->pw_gid} : User{};
}

std::vector<gid_t> groups_of(const User& user) {
    std::vector<gid_t> groups{user.group};
    if (const passwd* const entry = getpwuid(user.id)) {
        int size = NGROUPS_MAX;
        groups.resize(static_cast<std::size_t>(size));
        getgrouplist(entry->pw_name, user.group, groups.data(), &size);
        groups.resize(static_cast<std::size_t>(size));
    }
    return groups;
}

// While it lives access(2) answers for another user, where this process may ask so: it goes by the
// real ids.
class EyesOf {
  public:
    explicit EyesOf(const User& user)
        : own_user_(getuid()),
          own_group_(getgid()),
          own_groups_(static_cast<std::size_t>(getgroups(0, nullptr))) {
        const int own = getgroups(static_cast<int>(own_groups_.size()), own_groups_.data());
        const std::vector<gid_t> groups = groups_of(user);
        are_lent_ = own >= 0 && setgroups(groups.size(), groups.data()) == 0 &&
                    setresgid(user.group, unchanged, unchanged) == 0 &&
                    setresuid(user.id, unchanged, unchanged) == 0;
    }

    ~EyesOf() {
        // What was not taken is set to what it is.
        [[maybe_unused]] const bool are_back =
            setresuid(own_user_, unchanged, unchanged) == 0 &&
            setresgid(own_group_, unchanged, unchanged) == 0 &&
            setgroups(own_groups_.size(), own_groups_.data()) == 0;
    }

    EyesOf(const EyesOf&) = delete;
    EyesOf& operator=(const EyesOf&) = delete;

    bool are_lent() const { return are_lent_; }

  private:
    static constexpr auto unchanged = static_cast<uid_t>(-1);

    uid_t own_user_;
    gid_t own_group_;
    std::vector<gid_t> own_groups_;
    bool are_lent_ = false;
};

std::string barrier_before(const fs::path& path) {
    fs::path way;
    for (const fs::path& part : fs::absolute(path).parent_path()) {
        way /= part;
        if (access(way.c_str(), X_OK) != 0 && errno == EACCES) {
            return way;
        }
    }
    return {};
}

PathFacts look_at(const fs::path& path) {
    PathFacts facts;
    facts.path = path;
    facts.barrier = barrier_before(path);
    std::error_code ignored;
    facts.has_parent = fs::is_directory(path.parent_path(), ignored);

    struct stat found {};

    if (stat(path.c_str(), &found) != 0) {
        return facts;
    }
    facts.kind = kind_of(found.st_mode);
    facts.readable = access(path.c_str(), R_OK) == 0;
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

// What a broker opens of a file of this name there; 0: nothing.
int access_wanted(const std::string& name) {
    const bool is_read = journal::parse_snapshot_name(name) || journal::parse_index_name(name);
    const bool is_written = journal::parse_segment_name(name) || is_held(name) ||
                            name == journal::lock_name || name == journal::backup_lock_name;
    return is_written ? R_OK | W_OK : is_read ? R_OK : 0;
}

void look_at_file(const fs::path& path, StateFacts& state) {
    const int wanted = access_wanted(path.filename());
    if (wanted == 0 || access(path.c_str(), wanted) == 0 || errno != EACCES) {
        return;
    }
    const bool is_first = state.closed_files == 0 || path < state.closed.path;
    ++state.closed_files;
    if (is_first) {
        state.closed = look_at(path);
    }
}

void look_into(const fs::path& directory, StateFacts& state) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        state.has_journal = state.has_journal || journal::parse_segment_name(name);
        state.is_backup = state.is_backup || name == journal::backup_note_name;
        look_at_file(entry->path(), state);
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

std::size_t most_open_files() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max;
}

StartFacts look(const Options& options) {
    StartFacts facts{.state = look_at_state(options.journal.dir), .open_files = most_open_files()};
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
        const std::string name(interface_of(endpoint));
        if (!name.empty()) {
            facts.interfaces.push_back({.option = option,
                                        .endpoint = endpoint,
                                        .name = name,
                                        .is_there = if_nametoindex(name.c_str()) != 0});
        }
    }
    for (const auto& [option, path] :
         {std::pair("security.server_key", options.server_key),
          std::pair("security.authorized_keys", options.authorized_keys)}) {
        if (!path.empty()) {
            facts.keys.push_back({option, look_at(path)});
        }
    }
    // A pipe is the shell's, and no file of the service.
    if (std::error_code none; fs::is_regular_file(options.config_file, none)) {
        facts.config = look_at(options.config_file);
    }
    return facts;
}

}  // namespace

StartFacts look_at_start(const Options& options) {
    const uid_t own = geteuid();
    const User service = own == 0 ? service_user(options.journal.dir) : User{};
    std::optional<EyesOf> eyes;
    if (service.id != 0) {
        eyes.emplace(service);
    }
    StartFacts facts = look(options);
    facts.for_service = eyes && eyes->are_lent();
    facts.user = facts.for_service ? service.id : own;
    return facts;
}

}  // namespace taskbbs::broker
