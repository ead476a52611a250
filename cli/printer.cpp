// Standard output.
#include "cli/printer.hpp"

#include "cli/complain.hpp"
#include "cli/samples.hpp"
#include "cli/shown_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

std::vector<Column> shown_columns(std::vector<Column> columns, Format format) {
    std::erase_if(columns,
                  [=](const Column& column) { return column.wide && format != Format::wide; });
    return columns;
}

// A line for what names the document: its guid, executor, broker or domain; else, of counters and
// the like, one for each name in it.
std::string lines_of_ids(const Json& document, const std::string& id) {
    if (!id.empty()) {
        return id + "\n";
    }
    for (const char* name : {"guid", "executor_id", "broker_id", "domain"}) {
        if (const auto found = document.find(name); found != document.end()) {
            return escaped(found->get<std::string>()) + "\n";
        }
    }
    if (const auto task = document.find("task"); task != document.end()) {
        return lines_of_ids(*task, id);
    }
    std::string lines;
    for (const auto& [name, value] : document.items()) {
        lines += escaped(name) + "\n";
    }
    return lines;
}

}  // namespace

Printer::Printer(const Arguments& arguments, const std::vector<Column>& columns)
    : command_(arguments.command->name),
      format_(arguments.output.format),
      open_ended_(!sample_of(shape_of(arguments))),
      terminal_(terminal_of_output()),
      table_(shown_columns(columns, format_), terminal_),
      has_table_(!json() && !columns.empty()) {
    if (format_ == Format::templated) {
        template_ = Template::parse(arguments.output.text).value();  // parse() has looked at it
    }
}

void Printer::item(const Json& document) {
    if (json()) {
        show(document, {});
    } else {
        table_.add(document);
    }
}

void Printer::record(const Json& document, const std::string& id) {
    if (json()) {
        show(document, id);
        return;
    }
    write((has_record_ ? "\n" : "") + cli::record(document, format_ == Format::wide, terminal_));
    has_record_ = true;
}

void Printer::words(const std::string& paragraph) {
    write((has_record_ ? "\n" : "") + paragraph);
    has_record_ = true;
}

void Printer::show(const Json& document, const std::string& id) {
    switch (format_) {
        case Format::id:
            write(lines_of_ids(document, id));
            break;
        case Format::templated:
            fill(with_times(document));
            break;
        case Format::json:
            write(terminal_.is_one ? indented(with_times(document))
                                   : line_of(with_times(document)) + "\n");
            break;
        default:
            write(line_of(with_times(document)) + "\n");
    }
}

void Printer::fill(const Json& document) {
    const auto misfit =
        open_ended_ ? template_->misfit(document, command_) : std::optional<std::string>{};
    if (!misfit) {
        write(template_->filled(document));
    } else if (!unfit_) {
        unfit_ = true;
        complain("taskbbs: {}\n", *misfit);
    }
}

void Printer::flush() {
    if (has_table_) {
        write(table_.text());
    }
    unwritable_ = std::fflush(stdout) != 0 || unwritable_;
}

Exit Printer::exit() const {
    return unwritable_ ? Exit::unwritable : unfit_ ? Exit::usage : Exit::done;
}

void Printer::write(const std::string& text) {
    unwritable_ = std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || unwritable_;
}

}  // namespace taskbbs::cli
