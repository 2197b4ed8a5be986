"""What it costs: within the bands, every type priced, and the document as the templates have it."""

import copy
from dataclasses import replace

import pytest
from infra.cost import rules
from infra.cost.bill import UnknownTypeError, bill
from infra.cost.original import BAND, LINES
from infra.cost.prices import HOURS, UnpricedError, price_list
from infra.cost.report import beside, by_tickets, lines
from infra.cost.rules import FREE, RULES
from infra.cost.usage import PEAK, QUIET
from infra.generated import DOCS, part
from infra.written import Written, read

from tests.infra.templates import Templates


@pytest.fixture(scope="module")
def production(templates: Templates) -> Written:
    return read(templates.stage, templates.outdir)


def _changed(written: Written, part_: str, id_: str, **properties: object) -> Written:
    by_part = copy.deepcopy(written.by_part)
    by_part[part_]["Resources"][id_]["Properties"].update(properties)
    return replace(written, by_part=by_part)


def test_a_month_is_within_the_originals_band(production: Written) -> None:
    assert BAND[0] <= bill(production).total <= BAND[1]


def test_peak_is_dearer_and_a_term_is_cheaper(production: Written) -> None:
    assert bill(production, PEAK).total > BAND[1]
    hourly, one, three = (bill(production, QUIET, term).total for term in (None, "one_year", "three_years"))
    assert hourly > one > three


def test_a_type_that_nobody_priced_is_no_zero(production: Written) -> None:
    by_part = copy.deepcopy(production.by_part)
    by_part["data"]["Resources"]["Surprise"] = {"Type": "AWS::Redshift::Cluster", "Properties": {}}
    with pytest.raises(UnknownTypeError, match="Redshift"):
        bill(replace(production, by_part=by_part))


def test_a_size_that_nobody_priced_is_no_zero(production: Written) -> None:
    instance = next(one for one in production.every("DBInstance") if one.at("MultiAZ"))
    with pytest.raises(UnpricedError, match="r7g"):
        bill(_changed(production, instance.part, instance.id, DBInstanceClass="db.r7g.16xlarge"))


def test_the_bill_is_counted_from_the_templates(production: Written) -> None:
    """Another number in a template is another number on the bill, by exactly its price."""
    redis = production.one("ReplicationGroup")
    more = bill(_changed(production, redis.part, redis.id, NumNodeGroups=3)).total - bill(production).total
    assert more == pytest.approx(2 * 0.017 * HOURS)
    tasks = next(one for one in production.every("ScalableTarget") if one.part == "web")
    more = bill(_changed(production, tasks.part, tasks.id, MinCapacity=3)).total - bill(production).total
    assert more == pytest.approx((0.5 * 0.04048 + 0.004445) * HOURS)


def test_an_endpoint_is_free_only_as_a_gateway(production: Written) -> None:
    gateway = production.one("VPCEndpoint")
    other = _changed(production, gateway.part, gateway.id, VpcEndpointType="Interface", SubnetIds=["a", "b"])
    assert bill(other).total - bill(production).total == pytest.approx(2 * 0.01 * HOURS)


def test_no_type_is_both_paid_and_free_and_each_that_is_free_says_why() -> None:
    assert not RULES.keys() & FREE.keys()
    assert all(FREE.values())


def test_every_price_says_where_it_is_from_and_when_it_was_known() -> None:
    prices = price_list()
    assert prices.region == "us-east-1"
    for key, price in prices.prices.items():
        assert price.usd > 0, key
        assert price.page.startswith("https://aws.amazon.com/"), key
        assert price.known == prices.known, key
    assert not prices.fetched
    assert "NOT fetched" in prices.note


def test_what_has_no_line_in_the_original_has_one_of_ours(production: Written) -> None:
    groups = bill(production).groups()
    assert len(LINES) == 11
    assert set(LINES) <= set(groups)
    assert {rules.NAT, rules.FIREWALL} <= set(groups) - set(LINES)


def test_four_nodes_of_redis_are_about_fifty_dollars(production: Written) -> None:
    assert bill(production).groups()[rules.REDIS] == pytest.approx(50, abs=1)


def test_more_tickets_cost_more_and_each_of_them_less(production: Written) -> None:
    each = [bill(production, replace(QUIET, tickets=count)).total / count for count in (5_000, 20_000, 100_000)]
    totals = [bill(production, replace(QUIET, tickets=count)).total for count in (5_000, 20_000, 100_000)]
    assert totals == sorted(totals)
    assert each == sorted(each, reverse=True)


def test_the_document_says_what_the_templates_say(production: Written) -> None:
    text = (DOCS / "cost.md").read_text()
    assert part(text, "lines") == lines(bill(production)), "stale: make cost"
    assert part(text, "beside") == beside(bill(production)), "stale: make cost"
    assert part(text, "tickets") == by_tickets(production), "stale: make cost"
