package dev.boxcar.testservers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker (KRaft) in a JVM of its own.
 *
 * <p>Topics have one replica and are created when first used. A restart after a kill takes about three seconds.
 *
 * <p>With {@code BOXCAR_TEST_KAFKA_BOOTSTRAP} nothing is started, and every instance stands for that cluster.
 */
public final class KafkaServer extends ForwardingServer {

    private static final String SETTING = "BOXCAR_TEST_KAFKA_BOOTSTRAP";

    private final String bootstrapServers;
    private final List<Integer> behindProxies;

    private KafkaServer(TestServer control, String bootstrapServers, List<Integer> behindProxies) {
        super(control);
        this.bootstrapServers = bootstrapServers;
        this.behindProxies = List.copyOf(behindProxies);
    }

    /** Starts a broker on a free port. */
    public static KafkaServer start() {
        return builder().start();
    }

    /** One broker for all tests of this JVM, started at the first call and ended with the JVM; not to be stopped by a test. */
    public static KafkaServer shared() {
        return SharedServers.get(KafkaServer.class, "kafka", KafkaServer::start);
    }

    /** A broker with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address for the {@code bootstrap.servers} of a client. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The certificate of a secured broker, in PEM. */
    public Path certificate() {
        Path data = directory().resolve(LocalServer.DATA);
        return Certificate.in(KafkaRecipe.certificateFolder(data)).publicPart();
    }

    /** Where each {@linkplain Builder#proxy proxy} must forward to, in their order. */
    public List<Integer> portsBehindProxies() {
        return behindProxies;
    }

    /** What a new broker is like. Not safe for use by several threads. */
    public static final class Builder {

        private int port;
        private String heap = "512m";
        private KafkaRecipe.@Nullable Login login;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<Integer> proxies = new ArrayList<>();

        private Builder() {}

        /** The port; 0 (default) takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** The most memory that the broker's heap takes, as in the JVM's option {@code -Xmx}; default {@code 512m}. */
        public Builder heap(String heap) {
            this.heap = heap;
            return this;
        }

        /** A setting of the broker, for example {@code num.partitions} and {@code 8}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Asks clients for TLS and a password (SASL_SSL, mechanism PLAIN). Such a broker is always one of this machine; clients
         * trust its {@link KafkaServer#certificate()}.
         */
        public Builder secured(String user, String password) {
            login = new KafkaRecipe.Login(user, password);
            return this;
        }

        /**
         * A proxy on 127.0.0.1 through which clients reach the broker: those that begin there are told to stay there. May be
         * called for several.
         */
        public Builder proxy(int port) {
            proxies.add(port);
            return this;
        }

        /** Starts the broker and waits until it accepts connections. */
        public KafkaServer start() {
            return ExternalServer.broker(SETTING)
                    .filter(external -> login == null)
                    .map(external -> new KafkaServer(external, external.url(), List.of()))
                    .orElseGet(() -> {
                        KafkaRecipe recipe = new KafkaRecipe(heap, Map.copyOf(settings), List.copyOf(proxies), login);
                        LocalServer server = LocalServer.start(recipe, port);
                        List<Integer> ports = server.ports();
                        return new KafkaServer(
                                server,
                                "127.0.0.1:" + server.port(),
                                ports.subList(ports.size() - proxies.size(), ports.size()));
                    });
        }
    }
}
