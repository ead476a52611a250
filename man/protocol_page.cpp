// Prints taskbbs-protocol(7) from docs/protocol.md, whose path is given.
#include "man/markdown.hpp"
#include "man/page.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
    using namespace taskbbs::man;
    std::ifstream file{argc > 1 ? argv[1] : "", std::ios::binary};
    if (!file) {
        std::fprintf(stderr, "cannot read the document\n");
        return 1;
    }
    const std::string document{std::istreambuf_iterator<char>{file}, {}};
    Page page{"taskbbs-protocol",
              7,
              TASKBBS_VERSION,
              "the contract between taskbbs clients and the broker"};
    page.heading("Description");
    add_markdown(page, document);
    page.heading("See also");
    page.paragraph("`taskbbs`(1), `taskbbsd`(8), `taskbbsd.conf`(5)");
    return std::fputs(page.text().c_str(), stdout) >= 0 ? 0 : 1;
}
