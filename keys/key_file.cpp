// Half a file is never seen: what is written gets its name last, and once it is told it is durable.
#include "keys/key_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::keys {

namespace {

using Failure = tl::unexpected<std::string>;

constexpr std::string_view public_suffix = ".pub";

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}

    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

Failure failed(std::string_view does, const std::string& path, std::string_view next_step) {
    return Failure(fmt::format("can't {} {}: {}; {}", does, path, std::strerror(errno), next_step));
}

Failure not_read(const std::string& path, Kept kept) {
    if (errno != ENOENT) {
        return failed("read", path, "let the user that this runs as read it (chown, chmod)");
    }
    return failed("read",
                  path,
                  kept == Kept::secret
                      ? fmt::format("name a secret key, or make a pair: taskbbsd keygen {}", path)
                      : "copy the FILE.pub here that `taskbbsd keygen FILE` wrote");
}

// The directory that a path is in.
std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent;
}

Failure not_written(const std::string& path) {
    return failed("write",
                  path,
                  errno == ENOENT ? "make its directory: install -d -m 0700 " + parent_of(path)
                                  : "choose a directory in which this user can make files");
}

// Key, and the end of its line.
std::optional<std::string> read_line(int file) {
    std::array<char, key_length + 3> text{};
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return std::nullopt;
        }
        if (got == 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    std::string_view line(text.data(), size);
    for (const char end : {'\n', '\r'}) {
        if (line.ends_with(end)) {
            line.remove_suffix(1);
        }
    }
    return std::string(line);
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return true;
}

// Never takes the place of a file that is there, or came meanwhile. File systems that do not know
// how to rename so mostly know hard links, and the other way about.
bool rename_to_new(const std::string& from, const std::string& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return true;
    }
    return (errno == EINVAL || errno == ENOSYS) && ::link(from.c_str(), to.c_str()) == 0;
}

// So that a name is given for good, where directories can be synced.
bool sync_directory_of(const std::string& path) {
    const File directory(::open(parent_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.get() >= 0 && (::fsync(directory.get()) == 0 || errno == EINVAL);
}

// A file that did not live up to its name yet goes with this.
class Draft {
  public:
    explicit Draft(const std::string& beside) : path_(beside + ".XXXXXX") {
        file_ = ::mkstemp(path_.data());
    }

    ~Draft() {
        if (file_ >= 0) {
            ::close(file_);
            ::unlink(path_.c_str());
        }
    }

    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    bool write(std::string_view key, mode_t mode) const {
        return file_ >= 0 && ::fchmod(file_, mode) == 0 &&
               write_all(file_, fmt::format("{}\n", key)) && ::fsync(file_) == 0;
    }

    bool name_it(const std::string& path) const { return rename_to_new(path_, path); }

  private:
    std::string path_;
    int file_ = -1;
};

bool is_there(const std::string& path) {
    struct stat status {};

    return ::lstat(path.c_str(), &status) == 0;  // a link to nothing, too
}

// What is wrong with a key that is to be secret: clients have it. Empty: nothing.
std::string shown_to_clients(const std::string& path, const std::string& line) {
    if (path.ends_with(public_suffix)) {
        return fmt::format("{} is the public half of a pair: the secret one is {}",
                           path,
                           path.substr(0, path.size() - public_suffix.size()));
    }
    const std::string beside = path + std::string(public_suffix);
    const File file(::open(beside.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0 || line != read_line(file.get())) {
        return {};
    }
    return fmt::format(
        "{} holds what {} holds, the public half of a pair: put its secret half back, or make "
        "another pair: taskbbsd keygen FILE",
        path,
        beside);
}

}  // namespace

tl::expected<std::string, std::string> read_key(const std::string& path, Kept kept) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) {
        return not_read(path, kept);
    }

    struct stat status {};

    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return Failure(fmt::format(
            "{} is no file that holds a key: name the one that `taskbbsd keygen FILE` wrote",
            path));
    }
    const std::optional<std::string> line = read_line(file.get());
    if (!line) {
        return not_read(path, kept);
    }
    if (!is_key(*line)) {
        return Failure(
            fmt::format("{} holds no key: it wants {} characters of Z85 on one line, as "
                        "`taskbbsd keygen FILE` writes them",
                        path,
                        key_length));
    }
    if (kept == Kept::openly) {
        return *line;
    }
    if (const std::string shown = shown_to_clients(path, *line); !shown.empty()) {
        return Failure(shown);
    }
    if ((status.st_mode & S_IRWXO) != 0) {
        return Failure(fmt::format(
            "{} holds a secret key, and every user may use it: chmod 600 {}", path, path));
    }
    return *line;
}

tl::expected<std::string, std::string> write_new_pair(const std::string& path) {
    const std::optional<KeyPair> pair = new_pair();
    if (!pair) {
        return Failure("can't make a key: this libzmq was built without CURVE");
    }
    const std::string public_path = path + std::string(public_suffix);
    for (const std::string& each : {path, public_path}) {
        if (is_there(each)) {
            return Failure(fmt::format(
                "{} is there: a key may be in use, so none is overwritten; choose another name",
                each));
        }
    }
    constexpr mode_t owner_alone = 0600;
    constexpr mode_t everybody_reads = 0644;
    const Draft secret_key(path);
    if (!secret_key.write(pair->secret_key, owner_alone)) {
        return not_written(path);
    }
    const Draft public_key(public_path);
    if (!public_key.write(pair->public_key, everybody_reads)) {
        return not_written(public_path);
    }
    if (!secret_key.name_it(path)) {
        return not_written(path);
    }
    const bool is_named = public_key.name_it(public_path);
    if (!is_named || !sync_directory_of(path)) {
        const int error = errno;
        ::unlink(path.c_str());
        if (is_named) {
            ::unlink(public_path.c_str());
        }
        errno = error;
        return not_written(is_named ? path : public_path);
    }
    return pair->public_key;
}

}  // namespace taskbbs::keys
