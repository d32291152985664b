package dev.boxcar.testservers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * NATS with JetStream on disk, as the operating system has it installed.
 *
 * <p>With {@code BOXCAR_TEST_NATS_URL} nothing is started, and every instance stands for the server at that URL.
 */
public final class NatsServer extends ForwardingServer {

    static final String SETTING = "BOXCAR_TEST_NATS_URL";

    private final String url;

    private NatsServer(TestServer control, String url) {
        super(control);
        this.url = url;
    }

    /** Starts NATS on a free port. */
    public static NatsServer start() {
        return builder().start();
    }

    /** One server for all tests of this JVM, started at the first call and ended with the JVM; not to be stopped by a test. */
    public static NatsServer shared() {
        return SharedServers.get(NatsServer.class, "nats", NatsServer::start);
    }

    /** A server with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address for a client. */
    public String url() {
        return url;
    }

    /** What a new server is like. Not safe for use by several threads. */
    public static final class Builder {

        private int port;
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder() {}

        /** The port; 0 (default) takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** A setting of the server's configuration, for example {@code max_payload} and {@code 65536}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Starts the server and waits until it accepts connections. */
        public NatsServer start() {
            return ExternalServer.broker(SETTING)
                    .map(external -> new NatsServer(external, external.url()))
                    .orElseGet(() -> {
                        LocalServer server = LocalServer.start(new NatsRecipe(Map.copyOf(settings)), port);
                        return new NatsServer(server, "nats://127.0.0.1:" + server.port());
                    });
        }
    }
}
