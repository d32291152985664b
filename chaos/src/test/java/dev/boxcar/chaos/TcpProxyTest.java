package dev.boxcar.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.chaos.TcpProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The proxy does to real connections what it says. */
class TcpProxyTest {

    private static final int PATIENT = 20_000;
    private static final int IMPATIENT = 200;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final TcpProxy proxy = new TcpProxy("proxy-under-test");
    private final Socket client;

    TcpProxyTest() throws IOException {
        Thread echo = new Thread(this::echo);
        echo.setDaemon(true);
        echo.start();
        proxy.forwardTo(server.getLocalPort());
        client = connect();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(PATIENT);
        return socket;
    }

    private void echo() {
        while (!server.isClosed()) {
            try {
                Socket peer = server.accept();
                Thread thread = new Thread(() -> {
                    try (peer) {
                        peer.getInputStream().transferTo(peer.getOutputStream());
                    } catch (IOException e) {
                        // Reset by the proxy.
                    }
                });
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        proxy.close();
        server.close();
    }

    private static int ask(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        return socket.getInputStream().read();
    }

    @Test
    void passesBytesBothWays() throws IOException {
        assertThat(ask(client, 7)).isEqualTo(7);
    }

    @Test
    void cutsConnectionsAndRefusesNewOnesUntilItIsHealed() throws IOException {
        assertThat(ask(client, 1)).isEqualTo(1);
        proxy.cut();
        assertThatThrownBy(() -> ask(client, 2)).isInstanceOf(SocketException.class);
        try (Socket refused = connect()) {
            assertThatThrownBy(() -> ask(refused, 3)).isInstanceOf(SocketException.class);
        }
        proxy.heal();
        try (Socket again = connect()) {
            assertThat(ask(again, 4)).isEqualTo(4);
        }
    }

    @Test
    void holdsBytesUpWithoutLosingThem() throws IOException {
        for (Direction direction : Direction.values()) {
            proxy.stall(direction);
            client.setSoTimeout(IMPATIENT);
            assertThatThrownBy(() -> ask(client, 5)).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            client.setSoTimeout(PATIENT);
            assertThat(client.getInputStream().read()).isEqualTo(5);
        }
    }

    @Test
    void swallowsBytesAndResetsWhatLacksThemWhenHealed() throws IOException {
        assertThat(ask(client, 1)).isEqualTo(1);
        proxy.swallow(Direction.TO_CLIENT);
        client.setSoTimeout(IMPATIENT);
        assertThatThrownBy(() -> ask(client, 6)).isInstanceOf(SocketTimeoutException.class);
        proxy.heal();
        client.setSoTimeout(PATIENT);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void isSlow() throws IOException {
        proxy.slow(1_000_000, 60);
        long start = System.nanoTime();
        assertThat(ask(client, 8)).isEqualTo(8);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(120_000_000);
    }
}
