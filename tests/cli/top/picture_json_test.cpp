// cli/top/picture_json.hpp: a picture as JSON.
#include "cli/top/picture_json.hpp"

#include "tests/cli/top/sample.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {

TEST_CASE("a picture is a document of states, queues, executors, tasks and the broker") {
    const Json document = document_of(sample_picture());
    CHECK(document["states"]["pending"] ==
          Json({{"tasks", 12'345}, {"oldest_ms", 3'200}, {"per_second", 10.2}}));
    CHECK(document["states"]["resolved"] == Json({{"per_second", 9.8}}));
    CHECK(document["states"]["resolving"]["oldest_ms"].is_null());
    CHECK(document["queues"][0]["stack"] == "linux");
    CHECK(document["queues"][2]["stack"].is_null());
    CHECK(document["executors"][0]["load"] == 0.75);
    CHECK(document["slowest"][0]["age_ms"] == 62'000);
    CHECK(document["broker"]["sync_max_us"] == 12'100);
    CHECK(document["whole"] == true);
}

TEST_CASE("what the broker does not tell is null") {
    auto picture = sample_picture();
    picture.broker->sync_mean_us.reset();
    CHECK(document_of(picture)["broker"]["sync_mean_us"].is_null());
    picture.broker.reset();
    CHECK(document_of(picture)["broker"].is_null());
}

}  // namespace taskbbs::cli::top
