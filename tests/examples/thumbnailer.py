"""The image thumbnailer: examples/thumbnailer, with the real ImageMagick, which has to be there."""

import subprocess

from example import Board, EXAMPLES, run_tests

SCRIPT = EXAMPLES / "thumbnailer" / "thumbnails.sh"


def size_of(picture):
    return subprocess.run(["identify", "-format", "%m %wx%h", picture], capture_output=True, text=True,
                          check=True).stdout


def picture(builtin, path):
    subprocess.run(["convert", f"{builtin}:", path], check=True)


def test_the_readmes_commands_leave_thumbnails_no_larger_than_asked_for():
    with Board() as board:
        told = board.run_section("An image thumbnailer")
        for name in ("logo", "rose", "wizard"):
            assert f"{name}.jpg: done" in told, told
        made = {file.name: size_of(file) for file in (board.out / "thumbnails").iterdir()}
        assert made["logo.jpg.png"] == "PNG 160x120", made
        assert made["rose.jpg.png"] == "PNG 70x46", "a small picture is not blown up"
        assert len(made) == 3, made
        assert board.tasks() == [], "what was handled is gone"


def test_names_are_any_and_what_is_no_picture_fails_alone():
    with Board() as board:
        pictures, thumbnails = board.out / "my 'pictures'", board.out / "my $thumbnails"
        pictures.mkdir()
        picture("rose", pictures / "a 'rose' $HOME.png")
        (pictures / "notes.png").write_text("no picture")
        board.executor("--stack", "imagemagick")
        out, errors = board.run_example(SCRIPT, pictures, thumbnails, exit=1)
        assert out == "a 'rose' $HOME.png: done\n", out
        assert errors.startswith("notes.png: failed: "), errors
        assert [file.name for file in thumbnails.iterdir()] == ["a 'rose' $HOME.png.png"]


def test_without_a_picture_it_says_so():
    with Board() as board:
        (board.out / "empty").mkdir()
        _, errors = board.run_example(SCRIPT, board.out / "empty", board.out / "thumbnails", exit=1)
        assert errors.startswith("thumbnails: no picture in"), errors


run_tests(globals())
