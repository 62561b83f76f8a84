"""`verifier links`: what an archived item shares with others, by what the files say of their making."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import click

from verifier import codec, identity
from verifier.archive.opening import open_archive
from verifier.cli.archives import archive_option, existing
from verifier.errors import MissingItem
from verifier.identity import Graph, Node
from verifier.reporting.inert import inert
from verifier.settings import Settings


@click.command()
@click.argument("item")
@archive_option
@click.option("--tenant", help="Whose item it is. [default: that of the settings]")
@click.option("--steps", type=click.IntRange(0, 5), default=2, show_default=True, help="How far to go.")
@click.option("--json", "as_json", is_flag=True, help="Print the graph as JSON.")
def links(item: str, archive: str | None, tenant: str | None, steps: int, as_json: bool) -> None:
    """Show which items share a camera, an exposure, a document or a roll with ITEM (such as C-1042/r1/2).

    It prints serial numbers and who handed in what: for operators and reviewers only.
    """
    with closing(open_archive(f"sqlite:///{existing(archive)}")) as opened:
        graph = identity.around(opened, tenant or Settings.from_environment().tenant, item, steps)
    if graph is None:
        raise MissingItem(f"there is no item {inert(item)!r} in the archive", "name it as a report does: CLAIM/r1/1")
    click.echo(codec.to_json(graph, indent=2) if as_json else "\n".join(_lines(graph)))


def _lines(graph: Graph) -> Iterator[str]:
    """The item, and under each thing that it or its relations carry, who carries it."""
    nodes = {node.item: node for node in graph.nodes}
    yield _named(nodes[graph.item])
    if not graph.ties:
        yield "  says nothing of its making that other files could share"
    for tie in graph.ties:
        yield f"  {tie.kind}: {inert(tie.value)}"
        numbers = dict(zip(tie.items, tie.numbers, strict=False))
        for name in tie.items:
            number = f"  number {numbers[name]}" if name in numbers else ""
            yield f"    {_named(nodes[name])}{number}"
    if not graph.complete:
        yield f"  more than {len(nodes)} items hang together with it; the others are left out"


def _named(node: Node) -> str:
    when = f", {node.submitted_at.date().isoformat()}" if node.submitted_at else ""
    return f"{inert(node.item)}  {inert(node.partner)}{when}"
