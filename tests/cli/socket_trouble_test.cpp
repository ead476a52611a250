// cli/socket_trouble.hpp: what keeps a user from a broker's socket.
#include "cli/socket_trouble.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using taskbbs::cli::socket_trouble;

namespace {

namespace fs = std::filesystem;

// A directory with a file that stands for a socket: rights are the same.
struct Place {
    Place() {
        std::string made = (fs::temp_directory_path() / "taskbbs-socket-XXXXXX").string();
        REQUIRE(::mkdtemp(made.data()) != nullptr);
        directory = made;
        std::ofstream{directory / "requests"};
        allow(0755, 0666);
    }

    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    ~Place() {
        allow(0700, 0600);
        fs::remove_all(directory);
    }

    void allow(unsigned of_directory, unsigned of_socket) const {
        fs::permissions(directory, fs::perms::owner_all);  // to reach what is in it
        fs::permissions(directory / "requests", fs::perms{of_socket});
        fs::permissions(directory, fs::perms{of_directory});
    }

    std::string endpoint() const { return "ipc://" + (directory / "requests").string(); }

    fs::path directory;
};

// As a user whom modes hold back, which they don't root.
std::optional<std::string> trouble_of_nobody(const std::string& endpoint) {
    constexpr uid_t nobody = 65534;
    const uid_t self = ::geteuid();
    REQUIRE((self != 0 || ::seteuid(nobody) == 0));
    auto trouble = socket_trouble(endpoint);
    REQUIRE(::seteuid(self) == 0);
    return trouble;
}

}  // namespace

TEST_CASE("a socket that is not there is named") {
    const Place place;
    const auto path = (place.directory / "nothing").string();
    CHECK(socket_trouble("ipc://" + path) ==
          "There is no " + path +
              ": start taskbbsd there; --endpoint or TASKBBS_ENDPOINT name another.");
    CHECK(socket_trouble(place.endpoint() + "/below").value_or("").starts_with("There is no "));
}

TEST_CASE(
    "a socket that the user may not write to is named, and one in a directory that is closed") {
    const Place place;
    CHECK_FALSE(trouble_of_nobody(place.endpoint()));
    const auto wanted = "This user may not open " + (place.directory / "requests").string() +
                        ": join the group that may, or let requests.ipc_mode of the broker and the "
                        "directory's mode admit others.";
    place.allow(0755, 0440);
    CHECK(trouble_of_nobody(place.endpoint()) == wanted);
    place.allow(0600, 0666);
    CHECK(trouble_of_nobody(place.endpoint()) == wanted);
}

TEST_CASE("where no file stands for the broker nothing is known") {
    CHECK_FALSE(socket_trouble("tcp://127.0.0.1:7411"));
    CHECK_FALSE(socket_trouble("ipc://@taskbbs"));
}
