// Executors of the SDK whose key allows no more than an executor needs.
#include "broker_process.hpp"
#include "keys/key_file.hpp"
#include "patience.hpp"

#include <taskbbs/executor.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace taskbbs;
using namespace taskbbs::test;

namespace {

// A directory with the keys of a broker, of an operator and of an executor, and who they are.
class Keys {
  public:
    Keys() {
        std::string name = std::filesystem::temp_directory_path() / "taskbbs-keys-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        home_ = name;
        std::ofstream clients(home_ / "clients");
        REQUIRE(keys::write_new_pair(home_ / "server"));
        clients << keys::write_new_pair(home_ / "ops").value() << " ops operator\n";
        clients << keys::write_new_pair(home_ / "worker").value() << " worker executor\n";
    }

    ~Keys() { std::filesystem::remove_all(home_); }

    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    std::vector<std::string> options() const {
        return {"--security.server_key",
                home_ / "server",
                "--security.authorized_keys",
                home_ / "clients"};
    }

    ClientOptions client(const BrokerProcess& broker, const char* name) const {
        return {.endpoint = broker.requests(),
                .curve = read_curve_keys(home_ / name, home_ / "server.pub").value()};
    }

  private:
    std::filesystem::path home_;
};

}  // namespace

TEST_CASE("an idle executor that may not drain itself stops at once") {
    const Keys keys;
    BrokerProcess broker(keys.options());
    auto ops = Client::open(keys.client(broker, "ops"));
    auto executor = Executor::open(
        {.executor_id = "e1", .client = keys.client(broker, "worker")},
        [](const Task& /*task*/, const std::stop_token& /*stop*/) { return Outcome{}; });
    REQUIRE((ops && executor));
    wait_until("its acquire waits", [&] {
        return ops->stats().value().values.at("waiting_acquires") == Stats::Number(std::int64_t{1});
    });
    const auto began = std::chrono::steady_clock::now();
    CHECK(executor->stop());
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
    CHECK(ops->executors({}).value().executors.empty());
}
