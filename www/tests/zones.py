"""Makes zones.json: the two weekly slots over a year on clocks around the world, by Python's zoneinfo, which is not what
the page uses. Run as: python3 zones.py > zones.json"""

import datetime
import json
import zoneinfo

PACIFIC = zoneinfo.ZoneInfo("America/Los_Angeles")
ZONES = ["Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "Asia/Kathmandu"]
FIRST = datetime.date(2026, 1, 5)
SLOTS = {"Morning": (2, "09:00"), "Evening": (4, "17:30")}


def words(moment, zone):
    local = moment.astimezone(zone)
    minutes = int(local.utcoffset().total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    offset = "" if minutes == 0 else f"{sign}{hours}" + (f":{rest:02}" if rest else "")
    return f"{local.strftime('%a')} {local.day} {local.strftime('%b')}, {local.strftime('%H:%M')} (GMT{offset})"


calls = []
for day in range(7 * 53):
    date = FIRST + datetime.timedelta(days=day)
    for slot, (weekday, time) in SLOTS.items():
        if date.isoweekday() % 7 != weekday:
            continue
        hour, minute = map(int, time.split(":"))
        moment = datetime.datetime(date.year, date.month, date.day, hour, minute, tzinfo=PACIFIC)
        calls.append({"key": f"{date} {slot}", "at": int(moment.timestamp()), "pacific": words(moment, PACIFIC), "clocks": {zone: words(moment, zoneinfo.ZoneInfo(zone)) for zone in ZONES}})

# Around the changes themselves: an hour that is left out, and one that comes twice.
edges = []
for zone, date, time in [
    ("America/Los_Angeles", "2026-03-08", "01:59"), ("America/Los_Angeles", "2026-03-08", "03:00"), ("America/Los_Angeles", "2026-03-08", "02:30"),
    ("America/Los_Angeles", "2026-11-01", "00:59"), ("America/Los_Angeles", "2026-11-01", "01:30"), ("America/Los_Angeles", "2026-11-01", "02:00"),
    ("Europe/Berlin", "2026-03-29", "02:30"), ("Europe/Berlin", "2026-10-25", "02:30"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45"), ("Pacific/Auckland", "2026-09-27", "02:15"),
]:
    hour, minute = map(int, time.split(":"))
    year, month, day = map(int, date.split("-"))
    moment = datetime.datetime(year, month, day, hour, minute, fold=0, tzinfo=zoneinfo.ZoneInfo(zone))
    edges.append({"zone": zone, "date": date, "time": time, "at": int(moment.timestamp())})

print(json.dumps({"slots": {name: {"day": day, "time": time} for name, (day, time) in SLOTS.items()}, "from": str(FIRST), "weeks": 53, "calls": calls, "edges": edges}, indent=1))
