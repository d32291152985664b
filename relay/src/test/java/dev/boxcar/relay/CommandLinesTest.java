package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLinesTest {

    private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/nowhere";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "relay",
                "publish",
                "status",
                "schema",
                "schema print",
                "schema apply",
                "schema check",
                "dead",
                "dead list",
                "dead replay",
                "dead purge"
            })
    void everyCommandExplainsItself(String command) {
        Cli cli = Cli.run((command + " --help").trim().split(" "));
        assertThat(cli.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(cli.out()).startsWith("Usage: boxcar " + command);
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(Cli.run("--version").out()).matches("(?s)boxcar \\d+\\.\\d+.*");
    }

    @Test
    void theHelpShowsTheEnvironmentVariableAndTheDefaultOfEachSetting() {
        String help = Cli.run("relay", "--help").out();
        assertThat(help)
                .contains("Env BOXCAR_URL")
                .contains("Env BOXCAR_PASSWORD_FILE")
                .containsIgnoringCase("env BOXCAR_LISTEN")
                .containsIgnoringCase("env BOXCAR_LISTEN_URL")
                .contains("Default 500ms, env BOXCAR_PROCESS_INTERVAL")
                .contains("Default 64MiB, env BOXCAR_MAX_IN_FLIGHT_BYTES")
                .doesNotContain("exit-on-stdin-close");
    }

    @Test
    void theHelpDoesNotShowASecretOfTheEnvironment() {
        assertThat(Cli.run(Map.of("BOXCAR_PASSWORD", "hunter22"), "relay", "--help")
                        .out())
                .doesNotContain("hunter22");
    }

    static List<List<String>> wrongUsage() {
        return List.of(
                List.of("which command?"),
                List.of("unknown option --passwrd", "relay", "--passwrd=hunter22"),
                List.of("unknown option --passwrd", "relay", "--passwrd", "hunter22"),
                List.of("unexpected argument", "relay", "hunter22"),
                List.of("where should messages go?", "relay", "--url", NOWHERE),
                List.of("--kafka needs --url", "relay", "--kafka", "h:9092"),
                List.of("both set", "relay", "--url", NOWHERE, "--kafka", "h:9092", "--stdout-publisher"),
                List.of("--rabbitmq and --nats are both set", "relay", "--rabbitmq", "amqp://h", "--nats", "nats://h"),
                List.of("--redis needs --url", "relay", "--redis", "redis://h"),
                List.of("--topic needs --kafka or --nats", "relay", "--topic", "t"),
                List.of("--topic needs --kafka", "relay", "--url", NOWHERE, "--webhook", "http://h", "--topic", "t"),
                List.of(
                        "--cloudevents-source needs --kafka or --nats or --rabbitmq or --webhook",
                        "relay",
                        "--url",
                        NOWHERE,
                        "--redis",
                        "redis://h",
                        "--cloudevents-source",
                        "/a"),
                List.of("--rabbitmq-exchange needs --rabbitmq", "relay", "--rabbitmq-exchange", "e"),
                List.of("--webhook-secret needs --webhook", "relay", "--webhook-secret", "hunter22"),
                List.of("must look like amqp://", "relay", "--url", NOWHERE, "--rabbitmq", "h:hunter22@h"),
                List.of("must look like redis://", "relay", "--url", NOWHERE, "--redis", "h:hunter22@h"),
                List.of("must look like nats://", "relay", "--url", NOWHERE, "--nats", "h:hunter22@h:x"),
                List.of("http://", "relay", "--url", NOWHERE, "--webhook", "ftp://h"),
                List.of("prefix needs --kafka", "relay", "--kafka-transactional-id-prefix", "p"),
                List.of("unknown database 'oracle'", "relay", "--url", "jdbc:oracle:x", "--stdout-publisher"),
                List.of(
                        "--password and --password-file are both set",
                        "status",
                        "--url",
                        NOWHERE,
                        "--password",
                        "hunter22",
                        "--password-file",
                        "f"),
                List.of("cannot be read", "status", "--url", NOWHERE, "--password-file", "no/such/file"),
                List.of("cannot be read", "relay", "--url", NOWHERE, "--kafka-config", "no/such/file"),
                List.of(
                        "--claim-duration (1 s) must be at least twice --publish-timeout (800 ms)",
                        "relay",
                        "--claim-duration",
                        "1s",
                        "--publish-timeout",
                        "800ms"),
                List.of("'5' is not a time", "relay", "--claim-duration", "5"),
                List.of("not an int", "relay", "--batch-size", "many"),
                List.of("neither dead-letter nor hold-key", "relay", "--after-last-attempt", "shrug"),
                List.of("--listen needs --url jdbc:postgresql", "relay", "--listen"),
                List.of(
                        "--listen needs --url jdbc:postgresql",
                        "relay",
                        "--url",
                        "jdbc:h2:mem:x",
                        "--stdout-publisher",
                        "--listen"),
                List.of(
                        "--listen-url must be a jdbc:postgresql",
                        "relay",
                        "--url",
                        NOWHERE,
                        "--stdout-publisher",
                        "--listen-url",
                        "jdbc:h2:mem:x"),
                List.of("--notify: only PostgreSQL", "schema", "print", "--database", "h2", "--notify"),
                List.of("--events - and --stdout-publisher", "relay", "--events", "-"),
                List.of("which ones?", "dead", "purge", "--url", NOWHERE),
                List.of("which ones?", "dead", "replay", "--url", NOWHERE, "--all", "--namespace", "n"),
                List.of("limit (0)", "dead", "list", "--url", NOWHERE, "--limit", "0"),
                List.of("Missing required option: '--database", "schema", "print"),
                List.of("table", "status", "--url", NOWHERE, "--table", "x; drop table y"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongUsage(List<String> expectationAndArguments) {
        String expected = expectationAndArguments.get(0);
        List<String> arguments = expectationAndArguments.subList(1, expectationAndArguments.size());
        Cli cli = Cli.run(arguments.toArray(new String[0]));
        assertThat(cli.exitCode()).as(cli.err()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).startsWith("boxcar").contains(expected).doesNotContain("hunter22");
        assertThat(cli.err().lines()).as("no stack trace").hasSizeLessThanOrEqualTo(2);
        assertThat(cli.out()).isEmpty();
    }

    @Test
    void aWrongValueOfTheEnvironmentIsTracedToItsVariable() {
        Cli cli = Cli.run(Map.of("BOXCAR_BATCH_SIZE", "many"), "relay");
        assertThat(cli.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("--batch-size").contains("BOXCAR_BATCH_SIZE is set");
    }

    @Test
    void aMistypedVariableIsNotIgnoredSilently() {
        Map<String, String> environment =
                Map.of("BOXCAR_URLL", "x", "BOXCAR_SERVICE_HOST", "10.0.0.1", "BOXCAR_TOPIC", "t");
        assertThat(Cli.run(environment, "schema", "print", "--database", "h2").err())
                .contains("BOXCAR_URLL is no setting and was ignored; did you mean BOXCAR_URL?")
                .doesNotContain("SERVICE_HOST")
                .doesNotContain("BOXCAR_TOPIC");
    }

    @Test
    void anEmptyVariableIsNoSetting() {
        assertThat(Cli.run(Map.of("BOXCAR_BATCH_SIZE", "", "BOXCAR_KAFKA", "h:1"), "relay")
                        .err())
                .contains("--kafka needs --url");
    }

    @Test
    void aDatabaseThatIsDownIsOneLine() {
        Cli cli = Cli.run("status", "--url", NOWHERE + "?password=hunter22");
        assertThat(cli.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).contains("127.0.0.1:1").doesNotContain("hunter22");
    }

    @Test
    void aStackTraceIsShownOnRequest() {
        Cli cli = Cli.run("status", "--verbose", "--url", NOWHERE);
        assertThat(cli.err()).contains("\tat dev.boxcar.");
    }

    @Test
    void theSchemaIsPrintedWithoutAnyDatabase() {
        Cli cli = Cli.run("schema", "print", "--database", "postgresql", "--schema", "app", "--table", "events");
        assertThat(cli.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(cli.out())
                .contains("create table")
                .contains("\"app\".\"events\"")
                .doesNotContain("create trigger");
    }

    @Test
    void theTriggerThatNotifiesIsPrintedOnRequest() {
        Cli cli = Cli.run(
                "schema", "print", "--database", "postgresql", "--schema", "app", "--table", "events", "--notify");
        assertThat(cli.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(cli.out())
                .contains("create table")
                .contains("create trigger \"events_notify\" after insert on \"app\".\"events\"");
    }

    @Test
    void aPasswordFileMayEndWithALineBreak(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("password");
        Files.writeString(file, "hunter22\n");
        DatabaseOptions options = new DatabaseOptions();
        options.url = NOWHERE;
        options.passwordFile = file;
        assertThat(options.address().password()).isEqualTo("hunter22");
    }
}
