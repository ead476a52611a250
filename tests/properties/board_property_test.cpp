// What holds of a board whatever happens to it. A sequence that breaks a rule is shrunk and told in
// words; RC_PARAMS="seed=..." tries others (tests/properties/CMakeLists.txt sets one).
#include "broker/core/snapshot.hpp"
#include "tests/core/world.hpp"
#include "tests/properties/deed_generator.hpp"
#include "tests/properties/life.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck/catch.h>

using namespace taskbbs;
using namespace taskbbs::properties;

namespace {

std::vector<std::string> rows_of(const core::Board& board) {
    std::vector<std::string> rows;
    core::write_rows(board, [&](std::string_view row) { rows.emplace_back(row); });
    return rows;
}

Life lived(const Deeds& deeds) {
    Life life;
    for (const Deed& deed : deeds) {
        life.live(deed);
    }
    return life;
}

}  // namespace

TEST_CASE("properties of a board") {
    rc::prop("every index holds after every deed", [](const Deeds& deeds) {
        Life life;
        for (const Deed& deed : deeds) {
            life.live(deed);
            core_test::check_indexes(life.board(), life.guids());
        }
    });
    rc::prop("replay comes to the rows and the digest of life, event by event",
             [](const Deeds& deeds) {
                 const Life life = lived(deeds);
                 const auto replayed = life.replayed();
                 RC_ASSERT(replayed->digest() == life.board().digest());
                 RC_ASSERT(rows_of(*replayed) == rows_of(life.board()));
             });
    rc::prop("the digest that is kept up is the one that all rows come to", [](const Deeds& deeds) {
        Life life;
        for (const Deed& deed : deeds) {
            life.live(deed);
            core::RowDigest digest;
            for (const std::string& row : rows_of(life.board())) {
                RC_ASSERT(digest.take(row));
            }
            RC_ASSERT(digest.result() == life.board().digest());
        }
    });
    rc::prop("a board written as rows and read back is the same, and holds",
             [](const Deeds& deeds) {
                 const Life life = lived(deeds);
                 const auto rows = rows_of(life.board());
                 core::Board copy(Life::settings());
                 core::RowReader reader(copy);
                 for (const std::string& row : rows) {
                     RC_ASSERT(reader.take(row));
                 }
                 RC_ASSERT(reader.complete());
                 RC_ASSERT(copy.digest() == life.board().digest());
                 RC_ASSERT(rows_of(copy) == rows);
                 copy.begin_serving(life.board().clock().last_stamp());
                 core_test::check_indexes(copy, life.guids());
             });
}
