"""What tools/sqlgen makes of a query file, and what it refuses. Run with the path of sqlgen."""
import os
import subprocess
import sys
import tempfile
import unittest

SQLGEN = sys.argv.pop()


def generate(sql, kind="queries", name="rooms.sql"):
    """(exit code, what it said, the C that it wrote)"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(sql)
        out = folder if kind == "queries" else os.path.join(folder, "queries.c")
        result = subprocess.run([sys.executable, SQLGEN, kind, out, path], capture_output=True, text=True)
        made = os.path.join(folder, "queries.c")
        code = ""
        if os.path.exists(made):
            with open(made, encoding="utf-8") as file:
                code = file.read()
        return result.returncode, result.stderr, code


class Queries(unittest.TestCase):
    def test_parameters_are_numbered_for_each_database(self):
        _, _, code = generate("-- name: rooms_find\n-- id\nselect a from r where b = ?2 and c = ?1 -- ?9\n")
        self.assertIn('"select a from r where b = \\?2 and c = \\?1"', code)
        self.assertIn('"select a from r where b = $2 and c = $1"', code)
        self.assertIn(".parameters = 2", code)
        self.assertIn("&rooms_find_query,", code)

    def test_a_second_body_is_for_postgres(self):
        _, _, code = generate("-- name: q\nselect 1\n-- postgres:\nselect ?1;\n")
        self.assertIn('.sqlite =\n\t\t"select 1"', code)
        self.assertIn('.postgres =\n\t\t"select $1"', code)
        self.assertIn(".parameters = 1", code)

    def test_text_in_quotes_is_left_alone(self):
        _, _, code = generate("-- name: q\nselect 'a ?1 -- ; \"b\"', \"odd ?\" from r\n")
        self.assertIn("'a \\?1 -- ; \\\"b\\\"', \\\"odd \\?\\\"", code)
        self.assertIn(".parameters = 0", code)

    def test_refusals_say_where(self):
        cases = {
            "no query": ("select 1\n", "SQL before"),
            "empty file": ("-- nothing\n", "no '-- name:'"),
            "empty query": ("-- name: q\n-- why\n", "no sqlite body"),
            "bad name": ("-- name: Q-1\nselect 1\n", "is not a name"),
            "same name": ("-- name: q\nselect 1\n-- name: q\nselect 2\n", "is also in"),
            "a gap": ("-- name: q\nselect ?1, ?3\n", "without a gap"),
            "no number": ("-- name: q\nselect ?\n", "numbered"),
            "two statements": ("-- name: q\nselect 1; select 2\n", "more than one statement"),
            "two postgres bodies": ("-- name: q\nselect 1\n-- postgres:\nselect 1\n-- postgres:\nselect 1\n", "once"),
            "an unknown part": ("-- name: q\nselect {{id}}\n", "no '-- part: id'"),
        }
        for name, (sql, words) in cases.items():
            with self.subTest(name):
                status, said, _ = generate(sql)
                self.assertNotEqual(status, 0)
                self.assertIn(words, said)
                self.assertRegex(said, r"rooms\.sql:\d+: ")


class Migrations(unittest.TestCase):
    def test_are_numbered_and_summed(self):
        status, _, code = generate("create table t (id {{id}});\n", "migrations", "0001_first.sql")
        self.assertEqual(status, 0)
        self.assertRegex(code, r'\{ 1, "first", "[0-9a-f]{64}",\n\t\t"create table t \(id \{\{id\}\}\);')

    def test_a_gap_is_refused(self):
        status, said, _ = generate("select 1;\n", "migrations", "0002_second.sql")
        self.assertNotEqual(status, 0)
        self.assertIn("0001_", said)


unittest.main()
