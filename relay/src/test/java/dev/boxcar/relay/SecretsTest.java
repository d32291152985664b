package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However wrong the settings are: no message repeats a password. */
class SecretsTest {

    @TempDir
    Path folder;

    private static void assertSilent(Cli cli) {
        assertThat(cli.exitCode()).as(cli.err()).isNotZero();
        assertThat(cli.err()).isNotEmpty().doesNotContain("hunter22");
        assertThat(cli.out()).doesNotContain("hunter22");
    }

    private static final List<String> URLS = List.of(
            "jdbc:postgresql://127.0.0.1:1/db?user=me&password=hunter22",
            "jdbc:postgresql://me:hunter22@127.0.0.1:1/db",
            "jdbc:postgresql://127.0.0.1:nonsense/db?password=hunter22",
            "jdbc:postgresql://127.0.0.1:1/db?password=hunter22&sslmode=nonsense",
            "jdbc:postgresql://127.0.0.1:1/db?sslpassword=hunter22&sslcert=nothing&sslmode=require",
            "jdbc:mysql://me:hunter22@127.0.0.1:1/db",
            "jdbc:mysql://127.0.0.1:1/db?user=me&password=hunter22",
            "jdbc:mariadb://127.0.0.1:1/db?password=hunter22&sslMode=nonsense",
            "jdbc:mariadb://127.0.0.1:nonsense/db?password=hunter22",
            "jdbc:mariadb:hunter-nonsense?trustStorePassword=hunter22",
            "jdbc:h2:tcp://127.0.0.1:1/x;USER=me;PASSWORD=hunter22",
            "jdbc:h2:nonsense:x;PASSWORD=hunter22;NONSENSE=1",
            "jdbc:oracle:thin:me/password=hunter22@host",
            "postgresql://me:hunter22@127.0.0.1:1/db");

    /** All at once: most of it is waiting for a server that is not there. */
    @Test
    void aPasswordInTheUrlIsNotRepeated() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(URLS.size());
        try {
            List<Callable<Cli>> calls = new ArrayList<>();
            URLS.forEach(url -> calls.add(() -> Cli.run("schema", "check", "--verbose", "--url", url)));
            for (Future<Cli> call : threads.invokeAll(calls)) {
                assertSilent(call.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sasl.jaas.config | org.apache.kafka.common.security.plain.PlainLoginModule required password=hunter22",
                "sasl.jaas.config | no.such.Module required username=\"a\" password=\"hunter22\";",
                "sasl.jaas.config | org.apache.kafka.common.security.plain.PlainLoginModule sometimes password=\"hunter22\";",
                "sasl.jaas.config | org.apache.kafka.common.security.plain.PlainLoginModule required password \"hunter22\";",
                "sasl.jaas.config | hunter22",
                "ssl.truststore.password | hunter22",
                "ssl.keystore.password | hunter22"
            })
    void aPasswordOfTheBrokersIsNotRepeated(String name, String value) throws Exception {
        Path config = folder.resolve("kafka.properties");
        List<String> lines = new ArrayList<>(List.of(
                "bootstrap.servers=127.0.0.1:1",
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                name + "=" + value));
        if (name.startsWith("ssl")) {
            Files.writeString(folder.resolve("store"), "no store");
            lines.add(name.replace("password", "location") + "=" + folder.resolve("store"));
            lines.add("sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\""
                    + " password=\"b\";");
        }
        Files.write(config, lines);
        String[] arguments = {
            "relay", "--verbose", "--url", "jdbc:h2:mem:secrets", "--create-schema", "--kafka-config", config.toString()
        };
        assertSilent(Cli.run(arguments));
    }

    @Test
    void valuesOfOptionsThatAreRefusedAreNotRepeatedWhereTheyMayBeSecret() {
        assertSilent(Cli.run("status", "--url", "jdbc:h2:mem:x", "--password", "hunter22", "--password-file", "f"));
        assertSilent(Cli.run("status", "--pasword=hunter22"));
        assertSilent(Cli.run(Map.of("BOXCAR_PASSWORD", "hunter22"), "status", "--nonsense"));
    }
}
