// Stands in for libFuzzer in ordinary builds: runs a target over files, or over all files of
// directories, once. Whatever is wrong ends the process, as it does under the fuzzer.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    // Of exactly this size, so that the sanitizers see what reads beyond it.
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    static_cast<void>(std::printf("%s\n", path.c_str()));
    static_cast<void>(std::fflush(stdout));
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

int run_all(const char* path) {
    if (!std::filesystem::is_directory(path)) {
        run(path);
        return 1;
    }
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        run(entry.path());
        ++count;
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        int count = 0;
        for (int i = 1; i < argc; ++i) {
            count += run_all(argv[i]);
        }
        static_cast<void>(std::printf("%d inputs\n", count));
        return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "%s\n", error.what()));
        return EXIT_FAILURE;
    }
}
