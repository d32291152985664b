package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Publisher;
import dev.boxcar.RoutingPublisher;
import dev.boxcar.spring.OutboxConfigurationException;
import dev.boxcar.spring.PublisherRoute;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/** Finds out where messages go: to the application's own publisher, else along the routes. */
final class OutboxPublisher {

    /** What the configuration itself makes, out of the routes. */
    private static final String ALONG_THE_ROUTES = "boxcarPublisher";

    private static final List<String> MODULES = List.of(
            "dev.boxcar.kafka.KafkaPublisher",
            "dev.boxcar.rabbitmq.RabbitMqPublisher",
            "dev.boxcar.nats.NatsPublisher",
            "dev.boxcar.redis.RedisPublisher",
            "dev.boxcar.jms.JmsPublisher",
            "dev.boxcar.sqs.SqsPublisher",
            "dev.boxcar.http.HttpPublisher");

    private OutboxPublisher() {}

    /** The application's own, or that of the routes. */
    static Publisher choose(ListableBeanFactory beans, OutboxInstrumentation instrumentation) {
        Publisher unique = beans.getBeanProvider(Publisher.class).getIfUnique();
        if (unique == null) {
            throw new OutboxConfigurationException(
                    "There are several Publisher beans, and nothing says which namespace goes where: "
                            + List.of(beans.getBeanNamesForType(Publisher.class)) + ".",
                    "Mark one as @Primary, a RoutingPublisher over the others for example; or make PublisherRoutes beans of them.");
        }
        boolean hasIt = beans.containsBean(ALONG_THE_ROUTES) && beans.getBean(ALONG_THE_ROUTES) == unique;
        return hasIt ? unique : instrumentation.publisher(unique);
    }

    /** The publisher that sends along these routes, each with the instrumentation around it. */
    static Publisher along(List<PublisherRoute> bare, OutboxInstrumentation instrumentation) {
        if (bare.isEmpty()) {
            throw nowhere();
        }
        List<PublisherRoute> routes = bare.stream()
                .map(route -> new PublisherRoute(
                        route.name(), instrumentation.publisher(route.publisher()), route.namespaces()))
                .toList();
        return routes.size() == 1 && routes.get(0).isForAllOthers()
                ? routes.get(0).publisher()
                : routing(routes);
    }

    private static Publisher routing(List<PublisherRoute> routes) {
        List<String> others = routes.stream()
                .filter(PublisherRoute::isForAllOthers)
                .map(PublisherRoute::name)
                .toList();
        if (others.size() > 1) {
            throw new OutboxConfigurationException(
                    "Several publishers take all namespaces that have no other route: " + others + ".",
                    "Say which namespaces each of them gets (for example boxcar.kafka.namespaces), for all but one.");
        }
        RoutingPublisher.Builder builder = RoutingPublisher.builder();
        try {
            for (PublisherRoute route : routes) {
                if (route.isForAllOthers()) {
                    builder.otherwise(route.name(), route.publisher());
                }
                route.namespaces().stream()
                        .sorted()
                        .forEach(namespace -> builder.route(namespace, route.name(), route.publisher()));
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new OutboxConfigurationException(
                    "The routes of messages contradict each other: " + e.getMessage() + ".",
                    "Give each namespace to one publisher, and each publisher a name of its own.",
                    e);
        }
    }

    private static OutboxConfigurationException nowhere() {
        List<String> present = new ArrayList<>();
        for (String module : MODULES) {
            if (ClassUtils.isPresent(module, OutboxPublisher.class.getClassLoader())) {
                present.add(ClassUtils.getShortName(module));
            }
        }
        return new OutboxConfigurationException(
                "The outbox has no publisher: where do messages go? "
                        + (present.isEmpty()
                                ? "No publisher module is on the class path."
                                : "On the class path, but without settings: " + present + "."),
                "Add boxcar-kafka and set boxcar.kafka.bootstrap-servers (or spring.kafka.bootstrap-servers); or boxcar-rabbitmq and"
                        + " boxcar.rabbitmq.uri, boxcar-nats and boxcar.nats.servers, boxcar-redis and boxcar.redis.uri, boxcar-jms and"
                        + " a ConnectionFactory bean, boxcar-sqs and an SqsAsyncClient bean, boxcar-http and"
                        + " boxcar.webhooks.<name>.url; or define a Publisher bean. If another process publishes, set"
                        + " boxcar.processor.enabled=false.");
    }
}
