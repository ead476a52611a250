// cli/arguments.hpp: command lines, taken apart.
#include "cli/arguments.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

namespace {

using Words = std::vector<std::string>;

Arguments taken(const Words& words, const std::optional<std::string>& endpoint = std::nullopt) {
    const auto invocation = parse(words, endpoint);
    if (!invocation) {
        FAIL(invocation.error().message);
    }
    return std::get<Arguments>(*invocation);
}

// The first line of what the user is told.
std::string wrong(const Words& words) {
    const auto invocation = parse(words, std::nullopt);
    REQUIRE_FALSE(invocation.has_value());
    const auto& message = invocation.error().message;
    CHECK(message.find("\nSee taskbbs ") != std::string::npos);
    return message.substr(0, message.find('\n'));
}

}  // namespace

TEST_CASE("options stand before or after the command and its guids") {
    for (const Words& words : {Words{"claim", "g1", "g2", "--executor-id", "e1"},
                               Words{"--executor-id", "e1", "claim", "g1", "g2"},
                               Words{"claim", "--executor-id=e1", "g1", "g2"},
                               Words{"claim", "g1", "--executor-id=e1", "--", "g2"}}) {
        const auto arguments = taken(words);
        CHECK(arguments.command->name == "claim");
        CHECK(arguments.guids == Words{"g1", "g2"});
        CHECK(arguments.text("executor-id") == "e1");
    }
}

TEST_CASE("a value may look like an option, be empty or hold an equals sign") {
    CHECK(taken({"desire", "g", "--payload", "--failed"}).text("payload") == "--failed");
    CHECK(taken({"desire", "g", "--payload="}).text("payload") == "");
    CHECK(taken({"desire", "g", "--payload=a=b"}).text("payload") == "a=b");
    CHECK(taken({"desire", "g", "--priority", "-5"}).integer("priority") == -5);
    CHECK(taken({"desire", "--", "--g"}).guids == Words{"--g"});
}

TEST_CASE("of an option given twice the last one counts, lists add up") {
    CHECK(taken({"get", "g", "-o", "json", "-o", "table"}).text("output") == "table");
    CHECK(taken({"acquire", "--executor-id", "e", "--stacks", "a,b", "--stacks", "c"})
              .names("stacks") == Words{"a", "b", "c"});
    CHECK(taken({"heartbeat", "--executor-id", "e", "--running", "a:1,b:2"}).pairs("running") ==
          std::vector<Pair>{{"a", 1}, {"b", 2}});
}

TEST_CASE("the endpoint is the option's, else the environment's, else the default") {
    CHECK(taken({"stats"}).endpoint == "tcp://127.0.0.1:7411");
    CHECK(taken({"stats"}, "tcp://b:1").endpoint == "tcp://b:1");
    CHECK(taken({"stats"}, "").endpoint == "tcp://127.0.0.1:7411");
    CHECK(taken({"stats", "--endpoint", "tcp://c:1"}, "tcp://b:1").endpoint == "tcp://c:1");
}

TEST_CASE("help and version win over whatever else is there") {
    CHECK(std::get<HelpWanted>(*parse(Words{"--help"}, std::nullopt)).command == nullptr);
    CHECK(std::get<HelpWanted>(*parse(Words{"claim", "-h"}, std::nullopt)).command ==
          command_named("claim"));
    CHECK(std::get<HelpWanted>(*parse(Words{"--help", "claim"}, std::nullopt)).command ==
          command_named("claim"));
    CHECK(std::holds_alternative<VersionWanted>(*parse(Words{"claim", "--version"}, std::nullopt)));
}

TEST_CASE("an unknown command or option is told, with the nearest one") {
    CHECK(wrong({"clam"}) == "unknown command 'clam'; did you mean claim?");
    CHECK(wrong({"frobnicate"}) == "unknown command 'frobnicate'");
    CHECK(wrong({"claim", "--executr-id", "e"}) ==
          "unknown option --executr-id; did you mean --executor-id?");
    CHECK(wrong({"get", "g", "-x"}) == "unknown option -x");
    CHECK(wrong({"get", "g", "--max", "1"}) == "get has no option --max");
    CHECK(wrong({"replay", "--domain", "d"}) ==
          "replay has no option --domain; did you mean --domains?");
}

TEST_CASE("what a command needs must be there, and nothing else") {
    CHECK(wrong({}) == "no command given");
    CHECK(wrong({"get"}) == "get needs a GUID");
    CHECK(wrong({"stats", "g"}) == "stats takes no 'g'");
    CHECK(wrong({"claim", "g"}) == "claim needs --executor-id ID");
    CHECK(wrong({"claim", "g", "--executor-id"}) == "--executor-id needs a value: ID");
    CHECK(wrong({"complete", "g", "--failed=yes"}) ==
          "--failed is a flag: it takes no value but true or false");
}

TEST_CASE("a value must have the form of its option") {
    CHECK(wrong({"stats", "--timeout", "5"}) == "--timeout '5' is not a duration like 5s or 500ms");
    CHECK(wrong({"list", "--limit", "0"}) == "--limit '0' is not an integer from 1 to 1000");
    CHECK(wrong({"replay", "--after", "-1"}) == "--after '-1' is not an integer from 0 on");
    CHECK(wrong({"stats", "-o", "yaml"}) ==
          "--output 'yaml' is not table|wide|json|jsonl|id|template=TEXT");
    CHECK(wrong({"list", "--state", "runing"}) ==
          "--state 'runing' is not pending|claimed|running|completed|resolving; did you mean "
          "running?");
    CHECK(wrong({"replay", "--streams", "pending,gone"}) ==
          "--streams 'pending,gone' is not "
          "pending|claimed|running|completed|resolving|resolved|executor|queue");
    CHECK(wrong({"heartbeat", "--executor-id", "e", "--running", "a"}) ==
          "--running 'a' is not GUID:EPOCH,...");
}

TEST_CASE("a flag may be given as true or false") {
    CHECK(taken({"complete", "g", "--failed"}).flag("failed"));
    CHECK(taken({"complete", "g", "--failed=true"}).flag("failed"));
    CHECK_FALSE(taken({"complete", "g", "--failed=false"}).flag("failed"));
    CHECK_FALSE(taken({"complete", "g"}).flag("failed"));
    CHECK_FALSE(taken({"drain", "--executor-id", "e", "--on=false"}).flag("on", true));
    CHECK(taken({"stats", "--help=false"}).command->name == "stats");
}

TEST_CASE("names are held to the contract's charset and length") {
    const std::string long_name(65, 'x');
    for (const Words& words : {Words{"watch", "--domain", "bad dom"},
                               Words{"watch", "--domain", "a,"},
                               Words{"watch", "--domain", long_name},
                               Words{"watch", "--guid", ""},
                               Words{"replay", "--guid", "a.b"},
                               Words{"executor", "--stack", "a b"},
                               Words{"claim", "g", "--executor-id", "a/b"}}) {
        CHECK(wrong(words).find(" of A-Z a-z 0-9 _ -") != std::string::npos);
    }
    CHECK(wrong({"watch", "--domain", "bad dom"}) ==
          "--domain 'bad dom' is not 1 to 64 of A-Z a-z 0-9 _ -");
    CHECK(taken({"acquire", "--executor-id", "e", "--stacks", ""}).names("stacks") == Words{""});
}

TEST_CASE("a ttl is held to the contract's bounds") {
    for (const std::string ttl : {"0", "1", "999", "600001", "-1"}) {
        CHECK(wrong({"executor", "--stack", "s", "--ttl-ms", ttl}) ==
              "--ttl-ms '" + ttl + "' is not an integer from 1000 to 600000");
    }
    CHECK(taken({"executor", "--stack", "s", "--ttl-ms", "1000"}).integer("ttl-ms") == 1000);
}

TEST_CASE("options that contradict each other are refused") {
    CHECK(wrong({"desire", "g", "--payload", "a", "--payload-file", "b"}) ==
          "--payload and --payload-file exclude each other");
    CHECK(wrong({"drain", "--executor-id", "e", "--on", "--off"}) ==
          "--on and --off exclude each other");
    CHECK(wrong({"resolve", "a", "b", "--epoch", "1"}) == "--epoch goes with one GUID");
}

TEST_CASE("a command's own words stand behind --, and nothing else does") {
    const auto arguments = taken({"run", "--jobs", "2", "-k", "--", "ls", "--jobs", "--", "-x"});
    CHECK(arguments.words == Words{"ls", "--jobs", "--", "-x"});
    CHECK(arguments.integer("jobs") == 2);
    CHECK(arguments.flag("keep-order"));
    CHECK(arguments.guids.empty());
    CHECK(taken({"claim", "--executor-id", "e", "--", "g"}).words.empty());
    CHECK(wrong({"run", "ls"}) == "run takes no 'ls'; its command stands behind --");
    CHECK(wrong({"run", "ls", "--", "ls"}).find("run takes no 'ls'") != std::string::npos);
    CHECK(wrong({"run"}) == "run needs a command behind --");
    CHECK(wrong({"run", "--"}) == "run needs a command behind --");
}

TEST_CASE("a command may take one name") {
    CHECK(taken({"wait", "n"}).guids == Words{"n"});
    CHECK(wrong({"wait"}) == "wait needs a NAME");
    CHECK(wrong({"wait", "a", "b"}) == "wait takes no 'b'");
}

TEST_CASE("a letter stands for its option") {
    const auto arguments = taken({"run", "-j", "3", "-0", "-o", "jsonl", "--", "x"});
    CHECK(arguments.integer("jobs") == 3);
    CHECK(arguments.flag("null"));
    CHECK(arguments.text("output") == "jsonl");
    CHECK(wrong({"run", "-x", "--", "x"}) == "unknown option -x");
    CHECK(wrong({"get", "g", "-j", "3"}).find("get has no option --jobs") != std::string::npos);
}

TEST_CASE("a command may have a meaning of its own for a common option") {
    CHECK(taken({"run", "--timeout", "5m", "--", "x"}).text("timeout") == "5m");
    CHECK(wrong({"run", "-o", "text", "--", "x"}).starts_with("--output 'text' is not"));
    CHECK(wrong({"run", "--detach", "--resume", "f", "--", "x"}) ==
          "--detach and --resume exclude each other");
}

TEST_CASE("the value of a letter may stand right behind it") {
    const auto arguments = taken({"run", "-j3", "-0", "-ojsonl", "--", "x", "-j4"});
    CHECK(arguments.integer("jobs") == 3);
    CHECK(arguments.flag("null"));
    CHECK(arguments.text("output") == "jsonl");
    CHECK(arguments.words == std::vector<std::string>{"x", "-j4"});
    CHECK(taken({"desire", "g", "--payload", "-j8"}).text("payload") == "-j8");
    CHECK(wrong({"run", "-0x", "--", "x"}) == "unknown option -0x");
}

TEST_CASE("the output's format is told by --output or by --template") {
    CHECK(taken({"list"}).output == Output{Format::table, {}});
    CHECK(taken({"list", "-o", "wide"}).output == Output{Format::wide, {}});
    CHECK(taken({"list", "-o", "jsonl"}).output == Output{Format::jsonl, {}});
    CHECK(taken({"list", "-o", "id"}).output == Output{Format::id, {}});
    const Output guids{Format::templated, "{guid}"};
    CHECK(taken({"list", "-o", "template={guid}"}).output == guids);
    CHECK(taken({"list", "--template", "{guid}"}).output == guids);
    CHECK(taken({"list", "-o", "template", "--template={guid}"}).output == guids);
}

TEST_CASE("a template must have a text that fits what the command shows") {
    CHECK(wrong({"list", "-o", "template"}) ==
          "a template needs a text: -o template='{guid} {state}'");
    CHECK(wrong({"list", "-o", "json", "--template", "{guid}"}) ==
          "--output and --template exclude each other");
    CHECK(wrong({"list", "--template", "{gudi}"}) ==
          "list shows no field {gudi}; did you mean {guid}?");
    CHECK(wrong({"list", "--template", "{payload}"}).starts_with("list shows no field {payload}"));
    CHECK(taken({"list", "--view", "full", "--template", "{payload}"}).output.text == "{payload}");
    CHECK(wrong({"desire", "g", "--template", "{state}"}).starts_with("desire shows no field"));
    CHECK(taken({"watch", "--template", "{executor_id}{task.guid}"}).command->name == "watch");
    // Only the broker knows what it counts.
    CHECK(taken({"stats", "--template", "{whatever}"}).command->name == "stats");
}

TEST_CASE("a command may take one word of a choice") {
    CHECK(taken({"completion", "zsh"}).chosen == "zsh");
    CHECK(wrong({"completion"}) == "completion needs one of bash|zsh|fish");
    CHECK(wrong({"completion", "bsh"}) ==
          "completion needs one of bash|zsh|fish; did you mean bash?");
    CHECK(wrong({"completion", "bash", "zsh"}) == "completion needs one of bash|zsh|fish");
}
