// What is told besides what the disk said.
#include "broker/next_step.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace taskbbs::broker;
using taskbbs::journal::JournalError;

namespace {

const std::string state = "/var/lib/board";

std::string of_broker(int code, const std::string& file = state + "/seg-1") {
    return with_next_step(JournalError(code, "open", file), state);
}

std::string of_tool(int code) {
    return with_next_step_of_tool(JournalError(code, "open", "/backup/seg-1"));
}

}  // namespace

TEST_CASE("a broker's full disk names the next step behind the error") {
    CHECK(of_broker(ENOSPC) ==
          "journal: open /var/lib/board/seg-1: No space left on device (free space there, or move "
          "journal.dir to a larger disk)");
    CHECK_THAT(of_broker(EDQUOT), Catch::Contains("free space there"));
}

TEST_CASE("what a broker may not open is to be given to its user") {
    for (const int code : {EACCES, EPERM}) {
        CHECK_THAT(of_broker(code),
                   Catch::Contains("must exist and belong to the broker's user: chown -R ") &&
                       Catch::Contains(" /var/lib/board; "));
    }
}

TEST_CASE("a missing state directory is to be made, a file that is missing in it is not") {
    CHECK_THAT(of_broker(ENOENT, state), Catch::Contains("install -d -m 0700 -o "));
    CHECK(of_broker(ENOENT) == "journal: open /var/lib/board/seg-1: No such file or directory");
}

TEST_CASE("a disk that is read-only, broken or out of descriptors has a next step too") {
    CHECK_THAT(of_broker(EROFS), Catch::Contains("ReadWritePaths=/var/lib/board"));
    CHECK_THAT(of_broker(EIO), Catch::Contains("the kernel's log"));
    CHECK_THAT(of_broker(EMFILE), Catch::Contains("LimitNOFILE="));
    CHECK_THAT(of_broker(ENFILE), Catch::Contains("fs.file-max"));
}

TEST_CASE("a tool does not tell whoever runs it to take what is not theirs") {
    for (const int code : {EACCES, ENOENT, ENOSPC, EROFS}) {
        CHECK_THAT(of_tool(code),
                   !Catch::Contains("chown") && !Catch::Contains("journal.dir") &&
                       !Catch::Contains("install"));
    }
    CHECK_THAT(of_tool(EACCES), Catch::Contains("as the user whom it belongs to"));
}

TEST_CASE("the next step stands behind what the error tells itself") {
    const JournalError error(ENOSPC, "copy to", "/b", "it takes 7 bytes, 3 are free");
    CHECK_THAT(with_next_step_of_tool(error),
               Catch::EndsWith(" (it takes 7 bytes, 3 are free; free space there)"));
}

TEST_CASE("an error without a next step is left as it is") {
    CHECK(of_tool(EINVAL) == "journal: open /backup/seg-1: Invalid argument");
}
