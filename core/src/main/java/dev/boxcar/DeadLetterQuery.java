package dev.boxcar;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant, oldest first.
 *
 * @param namespace only this namespace, or null for all
 * @param ids only these, or null for all
 * @param afterId only those with a larger id: to page through many
 * @param limit how many at the most; from 1 to {@value #MAX_LIMIT}
 */
public record DeadLetterQuery(
        @Nullable String namespace, @Nullable List<Long> ids, long afterId, int limit) {

    /** The largest limit. */
    public static final int MAX_LIMIT = 1_000;

    /** Checks the limit and copies the ids. */
    public DeadLetterQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit (" + limit + ") must be from 1 to " + MAX_LIMIT);
        }
        if (ids != null) {
            if (ids.size() > MAX_LIMIT) {
                throw new IllegalArgumentException(ids.size() + " ids; the limit is " + MAX_LIMIT);
            }
            ids = List.copyOf(ids);
        }
    }

    /** All, the first {@value #MAX_LIMIT} of them. */
    public static DeadLetterQuery all() {
        return new DeadLetterQuery(null, null, Long.MIN_VALUE, MAX_LIMIT);
    }

    /** Those of one namespace. */
    public static DeadLetterQuery ofNamespace(String namespace) {
        return new DeadLetterQuery(Objects.requireNonNull(namespace, "namespace"), null, Long.MIN_VALUE, MAX_LIMIT);
    }

    /** Those with these ids. */
    public static DeadLetterQuery ofIds(Collection<Long> ids) {
        return new DeadLetterQuery(null, List.copyOf(ids), Long.MIN_VALUE, MAX_LIMIT);
    }

    /** The same query, behind this id. */
    public DeadLetterQuery after(long id) {
        return new DeadLetterQuery(namespace, ids, id, limit);
    }

    /** The same query with another limit. */
    public DeadLetterQuery limit(int newLimit) {
        return new DeadLetterQuery(namespace, ids, afterId, newLimit);
    }
}
