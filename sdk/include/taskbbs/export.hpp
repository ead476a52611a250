// What the shared library shows: it is built with all hidden but what is marked so. A class or
// function that is defined in the library is marked, and so are arguments by which a template that
// is defined there is chosen; what its header defines whole needs no mark.
#pragma once

#define TASKBBS_EXPORT [[gnu::visibility("default")]]
