package dev.boxcar.testservers;

/**
 * One ElasticMQ server in a JVM of its own: it speaks the protocol of Amazon SQS, with its limits.
 *
 * <p>Takes any credentials. It keeps everything in memory: after a kill or a stop its queues are gone.
 *
 * <p>With {@code BOXCAR_TEST_SQS_ENDPOINT} nothing is started, and every instance stands for that endpoint.
 */
public final class ElasticMqServer extends ForwardingServer {

    private static final String SETTING = "BOXCAR_TEST_SQS_ENDPOINT";

    private final String endpoint;

    private ElasticMqServer(TestServer control, String endpoint) {
        super(control);
        this.endpoint = endpoint;
    }

    /** Starts a server on a free port. */
    public static ElasticMqServer start() {
        return ExternalServer.broker(SETTING)
                .map(external -> new ElasticMqServer(external, external.url()))
                .orElseGet(() -> {
                    LocalServer server = LocalServer.start(new ElasticMqRecipe(), 0);
                    return new ElasticMqServer(server, "http://127.0.0.1:" + server.port());
                });
    }

    /** The address for a client's endpoint override. */
    public String endpoint() {
        return endpoint;
    }
}
