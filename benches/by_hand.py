#!/usr/bin/env python3
"""What somebody would write in an afternoon: read everything, send batches, sleep 10 s, write everything.

    ENROW_API_URL=... ENROW_API_KEY=... python3 benches/by_hand.py IN.csv OUT.csv

It remembers nothing, pairs results by position, and pays again when it is run again. It is here for comparison only.
"""

import csv
import json
import os
import sys
import time
import urllib.request

BASE, KEY = os.environ["ENROW_API_URL"], os.environ["ENROW_API_KEY"]


def call(path, body=None):
    request = urllib.request.Request(BASE + path, headers={"x-api-key": KEY, "content-type": "application/json"})
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(request, data) as response:
        return json.load(response)


def search(row):
    if row["LinkedIn URL"]:
        return {"linkedin_url": row["LinkedIn URL"]}
    return {"firstname": row["First Name"], "lastname": row["Last Name"], "company_domain": row["Website"]}


with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
people = [row for row in rows if row["LinkedIn URL"] or row["Website"]]
for start in range(0, len(people), 3000):
    batch = people[start : start + 3000]
    started = call("/phone/bulk", {"searches": [search(row) for row in batch]})["id"]
    while True:
        time.sleep(10)
        answer = call(f"/phone/bulk?id={started}")
        if answer["general"]["status"] == "completed":
            break
    for row, result in zip(batch, answer["results"]):
        row["phone_number"] = result.get("number", "")
with open(sys.argv[2], "w", newline="") as file:
    writer = csv.DictWriter(file, [*rows[0], "phone_number"] if "phone_number" not in rows[0] else [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
