package dev.boxcar.internal;

import dev.boxcar.OutboxContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All lanes: one for each destination met so far, and one for each namespace that is or was paused. */
final class Lanes {

    /** How many namespaces are remembered; writers may invent a new one for each message. */
    static final int REMEMBERED = 10_000;

    private final Environment environment;
    private final Map<String, Destination> destinations = new HashMap<>();
    private final Map<String, Lane> byDestination = new HashMap<>();
    private final Map<String, Lane> byNamespace = new HashMap<>();
    private final List<Lane> all = new ArrayList<>();
    private final boolean several;

    Lanes(Environment environment) {
        this.environment = environment;
        this.several = environment.publisher().destinations().size() > 1;
    }

    /** Whether entries may go to more than one destination. */
    boolean several() {
        return several;
    }

    List<Lane> all() {
        return all;
    }

    Collection<Destination> destinations() {
        return destinations.values();
    }

    /** The lane of a namespace; made when the namespace is new. */
    Lane of(String namespace) {
        Lane known = byNamespace.get(namespace);
        return known != null ? known : meet(namespace);
    }

    private Lane meet(String namespace) {
        if (byNamespace.size() >= REMEMBERED) {
            forgetNamespaces();
        }
        Destination destination = destinationOf(namespace);
        Lane lane = byDestination.get(destination.name);
        if (lane == null) {
            lane = new Lane(destination, null, environment.settings());
            byDestination.put(destination.name, lane);
            all.add(lane);
        }
        assign(namespace, lane);
        return lane;
    }

    /** Those that read along with the others: meeting them again costs little. */
    private void forgetNamespaces() {
        byNamespace.values().removeIf(lane -> lane.feed == null && lane.only == null);
        for (Lane lane : all) {
            if (lane.feed == null && lane.only == null) {
                lane.namespaces.clear();
            }
        }
    }

    private void assign(String namespace, Lane lane) {
        Lane before = byNamespace.put(namespace, lane);
        if (before != null) {
            before.namespaces.remove(namespace);
        }
        lane.namespaces.add(namespace);
    }

    private Destination destinationOf(String namespace) {
        String name = environment.publisher().destination(OutboxContext.ofNamespace(namespace));
        return destinations.computeIfAbsent(name, key -> new Destination(key, environment));
    }

    /** Gives a namespace a lane to itself, paused; null when it is paused already. */
    @Nullable
    Lane pause(String namespace) {
        Lane current = byNamespace.get(namespace);
        if (current != null && current.only != null) {
            if (current.paused) {
                return null;
            }
            current.paused = true;
            return current;
        }
        Lane lane = new Lane(destinationOf(namespace), namespace, environment.settings());
        lane.paused = true;
        all.add(lane);
        assign(namespace, lane);
        return lane;
    }

    /** Ends a pause; null when the namespace is not paused. */
    @Nullable
    Lane resume(String namespace) {
        Lane lane = byNamespace.get(namespace);
        if (lane == null || !lane.paused) {
            return null;
        }
        lane.paused = false;
        return lane;
    }

    boolean isPaused(String namespace) {
        Lane lane = byNamespace.get(namespace);
        return lane != null && lane.paused;
    }

    /** A resumed namespace has caught up: from now on it goes with the others of its destination. */
    void rejoin(Lane lane) {
        String namespace = lane.only;
        if (namespace != null) {
            byNamespace.remove(namespace, lane);
            lane.namespaces.clear();
        }
    }

    /** Forgets lanes that nothing goes through any more. */
    void retire() {
        all.removeIf(lane -> lane.only != null && lane.namespaces.isEmpty() && lane.entries() == 0);
    }

    /** The namespaces which have a place of their own in the storage. */
    Set<String> withOwnFeed() {
        Set<String> names = new HashSet<>();
        for (Lane lane : all) {
            if (lane.feed != null) {
                names.addAll(lane.namespaces);
            }
        }
        return names;
    }

    Set<String> paused() {
        Set<String> names = new TreeSet<>();
        byNamespace.forEach((namespace, lane) -> {
            if (lane.paused) {
                names.add(namespace);
            }
        });
        return names;
    }
}
