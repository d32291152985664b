package dev.boxcar.testservers;

/**
 * The main program of ElasticMQ, which has none in its library. It finds the library by name: only the builds that need the server
 * fetch it.
 */
final class ElasticMqMain {

    static final String READY = "ElasticMQ accepts requests";

    private ElasticMqMain() {}

    /** Takes the port. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Class<?> start = Class.forName("org.elasticmq.rest.sqs.SQSRestServerBuilder");
        Object builder = start.getMethod("withPort", int.class).invoke(null, Integer.parseInt(arguments[0]));
        builder = builder.getClass().getMethod("withInterface", String.class).invoke(builder, "127.0.0.1");
        Object server = builder.getClass().getMethod("start").invoke(builder);
        server.getClass().getMethod("waitUntilStarted").invoke(server);
        System.out.println(READY);
    }
}
