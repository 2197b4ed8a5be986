"""Several ticket types a category with their rules, fees and tax in every shape, the accounts' cap, coupons.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The organiser's first ticket type of a category that has a price in this version of the list and is on sale at that
# moment; if none is on sale, the first one, so that a place always has words and a price.
USUAL = """
CREATE FUNCTION usual_ticket_type(p_performance uuid, p_category text, p_version int, p_at timestamptz)
RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT tt.id FROM ticket_type tt JOIN price pr ON pr.ticket_type_id = tt.id AND pr.version = p_version
   WHERE tt.performance_id = p_performance AND tt.category = p_category
   ORDER BY p_at >= coalesce(tt.sales_open_at, '-infinity') AND p_at < coalesce(tt.sales_close_at, 'infinity') DESC,
            tt.position, tt.id
   LIMIT 1
$$
"""

OFFERED = """
CREATE OR REPLACE FUNCTION offered(p_performance uuid, p_seats int[], p_version int)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT json_agg(json_build_object(
           'seat_no', sp.seat_no, 'section', sp.section, 'row', sp.row, 'label', sp.label, 'category', sp.category,
           'ticket_type_id', tt.id, 'amount', pr.amount, 'fee', pr.fee, 'total', pr.total)
           ORDER BY sp.seat_no)::text
    FROM performance p
    JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id AND sp.seat_no = ANY (p_seats)
    JOIN ticket_type tt ON tt.id = usual_ticket_type(p.id, sp.category, p_version, now())
    JOIN price pr ON pr.ticket_type_id = tt.id AND pr.version = p_version
   WHERE p.id = p_performance
$$
"""

# As in 0002.
OFFERED_BEFORE = """
CREATE OR REPLACE FUNCTION offered(p_performance uuid, p_seats int[], p_version int)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT json_agg(json_build_object(
           'seat_no', sp.seat_no, 'section', sp.section, 'row', sp.row, 'label', sp.label, 'category', sp.category,
           'ticket_type_id', tt.id, 'amount', pr.amount, 'fee', pr.fee, 'total', pr.amount + pr.fee)
           ORDER BY sp.seat_no)::text
    FROM performance p
    JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id AND sp.seat_no = ANY (p_seats)
    JOIN ticket_type tt ON tt.id = usual_ticket_type(p.id, sp.category)
    JOIN price pr ON pr.ticket_type_id = tt.id AND pr.version = p_version
   WHERE p.id = p_performance
$$
"""

# T2 and T8. One round trip with the coupon's row locked; PL/pgSQL, because the count of an account's redemptions must
# see what was committed while we waited for the row. Without a revision it is taken again for an order that had it
# before: the terms were agreed on then, only the limits count now.
REDEEM = """
CREATE FUNCTION redeem_coupon(p_coupon uuid, p_revision int, p_order uuid, p_account text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  c coupon%ROWTYPE; v_now timestamptz := clock_timestamp();
BEGIN
  UPDATE coupon SET used = used + 1
   WHERE id = p_coupon
     AND (max_uses IS NULL OR used < max_uses)
     AND (p_revision IS NULL
          OR (revision = p_revision AND enabled AND v_now >= coalesce(valid_from, '-infinity')
              AND v_now < coalesce(valid_until, 'infinity')))
  RETURNING * INTO c;
  IF NOT FOUND THEN
    SELECT * INTO c FROM coupon WHERE id = p_coupon;
    RETURN CASE WHEN c.revision IS DISTINCT FROM coalesce(p_revision, c.revision) THEN 'changed'
                WHEN p_revision IS NOT NULL AND v_now >= c.valid_until THEN 'expired'
                ELSE 'used_up' END;
  END IF;
  IF c.per_account IS NOT NULL AND c.per_account <= (
       SELECT count(*) FROM coupon_redemption
        WHERE coupon_id = p_coupon AND account = p_account AND given_back_at IS NULL) THEN
    RETURN 'used_by_you';
  END IF;
  INSERT INTO coupon_redemption (organiser_id, coupon_id, order_id, account, per_account)
    VALUES (c.organiser_id, p_coupon, p_order, p_account, c.per_account)
    ON CONFLICT (coupon_id, order_id) DO UPDATE SET given_back_at = NULL, per_account = EXCLUDED.per_account;
  RETURN 'redeemed';
END $$
"""

PRICE_TOTAL = (
    "amount + fee + CASE WHEN tax_added THEN (((amount + fee)::bigint * tax_bp + 5000) / 10000)::integer ELSE 0 END"
)
ACCOUNT = "coalesce(user_id::text, lower(email))"
LINE_AMOUNTS = (
    "CASE WHEN reverses_id IS NULL"
    " THEN discount >= 0 AND discount <= unit_price AND fee >= 0 AND added_tax >= 0 AND added_tax <= tax"
    " ELSE discount <= 0 AND discount >= unit_price AND fee <= 0 AND added_tax <= 0 AND added_tax >= tax END"
)


def upgrade() -> None:
    op.add_column("performance", sa.Column("max_per_account", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_performance_max_per_account"), "performance", "max_per_account > 0")
    op.add_column("ticket_type", sa.Column("sales_open_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket_type", sa.Column("sales_close_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket_type", sa.Column("min_per_order", sa.Integer(), server_default="1", nullable=False))
    op.add_column("ticket_type", sa.Column("max_per_order", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_ticket_type_per_order"), "ticket_type", "min_per_order >= 1 AND max_per_order >= min_per_order"
    )
    op.add_column("price", sa.Column("fee_bp", sa.Integer(), server_default="0", nullable=False))
    op.add_column("price", sa.Column("tax_added", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("price", sa.Column("total", sa.Integer(), sa.Computed(PRICE_TOTAL, persisted=True), nullable=True))
    op.create_check_constraint(op.f("ck_price_fee_bp"), "price", "fee_bp BETWEEN 0 AND 10000")

    op.create_table(
        "coupon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("min_purchase", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("per_account", sa.Integer(), nullable=True),
        sa.Column("ticket_types", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("used >= 0 AND used <= max_uses", name=op.f("ck_coupon_used")),
        sa.CheckConstraint("max_uses > 0 AND per_account > 0 AND min_purchase >= 0", name=op.f("ck_coupon_limits")),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9_-]{2,39}$'", name=op.f("ck_coupon_code")),
        sa.CheckConstraint(
            "(percent_bp IS NULL) <> (amount IS NULL) AND (amount IS NULL) = (currency IS NULL)"
            " AND coalesce(percent_bp BETWEEN 1 AND 10000, amount > 0)",
            name=op.f("ck_coupon_worth"),
        ),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_coupon_organiser_id_organiser")),
        sa.ForeignKeyConstraint(
            ["organiser_id", "event_id"],
            ["event.organiser_id", "event.id"],
            name=op.f("fk_coupon_organiser_id_event_id_event"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("organiser_id", "id", name=op.f("uq_coupon_organiser_id_id")),
        sa.UniqueConstraint("organiser_id", "code", name=op.f("uq_coupon_organiser_id_code")),
    )
    op.create_table(
        "coupon_redemption",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("per_account", sa.Integer(), nullable=True),
        sa.Column(
            "redeemed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organiser_id", "coupon_id"],
            ["coupon.organiser_id", "coupon.id"],
            name=op.f("fk_coupon_redemption_organiser_id_coupon_id_coupon"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_redemption")),
        sa.UniqueConstraint("coupon_id", "order_id", name=op.f("uq_coupon_redemption_coupon_id_order_id")),
    )
    op.create_index("uq_coupon_redemption_order_id", "coupon_redemption", ["order_id"], unique=True)
    op.create_index(
        "ix_coupon_redemption_coupon_id_account",
        "coupon_redemption",
        ["coupon_id", "account"],
        unique=False,
        postgresql_where="given_back_at IS NULL",
    )

    op.add_column("orders", sa.Column("added_tax", sa.Integer(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("coupon_id", sa.Uuid(), nullable=True))
    op.add_column("orders", sa.Column("coupon_code", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("account", sa.Text(), sa.Computed(ACCOUNT, persisted=True), nullable=True))
    op.add_column("orders", sa.Column("account_cap", sa.Integer(), nullable=True))
    op.drop_constraint(op.f("ck_orders_total"), "orders")
    op.create_check_constraint(
        op.f("ck_orders_total"),
        "orders",
        "total = subtotal - discount + fees + added_tax AND total >= 0 AND discount >= 0 AND added_tax >= 0",
    )
    op.create_foreign_key(
        op.f("fk_orders_organiser_id_coupon_id_coupon"),
        "orders",
        "coupon",
        ["organiser_id", "coupon_id"],
        ["organiser_id", "id"],
    )
    op.create_index("ix_orders_performance_id_account", "orders", ["performance_id", "account"], unique=False)
    op.add_column("order_line", sa.Column("added_tax", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_order_line_amounts"), "order_line", LINE_AMOUNTS)

    op.execute(USUAL)
    op.execute(OFFERED)
    op.execute(REDEEM)


def downgrade() -> None:
    op.execute("DROP FUNCTION redeem_coupon")
    op.execute(OFFERED_BEFORE)
    op.execute("DROP FUNCTION usual_ticket_type(uuid, text, int, timestamptz)")
    op.drop_constraint(op.f("ck_order_line_amounts"), "order_line")
    op.drop_column("order_line", "added_tax")
    op.drop_index("ix_orders_performance_id_account", "orders")
    op.drop_constraint(op.f("fk_orders_organiser_id_coupon_id_coupon"), "orders")
    op.drop_constraint(op.f("ck_orders_total"), "orders")
    for column in ("account_cap", "account", "coupon_code", "coupon_id", "added_tax"):
        op.drop_column("orders", column)
    op.create_check_constraint(
        op.f("ck_orders_total"),
        "orders",
        "total = subtotal - discount + fees AND total >= 0 AND discount >= 0",
    )
    op.drop_table("coupon_redemption")
    op.drop_table("coupon")
    op.drop_constraint(op.f("ck_price_fee_bp"), "price")
    for column in ("total", "tax_added", "fee_bp"):
        op.drop_column("price", column)
    op.drop_constraint(op.f("ck_ticket_type_per_order"), "ticket_type")
    for column in ("max_per_order", "min_per_order", "sales_close_at", "sales_open_at"):
        op.drop_column("ticket_type", column)
    op.drop_constraint(op.f("ck_performance_max_per_account"), "performance")
    op.drop_column("performance", "max_per_account")
