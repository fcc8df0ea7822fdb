"""The same on Ray: `report(paths, out="report.html", binary="/opt/perfreport")`. `perfreport_shards.py` has to lie beside this file.

The program and the files have to be readable on every node. A task that is lost is repeated by Ray.
"""

import os
import sys

import ray

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import perfreport_shards as shards  # noqa: E402

TOGETHER = 64


def digest_of_run(paths, binary="perfreport", plan=None, memory="256MiB", strict=False, exact=False):
    """The digest of all files, as bytes. `exact`: further rounds over the files, until every percentile is exact."""
    ray.cloudpickle.register_pickle_by_value(shards)
    paths = sorted(map(os.path.abspath, paths))
    sent = ray.put(plan or shards.make_plan(binary, shards.some_of(paths)))
    one = ray.remote(lambda path, name, plan, ask: shards.digest(binary, plan, name, path, None, memory, strict, ask)).options(max_retries=4)
    several = ray.remote(lambda *some: shards.merge(binary, some)).options(max_retries=4)

    def merged(ask):
        asked = ray.put(ask)
        digests = [one.remote(path, name, sent, asked) for path, name in zip(paths, shards.names_of(paths))]
        while len(digests) > 1:
            digests = [several.remote(*digests[at:at + TOGETHER]) for at in range(0, len(digests), TOGETHER)]
        return ray.get(digests[0])

    return shards.refined(binary, merged(None), merged) if exact else merged(None)


def report(paths, out="report.html", binary="perfreport", **how):
    """Writes the report about all files."""
    content = digest_of_run(paths, binary, **how)
    shards.summarize(binary, content, [out] if isinstance(out, str) else list(out))
    return content
