"""The same 300 requests as CSV, and as Parquet files by pyarrow and polars: python3 parquet_fixtures.py FOLDER."""
import datetime as dt, random, sys
from decimal import Decimal
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

out = sys.argv[1]
random.seed(7)
n = 300
start = dt.datetime(2026, 3, 1, 12, 0, 0)
rows = {
    "started": [start + dt.timedelta(milliseconds=20 * i + random.randrange(15)) for i in range(n)],
    "endpoint": [random.choice(["/search", "/order", "/login"]) for _ in range(n)],
    "success": [random.random() > 0.05 for _ in range(n)],
    "latency_ms": [round(random.lognormvariate(3, 0.4), 3) for _ in range(n)],
    "response_bytes": [random.randrange(900, 60000) for _ in range(n)],
    "queue_ms": [None if i % 50 == 7 else round(random.expovariate(0.5), 2) for i in range(n)],
    "think": [random.randrange(1, 900_000) for _ in range(n)],  # microseconds
    "price": [Decimal(random.randrange(1, 9999)).scaleb(-2) for _ in range(n)],
}
with open(f"{out}/requests.csv", "w") as file:
    print(",".join([*list(rows)[:6], "think_us", "price"]), file=file)
    for row in zip(*rows.values()):
        cells = [row[0].isoformat(timespec="milliseconds") + "Z", row[1], str(row[2]).lower(), *map(lambda c: "" if c is None else str(c), row[3:])]
        print(",".join(cells), file=file)
table = pa.table({
    "started": pa.array(rows["started"], pa.timestamp("ms", tz="UTC")),
    "endpoint": pa.array(rows["endpoint"]).dictionary_encode(),
    "success": pa.array(rows["success"]),
    "latency_ms": pa.array(rows["latency_ms"], pa.float64()),
    "response_bytes": pa.array(rows["response_bytes"], pa.uint32()),
    "queue_ms": pa.array(rows["queue_ms"], pa.float64()),
    "think": pa.array(rows["think"], pa.duration("us")),
    "price": pa.array(rows["price"], pa.decimal128(7, 2)),
    "spans": pa.array([[i, i + 1] for i in range(n)]),
    "body": pa.array([b"\0" for i in range(n)], pa.large_binary()),
    "where": pa.array([{"rack": f"r{i % 3}", "at": dt.time(1, 2, 3)} for i in range(n)]),
})
pq.write_table(table, f"{out}/pyarrow.parquet", row_group_size=128, data_page_size=512)
pq.write_table(table.select([0, 1, 2, 3]), f"{out}/pyarrow_v1_gzip.parquet", compression="gzip", version="1.0", data_page_version="1.0", use_dictionary=False, store_schema=False)
frame = pl.from_arrow(table.select(list(rows)))
frame.write_parquet(f"{out}/polars.parquet", row_group_size=200, statistics=False)
