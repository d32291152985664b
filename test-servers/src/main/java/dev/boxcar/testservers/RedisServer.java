package dev.boxcar.testservers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Redis, as the operating system has it installed. What it acknowledges it has flushed to its log.
 *
 * <p>With {@code BOXCAR_TEST_REDIS_URI} nothing is started, and every instance stands for the server at that URI.
 */
public final class RedisServer extends ForwardingServer {

    static final String SETTING = "BOXCAR_TEST_REDIS_URI";

    private final String uri;

    private RedisServer(TestServer control, String uri) {
        super(control);
        this.uri = uri;
    }

    /** Starts Redis on a free port. */
    public static RedisServer start() {
        return builder().start();
    }

    /** One server for all tests of this JVM, started at the first call and ended with the JVM; not to be stopped by a test. */
    public static RedisServer shared() {
        return SharedServers.get(RedisServer.class, "redis", RedisServer::start);
    }

    /** A server with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address for a client. */
    public String uri() {
        return uri;
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

        /** A setting of the server, for example {@code maxmemory} and {@code 10mb}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Starts the server and waits until it accepts connections. */
        public RedisServer start() {
            return ExternalServer.broker(SETTING)
                    .map(external -> new RedisServer(external, external.url()))
                    .orElseGet(() -> {
                        LocalServer server = LocalServer.start(new RedisRecipe(Map.copyOf(settings)), port);
                        return new RedisServer(server, "redis://127.0.0.1:" + server.port());
                    });
        }
    }
}
