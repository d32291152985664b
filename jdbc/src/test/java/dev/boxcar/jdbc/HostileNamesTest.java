package dev.boxcar.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.testkit.StorageDriver;
import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Texts that try to become SQL stay texts, or are refused. Random, from a seed that a failure prints. */
@Timeout(120)
class HostileNamesTest {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,40}");

    private static final List<String> PIECES = List.of(
            "'",
            "''",
            "\"",
            "`",
            "\\",
            ";",
            "--",
            "#",
            "/*",
            "*/",
            "$$",
            "$1",
            "?",
            "??",
            "?::int",
            "${outbox}",
            "${name}",
            ":x",
            "{fn now()}",
            "{d'",
            "%",
            "_",
            " ",
            "\t",
            "\n",
            "\u0000",
            "\ufeff",
            "\u202e",
            "ʼ",
            "＇",
            "é",
            "e\u0301",
            "\uD83D\uDE83",
            "(",
            ")",
            "or 1=1",
            "; drop table business",
            "union select null",
            "boxcar_outbox",
            "a",
            "A",
            "1",
            ".",
            "..",
            "null",
            "true");

    @TempDir
    Path folder;

    private static void withSeed(Consumer<Random> test) {
        long seed = Long.getLong("boxcar.seed", ThreadLocalRandom.current().nextInt(1_000_000_000));
        try {
            test.accept(new Random(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("failed with -Dboxcar.seed=" + seed + ": " + e, e);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int pieces = 1 + random.nextInt(6);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    @Test
    void aNameOfATableIsPlainOrRefusedWithoutBeingRepeated() {
        withSeed(random -> {
            for (int i = 0; i < 500; i++) {
                String name = text(random);
                for (Database database : Database.values()) {
                    if (PLAIN.matcher(name).matches()) {
                        assertThat(JdbcSchema.ddl(database, name, name))
                                .contains(database.quoted(name) + "." + database.quoted(name + "_claim"));
                    } else {
                        assertThatThrownBy(() -> JdbcSchema.ddl(database, null, name))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageStartingWith("the table name (" + name.length() + " characters)");
                        assertThatThrownBy(() -> JdbcSchema.ddl(database, name, "plain"))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageStartingWith("the schema name (" + name.length() + " characters)");
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2", "SQLITE"})
    void textsInMessagesAndFiltersAreData(Database database) throws Exception {
        JdbcFixture fixture = switch (database) {
            case POSTGRESQL -> new JdbcFixture(PostgresServer.shared().newDatabase("names"));
            case H2 -> new JdbcFixture("jdbc:h2:mem:names;DB_CLOSE_DELAY=-1");
            case SQLITE -> JdbcFixture.sqlite(folder.resolve("names.db"), null, JdbcStorage.DEFAULT_TABLE, true);
            default -> new JdbcFixture(MariaDbServer.shared().newDatabase("names"));
        };
        StorageDriver<Connection> driver = new StorageDriver<>(fixture);
        try {
            fixture.execute("create table business (a integer)");
            withSeed(random -> writeAndFind(driver, random));
            fixture.execute("select * from business");
        } finally {
            fixture.close();
        }
    }

    private static void writeAndFind(StorageDriver<Connection> driver, Random random) {
        List<String> namespaces = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        Connection transaction = driver.begin();
        while (texts.size() < 50) {
            String namespace = text(random) + texts.size();
            if (namespace.chars().anyMatch(Character::isISOControl)) {
                assertThatThrownBy(() -> OutboxContext.ofNamespace(namespace))
                        .isInstanceOf(IllegalArgumentException.class);
                continue;
            }
            String text = text(random).replace("\u0000", "") + texts.size(); // which is refused before any storage
            driver.publish(
                    transaction,
                    namespace,
                    Message.of(text, text).withHeader(text, text).withType(text).withId(text));
            namespaces.add(namespace);
            texts.add(text);
        }
        driver.commit(transaction);
        driver.storage().leave(StorageDriver.newSession(texts.get(0)));

        List<ClaimedEntry> stored = driver.entries();
        assertThat(stored).extracting(ClaimedEntry::namespace).containsExactlyElementsOf(namespaces);
        assertThat(stored).extracting(ClaimedEntry::type).containsExactlyElementsOf(texts);
        assertThat(stored).extracting(ClaimedEntry::messageId).containsExactlyElementsOf(texts);
        assertThat(stored).allMatch(entry -> entry.headers().equals(Map.of(entry.messageId(), entry.messageId())));

        DeadLetters dead = driver.storage().deadLetters();
        assertThat(dead.bury(stored.stream().map(ClaimedEntry::id).toList(), texts.get(0)))
                .isEqualTo(50);
        assertThat(dead.purge(DeadLetterQuery.ofNamespace("' or '1'='1"))).isZero();
        for (int i = 0; i < namespaces.size(); i++) {
            String text = texts.get(i);
            assertThat(dead.list(DeadLetterQuery.ofNamespace(namespaces.get(i))))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.entry().messageId()).isEqualTo(text);
                        assertThat(letter.reason()).isEqualTo(texts.get(0));
                    });
        }
        assertThat(dead.purge(DeadLetterQuery.ofNamespace(namespaces.get(0)))).isEqualTo(1);
        assertThat(dead.list(DeadLetterQuery.all())).hasSize(49);
    }
}
