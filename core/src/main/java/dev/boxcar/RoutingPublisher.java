package dev.boxcar;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends each namespace to a publisher of its own. Every route is a destination: while one is down, the others flow.
 *
 * <p>Safe for use by several threads if the publishers are. Does not close them.
 */
public final class RoutingPublisher implements Publisher {

    private record Route(String name, Publisher publisher) {
        String destination(OutboxContext context) {
            return name + (publisher.destinations().size() == 1 ? "" : ":" + publisher.destination(context));
        }
    }

    private final Map<String, Route> byNamespace;
    private final @Nullable Route otherwise;
    private final Set<String> destinations;
    private final boolean keepsOrder;
    private final Duration longestCall;
    private final int preferredBatchSize;

    private RoutingPublisher(Builder builder) {
        this.byNamespace = Map.copyOf(builder.byNamespace);
        this.otherwise = builder.otherwise;
        this.destinations = new TreeSet<>();
        Map<String, Route> routes = new HashMap<>();
        byNamespace.values().forEach(route -> routes.put(route.name, route));
        Route last = otherwise;
        if (last != null) {
            routes.put(last.name, last);
        }
        for (Route route : routes.values()) {
            if (route.publisher.destinations().size() == 1) {
                destinations.add(route.name);
            } else {
                route.publisher.destinations().forEach(inner -> destinations.add(route.name + ":" + inner));
            }
        }
        if (last == null) {
            destinations.add(UNROUTED);
        }
        this.keepsOrder = routes.values().stream().allMatch(route -> route.publisher.keepsOrderWithinCall());
        this.longestCall = routes.values().stream()
                .map(route -> route.publisher.longestCall())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        this.preferredBatchSize = routes.values().stream()
                .mapToInt(route -> route.publisher.preferredBatchSize())
                .min()
                .orElse(1);
    }

    private static final String UNROUTED = "unrouted";

    /** A builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        Route route = routeOf(entries.get(0).context());
        if (route == null) {
            return CompletableFuture.completedFuture(PublishResults.all(PublishResult.rejected(
                    "no route for namespace '" + entries.get(0).namespace() + "'")));
        }
        return route.publisher.publish(entries);
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, PublishLease lease) {
        Route route = routeOf(entries.get(0).context());
        return route == null ? publish(entries) : route.publisher.publish(entries, lease);
    }

    @Override
    public CompletionStage<Void> fence(String endedSession) {
        Set<Publisher> publishers = Collections.newSetFromMap(new IdentityHashMap<>());
        byNamespace.values().forEach(route -> publishers.add(route.publisher));
        if (otherwise != null) {
            publishers.add(otherwise.publisher);
        }
        return CompletableFuture.allOf(publishers.stream()
                .map(publisher -> publisher.fence(endedSession).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public String destination(OutboxContext context) {
        Route route = routeOf(context);
        return route == null ? UNROUTED : route.destination(context);
    }

    @Override
    public Set<String> destinations() {
        return Set.copyOf(destinations);
    }

    @Override
    public boolean keepsOrderWithinCall() {
        return keepsOrder;
    }

    @Override
    public Duration longestCall() {
        return longestCall;
    }

    /** What none of the publishers finds too large. */
    @Override
    public int preferredBatchSize() {
        return preferredBatchSize;
    }

    private @Nullable Route routeOf(OutboxContext context) {
        Route route = byNamespace.get(context.namespace());
        return route != null ? route : otherwise;
    }

    /** Collects routes. Not safe for use by several threads. */
    public static final class Builder {
        private final Map<String, Route> byNamespace = new LinkedHashMap<>();
        private @Nullable Route otherwise;

        private Builder() {}

        /**
         * Sends a namespace to a publisher. The route's name is the namespace.
         *
         * @throws IllegalArgumentException when the namespace has a route already
         */
        public Builder route(String namespace, Publisher publisher) {
            return route(namespace, namespace.isEmpty() ? DEFAULT_DESTINATION : namespace, publisher);
        }

        /**
         * Sends a namespace to a publisher. Namespaces with the same destination name share their availability and must share
         * the publisher.
         *
         * @throws IllegalArgumentException when the namespace has a route already, or the name is taken by another publisher
         */
        public Builder route(String namespace, String destination, Publisher publisher) {
            Objects.requireNonNull(namespace, "namespace");
            Route route = named(destination, publisher);
            if (byNamespace.putIfAbsent(namespace, route) != null) {
                throw new IllegalArgumentException("namespace '" + namespace + "' has two routes");
            }
            return this;
        }

        /** Sends all other namespaces to a publisher. Without this, their messages are rejected. */
        public Builder otherwise(String destination, Publisher publisher) {
            otherwise = named(destination, publisher);
            return this;
        }

        /** The publisher. */
        public RoutingPublisher build() {
            if (byNamespace.isEmpty() && otherwise == null) {
                throw new IllegalArgumentException("a routing publisher needs at least one route");
            }
            return new RoutingPublisher(this);
        }

        private Route named(String destination, Publisher publisher) {
            Objects.requireNonNull(destination, "destination");
            Objects.requireNonNull(publisher, "publisher");
            Route last = otherwise;
            boolean taken = byNamespace.values().stream()
                            .anyMatch(route -> route.name.equals(destination) && route.publisher != publisher)
                    || (last != null && last.name.equals(destination) && last.publisher != publisher);
            if (taken) {
                throw new IllegalArgumentException("destination '" + destination + "' is the name of two publishers");
            }
            return new Route(destination, publisher);
        }
    }
}
