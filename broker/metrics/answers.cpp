// Texts for people and probes.
#include "broker/metrics/answers.hpp"

#include <fmt/format.h>

namespace taskbbs::broker {

namespace {

constexpr unsigned not_found = 404;
constexpr unsigned method_not_allowed = 405;
constexpr unsigned unavailable = 503;

std::string hung() {
    return fmt::format("loop: it has not answered within {} s\n", loop_answers_within.count());
}

// Why no work is to be sent here, a line each; empty: there is nothing against it.
std::string reasons(const Condition& condition) {
    switch (condition.phase) {
        case Phase::recovering:
            return "recovering: the journal is being read\n";
        case Phase::stopping:
            return "stopping: it was asked to\n";
        case Phase::serving:
            break;
    }
    if (condition.is_hung()) {
        return hung();
    }
    return condition.figures->read_only
               ? "read_only: the disk is short of space, so new work is refused; what is under way "
                 "goes on\n"
               : "";
}

// A proxy asks for http://HOST/PATH, and every server is to understand that (RFC 9112, 3.2.2).
std::string_view path_in(std::string_view target) {
    constexpr std::string_view scheme = "http://";
    if (!target.starts_with(scheme)) {
        return target;
    }
    const std::size_t path = target.find('/', scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

std::optional<Page> page_of(std::string_view target) {
    const std::string_view path = path_in(target);
    if (path == "/metrics") return Page::metrics;
    if (path == "/livez") return Page::live;
    if (path == "/readyz") return Page::ready;
    return std::nullopt;
}

Answer answer_live(const Condition& condition) {
    return condition.is_hung() ? Answer{unavailable, hung()} : Answer{.body = "ok\n"};
}

Answer answer_ready(const Condition& condition) {
    std::string against = reasons(condition);
    return against.empty() ? Answer{.body = "ready\n"} : Answer{unavailable, std::move(against)};
}

Answer answer_metrics(const Condition& condition,
                      const ProcessFigures& process,
                      const DirectoryFigures& directory) {
    if (condition.is_hung()) {
        return {unavailable, hung()};
    }
    return {.body = metrics_text({.figures = condition.figures,
                                  .process = process,
                                  .directory = directory,
                                  .ready = reasons(condition).empty()}),
            .type = metrics_type};
}

Answer answer_no_such_page() {
    return {not_found, "there is /metrics, /livez and /readyz\n"};
}

Answer answer_no_such_method() {
    return {method_not_allowed, "GET and HEAD are the methods of these pages\n"};
}

}  // namespace taskbbs::broker
