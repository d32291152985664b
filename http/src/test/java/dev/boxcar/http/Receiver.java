package dev.boxcar.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.boxcar.testkit.Received;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A webhook on 127.0.0.1 that remembers what it took. */
final class Receiver implements AutoCloseable {

    /** Larger bodies are refused. */
    static final int LARGEST = 1 << 20;

    @SuppressWarnings("ArrayRecordComponent")
    record Request(Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.getOrDefault(name, "(none)");
        }
    }

    record Response(int status, Map<String, String> headers) {}

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> taken = new ArrayList<>();
    private Function<Request, Response> behaviour = request -> status(200);
    private int port;
    private int underWay;
    private int mostUnderWay;
    private @Nullable HttpServer server;

    Receiver() throws IOException {
        start();
    }

    static Response status(int status) {
        return new Response(status, Map.of());
    }

    synchronized void behave(Function<Request, Response> answer) {
        behaviour = answer;
    }

    synchronized void start() throws IOException {
        if (server == null) {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            port = started.getAddress().getPort();
            started.createContext("/", this::take);
            started.setExecutor(threads);
            started.start();
            server = started;
        }
    }

    synchronized void stop() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    synchronized int port() {
        return port;
    }

    String address() {
        return "http://127.0.0.1:" + port + "/hook?token=canary";
    }

    synchronized List<Request> requests() {
        return List.copyOf(taken);
    }

    synchronized int mostUnderWay() {
        return mostUnderWay;
    }

    List<Received> received() {
        return requests().stream().map(Receiver::takenApart).toList();
    }

    private static Received takenApart(Request request) {
        Map<String, String> headers = new TreeMap<>(request.headers());
        String key = headers.remove(BoxcarHeaders.KEY);
        String id = decoded(Objects.requireNonNull(headers.remove(BoxcarHeaders.ID), "no id"));
        String type = headers.remove(BoxcarHeaders.TYPE);
        Instant created = Instant.ofEpochMilli(
                Long.parseLong(Objects.requireNonNull(headers.remove(BoxcarHeaders.CREATED), "no time")));
        headers.replaceAll((name, value) -> decoded(value));
        return new Received(
                key == null ? null : bytes(key),
                request.body(),
                headers,
                id,
                type == null ? null : decoded(type),
                created);
    }

    static String decoded(String value) {
        return new String(bytes(value), UTF_8);
    }

    private static byte[] bytes(String encoded) {
        byte[] raw = encoded.getBytes(UTF_8); // what is not encoded stays as it is
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                bytes.write(Integer.parseInt(new String(raw, i + 1, 2, UTF_8), 16));
                i += 2;
            } else {
                bytes.write(raw[i]);
            }
        }
        return bytes.toByteArray();
    }

    private void take(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        Request request = new Request(headers, exchange.getRequestBody().readAllBytes());
        Function<Request, Response> answer;
        synchronized (this) {
            mostUnderWay = Math.max(mostUnderWay, ++underWay);
            answer = behaviour;
        }
        Response response = request.body().length > LARGEST ? status(413) : answer.apply(request);
        synchronized (this) {
            underWay--;
            if (response.status() / 100 == 2) {
                taken.add(request);
            }
        }
        response.headers()
                .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(response.status(), -1);
        exchange.close();
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }
}
