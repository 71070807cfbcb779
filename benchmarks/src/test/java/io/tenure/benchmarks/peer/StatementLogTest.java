package io.tenure.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementLogTest {

    private static final String LOG = """
            2026-01-01 00:00:00.000 UTC [7] LOG:  statement: BEGIN
            2026-01-01 00:00:00.001 UTC [8] LOG:  execute <unnamed>: SELECT 1
            2026-01-01 00:00:00.001 UTC [7] LOG:  execute sqlclient_1: insert into tenant (id, note,
            \t  contact) values ($1,$2,$3)
            2026-01-01 00:00:00.001 UTC [7] DETAIL:  Parameters: $1 = '01900000-0000-7000-8000-000000000001', $2 = 'it''s, $2 = ''x''', $3 = NULL
            2026-01-01 00:00:00.002 UTC [7] LOG:  execute sqlclient_2: insert into outbox (id) values ($1)
            2026-01-01 00:00:00.002 UTC [7] DETAIL:  Parameters: $1 = 'a'
            2026-01-01 00:00:00.002 UTC [7] LOG:  execute sqlclient_2: insert into outbox (id) values ($1)
            2026-01-01 00:00:00.002 UTC [7] DETAIL:  Parameters: $1 = 'b'
            2026-01-01 00:00:00.003 UTC [7] LOG:  statement: COMMIT
            2026-01-01 00:00:00.004 UTC [7] LOG:  execute sqlclient_3: SELECT wrapped FROM tenant_key WHERE tenant_id = $1
            2026-01-01 00:00:00.004 UTC [7] DETAIL:  Parameters: $1 = 'c'
            """;

    @Test
    void aTransactionIsWhatOneConnectionDidBetweenBeginAndCommit() {
        var transactions = StatementLog.transactions(StatementLog.parse(LOG));
        assertThat(transactions).hasSize(3);
        var command = transactions.get(0);
        assertThat(command).hasSize(3);
        assertThat(command.get(0).sql()).isEqualTo("insert into tenant (id, note,\n  contact) values ($1,$2,$3)");
        assertThat(command.get(0).parameters())
                .containsExactly("01900000-0000-7000-8000-000000000001", "it's, $2 = 'x'", null);
        assertThat(transactions.get(1).get(0).mentions("c")).isTrue();
        assertThat(transactions.get(2).get(0).sql()).isEqualTo("SELECT 1");
    }

    @Test
    void aReplayTellsWhatItRuns() {
        var command = StatementLog.transactions(StatementLog.parse(LOG)).get(0);
        assertThat(new Replay(command).text()).isEqualTo("""
                BEGIN
                insert into tenant (id, note, contact) values ($1,$2,$3)
                insert into outbox (id) values ($1)   -- 2 times, one batch
                COMMIT""");
    }

    @Test
    void idsOfAReplayAreOfVersion7() {
        assertThat(Replay.uuidV7().version()).isEqualTo(7);
        assertThat(Replay.uuidV7().variant()).isEqualTo(2);
    }
}
