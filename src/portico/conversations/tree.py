"""The tree of a conversation's messages: branches and leaves. Pure; a node is an id, its parent and its time."""

from collections.abc import Iterable
from dataclasses import dataclass

from portico.ids import MessageId


@dataclass(frozen=True, slots=True)
class Node:
    """One message's place. `created` is epoch milliseconds by the database's clock; the id decides between equal times."""

    id: MessageId
    parent: MessageId | None
    created: int


def order(node: Node) -> tuple[int, str]:
    """The sort key of messages: oldest first."""
    return (node.created, node.id)


class Tree:
    """The messages of one conversation. A parent that is not among them makes its children roots."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes: dict[MessageId, Node] = {node.id: node for node in nodes}
        self._children: dict[MessageId | None, list[Node]] = {}
        for node in sorted(self._nodes.values(), key=order):
            self._children.setdefault(self._parent(node), []).append(node)

    def __contains__(self, message_id: MessageId) -> bool:
        return message_id in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def path(self, leaf: MessageId) -> list[MessageId]:
        """The branch from the root to `leaf`, both included. Raises KeyError for an id outside the tree."""
        upwards: list[MessageId] = []
        node: Node | None = self._nodes[leaf]
        while node is not None and len(upwards) < len(self._nodes):
            upwards.append(node.id)
            parent = self._parent(node)
            node = None if parent is None else self._nodes[parent]
        return upwards[::-1]

    def newest_leaf(self, top: MessageId | None) -> MessageId | None:
        """The newest message without children at or below `top`; with None, of the whole tree, which may be empty."""
        newest: Node | None = None
        waiting = list(self._children.get(None, [])) if top is None else [self._nodes[top]]
        while waiting:
            node = waiting.pop()
            below = self._children.get(node.id)
            if below:
                waiting.extend(below)
            elif newest is None or order(node) > order(newest):
                newest = node
        return None if newest is None else newest.id

    def _parent(self, node: Node) -> MessageId | None:
        return node.parent if node.parent in self._nodes else None
