// What may lie where an ipc socket is to be.
#include "broker/ipc_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace taskbbs::broker::ipc_file_test {

using Catch::Contains;

namespace {

class Directory {
  public:
    Directory() : path_(std::filesystem::temp_directory_path() / "taskbbs-ipc-XXXXXX") {
        REQUIRE(mkdtemp(path_.data()) != nullptr);
    }

    ~Directory() { std::filesystem::remove_all(path_); }

    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string file(const char* name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

int bound_socket(const std::string& path) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, address.sun_path);
    REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

}  // namespace

TEST_CASE("an ipc endpoint has a file, unless its name has none") {
    CHECK(ipc_path("ipc:///run/taskbbs/requests") == "/run/taskbbs/requests");
    CHECK(ipc_path("ipc://here") == "here");
    for (const char* const other :
         {"tcp://127.0.0.1:7411", "ipc://@abstract", "ipc://*", "ipc://"}) {
        CAPTURE(other);
        CHECK_FALSE(ipc_path(other));
    }
}

TEST_CASE("a socket may take the place of nothing, and of one whose process has ended") {
    const Directory directory;
    const std::string path = directory.file("socket");
    CHECK(ipc_file_fault(path).empty());
    close(bound_socket(path));
    REQUIRE(std::filesystem::exists(path));
    CHECK(ipc_file_fault(path).empty());
}

TEST_CASE("a socket that somebody listens at is not taken away") {
    const Directory directory;
    const std::string path = directory.file("socket");
    const int fd = bound_socket(path);
    REQUIRE(listen(fd, 1) == 0);
    CHECK_THAT(ipc_file_fault(path), Contains("another process listens there"));
    close(fd);
    CHECK(ipc_file_fault(path).empty());
}

TEST_CASE("what is no socket is left alone") {
    const Directory directory;
    const std::string path = directory.file("letter");
    std::ofstream(path) << "dear";
    CHECK_THAT(ipc_file_fault(path), Contains("is no socket"));
}

}  // namespace taskbbs::broker::ipc_file_test
