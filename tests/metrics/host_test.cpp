// The figures of a process and of a directory: this one's.
#include "broker/metrics/host.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace taskbbs::broker {
namespace {

namespace fs = std::filesystem;

class Directory {
  public:
    Directory() {
        std::string name = (fs::temp_directory_path() / "taskbbs-metrics-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }

    ~Directory() { fs::remove_all(path_); }

    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    void write(const std::string& name, std::size_t bytes) const {
        std::ofstream(path_ / name) << std::string(bytes, 'x');
    }

    std::string path() const { return path_.string(); }

  private:
    fs::path path_;
};

const FileFigures& files_of(const DirectoryFigures& figures, std::string_view kind) {
    const auto found = std::ranges::find(figures.files, kind, &FileFigures::kind);
    REQUIRE(found != figures.files.end());
    return *found;
}

}  // namespace

TEST_CASE("files are counted by what their names say they are") {
    const Directory dir;
    dir.write("seg-00000000000000000001", 10);
    dir.write("seg-00000000000000000007", 20);
    dir.write("snap-00000000000000000006", 5);
    dir.write("spare-1", 3);
    dir.write("LOCK", 1);
    const DirectoryFigures figures = Host(dir.path()).directory();
    CHECK(files_of(figures, "segment").count == 2);
    CHECK(files_of(figures, "segment").bytes == 30);
    CHECK(files_of(figures, "snapshot").bytes == 5);
    CHECK(files_of(figures, "other").count == 1);
    CHECK(figures.free_bytes > 0);
    CHECK(figures.disk_bytes >= figures.free_bytes);
}

TEST_CASE("the newest snapshot's time is that of its file, there may be none") {
    const Directory dir;
    const Host host(dir.path());
    CHECK_FALSE(host.directory().snapshot_time);
    dir.write("snap-00000000000000000006", 5);
    CHECK(host.directory().snapshot_time.value_or(0) > 1e9);
}

TEST_CASE("a directory that is not there shows as nothing") {
    const DirectoryFigures figures = Host("/nonexistent/journal").directory();
    CHECK(figures.disk_bytes == 0);
    CHECK(files_of(figures, "segment").count == 0);
}

TEST_CASE("a process has memory, CPU time, a beginning and open files") {
    const ProcessFigures figures = Host("/").process();
    CHECK(figures.resident_bytes > 1 << 20);
    CHECK(figures.virtual_bytes >= figures.resident_bytes);
    CHECK(figures.cpu_seconds > 0);
    CHECK(figures.start_time > 1e9);
    CHECK(figures.open_files >= 3);
    CHECK(figures.most_files >= figures.open_files);
}

TEST_CASE("where no file can be opened any more, all figures are still there") {
    const Directory dir;
    dir.write("seg-00000000000000000001", 10);
    const Host host(dir.path());
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit few = before;
    few.rlim_cur = 64;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
    std::vector<int> taken;
    for (int fd = 0; fd >= 0;) {
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        taken.push_back(fd);
    }
    const ProcessFigures process = host.process();
    const DirectoryFigures directory = host.directory();
    for (const int fd : taken) {
        close(fd);
    }
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(process.open_files >= 64);
    CHECK(process.most_files == 64);
    CHECK(process.resident_bytes > 0);
    CHECK(files_of(directory, "segment").count == 1);
}

}  // namespace taskbbs::broker
