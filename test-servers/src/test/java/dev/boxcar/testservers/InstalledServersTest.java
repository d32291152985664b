package dev.boxcar.testservers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that the operating system has installed; each is asked for a sign of life in its own protocol. */
class InstalledServersTest {

    static Stream<Arguments> servers() {
        return Stream.of(
                Arguments.of((Supplier<TestServer>) RabbitMqServer::start, "RabbitMQ 3.", "AMQP\0\0\t\1", "\1\0\0"),
                Arguments.of((Supplier<TestServer>) NatsServer::start, "NATS 2.", "", "INFO {"),
                Arguments.of((Supplier<TestServer>) RedisServer::start, "Redis ", "PING\r\n", "+PONG"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("servers")
    void aServerIsKilledPausedStoppedAndRestarted(
            Supplier<TestServer> start, String name, String question, String answer) {
        try (TestServer server = start.get()) {
            assertThat(server.name()).startsWith(name);
            assertThat(ask(server, question)).startsWith(answer);

            server.pause();
            assertThat(ask(server, question)).isEmpty();
            server.resume();
            assertThat(ask(server, question)).startsWith(answer);

            server.kill();
            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(() -> ask(server, question)).isInstanceOf(UncheckedIOException.class);

            server.restart();
            assertThat(ask(server, question)).startsWith(answer);
            server.stop();
            assertThat(server.isRunning()).isFalse();
        }
    }

    @Test
    void aMissingServerIsAnErrorThatSaysWhatToInstall() {
        assertThatThrownBy(() ->
                        InstalledPrograms.find("Nonesuch", "nonesuch-server", "BOXCAR_TEST_NONESUCH", "nonesuchd"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Nonesuch is not installed: there is no nonesuchd; install it (Debian, Ubuntu: apt-get install"
                                + " nonesuch-server), or name a server that runs already with the setting BOXCAR_TEST_NONESUCH");
    }

    /** What the server says within a second. */
    private static String ask(TestServer server, String question) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(question.getBytes(US_ASCII));
            byte[] answer = new byte[16];
            int length = socket.getInputStream().read(answer);
            return new String(answer, 0, Math.max(0, length), US_ASCII);
        } catch (SocketTimeoutException silent) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
