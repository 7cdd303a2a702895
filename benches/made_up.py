"""Sheets of people who do not exist, the same ones every time.

Of 100 rows 70 have a LinkedIn profile, 26 a name and a company, 2 repeat an earlier row and 2 name nobody who can be
searched for. Numbers of rows are the only thing that differs between two sheets: the smaller is the beginning of the
larger.

    python3 benches/made_up.py ROWS FILE [--shuffled]
"""

import csv
import random
import sys

FIRST = "Ada Björn Chloé Dana Emil Fatima Grace Hugo Inès Jonas Kira Liam Mona Noah Olga Pablo Quinn Rosa Sven Tara".split()
LAST = "Abel Berg Conti Dubois Eriksen Faure Gruber Huber Ivens Jansen Kowalski Lindqvist Moreau Novak Oberg Petit".split()
COMPANY = "Acme Globex Initech Umbra Hooli Vandelay Stark Wonka Tyrell Cyberdyne Soylent Oscorp".split()
KIND = ["GmbH", "Ltd", "Inc.", "S.A.", "& Sons, Ltd"]
JOB = ["Head of Sales", "Engineer", "Buyer, Europe", "CFO", "Founder", "Recruiter", "Project Manager"]
CITY = ["Lyon", "Köln", "Gent", "Leeds", "Turin", "Porto", "Gdańsk", "Aarhus", "Malmö", "Boston"]
HEADER = ["First Name", "Last Name", "Company", "Website", "LinkedIn URL", "Email", "Position", "City", "Connected On"]


def row(number):
    """The row of this number, which depends on nothing else."""
    dice = random.Random(number)
    if number % 100 == 99 and number > 1000:
        return row(number - 950)
    first, last = dice.choice(FIRST), dice.choice(LAST)
    company = f"{dice.choice(COMPANY)} {number % 9973} {dice.choice(KIND)}"
    host = company.split()[0].lower() + f"-{number % 9973}.example"
    # Not in the order of the rows, as slugs of real people are not.
    code = f"{number * 2654435761 % 4294967296:08x}"
    slug = f"https://www.linkedin.com/in/person-{code}"
    if number % 50 == 48:
        company, host, slug = "", "", ""
    elif number % 100 >= 71:
        slug = ""
        first, last = f"{first}", f"{last}-{letters(number)}"
    mail = f"{code}@{host or 'mail.example'}"
    day = f"{1 + number % 28:02} Mar {2015 + number % 10}"
    return [first, last, company, host, slug, mail, dice.choice(JOB), dice.choice(CITY), day]


def letters(number):
    """A number as a name: `Abc`."""
    word = ""
    while number:
        number, digit = divmod(number, 26)
        word += chr(ord("a") + digit)
    return word.capitalize()


def write(path, rows, shuffled=False):
    """Writes a sheet of that many rows, in their order or in another."""
    numbers = list(range(rows))
    if shuffled:
        random.Random(1).shuffle(numbers)
    with open(path, "w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(HEADER)
        sheet.writerows(map(row, numbers))


if __name__ == "__main__":
    write(sys.argv[2], int(sys.argv[1]), "--shuffled" in sys.argv)
