/* The smallest application that is worth staging. */
#include <stdio.h>

int main(void) {
    puts("hello from a droplet");
    return 0;
}
