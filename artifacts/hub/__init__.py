"""Publishing a release to the Hugging Face Hub: what would be sent, and sending it.

`plan_publish` reads the release and the repository and says what would be done, sending nothing;
`publish` does it: private first, the gate, one commit guarded by its parent, the tag last.
"""

from artifacts.hub.card import plan_tables, published_line
from artifacts.hub.plan import plan_publish
from artifacts.hub.publish import publish
from artifacts.hub.values import Operation, Plan, Published, PublishOptions, Waits

__all__ = [
    "Operation",
    "Plan",
    "PublishOptions",
    "Published",
    "Waits",
    "plan_publish",
    "plan_tables",
    "publish",
    "published_line",
]
