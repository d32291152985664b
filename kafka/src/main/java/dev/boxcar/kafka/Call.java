package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One publish call on its way: gathers a result for each entry and completes when the last one is there, or at its end.
 *
 * <p>Each entry is settled by one thread, the dispatcher's or the client's; {@link #end} may come from another one.
 */
final class Call {

    /** An ordering key. Null keys have no order and no {@code Key}. */
    private record Key(String namespace, ByteBuffer bytes) {
        static @Nullable Key of(ClaimedEntry entry) {
            byte[] key = entry.key();
            return key == null ? null : new Key(entry.namespace(), ByteBuffer.wrap(key));
        }
    }

    private final List<ClaimedEntry> entries;
    private final long startedAt;
    private final @Nullable PublishResult[] results;
    private final AtomicInteger open;
    private final CompletableFuture<PublishResults> done = new CompletableFuture<>();

    // For the dispatcher's thread alone.
    private int next;
    private @Nullable Set<Key> heldKeys;
    private @Nullable String onlyTopic;
    private @Nullable Map<Key, String> topicOfKey;

    private volatile @Nullable Map<Key, Integer> lastOfKey;
    private volatile @Nullable LiveProducer producer;

    Call(List<ClaimedEntry> entries, long startedAt) {
        this.entries = entries;
        this.startedAt = startedAt;
        this.results = new PublishResult[entries.size()];
        this.open = new AtomicInteger(entries.size());
    }

    CompletionStage<PublishResults> result() {
        return done;
    }

    boolean isDone() {
        return done.isDone();
    }

    long startedAt() {
        return startedAt;
    }

    int size() {
        return entries.size();
    }

    ClaimedEntry entry(int index) {
        return entries.get(index);
    }

    /** The first entry that was not looked at yet. */
    int next() {
        return next;
    }

    boolean hasNext() {
        return next < entries.size();
    }

    void advance() {
        next++;
    }

    /** Remembers who sends it, to be able to stop that. */
    void sentBy(LiveProducer sender) {
        producer = sender;
    }

    /** Who sends it, or null when nothing of it was handed over. */
    @Nullable
    LiveProducer producer() {
        return producer;
    }

    /** Gives an entry its result. Once for each. */
    void settle(int index, PublishResult result) {
        results[index] = result;
        // The counter publishes the write to whoever settles the last one.
        if (open.decrementAndGet() == 0) {
            complete(null);
        }
    }

    /** Completes the call now; what has no result yet is unavailable. */
    void end(String reason) {
        if (!done.isDone()) {
            complete(PublishResult.unavailable(reason));
        }
    }

    /** Nothing more of this entry's key is sent in this call. */
    void hold(int index) {
        Key key = Key.of(entries.get(index));
        if (key != null) {
            if (heldKeys == null) {
                heldKeys = new HashSet<>();
            }
            heldKeys.add(key);
        }
    }

    boolean isHeld(int index) {
        if (heldKeys == null) {
            return false;
        }
        Key key = Key.of(entries.get(index));
        return key != null && heldKeys.contains(key);
    }

    /**
     * Whether an earlier entry of the same key went to another topic. Batches of two topics are acknowledged independently, so
     * that this one could take effect although the earlier one fails. To be asked for each entry that has a topic, in order.
     */
    boolean changesTopic(int index, String topic) {
        if (topicOfKey == null) {
            if (onlyTopic == null || onlyTopic.equals(topic)) {
                onlyTopic = topic;
                return false;
            }
            topicOfKey = new HashMap<>();
            for (int i = 0; i < index; i++) {
                Key earlier = Key.of(entries.get(i));
                if (earlier != null) {
                    topicOfKey.put(earlier, onlyTopic);
                }
            }
        }
        Key key = Key.of(entries.get(index));
        String earlier = key == null ? null : topicOfKey.putIfAbsent(key, topic);
        return earlier != null && !earlier.equals(topic);
    }

    /** Whether a later entry of this call has the same key. */
    boolean hasLaterOfSameKey(int index) {
        Key key = Key.of(entries.get(index));
        if (key == null) {
            return false;
        }
        Map<Key, Integer> last = lastOfKey;
        if (last == null) {
            last = new HashMap<>();
            for (int i = 0; i < entries.size(); i++) {
                Key each = Key.of(entries.get(i));
                if (each != null) {
                    last.put(each, i);
                }
            }
            lastOfKey = last;
        }
        return last.getOrDefault(key, index) > index;
    }

    private void complete(@Nullable PublishResult missing) {
        PublishResult[] all = new PublishResult[entries.size()];
        boolean allSent = true;
        for (int i = 0; i < all.length; i++) {
            PublishResult result = results[i];
            all[i] = result != null ? result : Objects.requireNonNull(missing);
            allSent &= all[i] instanceof PublishResult.Sent;
        }
        done.complete(allSent ? PublishResults.allSent() : inOrder(all));
    }

    /**
     * Makes a failure final when a later entry of its key was acknowledged: another attempt would be out of order. This takes
     * two batches of one partition between which the broker changed its mind, for example about a permission.
     */
    private PublishResults inOrder(PublishResult[] all) {
        PublishResults.Builder builder = PublishResults.builder();
        Set<Key> acknowledged = new HashSet<>();
        for (int i = all.length - 1; i >= 0; i--) {
            Key key = Key.of(entries.get(i));
            if (key != null && all[i] instanceof PublishResult.Sent) {
                acknowledged.add(key);
            } else if (key != null
                    && all[i] instanceof PublishResult.Failed failed
                    && failed.retryable()
                    && acknowledged.contains(key)) {
                all[i] = PublishResult.rejected(
                        failed.reason() + "; not tried again, because a later message of its key was acknowledged");
            }
            builder.add(entries.get(i), all[i]);
        }
        return builder.build();
    }
}
