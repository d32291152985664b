package dev.boxcar.testkit.scenario;

import dev.boxcar.ClaimedEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Messages that a scenario has seen. Each step narrows them down and fails unless at least one is left, so nothing has to be
 * called at the end.
 *
 * <p>Not safe for use by several threads.
 */
public final class Messages {

    private final OutboxScenario<?> scenario;
    private final Places.Place place;
    /** What earlier parts of the sentence have found. */
    private final List<Seen> told;

    private final Predicate<Seen> filter;
    private final String description;
    private final List<Seen> found = new ArrayList<>();

    Messages(
            OutboxScenario<?> scenario,
            Places.Place place,
            List<Seen> told,
            Predicate<Seen> filter,
            String description) {
        this.scenario = scenario;
        this.place = place;
        this.told = told;
        this.filter = filter;
        this.description = description;
    }

    /** Only those with this key, in UTF-8. */
    public Messages withKey(String key) {
        return narrowed("key " + Seen.readable(utf8(key)), Entries.withKey(key));
    }

    /** Only those with this key. */
    public Messages withKey(byte[] key) {
        return narrowed("key " + Seen.readable(key), entry -> Arrays.equals(key, entry.key()));
    }

    /** Only those without a key. */
    public Messages withoutKey() {
        return narrowed("no key", entry -> entry.key() == null);
    }

    /** Only those with this logical type name. */
    public Messages withType(String type) {
        return narrowed("type " + type, Entries.ofType(type));
    }

    /** Only the one with this stable id. */
    public Messages withId(String id) {
        return narrowed("id " + id, entry -> entry.messageId().equals(id));
    }

    /** Only those with this header. */
    public Messages withHeader(String name, String value) {
        return narrowed(
                "header " + name + "=" + value,
                entry -> value.equals(entry.headers().get(name)));
    }

    /** Only those with this payload, in UTF-8. */
    public Messages withPayload(String payload) {
        return withPayload(utf8(payload));
    }

    /** Only those with this payload. */
    public Messages withPayload(byte[] payload) {
        return narrowed(
                scenario.payloadsAreShown()
                        ? "payload " + Seen.readable(payload)
                        : "the expected payload of " + payload.length + " bytes (showPayloads() shows them)",
                entry -> Arrays.equals(payload, entry.payload()));
    }

    /** Only those that were in this attempt: 1 is the first. */
    public Messages inAttempt(int attempt) {
        return narrowed("attempt " + attempt, entry -> entry.attempt() == attempt);
    }

    /** Only those that were given up for a reason that contains this text; others than dead letters have none. */
    public Messages withReason(String part) {
        return where("a reason that contains '" + part + "'", seen -> {
            String reason = seen.reason();
            return reason != null && reason.contains(part);
        });
    }

    /**
     * Only those that fulfil a condition of the test's own.
     *
     * @param what names the condition in the failure's message
     */
    public Messages matching(String what, Predicate<ClaimedEntry> condition) {
        return narrowed(what, condition);
    }

    /** Checks that there are so many of them. */
    public Messages times(int count) {
        expect(found -> found.size() == count, count + " times");
        return this;
    }

    /** Checks that there is only one. */
    public Messages once() {
        return times(1);
    }

    /** Checks that their payloads, in UTF-8, are these, all of them and in this order. */
    public Messages withPayloadsInOrder(String... payloads) {
        List<String> wanted = List.of(payloads);
        expect(
                found -> found.stream()
                        .map(seen -> new String(seen.entry().payload(), StandardCharsets.UTF_8))
                        .toList()
                        .equals(wanted),
                scenario.payloadsAreShown()
                        ? "with the payloads " + wanted + ", in this order"
                        : "with the " + wanted.size()
                                + " expected payloads in their order (showPayloads() shows them)");
        return this;
    }

    /** Goes on with another sentence about the same place: messages of a namespace. */
    public Messages and(String namespace) {
        return scenario.expect(place, namespace, known());
    }

    /** Checks that there is nothing but what this chain of calls has told of. */
    public void andNothingElse() {
        List<Seen> known = known();
        List<Seen> others =
                place.messages().stream().filter(seen -> !known.contains(seen)).toList();
        if (!others.isEmpty()) {
            throw new AssertionError("expected nothing else, but there is " + place.name() + " as well:"
                    + Seen.list(others, scenario.payloadsAreShown()) + System.lineSeparator() + scenario.report());
        }
    }

    /** The messages that are left, in their order, for whatever else a test wants to know of them. */
    public List<ClaimedEntry> entries() {
        return found.stream().map(Seen::entry).toList();
    }

    /** The only message that is left; fails if there are several. */
    public ClaimedEntry entry() {
        once();
        return found.get(0).entry();
    }

    private List<Seen> known() {
        return Stream.concat(told.stream(), found.stream()).toList();
    }

    private Messages narrowed(String what, Predicate<ClaimedEntry> condition) {
        return where(what, seen -> condition.test(seen.entry()));
    }

    private Messages where(String what, Predicate<Seen> condition) {
        return new Messages(scenario, place, told, filter.and(condition), description + ", " + what).some();
    }

    /** Fails unless there is at least one. */
    Messages some() {
        expect(found -> !found.isEmpty(), "");
        return this;
    }

    private void expect(Predicate<List<Seen>> condition, String what) {
        boolean holds = scenario.comesTrue(() -> {
            found.clear();
            place.messages().stream().filter(filter).forEach(found::add);
            return condition.test(found);
        });
        if (!holds) {
            throw new AssertionError("expected " + description + (what.isEmpty() ? "" : ", " + what) + " "
                    + place.name() + ", found " + found.size() + "." + System.lineSeparator() + scenario.report());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
