// A document of docs/ as the body of a manual page: headings, paragraphs, lists, indented blocks
// and tables, which become items: the first cell names one, the others describe it. Pure.
#pragma once

#include "man/page.hpp"

#include <string_view>

namespace taskbbs::man {

// `document`: markdown as docs/ writes it. Its title is left out: the page has one.
void add_markdown(Page& page, std::string_view document);

}  // namespace taskbbs::man
