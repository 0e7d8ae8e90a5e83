#!/usr/bin/env python3
"""fill.py - a database with so many people, for measuring what does not depend on how they came.

    fill.py POMONA_DB PEOPLE [--location ID]

The file has been made by `pomona serve` and the server is stopped. Each person has an iPad, nine in ten an activated one; with
--location nine in ten also have a VPP user there. The rows are as an import, an invitation and a sync would have
left them, with trigrams and tallies; they come by SQL because the doors take ten minutes for a million.
"""
import argparse
import hashlib
import random
import re
import sqlite3
import time
import uuid

GIVEN = "Ada Ben Clara Dora Emil Finn Greta Hugo Ines Jonas Klara Leon Mia Noah Olga Paul Rosa Theo Vera Zoe".split()
FAMILY = ("Apfelbaum Birnstiel Cherrywood Damson Elder Figueroa Greengage Hawthorn Kirschner Lindenau Medlar Nussbaum "
          "Orchard Pflaume Quince Rowan Sorrel Traubner Uhlig Walnut").split()
DEPARTMENTS = ["Teachers", "Administration", "Library", "IT", "Pupils 7", "Pupils 8", "Pupils 9", "Sports"]
STATES = ["associated"] * 80 + ["invited"] * 15 + ["registered"] * 5
AT = 1_700_000_000_000


def people(rng, count):
    for n in range(1, count + 1):
        given, family = rng.choice(GIVEN), rng.choice(FAMILY)
        name, login = f"{given} {family}", f"{given}.{family}{n}".lower()
        mail = f"{login}@school.example.org"
        active = 0 if rng.random() < 0.04 else 1
        has_active_device = rng.random() > 0.1
        eligible = 1 if active and has_active_device else 0
        department = rng.choice(DEPARTMENTS)
        yield (n, login, login, name, name.lower(), f" {name.lower()} {login} {mail}  {'staff' if n % 9 == 0 else ''} ", mail, mail,
               department, sort_key(department.lower()), "en", active, eligible, 18 if has_active_device else 16, "csv", AT, AT)


def sort_key(folded):
    return re.sub("[0-9]+", lambda number: number.group().rjust(12, "0"), folded)


def client_user_id(n):
    return str(uuid.UUID(bytes=hashlib.md5(str(n).encode()).digest(), version=4))


def main():
    args = argparse.ArgumentParser()
    args.add_argument("file")
    args.add_argument("people", type=int)
    args.add_argument("--location", type=int)
    o = args.parse_args()
    db = sqlite3.connect(o.file, isolation_level=None)
    db.execute("pragma synchronous = off")
    db.execute("pragma cache_size = -262144")
    started = time.time()
    rng = random.Random(7)
    db.execute("begin")
    db.executemany("insert into person (id, user_name, user_key, display_name, sort_name, search_text, email, email_key, department,"
                   " department_key, language, is_active, is_eligible, platforms, source, created_at, updated_at)"
                   " values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", people(rng, o.people))
    db.execute("insert into person_search (person_search) values ('rebuild')")
    db.execute("insert into person_tally select is_eligible, is_active, platforms, count(*) from person group by 1, 2, 3")
    db.executemany("insert into device (serial_number, platform, enrolment_type, state, person_id, source, created_at, updated_at)"
                   " select ?, 'iPadOS', 'device', case when platforms & 2 then 'activated' else 'pending' end, id, 'csv', ?, ?"
                   "   from person where id = ?", ((f"ZZ{n:010d}", AT, AT, n) for n in range(1, o.people + 1)))
    if o.location:
        def users():
            for n in range(1, o.people + 1):
                if n % 10 == 0:
                    continue
                state = rng.choice(STATES) if n % 997 else "checking"
                status = "Associated" if state == "associated" else "Registered"
                yield (o.location, n, client_user_id(n), state, status, AT + rng.randrange(10**9), "none" if status == "Associated" else "sent",
                       "A reason" if n % 1999 == 0 else None, AT, AT)
        db.executemany("insert into vpp_user (location_id, person_id, client_user_id, is_live, state, apple_status, apple_seen_at,"
                       " message_state, failed_reason, requested_at, updated_at) values (?,?,?,1,?,?,?,?,?,?,?)", users())
    db.execute("commit")
    db.execute("pragma wal_checkpoint(truncate)")
    print(f"{o.people} people in {time.time() - started:.0f} s")


main()
