package dev.boxcar.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Short campaigns on real servers: green when nothing is broken, red when a guarantee is. */
class ChaosTest {

    /** As short as it can be: each kind of fault once. */
    private static final double ONE_ROUND = 0.01;

    /** What is guaranteed cannot be expected of a machine that does something else at the same time. */
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private static final int KINDS = 27;
    private static final String SOME = "relay-kill|relay-pause|database-kill|database-connections-ended|writers-cut";

    /** The relays' logs, which stay when a test fails. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Progress progress = new Progress(new PrintStream(shown, true, StandardCharsets.UTF_8));

    private String story(String verdict) {
        return shown.toString(StandardCharsets.UTF_8) + verdict + "\nThe relays' logs are in " + folder;
    }

    private Verdict run(DatabaseKind database, boolean transactional, String only, Set<Sabotage.Mode> sabotage)
            throws Exception {
        CampaignSettings settings =
                new CampaignSettings(ONE_ROUND, 1, database, transactional, PATIENT, sabotage, only);
        try (Campaign campaign = new Campaign(settings, folder, progress)) {
            return campaign.run();
        }
    }

    @Test
    void nothingIsLostWhateverHappens() throws Exception {
        Verdict verdict = run(DatabaseKind.POSTGRESQL, false, ".*", Set.of());
        assertThat(verdict.checks().ok()).as(story(verdict.text())).isTrue();
        assertThat(verdict.json().split("\":1[,}]", -1)).as(verdict.json()).hasSizeGreaterThan(KINDS);
    }

    @Test
    void nothingIsLostOnMariaDb() throws Exception {
        Verdict verdict = run(DatabaseKind.MARIADB, true, SOME, Set.of());
        assertThat(verdict.checks().ok()).as(story(verdict.text())).isTrue();
    }

    @Test
    void nothingIsLostOnMySql() throws Exception {
        Verdict verdict = run(DatabaseKind.MYSQL, false, SOME, Set.of());
        assertThat(verdict.checks().ok()).as(story(verdict.text())).isTrue();
    }

    @Test
    void everyBrokenGuaranteeIsNoticed() throws Exception {
        Verdict verdict = run(DatabaseKind.POSTGRESQL, false, "database-restart", Set.of(Sabotage.Mode.values()));
        assertThat(verdict.checks().failed())
                .as(story(verdict.text()))
                .containsExactly(
                        "nothing is lost", "nothing is invented", "order per key", "duplicates only after failures");
        assertThat(verdict.json())
                .contains("\"lost\":1", "\"ghosts\":1", "\"orderViolations\":1", "\"verdict\":\"failed\"");
    }

    @Test
    void anOutageCostsNothingAndIsWorkedOff() throws Exception {
        try (Outage outage = new Outage(50_000, 9, folder, progress)) {
            Checks checks = outage.run();
            assertThat(checks.failed()).as(story(checks.text())).isEmpty();
        }
    }

    /** Too short to tell what creeps upwards; long enough to see that it would be looked at. */
    @Test
    void aSoakDrawsItsCurve() throws Exception {
        try (Soak soak = new Soak(new Soak.Settings(0.2, 300.0, 0, 1, 1), folder, progress)) {
            Checks checks = soak.run();
            assertThat(checks.failed())
                    .as(story(checks.text()))
                    .doesNotContain("nothing is lost, invented or out of order");
            assertThat(soak.curve().csv().lines()).hasSizeGreaterThan(6);
            assertThat(soak.curve().median("messages/s", 0, 1)).isPositive();
            assertThat(soak.curve().median("resident memory MB", 0, 1)).isPositive();
            assertThat(soak.curve().median("relay connections", 0, 1)).isPositive();
            assertThat(List.of(soak.curve().svg().split("polyline", -1))).hasSize(8);
        }
    }
}
