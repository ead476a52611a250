// Keys and their files (docs/security.md).
#include "keys/key_file.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// What a file system may lack, and how often directories were synced: these stand before libc's.
namespace {

bool has_hard_links = true;
bool can_rename_to_new = true;
int directories_synced = 0;

}  // namespace

extern "C" int link(const char* from, const char* to) noexcept {
    errno = EPERM;
    return has_hard_links ? static_cast<int>(syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0))
                          : -1;
}

extern "C" int renameat2(
    int from_at, const char* from, int to_at, const char* to, unsigned flags) noexcept {
    errno = EINVAL;
    return can_rename_to_new
               ? static_cast<int>(syscall(SYS_renameat2, from_at, from, to_at, to, flags))
               : -1;
}

extern "C" int fsync(int file) {
    struct stat status {};

    directories_synced += ::fstat(file, &status) == 0 && S_ISDIR(status.st_mode) ? 1 : 0;
    return static_cast<int>(syscall(SYS_fsync, file));
}

namespace taskbbs::keys {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

class Directory {
  public:
    Directory() : path_(fs::temp_directory_path() / "taskbbs-keys-XXXXXX") {
        std::string name = path_.string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }

    ~Directory() { fs::remove_all(path_); }

    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
    }

  private:
    fs::path path_;
};

void write(const std::string& path, std::string_view text, mode_t mode = 0600) {
    std::ofstream(path) << text;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
}

mode_t mode_of(const std::string& path) {
    struct stat status {};

    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

TEST_CASE("a new pair is two keys that belong together, and another one each time") {
    const auto pair = new_pair();
    REQUIRE(pair);
    CHECK(is_key(pair->secret_key));
    CHECK(is_key(pair->public_key));
    CHECK(public_key_of(pair->secret_key) == pair->public_key);
    CHECK(new_pair()->secret_key != pair->secret_key);
}

TEST_CASE("a new public key looks neither like a comment nor like an option") {
    for (int i = 0; i < 400; ++i) {
        const char first = new_pair()->public_key.front();
        REQUIRE(first != '#');
        REQUIRE(first != '-');
    }
}

TEST_CASE("a key is 40 characters of Z85") {
    const std::string key = new_pair()->public_key;
    CHECK_FALSE(is_key(key.substr(1)));
    CHECK_FALSE(is_key(key + "a"));
    CHECK_FALSE(is_key(""));
    CHECK_FALSE(is_key("~" + key.substr(1)));
    CHECK_FALSE(is_key(std::string(40, '#')));  // more than 32 bytes can hold
    CHECK_FALSE(public_key_of("no key"));
}

TEST_CASE("the secret key's file is its owner's alone, the public one everybody's to read") {
    const Directory dir;
    const auto public_key = write_new_pair(dir / "k");
    REQUIRE(public_key);
    CHECK(mode_of(dir / "k") == 0600);
    CHECK(mode_of(dir / "k.pub") == 0644);
    CHECK(read_key(dir / "k.pub", Kept::openly) == *public_key);
    CHECK(public_key_of(read_key(dir / "k", Kept::secret).value()) == *public_key);
    CHECK(dir.files() == 2);
}

TEST_CASE("no key is overwritten, and nothing is left of the attempt") {
    const Directory dir;
    REQUIRE(write_new_pair(dir / "k"));
    const auto before = read_key(dir / "k", Kept::secret);
    CHECK_THAT(write_new_pair(dir / "k").error(), Contains("is there"));
    CHECK(read_key(dir / "k", Kept::secret) == before);
    fs::remove(dir / "k");
    CHECK_THAT(write_new_pair(dir / "k").error(), Contains("k.pub is there"));
    CHECK(dir.files() == 1);
}

TEST_CASE("a pair is written where there are no hard links, or no renaming to what is new") {
    const Directory dir;
    for (const bool links : {false, true}) {
        has_hard_links = links;
        can_rename_to_new = !links;
        REQUIRE(write_new_pair(dir / "k"));
        CHECK(mode_of(dir / "k") == 0600);
        CHECK(dir.files() == 2);
        fs::remove(dir / "k");
        fs::remove(dir / "k.pub");
    }
    can_rename_to_new = true;
}

TEST_CASE("once a pair is told, its directory was synced") {
    const Directory dir;
    directories_synced = 0;
    REQUIRE(write_new_pair(dir / "k"));
    CHECK(directories_synced == 1);
}

TEST_CASE("where a key can't be written, the path is named, and what to do") {
    const Directory dir;
    CHECK_THAT(write_new_pair(dir / "none/k").error(),
               Contains("none/k: No such") && Contains("install -d -m 0700 " + (dir / "none")));
    write(dir / "file", "");
    CHECK_THAT(write_new_pair(dir / "file/k").error(), Contains("choose a directory"));
    fs::create_symlink(dir / "nothing", dir / "link");
    CHECK_THAT(write_new_pair(dir / "link").error(), Contains("link is there"));
}

TEST_CASE("a secret key that every user may read is refused, with what to do") {
    const Directory dir;
    REQUIRE(write_new_pair(dir / "k"));
    REQUIRE(::chmod((dir / "k").c_str(), 0644) == 0);
    CHECK_THAT(read_key(dir / "k", Kept::secret).error(), Contains("chmod 600"));
    // The latter two: a credential of systemd's.
    for (const mode_t mode : {0640, 0440, 0400}) {
        REQUIRE(::chmod((dir / "k").c_str(), mode) == 0);
        CHECK(read_key(dir / "k", Kept::secret));
    }
}

TEST_CASE("a public key is no secret one, whatever its mode, and the secret one is named") {
    const Directory dir;
    REQUIRE(write_new_pair(dir / "k"));
    for (const mode_t mode : {0644U, 0600U}) {
        REQUIRE(::chmod((dir / "k.pub").c_str(), mode) == 0);
        CHECK_THAT(read_key(dir / "k.pub", Kept::secret).error(),
                   Contains("public half") && Catch::EndsWith("the secret one is " + (dir / "k")));
    }
    fs::copy_file(dir / "k.pub", dir / "k", fs::copy_options::overwrite_existing);
    CHECK_THAT(read_key(dir / "k", Kept::secret).error(),
               Contains("holds what " + (dir / "k.pub") + " holds") && Contains("keygen"));
    CHECK(read_key(dir / "k.pub", Kept::openly));
}

TEST_CASE("a file that holds one key on one line is read, any other one refused by its name") {
    const Directory dir;
    const std::string key = new_pair()->public_key;
    for (const std::string& text : {key, key + "\n", key + "\r\n"}) {
        write(dir / "k", text);
        CHECK(read_key(dir / "k", Kept::secret) == key);
    }
    for (const std::string& text :
         {std::string(), key + "\n" + key, key + " ", " " + key, key + key}) {
        write(dir / "k", text);
        CHECK_THAT(read_key(dir / "k", Kept::secret).error(),
                   Contains(dir / "k") && Contains("holds no key"));
    }
}

TEST_CASE("where there is no key to read, what to do is said") {
    const Directory dir;
    CHECK_THAT(read_key(dir / "none", Kept::secret).error(),
               Contains("No such file") && Contains("taskbbsd keygen " + (dir / "none")));
    CHECK_THAT(read_key(dir / "none", Kept::openly).error(), Contains("copy the FILE.pub here"));
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    for (const char* const no_file : {".", "fifo"}) {
        CHECK_THAT(read_key(dir / no_file, Kept::secret).error(),
                   Contains("no file that holds a key: name the one that"));
    }
}

}  // namespace
}  // namespace taskbbs::keys
