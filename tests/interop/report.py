#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""report.py - the lines of reports against their schema

usage: report.py SCHEMA FILE   each line of FILE is one object of the schema,
                               and no key in it comes twice
"""
import json
import sys

import jsonschema


def object_of(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    kinds = {"closed": schema["$defs"]["closed"]}
    bad = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            assert line.endswith("\n"), "a line that is cut"
            report = json.loads(line, object_pairs_hook=object_of)
            # the errors of one branch say more than "none of both"
            kind = kinds.get(report.get("event"), schema["$defs"]["line"])
            part = {"$ref": "#/$defs/x", "$defs": {**schema["$defs"], "x": kind}}
            for error in jsonschema.Draft202012Validator(part).iter_errors(report):
                print(error.json_path, error.message)
                bad += 1
            if not bad and not validator.is_valid(report):
                print("of no kind, or of both:", line)
                bad += 1
    return bad != 0


sys.exit(main())
