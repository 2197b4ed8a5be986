"""After the deaths: time passes, and other processes take over what the dead ones left."""

from dataclasses import dataclass

from frontrow.core.db import Tx
from frontrow.local.postgres import EmbeddedPostgres
from tests.faults.purchase import Till

_TRAVEL = """
DO $$
DECLARE
  made record;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR made IN
    SELECT table_name, string_agg(format('%1$I = %1$I - interval ''{seconds} seconds''', column_name), ', ') AS sets
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = 'timestamp with time zone'
     GROUP BY 1
  LOOP
    EXECUTE format('UPDATE %I SET %s', made.table_name, made.sets);
  END LOOP;
END $$;
"""


def let_time_pass(pg: EmbeddedPostgres, database: str, seconds: int) -> None:
    """Every moment in the database moves into the past: leases lapse, holds end, patience runs out."""
    pg.sql(_TRAVEL.format(seconds=seconds), database=database)


@dataclass
class Survivors:
    """A worker that lives on, and what it does while nobody dies."""

    till: Till
    pg: EmbeddedPostgres
    database: str

    async def go_on(self, seconds: int) -> None:
        """Let so many seconds pass; run every timer, and every outbox row that is due."""
        let_time_pass(self.pg, self.database, seconds)
        for timer in self.till.worker.registry.timers:
            await timer.run()
        await self.till.relay_until(self._nothing_due)

    async def _nothing_due(self) -> bool:
        async def look(tx: Tx) -> bool:
            found = await tx.sql(
                """SELECT NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL AND dead_at IS NULL
                                       AND (due_at <= clock_timestamp() OR lease_until > clock_timestamp()))"""
            )
            return bool(found.scalar_one())

        return await self.till.worker.runtime.db.read(look)
