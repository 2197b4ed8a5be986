"""A crowd, second by second: who comes, who waits, who gets in, who is lost, and how many tasks there are."""

import math
from collections import deque
from dataclasses import dataclass, field

from infra.simulate.inputs import Assumed, Measured
from infra.simulate.policy import Policy

LONGEST_S = 86_400


@dataclass(frozen=True)
class Costs:
    """Seconds of a core (of the bench's machine) for each who comes to the map, and for a socket a second."""

    app: float
    database: float
    socket: float

    @classmethod
    def of(cls, measured: Measured, assumed: Assumed) -> "Costs":
        """What one who comes costs, on the average over those who buy and those who don't."""
        return cls(
            app=assumed.reads * measured.read_s * assumed.app_of_read
            + assumed.holds * measured.hold_s * assumed.app_of_hold
            + assumed.buys * measured.purchase_s * assumed.app_of_purchase,
            database=assumed.holds * measured.hold_s * assumed.database_of_hold
            + assumed.buys * measured.purchase_s * assumed.database_of_purchase,
            socket=assumed.frames_per_s * measured.frame_s,
        )


@dataclass(frozen=True)
class Plan:
    """What is prepared: ``tasks`` that are there when the sale opens (0: only the least), and a waiting room that lets
    in so many a second (None: there is none)."""

    tasks: int = 0
    room_per_s: float | None = None


@dataclass
class Course:
    """What came of it. People are counted in fractions: this is the crowd's mean, and not its dice."""

    people: float
    served: float = 0.0
    lost: float = 0.0
    last_s: int = 0
    longest_room_s: float = 0.0
    sockets_most: float = 0.0
    tasks: list[int] = field(default_factory=list)
    served_by: list[float] = field(default_factory=list)
    lost_by: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)

    @property
    def lost_share(self) -> float:
        return self.lost / self.people


def arrivals(people: float, second: int, assumed: Assumed) -> float:
    """How many come in a second after the sale has opened."""
    early = people * assumed.first_30_s / 30 if second < 30 else 0.0
    late = people * (1 - assumed.first_30_s) * (1 - math.exp(-1 / assumed.fades_s))
    return early + late * math.exp(-second / assumed.fades_s)


class _Scaling:
    """AWS' target tracking: a minute's figures, late; three above the target; a cooldown; a task's time to start."""

    def __init__(self, rules: Policy, assumed: Assumed, tasks: int) -> None:
        self._rules, self._assumed = rules, assumed
        self.running = max(rules.least, min(rules.most, tasks))
        self._coming: deque[tuple[float, int]] = deque()
        self._cpu: list[float] = []
        self._requests = 0.0
        self._minutes: deque[tuple[float, float, float]] = deque()
        self._above, self._quiet_until = 0, 0.0

    def second(self, now: int, cpu: float, requests: float) -> None:
        """Take in a second: CPU in percent of all running tasks, requests that came."""
        while self._coming and self._coming[0][0] <= now:
            self.running += self._coming.popleft()[1]
        self._cpu.append(cpu)
        self._requests += requests
        if len(self._cpu) == 60:
            self._minutes.append((now + self._assumed.metric_late_s, sum(self._cpu) / 60, self._requests))
            self._cpu, self._requests = [], 0.0
        while self._minutes and self._minutes[0][0] <= now:
            _, mean, asked = self._minutes.popleft()
            self._decide(now, mean, asked)

    def _decide(self, now: int, cpu: float, requests: float) -> None:
        planned = self.running + sum(count for _, count in self._coming)
        wanted = self._rules.wanted(planned, cpu, requests)
        self._above = self._above + 1 if wanted > planned else 0
        if self._above >= self._assumed.breaches and now >= self._quiet_until:
            self._coming.append((now + self._assumed.start_s, wanted - planned))
            self._quiet_until = now + self._rules.out_s


def run(
    people: float, plan: Plan, rules: Policy, costs: Costs, assumed: Assumed, most_lost: float = math.inf
) -> Course:
    """Play a sale from its first second until nobody waits any more, or until ``most_lost`` are lost."""
    course = Course(people)
    scaling = _Scaling(rules, assumed, plan.tasks)
    database = rules.database_vcpu * assumed.vcpu * assumed.busy_most / costs.database
    room, let_in = 0.0, 0.0
    line: deque[list[float]] = deque()  # [second, people] of those who wait for an answer
    watching: deque[tuple[int, float]] = deque()
    sockets, came = 0.0, 0.0
    for now in range(LONGEST_S):
        coming = arrivals(people, now, assumed)
        came += coming
        if plan.room_per_s is not None:
            room += coming
            coming = min(room, plan.room_per_s)
            room -= coming
            course.longest_room_s = max(course.longest_room_s, room / plan.room_per_s)
        let_in += coming
        if coming > 0:
            line.append([now, coming])
        while watching and watching[0][0] <= now - assumed.watches_s:
            sockets -= watching.popleft()[1]
        all_cpu = scaling.running * rules.task_vcpu * assumed.vcpu
        fan_out = min(sockets * costs.socket, all_cpu * assumed.fan_out_most)
        able = min((all_cpu * assumed.busy_most - fan_out) / costs.app, database)
        done = _answer(line, able)
        lost = _lose(line, now - assumed.patience_s)
        sockets += done
        watching.append((now, done))
        course.served += done
        course.lost += lost
        if done > 1e-6:
            course.last_s = now
        course.sockets_most = max(course.sockets_most, sockets)
        # Who waits for an answer keeps a task as busy as it can be.
        busy = 100.0 if line else (fan_out + done * costs.app) / all_cpu * 100
        scaling.second(now, min(100.0, busy), coming * assumed.reads)
        course.tasks.append(scaling.running)
        course.served_by.append(course.served)
        course.lost_by.append(course.lost)
        course.waiting.append(room)
        if people - came < 0.5 and room < 0.5 and not line:
            break
        if course.lost > most_lost:
            break
    return course


def _answer(line: deque[list[float]], able: float) -> float:
    """So many of those who wait longest get an answer."""
    done = 0.0
    while line and able > 1e-9:
        taken = min(line[0][1], able)
        line[0][1] -= taken
        able -= taken
        done += taken
        if line[0][1] <= 1e-9:
            line.popleft()
    return done


def _lose(line: deque[list[float]], before: float) -> float:
    """Who came before then and still waits is lost."""
    lost = 0.0
    while line and line[0][0] <= before:
        lost += line.popleft()[1]
    return lost


def room_for(people: float, tasks: int, rules: Policy, costs: Costs, assumed: Assumed) -> int:
    """The most that a waiting room may let in a second, so that of a crowd nobody is lost; 0 if even one is too many.

    ``tasks`` are there from the start. Found by halving: more a second never loses fewer.
    """
    low, high = 0, 4096
    while high - low > 1:
        middle = (low + high) // 2
        lost = run(people, Plan(tasks, middle), rules, costs, assumed, 1).lost
        low, high = (middle, high) if lost < 0.5 else (low, middle)
    return low


def tasks_for(people: float, rules: Policy, costs: Costs, assumed: Assumed, most: int = 4096) -> int | None:
    """The fewest tasks that lose nobody without a waiting room; None where no number does: the database ends."""
    if run(people, Plan(most), _wide(rules, most), costs, assumed, 1).lost >= 0.5:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        lost = run(people, Plan(middle), _wide(rules, middle), costs, assumed, 1).lost
        low, high = (low, middle) if lost < 0.5 else (middle, high)
    return high


def _wide(rules: Policy, most: int) -> Policy:
    return Policy(**{**rules.__dict__, "most": max(most, rules.least)})
