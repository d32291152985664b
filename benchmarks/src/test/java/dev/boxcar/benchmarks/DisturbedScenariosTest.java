package dev.boxcar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios in which something disturbs the flow run at a tiny size: everything arrives, in order, or the run is refused. Says
 * nothing of speed.
 */
class DisturbedScenariosTest {

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

    static Stream<Scenario> scenarios() {
        return Stream.of(
                new HostileScenario(List.of(BoxcarContestant.DEFAULT)),
                new DownDestinationScenario(),
                new BacklogScenario(),
                new ScaleOutScenario());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everythingArrivesInOrder(Scenario scenario) throws Exception {

        BENCH.run(scenario);

        assertThat(Row.json(REPORT.rows()))
                .contains("{\"scenario\": \"" + scenario.name() + "\", \"contestant\": \"boxcar-default\"");
    }

    @Test
    void aLostMessageMakesARunWorthNothing() {
        assertThatThrownBy(() -> hostile(items -> items.subList(1, items.size())))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("nothing has come");
    }

    @Test
    void aBrokenOrderMakesARunWorthNothing() {
        assertThatThrownBy(() -> hostile(items -> {
                    List<Load.Item> reversed = new ArrayList<>(items);
                    Collections.reverse(reversed);
                    return reversed;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("out of order");
    }

    private static void hostile(UnaryOperator<List<Load.Item>> alteration) throws Exception {
        HostileScenario scenario = new HostileScenario(List.of(new Altered(alteration)));
        BENCH.run(scenario);
    }

    /** Boxcar, with the messages of its first transaction written otherwise than asked for. */
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
        public int enough(int messages) {
            return messages;
        }

        @Override
        public Deployment deploy(Place place) {
            Deployment real = BoxcarContestant.DEFAULT.deploy(place);
            AtomicBoolean altered = new AtomicBoolean();
            return new Deployment() {
                @Override
                public void write(Business business, List<Load.Item> items) throws Exception {
                    boolean first = altered.compareAndSet(false, true);
                    real.write(business, first ? alteration.apply(items) : items);
                }

                @Override
                public void start() throws Exception {
                    real.start();
                }

                @Override
                public void close() throws Exception {
                    real.close();
                }
            };
        }
    }
}
