// What a command shows, in the format that --output asks for, on standard output.
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "cli/table.hpp"
#include "cli/template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace taskbbs::cli {

// Writes to stdout; exit() tells once that went wrong.
class Printer {
  public:
    // `columns`: of the table, should it be one.
    explicit Printer(const Arguments& arguments, const std::vector<Column>& columns = {});

    // Whether documents are shown for programs: as they are, rather than as rows for people.
    bool json() const { return format_ != Format::table && format_ != Format::wide; }

    // A row of the table, or a document. Times in it are ns, as json_of() leaves them.
    void item(const Json& document);

    // What words() may be fitted to.
    const Terminal& terminal() const { return terminal_; }

    // A document that stands for itself: in full, a line for each member. `id`: what names it,
    // where none of its members does.
    void record(const Json& document, const std::string& id = {});
    // Text for people, a paragraph of whole lines; an empty line stands between two.
    void words(const std::string& paragraph);
    // Shows the rows so far, aligned, and hands everything to the system. At the end of a command,
    // and wherever somebody waits for the rows.
    void flush();

    bool unwritable() const { return unwritable_; }

    // Done; unwritable; or usage, said on standard error: the template names what is not there.
    Exit exit() const;

  private:
    void show(const Json& document, const std::string& id);
    void fill(const Json& document);
    void write(const std::string& text);

    std::string command_;
    Format format_;
    bool open_ended_;  // what the documents hold is known only once they are there
    std::optional<Template> template_;
    Terminal terminal_;
    Table table_;
    bool has_table_;
    bool has_record_ = false;
    bool unwritable_ = false;
    bool unfit_ = false;
};

}  // namespace taskbbs::cli
