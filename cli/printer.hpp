// What a command shows: JSON lines or a table, as --output says, on standard output.
#pragma once

#include "cli/arguments.hpp"
#include "cli/table.hpp"

#include <string>
#include <vector>

namespace taskbbs::cli {

// Writes to stdout; unwritable() tells once it took no more.
class Printer {
  public:
    // `columns`: of the table, should it be one.
    explicit Printer(const Arguments& arguments, std::vector<Column> columns = {});

    bool json() const { return json_; }

    // A row of the table, or a line of JSON.
    void item(const Json& document);
    // A document that stands for itself: in full, or a line of JSON.
    void record(const Json& document);
    // Text for people, a paragraph of whole lines; an empty line stands between two.
    void words(const std::string& paragraph);
    // Shows the rows so far, aligned, and hands everything to the system. At the end of a command,
    // and wherever somebody waits for the rows.
    void flush();

    bool unwritable() const { return unwritable_; }

  private:
    void write(const std::string& text);

    bool json_;
    bool has_table_;
    Table table_;
    bool has_record_ = false;
    bool unwritable_ = false;
};

}  // namespace taskbbs::cli
