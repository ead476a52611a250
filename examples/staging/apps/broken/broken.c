/* An application that does not compile: the author gets to read why. */
int main(void) {
    return undeclared;
}
