package dev.boxcar.spring;

import dev.boxcar.Publisher;
import java.util.Objects;
import java.util.Set;

/**
 * Which namespaces a publisher carries.
 *
 * @param name the destination's name, in status and metrics
 * @param publisher the publisher
 * @param namespaces these, or all that no other route names if it is empty
 */
public record PublisherRoute(String name, Publisher publisher, Set<String> namespaces) {

    /** Checks for nulls and copies the namespaces. */
    public PublisherRoute {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(publisher, "publisher");
        namespaces = Set.copyOf(namespaces);
    }

    /** Whether it carries all that no other route names. */
    public boolean isForAllOthers() {
        return namespaces.isEmpty();
    }
}
