// Standard output.
#include "cli/printer.hpp"

#include <cstdio>
#include <utility>

namespace taskbbs::cli {

Printer::Printer(const Arguments& arguments, std::vector<Column> columns)
    : json_(arguments.text("output") == "json"),
      has_table_(!json_ && !columns.empty()),
      table_(std::move(columns)) {}

void Printer::item(const Json& document) {
    if (json_) {
        write(line_of(document) + "\n");
    } else {
        table_.add(document);
    }
}

void Printer::record(const Json& document) {
    if (json_) {
        write(line_of(document) + "\n");
        return;
    }
    write((has_record_ ? "\n" : "") + cli::record(document));
    has_record_ = true;
}

void Printer::words(const std::string& paragraph) {
    write((has_record_ ? "\n" : "") + paragraph);
    has_record_ = true;
}

void Printer::flush() {
    if (has_table_) {
        write(table_.text());
    }
    unwritable_ = std::fflush(stdout) != 0 || unwritable_;
}

void Printer::write(const std::string& text) {
    unwritable_ = std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || unwritable_;
}

}  // namespace taskbbs::cli
