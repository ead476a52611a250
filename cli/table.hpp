// Aligned columns and records, from JSON documents, for people. Pure.
#pragma once

#include "cli/json.hpp"
#include "cli/terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli {

// `key`: where in a document its cell is found, "task.guid" within "task". The header is the last
// part of it.
struct Column {
    std::string_view key;
    std::size_t width = 0;  // at least, in cells
    bool wide = false;      // of -o wide only
    bool spare = false;     // what others tell as well, or few look for
};

// A value as one line of text: times (by the name of `key`) as RFC 3339, lists with commas, "-" for
// what is empty or absent, everything escaped. `limit`: bytes of text, see escaped().
std::string cell_of(std::string_view key, const Json& value, std::size_t limit);

// Rows are kept until text() so that they can be aligned; columns only grow, but on a terminal,
// where long cells give way until a row fits its width: times not at all, guids only to leave room
// for a state. Where that is not enough, columns are left out from the right, wide and spare ones
// first. The header comes before the first row.
class Table {
  public:
    explicit Table(std::vector<Column> columns, const Terminal& terminal = {});

    // `note`: a line of its own below the row, indented and never cut; empty: none.
    void add(const Json& document, std::string_view note = {});
    // The rows since the last call.
    std::string text();

  private:
    struct Row {
        std::vector<std::string> cells;
        std::string note;
    };

    bool names_a_row(const Column& column) const;
    std::size_t least_of(const Column& column) const;
    void leave_out_columns();
    std::vector<std::size_t> fitting_widths() const;
    std::string line(const Row& row, const std::vector<std::size_t>& widths, bool header) const;

    std::vector<Column> columns_;
    Terminal terminal_;
    std::vector<Row> rows_;  // the header is one of them
    bool headed_ = false;
};

// One document, a line for each member that is not empty, or for each (`whole`), nested ones as
// "limits.requests". On a terminal a value of more than 4 KiB is cut.
std::string record(const Json& document, bool whole = false, const Terminal& terminal = {});

}  // namespace taskbbs::cli
