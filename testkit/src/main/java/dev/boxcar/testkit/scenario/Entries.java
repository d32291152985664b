package dev.boxcar.testkit.scenario;

import dev.boxcar.ClaimedEntry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Which entries are meant, for the failures that {@link OutboxScenario#broker()} is told to have:
 * {@code scenario.broker().rejecting(withKey("c-7"), "too large")}.
 */
public final class Entries {

    private Entries() {}

    /** All of them. */
    public static Predicate<ClaimedEntry> all() {
        return entry -> true;
    }

    /** Those of a namespace. */
    public static Predicate<ClaimedEntry> inNamespace(String namespace) {
        return entry -> entry.namespace().equals(namespace);
    }

    /** Those with this key, in UTF-8. */
    public static Predicate<ClaimedEntry> withKey(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return entry -> Arrays.equals(bytes, entry.key());
    }

    /** Those with this type. */
    public static Predicate<ClaimedEntry> ofType(String type) {
        return entry -> type.equals(entry.type());
    }
}
