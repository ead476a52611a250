// What each page answers, by what is known of the broker.
#include "broker/metrics/answers.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::broker {
namespace {

using Catch::Contains;

const Figures calm;

Figures without_space() {
    Figures figures;
    figures.read_only = true;
    return figures;
}

Answer metrics_of(const Condition& condition) {
    return answer_metrics(condition, {}, {});
}

}  // namespace

TEST_CASE("pages go by their whole path") {
    CHECK(page_of("/metrics") == Page::metrics);
    CHECK(page_of("/livez") == Page::live);
    CHECK(page_of("/readyz") == Page::ready);
    CHECK_FALSE(page_of("/"));
    CHECK_FALSE(page_of("/metrics/"));
    CHECK_FALSE(page_of(""));
}

TEST_CASE("a page may be asked for by its whole address, as proxies do") {
    CHECK(page_of("http://board.example:7413/metrics") == Page::metrics);
    CHECK(page_of("http://x/livez") == Page::live);
    CHECK_FALSE(page_of("http://livez"));
    CHECK_FALSE(page_of("http://x/"));
    CHECK_FALSE(page_of("ftp://x/livez"));
}

TEST_CASE("a broker lives while it recovers, while it stops, and while its loop answers") {
    CHECK(answer_live({Phase::recovering}).status == 200);
    CHECK(answer_live({Phase::stopping}).status == 200);
    CHECK(answer_live({Phase::serving, &calm}).body == "ok\n");
}

TEST_CASE("a broker whose loop does not answer is neither alive nor ready, and shows no figures") {
    const Condition hung{Phase::serving, nullptr};
    for (const Answer& answer : {answer_live(hung), answer_ready(hung), metrics_of(hung)}) {
        CHECK(answer.status == 503);
        CHECK_THAT(answer.body, Contains("has not answered within 5 s"));
    }
}

TEST_CASE("a broker is ready once it serves") {
    CHECK(answer_ready({Phase::serving, &calm}).status == 200);
    CHECK(answer_ready({Phase::serving, &calm}).body == "ready\n");
}

TEST_CASE("a broker that is not ready says why") {
    const Figures full = without_space();
    CHECK(answer_ready({Phase::recovering}).status == 503);
    CHECK_THAT(answer_ready({Phase::recovering}).body, Contains("recovering: "));
    CHECK_THAT(answer_ready({Phase::stopping}).body, Contains("stopping: "));
    CHECK(answer_ready({Phase::serving, &full}).status == 503);
    CHECK_THAT(answer_ready({Phase::serving, &full}).body, Contains("read_only: "));
}

TEST_CASE("a broker without space lives: a restart would not help it") {
    const Figures full = without_space();
    CHECK(answer_live({Phase::serving, &full}).status == 200);
}

TEST_CASE("while it recovers there are the figures of its process, and it is not ready") {
    const Answer answer = metrics_of({Phase::recovering});
    CHECK(answer.status == 200);
    CHECK_THAT(answer.body, Contains("\ntaskbbs_ready 0\n"));
    CHECK_THAT(answer.body, Contains("process_start_time_seconds"));
    CHECK_THAT(answer.body, !Contains("taskbbs_tasks"));
}

TEST_CASE("ready in the figures is what /readyz says") {
    const Figures full = without_space();
    CHECK_THAT(metrics_of({Phase::serving, &calm}).body, Contains("\ntaskbbs_ready 1\n"));
    CHECK_THAT(metrics_of({Phase::serving, &full}).body, Contains("\ntaskbbs_ready 0\n"));
}

}  // namespace taskbbs::broker
