// Figures as Prometheus reads them.
#include "broker/metrics/text.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace taskbbs::broker {
namespace {

using Catch::Contains;
using namespace std::chrono_literals;

std::string text_of(const Figures& figures) {
    return metrics_text({.figures = &figures, .process = {}, .directory = {}, .ready = true});
}

auto has_line(const std::string& line) {
    return Contains("\n" + line + "\n");
}

}  // namespace

TEST_CASE("each verb has its answers, and of refusals those that occurred") {
    Figures figures;
    figures.counters.note_answer(protocol::Verb::claim, protocol::Status::ok);
    figures.counters.note_answer(protocol::Verb::claim, protocol::Status::wrong_state);
    figures.counters.note_answer({}, protocol::Status::malformed);
    const std::string text = text_of(figures);
    CHECK_THAT(text, has_line(R"(taskbbs_requests_total{verb="claim",outcome="ok"} 1)"));
    CHECK_THAT(text, has_line(R"(taskbbs_requests_total{verb="claim",outcome="wrong_state"} 1)"));
    CHECK_THAT(text, has_line(R"(taskbbs_requests_total{verb="unknown",outcome="malformed"} 1)"));
    CHECK_THAT(text, has_line(R"(taskbbs_requests_total{verb="desire",outcome="ok"} 0)"));
    CHECK_THAT(text, !Contains(R"(verb="desire",outcome="busy")"));
}

TEST_CASE("each error has its sum over all verbs, also where it did not occur") {
    Figures figures;
    figures.counters.note_answer(protocol::Verb::claim, protocol::Status::busy);
    figures.counters.note_answer(protocol::Verb::desire, protocol::Status::busy);
    const std::string text = text_of(figures);
    CHECK_THAT(text, has_line(R"(taskbbs_refused_total{error="busy"} 2)"));
    CHECK_THAT(text, has_line(R"(taskbbs_refused_total{error="denied"} 0)"));
    CHECK_THAT(text, !Contains(R"(error="ok")"));
}

TEST_CASE("a histogram has its buckets added up, its sum in seconds and its count") {
    Figures figures;
    figures.syncs.note(20us);  // above 16.384 us
    figures.syncs.note(1h);    // beyond every bound
    const std::string text = text_of(figures);
    CHECK_THAT(text, Contains("# TYPE taskbbs_sync_seconds histogram"));
    CHECK_THAT(text, Contains("\ntaskbbs_sync_seconds_count 2\n"));
    CHECK_THAT(text, Contains("\ntaskbbs_sync_seconds_bucket{le=\"+Inf\"} 2\n"));
    CHECK_THAT(text, Contains("\ntaskbbs_sync_seconds_sum 3600.00002\n"));
}

TEST_CASE("domains have their tasks by state, and all others together") {
    Figures figures;
    figures.domains = {{"blue", {1, 2, 3, 4, 5}}};
    figures.other_domains = {6, 0, 0, 0, 0};
    const std::string text = text_of(figures);
    CHECK_THAT(text, has_line(R"(taskbbs_domain_tasks{domain="blue",state="running"} 3)"));
    CHECK_THAT(text, has_line(R"x(taskbbs_domain_tasks{domain="(other)",state="pending"} 6)x"));
}

TEST_CASE("each limit stands beside what is used of it") {
    Figures figures;
    figures.tasks = {1, 2, 3, 4, 5};
    figures.limits.tasks = 100;
    const std::string text = text_of(figures);
    CHECK_THAT(text, has_line(R"(taskbbs_limit{name="tasks"} 100)"));
    CHECK_THAT(text, has_line(R"(taskbbs_limit_used{name="tasks"} 15)"));
}

TEST_CASE("what there was none of yet has a family, and no sample that would be taken for zero") {
    const std::string text = text_of({});
    CHECK_THAT(text, Contains("# TYPE taskbbs_snapshot_timestamp_seconds gauge"));
    CHECK_THAT(text, !Contains("\ntaskbbs_snapshot_timestamp_seconds "));
    CHECK_THAT(text, !Contains("\ntaskbbs_snapshot_duration_seconds "));
}

}  // namespace taskbbs::broker
