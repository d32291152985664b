package dev.boxcar.testservers;

import org.jspecify.annotations.Nullable;

/**
 * One ActiveMQ Artemis broker in a JVM of its own, for clients of JMS.
 *
 * <p>It asks nobody for a password, and creates queues and topics when they are first used. A restart takes about a second.
 *
 * <p>With {@code BOXCAR_TEST_ARTEMIS_URL} nothing is started, and every instance stands for that broker.
 */
public final class ArtemisServer extends ForwardingServer {

    private static final String SETTING = "BOXCAR_TEST_ARTEMIS_URL";

    private final @Nullable String url;

    private ArtemisServer(TestServer control, @Nullable String url) {
        super(control);
        this.url = url;
    }

    /** Starts a broker on a free port. */
    public static ArtemisServer start() {
        return start("");
    }

    /**
     * Starts a broker on a free port.
     *
     * @param addressSettings what is particular to some addresses: elements {@code address-setting} of Artemis's configuration
     */
    public static ArtemisServer start(String addressSettings) {
        return ExternalServer.broker(SETTING)
                .map(external -> new ArtemisServer(external, external.url()))
                .orElseGet(() -> new ArtemisServer(LocalServer.start(new ArtemisRecipe(addressSettings), 0), null));
    }

    /** The address for a connection factory. */
    public String url() {
        return url == null ? "tcp://127.0.0.1:" + port() : url;
    }
}
