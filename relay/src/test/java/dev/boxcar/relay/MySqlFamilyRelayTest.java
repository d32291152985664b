package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.MySqlServer;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** MariaDB's driver serves MySQL as well, whatever scheme the URL has. */
class MySqlFamilyRelayTest {

    @TempDir
    Path folder;

    static Stream<Arguments> urls() {
        Supplier<String> mySql = () -> MySqlServer.shared().newDatabase("relay");
        Supplier<String> mariaDb = () -> MariaDbServer.shared().newDatabase("relay");
        Supplier<String> mariaDbAsMySql =
                () -> MariaDbServer.shared().newDatabase("relay").replace("jdbc:mariadb:", "jdbc:mysql:");
        return Stream.of(
                Arguments.of("MySQL", mySql),
                Arguments.of("MariaDB", mariaDb),
                Arguments.of("MariaDB", mariaDbAsMySql));
    }

    @ParameterizedTest
    @MethodSource("urls")
    void aMessageIsCarried(String product, Supplier<String> database) throws Exception {
        String url = database.get();
        Cli publish = Cli.run("publish", "--url", url, "--create-schema", "--key", "k", "--payload", "to " + product);
        assertThat(publish.exitCode()).as(publish.err()).isZero();
        assertThat(Cli.run("status", "--url", url).out())
                .contains(product + " at")
                .contains("pending       1,");
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--url", url, "--stdout-publisher")) {
            relay.writes("\"payload\":\"to " + product + "\"");
            assertThat(relay.terminate()).isEqualTo(143);
        }
        assertThat(Cli.run("status", "--url", url, "--json").out())
                .contains("\"pending\":0,")
                .contains("\"processors\":[]");
    }
}
