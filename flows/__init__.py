"""Prefect: flows, tasks, task runners, deployments; and what has to be known before one starts."""

import logging

# Whatever process runs a flow (the command, a worker, what `serve` starts), and however the flow
# ends: that some events are still to be sent when it does is no news for who looks on.
for _name in ("EventsWorker", "APILogWorker"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
