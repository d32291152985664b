package dev.boxcar.spring;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes that one part of the configuration contributes. As a bean of the application it is put together with the auto-configured ones;
 * a bean of type {@link dev.boxcar.Publisher} takes the place of them all.
 *
 * @param routes the routes; may be empty
 */
public record PublisherRoutes(List<PublisherRoute> routes) implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PublisherRoutes.class);

    /** Copies the routes. */
    public PublisherRoutes {
        routes = List.copyOf(routes);
    }

    /** These routes. */
    public static PublisherRoutes of(PublisherRoute... routes) {
        return new PublisherRoutes(List.of(routes));
    }

    /** Closes the publishers that can be closed. The context does it, after the processor has ended. */
    @Override
    public void close() {
        for (PublisherRoute route : routes) {
            if (route.publisher() instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    log.warn("the publisher of route {} could not be closed", route.name(), e);
                }
            }
        }
    }
}
