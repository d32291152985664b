package dev.boxcar.testservers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * RabbitMQ, as the operating system has it installed. The user {@code guest} has the password {@code guest}.
 *
 * <p>It starts in about five seconds, after a kill as well.
 *
 * <p>With {@code BOXCAR_TEST_RABBITMQ_URI} nothing is started, and every instance stands for the server at that AMQP URI.
 */
public final class RabbitMqServer extends ForwardingServer {

    static final String SETTING = "BOXCAR_TEST_RABBITMQ_URI";

    private final String uri;

    private RabbitMqServer(TestServer control, String uri) {
        super(control);
        this.uri = uri;
    }

    /** Starts RabbitMQ on a free port. */
    public static RabbitMqServer start() {
        return builder().start();
    }

    /** One server for all tests of this JVM, started at the first call and ended with the JVM; not to be stopped by a test. */
    public static RabbitMqServer shared() {
        return SharedServers.get(RabbitMqServer.class, "rabbitmq", RabbitMqServer::start);
    }

    /** A server with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address for a client, with user and password. */
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

        /** A setting of {@code rabbitmq.conf}, for example {@code max_message_size} and {@code 65536}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Starts the server and waits until it accepts connections. */
        public RabbitMqServer start() {
            return ExternalServer.broker(SETTING)
                    .map(external -> new RabbitMqServer(external, external.url()))
                    .orElseGet(() -> {
                        LocalServer server = LocalServer.start(new RabbitMqRecipe(Map.copyOf(settings)), port);
                        return new RabbitMqServer(server, "amqp://guest:guest@127.0.0.1:" + server.port());
                    });
        }
    }
}
