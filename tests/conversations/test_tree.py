from hypothesis import given
from hypothesis import strategies as st

from portico.conversations.tree import Node, Tree
from portico.ids import MessageId


@st.composite
def nodes(draw: st.DrawFn) -> list[Node]:
    """A forest in which a parent always stands before its children."""
    size = draw(st.integers(1, 40))
    made: list[Node] = []
    for number in range(size):
        above = draw(st.integers(-1, number - 1))
        parent = None if above < 0 else made[above].id
        made.append(Node(MessageId(f"m{number:03d}"), parent, draw(st.integers(0, 5))))
    return draw(st.permutations(made))


@given(nodes())
def test_a_path_begins_at_a_root_and_every_step_is_a_child(made: list[Node]) -> None:
    tree = Tree(made)
    parents = {node.id: node.parent for node in made}
    for node in made:
        path = tree.path(node.id)
        assert path[-1] == node.id
        assert [None, *path[:-1]] == [parents[step] for step in path]


@given(nodes())
def test_the_newest_leaf_below_a_message_is_the_newest_of_the_branches_through_it(made: list[Node]) -> None:
    tree = Tree(made)
    key = {node.id: (node.created, node.id) for node in made}
    leaves = key.keys() - {node.parent for node in made}
    for node in made:
        through = [leaf for leaf in leaves if node.id in tree.path(leaf)]
        assert tree.newest_leaf(node.id) == max(through, key=lambda leaf: key[leaf])


def test_an_empty_tree_has_no_leaf() -> None:
    assert Tree([]).newest_leaf(None) is None


def test_a_message_whose_parent_is_gone_is_a_root() -> None:
    orphan = Node(MessageId("b"), MessageId("a"), 1)
    assert Tree([orphan]).path(orphan.id) == ["b"]


def test_a_ring_of_parents_ends() -> None:
    ring = Tree([Node(MessageId("a"), MessageId("b"), 1), Node(MessageId("b"), MessageId("a"), 2)])
    assert len(ring.path(MessageId("a"))) == 2
