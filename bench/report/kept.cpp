// A line that was not written to its end stays there, and the next one begins behind it.
#include "bench/report/kept.hpp"

#include "bench/report/json.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace taskbbs::bench {

namespace {

// Does it begin as ours do? Then what is wrong with it is that it does not end.
bool is_torn(std::string_view line) {
    return line.empty() || (line.front() == '{' && !line.ends_with('}'));
}

// Is the end of the file in the middle of a line?
bool ends_torn(const std::string& file) {
    std::ifstream stream(file, std::ios::ate);
    if (!stream || stream.tellg() <= 0) {
        return false;
    }
    stream.seekg(-1, std::ios::end);
    return stream.get() != '\n';
}

bool have_figures(const std::vector<Row>& rows) {
    return std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.has_figures(); });
}

}  // namespace

KeptRuns::KeptRuns(std::string file, std::string conditions, bool fresh)
    : file_(std::move(file)), conditions_(std::move(conditions)) {
    if (fresh) {
        std::filesystem::remove(file_);
    }
    read();
}

void KeptRuns::read() {
    std::ifstream stream(file_);
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
        if (is_torn(line)) {
            continue;
        }
        try {
            const auto fields = nlohmann::json::parse(line);
            Run run{.of = fields.at("of"), .round = fields.at("round")};
            for (const auto& row : fields.at("rows")) {
                run.rows.push_back(row_of(row));
            }
            if (fields.at("conditions") == conditions_) {
                runs_.push_back(std::move(run));
            }
        } catch (const nlohmann::json::exception&) {
            throw std::runtime_error(
                fmt::format("{}, line {}: this is no run; --fresh begins it anew", file_, number));
        }
    }
}

bool KeptRuns::has(std::string_view of, int round) const {
    return std::any_of(runs_.begin(), runs_.end(), [of, round](const Run& run) {
        return run.of == of && run.round == round && have_figures(run.rows);
    });
}

void KeptRuns::add(std::string of, int round, std::vector<Row> rows) {
    runs_.push_back({std::move(of), round, std::move(rows)});
    if (!file_.empty() && have_figures(runs_.back().rows)) {
        write(runs_.back());
    }
}

void KeptRuns::write(const Run& run) {
    nlohmann::json rows = nlohmann::json::array();
    for (const Row& row : run.rows) {
        rows.push_back(json_of(row));
    }
    const nlohmann::json line{
        {"of", run.of}, {"round", run.round}, {"conditions", conditions_}, {"rows", rows}};
    const bool is_behind_torn = ends_torn(file_);
    std::ofstream stream(file_, std::ios::app);
    stream << (is_behind_torn ? "\n" : "") << line.dump() << '\n' << std::flush;
    if (!stream) {
        throw std::runtime_error("cannot write " + file_);
    }
}

std::vector<Row> KeptRuns::medians(std::string_view of) const {
    std::vector<std::vector<Row>> rows;  // each one's runs
    for (const Run& run : runs_) {
        if (run.of != of) {
            continue;
        }
        for (const Row& row : run.rows) {
            const auto same = std::find_if(rows.begin(), rows.end(), [&row](const auto& runs) {
                return runs.front().id == row.id;
            });
            if (same == rows.end()) {
                rows.push_back({row});
            } else {
                same->push_back(row);
            }
        }
    }
    std::vector<Row> medians;
    medians.reserve(rows.size());
    for (std::vector<Row>& runs : rows) {
        medians.push_back(median_of(std::move(runs)));
    }
    return medians;
}

}  // namespace taskbbs::bench
