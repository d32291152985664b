package dev.boxcar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.benchmarks.peers.Peers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario runs at a tiny size, and none takes a run for good in which something is missing. Says nothing of speed. */
class ScenariosTest {

    private static final Report REPORT = new Report();

    private static final Bench BENCH = new Bench(
            new Bench.Size(2_000, true, 1, true, false),
            REPORT,
            new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8));

    @BeforeAll
    static void start() {
        BENCH.postgres();
        BENCH.kafka();
    }

    @AfterAll
    static void stop() throws Exception {
        BENCH.close();
    }

    /** A scenario, and whom it measures here. */
    private record Case(Function<List<Contestant>, Scenario> scenario, Contestant... contestants) {
        @Override
        public String toString() {
            return scenario.apply(List.of()).name();
        }
    }

    static Stream<Case> cases() {
        Contestant limit = new LimitContestant();
        return Stream.of(
                new Case(DrainScenario::new, limit, BoxcarContestant.DEFAULT),
                new Case(
                        SteadyScenario::new,
                        BoxcarContestant.DEFAULT,
                        BoxcarContestant.POLLING,
                        BoxcarContestant.NOTIFY,
                        peer("gruelbox"),
                        peer("modulith")),
                new Case(WriterScenario::new, BoxcarContestant.DEFAULT, peer("gruelbox")),
                new Case(HotKeyScenario::new, BoxcarContestant.TUNED),
                new Case(NamespacesScenario::new, limit, BoxcarContestant.TUNED),
                new Case(CostScenario::new, BoxcarContestant.DEFAULT, peer("debezium")),
                new Case(LargeScenario::new, limit, BoxcarContestant.TUNED));
    }

    private static Contestant peer(String name) {
        return Peers.all().stream()
                .filter(contestant -> contestant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everythingArrivesInOrder(Case each) throws Exception {
        Scenario complete = each.scenario().apply(List.of(each.contestants()));

        BENCH.run(complete);

        for (Contestant contestant : each.contestants()) {
            assertThat(Row.json(REPORT.rows()))
                    .contains("{\"scenario\": \"" + complete.name() + "\", \"contestant\": \"" + contestant.name()
                            + "\"");
        }
    }

    @Test
    void everyDatabaseGivesAllOfItInOrder() throws Exception {
        BENCH.run(new DatabasesScenario(contestant -> true));

        assertThat(REPORT.rows())
                .filteredOn(row -> row.scenario().equals("databases"))
                .extracting(Row::contestant)
                .containsExactly(
                        "limit", "boxcar-postgresql", "boxcar-mariadb", "boxcar-mysql", "boxcar-h2", "boxcar-sqlite");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aLostMessageMakesARunWorthNothing(Case each) {
        Scenario incomplete = each.scenario().apply(List.of(new Altered(ScenariosTest::secondReplacedByFirst)));

        assertThatThrownBy(() -> BENCH.run(incomplete))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("(?s).*\\b1 messages missing.*|only \\d+ of \\d+ messages were acknowledged");
    }

    @Test
    void aBrokenOrderMakesARunWorthNothing() {
        Scenario hotKey = new HotKeyScenario(List.of(new Altered(ScenariosTest::swapped)));

        assertThatThrownBy(() -> BENCH.run(hotKey))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 out of order");
    }

    /** As many as before, so that nobody waits for the one that is lost. */
    private static List<Load.Item> secondReplacedByFirst(List<Load.Item> items) {
        List<Load.Item> altered = new ArrayList<>(items);
        altered.set(1, items.get(0));
        return altered;
    }

    private static List<Load.Item> swapped(List<Load.Item> items) {
        List<Load.Item> altered = new ArrayList<>(items);
        Collections.swap(altered, 0, 1);
        return altered;
    }

    /** Boxcar, with its first two messages written otherwise than asked for. */
    private record Altered(UnaryOperator<List<Load.Item>> alteration) implements Contestant {

        @Override
        public String name() {
            return "altered";
        }

        @Override
        public String version() {
            return "";
        }

        @Override
        public String setup() {
            return "";
        }

        @Override
        public Deployment deploy(Place place) {
            return new AlteredDeployment(BoxcarContestant.DEFAULT.deploy(place), alteration);
        }
    }

    private static final class AlteredDeployment implements Deployment {
        private final Deployment real;
        private final UnaryOperator<List<Load.Item>> alteration;
        /** The first ones, while there are not two of them yet; and later, more than that. */
        private final List<Load.Item> first = new ArrayList<>();

        AlteredDeployment(Deployment real, UnaryOperator<List<Load.Item>> alteration) {
            this.real = real;
            this.alteration = alteration;
        }

        private synchronized List<Load.Item> altered(List<Load.Item> items) {
            int known = first.size();
            if (known >= 2) {
                return items;
            }
            first.addAll(items);
            return first.size() < 2 ? items : alteration.apply(first).subList(known, known + items.size());
        }

        @Override
        public void write(Business business, List<Load.Item> items) throws Exception {
            real.write(business, altered(items));
        }

        @Override
        public void writeTo(String topic, List<Load.Item> items) throws Exception {
            real.writeTo(topic, altered(items));
        }

        @Override
        public void start() throws Exception {
            real.start();
        }

        @Override
        public long done() {
            return real.done();
        }

        @Override
        public void close() throws Exception {
            real.close();
        }
    }
}
