# SPDX-License-Identifier: Apache-2.0
"""Reading C sources for the lints: files of the product, their includes, their calls."""

import os
import re

FOLDERS = ("include", "src", "cmd", "newidmap")


def root_directory(argv):
    """The source tree: the argument, else automake's srcdir, else where this file lies."""
    if len(argv) > 1:
        return os.path.abspath(argv[1])
    if os.environ.get("srcdir"):
        return os.path.abspath(os.environ["srcdir"])
    return os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def product_files(root):
    """Every .c and .h file of the product, relative to the root, sorted."""
    found = []
    for folder in FOLDERS:
        for directory, _, names in os.walk(os.path.join(root, folder)):
            for name in names:
                if name.endswith((".c", ".h")):
                    found.append(os.path.relpath(os.path.join(directory, name), root))
    return sorted(found)


def blank(text):
    """The same text with comments and the insides of literals replaced by spaces.

    Line numbers and columns stay what they were.
    """
    pattern = re.compile(
        r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
        re.DOTALL | re.VERBOSE,
    )

    def cover(match):
        found = match.group(0)
        spaces = re.sub(r"[^\n]", " ", found)
        if found[0] in "\"'":
            return found[0] + spaces[1:-1] + found[-1]
        return spaces

    return pattern.sub(cover, text)


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    """Yield (line, delimiter, header) for each #include that is not inside a comment."""
    visible = blank(text)
    pattern = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
    for match in pattern.finditer(text):
        if visible[match.start(1)] != " ":
            yield line_of(text, match.start()), match.group(1), match.group(2).strip()


def calls(text):
    """Yield (line, function, arguments) for each call in blanked text, nested ones too.

    Definitions and declarations look like calls; they are told apart by what precedes the name:
    a type. Directives (#define) count as code, because macros expand to code.
    """
    pattern = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(")
    keywords = {"if", "for", "while", "switch", "return", "sizeof", "defined", "__attribute__"}
    for match in pattern.finditer(text):
        name = match.group(1)
        if name in keywords:
            continue
        before = text[: match.start()].rstrip()
        previous = re.search(r"([A-Za-z_]\w*)\s*\**$", before)
        if previous and previous.group(1) not in keywords | {"else", "do", "case"}:
            directive = re.search(r"#\s*define\s+\w+(\([^)\n]*\))?$", before)
            if not directive:
                continue
        yield line_of(text, match.start()), name, arguments(text, match.end())


def arguments(text, start):
    depth = 1
    for offset in range(start, len(text)):
        if text[offset] == "(":
            depth += 1
        elif text[offset] == ")":
            depth -= 1
            if depth == 0:
                return text[start:offset]
    return text[start:]
