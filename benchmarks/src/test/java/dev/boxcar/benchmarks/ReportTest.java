package dev.boxcar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of measured values: rows, tables with targets, plots; and how often something is measured. */
class ReportTest {

    private final Report report = new Report();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private void add(String scenario, Contestant contestant, String metric, String unit, double... values) {
        for (double value : values) {
            report.add(scenario, contestant, metric, unit, value);
        }
    }

    @Test
    void aFileHasARowForEachMetricAndCanBeReadBack(@TempDir Path folder) throws Exception {
        add("drain", BoxcarContestant.TUNED, "drain", "msg/s", 3_000, 1_000, 2_000, 2_500);

        assertThat(Row.json(report.rows())).isEqualTo("""
                [
                  {"scenario": "drain", "contestant": "boxcar-tuned", "version": "this source", "metric": "drain", \
                "unit": "msg/s", "median": 2250.000, "min": 1000.000, "max": 3000.000, "runs": 4}
                ]
                """);
        Path file = Files.writeString(folder.resolve("run.json"), Row.json(report.rows()));
        assertThat(Row.read(file)).isEqualTo(report.rows());
    }

    @Test
    void whatIsNoNumberIsNullInAFile() {
        add("drain", BoxcarContestant.TUNED, "drain", "x", Double.NaN);

        assertThat(Row.json(report.rows())).contains("\"median\": null, \"min\": null, \"max\": null, \"runs\": 1");
    }

    @Test
    void aTableSaysHowTargetsWereMet() {
        add("drain", new LimitContestant(), "drain", "msg/s", 100_000);
        add("drain", BoxcarContestant.TUNED, "drain", "msg/s", 90_000);
        add("drain", BoxcarContestant.DEFAULT, "drain", "msg/s", 30_000);
        add("steady", BoxcarContestant.DEFAULT, "1,000/s: p50", "ms", 2.5);

        Tables.print("drain", report.rows(), out);
        Tables.printTargets(report.rows(), out);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern("boxcar-tuned .* 0\\.900 +to limit: target >= 0\\.80, reached 0\\.90\n")
                .containsPattern("boxcar-default .* to limit: target >= 0\\.40, reached 0\\.30 \\(missed\\)\n")
                .containsPattern("steady .* target <= 3\\.00, reached 2\\.50\n")
                .contains("2 of 3 targets met");
    }

    @Test
    void aTableSaysWhoDoesNotSustainARate() {
        add("steady", BoxcarContestant.DEFAULT, "1,000/s: delivered", "msg/s", 950);
        add("steady", BoxcarContestant.POLLING, "1,000/s: delivered", "msg/s", 700);

        Tables.print("steady", report.rows(), out);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern("boxcar-polling .*does not sustain this rate")
                .doesNotContainPattern("boxcar-default .*does not sustain this rate");
    }

    @Test
    void aPeerIsMeasuredByHowMuchFasterBoxcarIs() {
        add("drain", BoxcarContestant.TUNED, "drain", "msg/s", 90_000);
        Row peer = new Row("drain", "gruelbox", "1", "drain", "msg/s", 1_000, 1_000, 1_000, 1);
        List<Row> rows = new ArrayList<>(report.rows());
        rows.add(peer);

        assertThat(Targets.of(peer, rows))
                .contains(new Targets.Verdict(true, "boxcar-tuned to this: target >= 50.0, reached 90.0"));
        assertThat(Targets.of(peer, List.of(peer)))
                .as("nothing to compare with")
                .isEmpty();
    }

    @Test
    void theStepsOfALongRunAreInTheFileAndInPlotsOnly(@TempDir Path folder) throws Exception {
        for (int step = 1; step <= 10; step++) {
            add("backlog", BoxcarContestant.DEFAULT, "part " + step + " of 10: rate", "msg/s", 100_000 + step);
            add("hostile", BoxcarContestant.DEFAULT, "undisturbed: tenth " + step + " of 10: p99", "ms", step);
        }
        add("drain", new LimitContestant(), "drain", "msg/s", 400_000);
        add("drain", BoxcarContestant.TUNED, "drain", "msg/s", 200_000);

        Tables.print("backlog", report.rows(), out);
        Plots.draw(report.rows(), folder);

        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("part 1 of 10");
        assertThat(Tables.markdown(report.rows())).doesNotContain("of 10: ").contains("| boxcar-tuned | this source |");
        assertThat(Row.json(report.rows())).contains("part 10 of 10: rate");
        for (String name : List.of("drain.svg", "hostile.svg", "backlog.svg")) {
            assertThat(DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(folder.resolve(name).toFile())
                            .getDocumentElement()
                            .getTagName())
                    .isEqualTo("svg");
        }
        assertThat(folder.resolve("drain.svg")).content().contains(">boxcar-tuned<", ">200,000<", ">1,000,000<");
        assertThat(folder.resolve("hostile.svg")).content().contains("polyline", "undisturbed");
    }

    @Test
    void noMoreRoundsBeginWhenTheTimeIsUsedUpButThereIsAlwaysOne() throws Exception {
        assertThat(rounds(true, Duration.ZERO)).containsExactly(1);
        assertThat(rounds(true, Duration.ofHours(1), Duration.ZERO))
                .as("the second has what the first one left")
                .containsExactly(3, 3);
        assertThat(rounds(false, Duration.ZERO))
                .as("somebody has asked for three")
                .containsExactly(3);
    }

    private List<Integer> rounds(boolean timed, Duration... times) throws Exception {
        List<Integer> rounds = new ArrayList<>();
        try (Bench bench = new Bench(new Bench.Size(1, true, 3, false, timed), report, out)) {
            for (Duration time : times) {
                bench.run(new Nothing(time, rounds));
            }
        }
        return rounds;
    }

    /** Measures nothing, and notes how often. */
    private record Nothing(Duration time, List<Integer> rounds) implements Scenario {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public String purpose() {
            return "";
        }

        @Override
        public void run(Bench bench) throws Exception {
            List<Integer> done = new ArrayList<>();
            bench.rounds(5, done::add);
            rounds.add(done.size());
        }
    }
}
