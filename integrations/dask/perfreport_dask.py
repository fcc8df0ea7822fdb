"""The same on Dask: `report(client, paths, out="report.html", binary="/opt/perfreport")`. `perfreport_shards.py` has to lie beside this file.

The program and the files have to be readable on every worker. A task whose worker is lost is repeated by Dask.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import perfreport_shards as shards  # noqa: E402

TOGETHER = 64


def digest_of_run(client, paths, binary="perfreport", plan=None, memory="256MiB", strict=False, exact=False):
    """The digest of all files, as bytes. `exact`: further rounds over the files, until every percentile is exact."""
    client.upload_file(os.path.abspath(shards.__file__))
    paths = sorted(map(os.path.abspath, paths))
    [sent] = client.scatter([plan or shards.make_plan(binary, shards.some_of(paths))], broadcast=True)

    def merged(ask):
        [asked] = client.scatter([ask], broadcast=True)
        digests = [
            client.submit(shards.digest, binary, sent, name, path, None, memory, strict, asked, pure=False, retries=4)
            for path, name in zip(paths, shards.names_of(paths))
        ]
        while len(digests) > 1:
            digests = [
                client.submit(shards.merge, binary, digests[at:at + TOGETHER], pure=False, retries=4)
                for at in range(0, len(digests), TOGETHER)
            ]
        return digests[0].result()

    return shards.refined(binary, merged(None), merged) if exact else merged(None)


def report(client, paths, out="report.html", binary="perfreport", **how):
    """Writes the report about all files."""
    content = digest_of_run(client, paths, binary, **how)
    shards.summarize(binary, content, [out] if isinstance(out, str) else list(out))
    return content
