// Names as in docs/performance.md.
#include "bench/report/json.hpp"

#include <nlohmann/json.hpp>

namespace taskbbs::bench {

using nlohmann::json;

json json_of(const Row& row) {
    return {{"id", row.id},
            {"system", row.system},
            {"load", row.title},
            {"per_second", row.per_second},
            {"p50_us", row.p50_us},
            {"p99_us", row.p99_us},
            {"p999_us", row.p999_us},
            {"max_us", row.max_us},
            {"seconds", row.seconds},
            {"server_cpu_seconds", row.server_cpu},
            {"generator_cpu_seconds", row.own_cpu},
            {"server_cpu_us_a_step", row.cpu_of_step()},
            {"generator_bound", row.generator_bound()},
            {"refused", row.refused},
            {"trouble", row.trouble},
            {"more", row.more}};
}

Row row_of(const json& fields) {
    return {.id = fields.at("id"),
            .system = fields.at("system"),
            .title = fields.at("load"),
            .per_second = fields.at("per_second"),
            .p50_us = fields.at("p50_us"),
            .p99_us = fields.at("p99_us"),
            .p999_us = fields.at("p999_us"),
            .max_us = fields.at("max_us"),
            .seconds = fields.at("seconds"),
            .server_cpu = fields.at("server_cpu_seconds"),
            .own_cpu = fields.at("generator_cpu_seconds"),
            .refused = fields.at("refused"),
            .trouble = fields.at("trouble"),
            .more = fields.at("more")};
}

std::string json_of(const Machine& machine,
                    const Results& results,
                    const std::vector<Ratio>& ratios) {
    json document;
    document["machine"] = {{"cores", machine.cores},
                           {"cpu", machine.cpu},
                           {"memory", machine.memory},
                           {"kernel", machine.kernel},
                           {"directory", machine.directory},
                           {"fdatasync_p50_us", machine.syncs.p50_us},
                           {"fdatasync_p99_us", machine.syncs.p99_us},
                           {"fdatasync_longest_us", machine.syncs.longest_us}};
    document["rows"] = json::array();
    for (const Row& row : results.rows) {
        document["rows"].push_back(json_of(row));
    }
    document["goals"] = json::array();
    for (const Ratio& ratio : ratios) {
        document["goals"].push_back({{"id", ratio.id},
                                     {"what", ratio.what},
                                     {"is", ratio.value},
                                     {"to_be", ratio.goal},
                                     {"at_most", ratio.at_most},
                                     {"reached", ratio.reached()}});
    }
    document["systems"] = json::object();
    for (const System& system : systems_of(results.rows)) {
        document["systems"][system.name] = system.promise;
    }
    document["left_out"] = results.left_out;
    return document.dump(2) + "\n";
}

}  // namespace taskbbs::bench
