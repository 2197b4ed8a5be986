"""Breadth-first search of every state, with buyers of one kind interchangeable.

A global state is one whole number: the numbers of the buyers' states, sorted, and the coupon's count. What a buyer can
do depends only on the buyer and on what it sees of the others (``World``), so its actions are worked out once for each
such pair; the search itself adds and compares numbers.
"""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.model.invariants import broken, broken_at_rest, broken_together
from tests.model.state import Buyer, Kind, describe
from tests.model.steps import HELD_SOFTLY, steps
from tests.model.verbs import World

BITS = 21
MASK = (1 << BITS) - 1
COUPON_BITS = 2


@dataclass(frozen=True)
class Config:
    """A bounded world: who takes part, and what they may do."""

    name: str
    about: str
    kinds: tuple[Kind, ...]
    coupon_max: int = 0


@dataclass
class Found:
    """What a search saw. ``broken`` is the first rule broken, with the shortest way there."""

    config: str
    states: int = 0
    transitions: int = 0
    depth: int = 0
    locals: int = 0
    seconds: float = 0.0
    broken: str | None = None
    trace: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"{self.config:<12} {self.states:>9,} states {self.transitions:>11,} transitions  depth {self.depth:>3}"
            f"  {self.locals:>6,} states of a buyer  {self.seconds:6.1f} s"
        )


Move = tuple[int, int, int, str, bool]  # next number, coupon, steals, label, worker


class Search:
    """One search of one configuration, with the guards of ``mutant`` missing."""

    def __init__(self, config: Config, mutant: frozenset[str] = frozenset(), ignoring: tuple[str, ...] = ()) -> None:
        self.config, self.mutant, self.ignoring = config, mutant, ignoring
        self.buyers: list[Buyer] = []
        self.numbers: dict[Buyer, int] = {}
        self.fault: list[str | None] = []
        self.rest_fault: list[str | None] = []
        self.sight: list[int] = []  # firm seats | soft seats << 2
        self.moves: dict[int, tuple[Move, ...]] = {}
        self.robbed: dict[tuple[int, int], int] = {}

    def number(self, b: Buyer) -> int:
        known = self.numbers.get(b)
        if known is not None:
            return known
        made = self.numbers[b] = len(self.buyers)
        assert made <= MASK, "too many states of a buyer for this packing"
        kind = self.config.kinds[b.kind]
        self.buyers.append(b)
        self.fault.append(broken(b, kind, self.ignoring))
        self.rest_fault.append(broken_at_rest(b, kind))
        soft = b.order in HELD_SOFTLY and b.late and (not b.in_payment or "sweeper_ignores_in_payment" in self.mutant)
        self.sight.append(b.own << 2 if soft else b.own)
        return made

    def moves_of(self, b: int, sight: int, room: int) -> tuple[Move, ...]:
        key = b << 5 | sight << 1 | room
        known = self.moves.get(key)
        if known is None:
            buyer = self.buyers[b]
            world = World(sight & 3, sight >> 2, bool(room), self.mutant)
            known = self.moves[key] = tuple(
                (self.number(step.buyer), step.coupon, step.steals, step.label, step.worker)
                for step in steps(buyer, self.config.kinds[buyer.kind], world)
                if step.buyer != buyer
            )
        return known

    def rob(self, b: int, seats: int) -> int:
        """The buyer whose seats these were has them no more."""
        key = (b, seats)
        if key not in self.robbed:
            buyer = self.buyers[b]
            self.robbed[key] = self.number(buyer._replace(own=buyer.own & ~seats))
        return self.robbed[key]

    def pack(self, buyers: list[int], coupon: int) -> int:
        packed = 0
        for b in sorted(buyers):
            packed = packed << BITS | b
        return packed << COUPON_BITS | coupon

    def unpack(self, state: int) -> tuple[list[int], int]:
        coupon = state & (1 << COUPON_BITS) - 1
        state >>= COUPON_BITS
        buyers = []
        for _ in self.config.kinds:
            buyers.append(state & MASK)
            state >>= BITS
        return buyers, coupon

    def after(self, buyers: list[int], coupon: int) -> Iterator[tuple[int, int, Move]]:
        """Every next state, who moved, and the move."""
        sights = self.sight
        room = int(coupon < self.config.coupon_max)
        for at, b in enumerate(buyers):
            sight = 0
            for other, o in enumerate(buyers):
                if other != at:
                    sight |= sights[o]
            key = b << 5 | sight << 1 | room
            moves = self.moves.get(key)
            if moves is None:
                moves = self.moves_of(b, sight, room)
            for move in moves:
                nexts = [*buyers]
                nexts[at] = move[0]
                if move[2]:
                    nexts = [o if other == at else self.rob(o, move[2]) for other, o in enumerate(nexts)]
                yield self.pack(nexts, coupon + move[1]), at, move

    def run(self, limit: int = 50_000_000) -> Found:
        """Search everything, or up to the first broken rule. Raises OverflowError past ``limit`` states."""
        began = time.perf_counter()
        found = Found(self.config.name)
        kinds = self.config.kinds
        start = self.pack([self.number(Buyer(kinds.index(kind))) for kind in kinds], 0)
        parents: dict[int, int] = {start: -1}
        layer = [start]
        while layer and found.broken is None:
            layer = self._layer(layer, parents, found)
            found.depth += bool(layer and found.broken is None)
            if len(parents) > limit:
                raise OverflowError(f"{self.config.name}: more than {limit} states")
        found.states, found.locals = len(parents), len(self.buyers)
        if found.broken is None and (circle := self._circle()):
            found.broken, found.trace = "workers alone go round in a circle", circle
        found.seconds = time.perf_counter() - began
        return found

    def _layer(self, layer: list[int], parents: dict[int, int], found: Found) -> list[int]:
        fault, rest_fault = self.fault, self.rest_fault
        coming: list[int] = []
        for state in layer:
            buyers, coupon = self.unpack(state)
            rule = None
            for b in buyers:
                rule = rule or fault[b]
            rule = rule or broken_together([self.buyers[b] for b in buyers], coupon, self.config.coupon_max)
            if rule is not None:
                self._stop(found, rule, state, parents)
                return coming
            working = [False] * len(buyers)
            for to, at, move in self.after(buyers, coupon):
                found.transitions += 1
                if move[4]:
                    working[at] = True
                if to not in parents:
                    parents[to] = state
                    coming.append(to)
            for b, works in zip(buyers, working, strict=True):
                if not works and rest_fault[b] is not None:
                    self._stop(found, f"at rest: {rest_fault[b]}", state, parents)
                    return coming
        return coming

    def _stop(self, found: Found, rule: str, state: int, parents: dict[int, int]) -> None:
        found.broken = rule
        way = [state]
        while parents[way[-1]] >= 0:
            way.append(parents[way[-1]])
        way.reverse()
        found.depth = len(way) - 1
        crowd = self.unpack(way[0])[0]  # by name: A, B, C
        for step, (before, now) in enumerate(itertools.pairwise(way), 1):
            buyers, coupon = self.unpack(before)
            move, at = next((move, at) for to, at, move in self.after(buyers, coupon) if to == now)
            who = crowd.index(buyers[at])
            found.trace.append(f"{step:>3}. {'ABC'[who]}: {move[3]}")
            found.trace.append(f"       {describe(self.buyers[crowd[who]])}  ->  {describe(self.buyers[move[0]])}")
            crowd = [o if move[2] == 0 else self.rob(o, move[2]) for o in crowd]
            crowd[who] = move[0]
        found.trace.extend(f"       {'ABC'[who]} is {describe(self.buyers[b])}" for who, b in enumerate(crowd))

    def _circle(self) -> list[str]:
        """Workers' moves must lead somewhere: a circle among one buyer's states, whatever the others do, as a trace."""
        edges: dict[int, list[tuple[int, str]]] = {}
        for key, moves in self.moves.items():
            edges.setdefault(key >> 5, []).extend((move[0], move[3]) for move in moves if move[4])
        for (b, _), to in self.robbed.items():
            if to != b:
                edges.setdefault(b, []).append((to, "loses seats"))
        done: set[int] = set()
        for root in edges:
            if root in done:
                continue
            path: dict[int, str] = {root: ""}
            stack = [(root, iter(edges.get(root, ())))]
            while stack:
                b, going = stack[-1]
                for to, label in going:
                    if to in path:
                        return [*path.values(), label]
                    if to not in done:
                        path[to] = label
                        stack.append((to, iter(edges.get(to, ()))))
                        break
                else:
                    stack.pop()
                    done.add(b)
                    del path[b]
        return []
