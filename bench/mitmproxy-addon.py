"""mitmproxy that connects to 127.0.0.1 whatever the name, and says on stdout where it listens and how to trust it."""

import json
import os

from mitmproxy import ctx


def server_connect(data):
    data.server.address = ("127.0.0.1", data.server.address[1])


def running():
    port = ctx.master.addons.get("proxyserver").listen_addrs()[0][1]
    with open(os.path.join(ctx.options.confdir, "mitmproxy-ca-cert.pem"), encoding="ascii") as file:
        authority = file.read()
    print(json.dumps({"proxy": f"http://127.0.0.1:{port}", "authority": authority}), flush=True)
