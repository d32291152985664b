package dev.boxcar.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link IdFloor} builds upon, in each version of PostgreSQL: by how much a sequence shows more than it has handed out, while
 * others draw from it as fast as they can. The loops run in the server, since what they look for lasts for microseconds.
 */
class PostgresSequenceTest {

    /** What our statements take off. */
    private static final int MARGIN = 33;

    private static final int DRAWERS = 3;

    /** Looks, then draws: the id that is drawn then was not handed out before the look. */
    private static final String LOOK = """
            create or replace function most_ahead(until timestamptz) returns bigint language plpgsql as $$
            declare
                seen bigint;
                drawn bigint;
                most bigint := -1;
            begin
                while clock_timestamp() < until loop
                    for i in 1..1000 loop
                        select last_value into seen from drawn;
                        drawn := nextval('drawn');
                        most := greatest(most, seen - (drawn - 1));
                    end loop;
                end loop;
                return most;
            end $$
            """;

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void aSequenceShowsAtMost32IdsThatItHasNotHandedOut(int version) throws SQLException {
        String url = PostgresServer.shared(version).newDatabase("sequence");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create sequence drawn cache 1");
            statement.execute(LOOK);
            long most = -1;
            for (int round = 0; round < 20 && most < 1; round++) {
                String until = now(statement, "now() + interval '1 second'");
                List<CompletableFuture<Void>> drawers = new ArrayList<>();
                for (int i = 0; i < DRAWERS; i++) {
                    drawers.add(CompletableFuture.runAsync(() -> draw(url, until)));
                }
                most = Math.max(most, Long.parseLong(now(statement, "most_ahead('" + until + "'::timestamptz)")));
                drawers.forEach(CompletableFuture::join);
            }
            System.out.println("PostgreSQL " + version + ": a sequence was seen " + most + " ahead");
            assertThat(most)
                    .as("how many ids more than handed out were seen; none would mean that nobody looked in time")
                    .isBetween(1L, MARGIN - 1L);
        }
    }

    private static String now(Statement statement, String expression) throws SQLException {
        try (ResultSet row = statement.executeQuery("select " + expression)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void draw(String url, String until) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(String.format("""
                    do $$ begin
                        while clock_timestamp() < '%s'::timestamptz loop
                            perform nextval('drawn') from generate_series(1, 20);
                        end loop;
                    end $$
                    """, until));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
