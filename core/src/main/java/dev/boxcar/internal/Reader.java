package dev.boxcar.internal;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads entries into memory, one read under way.
 *
 * <p>Normally there is one {@link Feed}, which has arrived at the end of the table and takes what is new. Partitions that come
 * in are read from the start by a feed of their own, which joins the first one when it has arrived too. A lane that is full
 * while others have room, because its destination is down or slow, gets a feed of its own as well, so that the others flow as
 * if it were not there. Joining is simple because the storage may return an entry twice: what is in memory is skipped, and what
 * was settled is gone from the table.
 */
final class Reader {

    private static final Logger log = LoggerFactory.getLogger(Reader.class);

    /** A lane that has had no room for so long falls behind on its own. */
    private static final Duration PATIENCE = Duration.ofMillis(250);

    /** After a read the wakes that come are gathered for so many times as long as it took, so that one read answers them. */
    private static final int REST = 2;

    /** A slow read must not make the next ones late as well. */
    private static final Duration LONGEST_REST = Duration.ofMillis(2);

    private final Environment environment;
    private final StorageCalls calls;
    private final ClaimKeeper claims;
    private final Lanes lanes;
    private final Memory memory;
    private final Settler settler;
    private final Backoff backoff;
    private final long minPoll;
    private final long maxPoll;
    private final List<Feed> shared = new ArrayList<>();
    /** What was settled while a read was under way: that read may still return it. */
    private final Set<Long> settledMeanwhile = new HashSet<>();

    private boolean busy;
    private boolean stopped;
    private boolean patient;
    private long restUntil = Long.MIN_VALUE;
    private long pollPause;
    private long nextPoll = Long.MAX_VALUE;
    private long notBefore = Long.MIN_VALUE;
    private int turn;

    Reader(
            Environment environment,
            StorageCalls calls,
            ClaimKeeper claims,
            Lanes lanes,
            Memory memory,
            Settler settler) {
        this.environment = environment;
        this.calls = calls;
        this.claims = claims;
        this.lanes = lanes;
        this.memory = memory;
        this.settler = settler;
        this.minPoll = environment.settings().minPollInterval().toNanos();
        this.maxPoll = environment.settings().processInterval().toNanos();
        this.pollPause = minPoll;
        this.backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), environment.random());
    }

    // ---- what others tell it

    /** Somebody says that there is something new. */
    void wake() {
        shared.forEach(Feed::poll);
    }

    /** Whether a wake would be answered now. Otherwise it is kept until then, together with all that follow it. */
    boolean takesWakes(long now) {
        return !busy && (now >= restUntil || isWalking());
    }

    /** When that changes by itself. */
    long takesWakesAt() {
        return busy ? Long.MAX_VALUE : restUntil;
    }

    /** Whether reads follow each other anyway: then a rest would save none. */
    private boolean isWalking() {
        return shared.stream().anyMatch(Feed::isDue) || feedsOfLanes().stream().anyMatch(Feed::isDue);
    }

    void add(Collection<Integer> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        shared.add(new Feed(null, partitions, null));
        feedsOfLanes().forEach(feed -> feed.add(partitions));
    }

    void remove(Collection<Integer> partitions) {
        shared.forEach(feed -> feed.remove(partitions));
        shared.removeIf(feed -> feed.partitions.isEmpty());
        feedsOfLanes().forEach(feed -> feed.remove(partitions));
    }

    void settled(Tracked tracked) {
        if (busy) {
            settledMeanwhile.add(tracked.id);
        }
    }

    /** Reads again what was left in the storage behind a key that was held back. */
    void readLeftovers(KeyQueue key) {
        Feed own = lanes.of(key.namespace).feed;
        if (own != null) {
            own.rewind(key.leftFrom);
        } else {
            shared.stream()
                    .filter(feed -> feed.partitions.contains(key.partition))
                    .forEach(feed -> feed.rewind(key.leftFrom));
        }
    }

    /** Gives a lane a feed of its own that reads from there; null is the start. */
    void detach(Lane lane, @Nullable ReadPosition from) {
        Set<Integer> partitions = new TreeSet<>();
        shared.forEach(feed -> partitions.addAll(feed.partitions));
        lane.feed = new Feed(lane, partitions, from);
    }

    /** Reads nothing more. */
    void stop() {
        stopped = true;
    }

    /** @param patient whether reads may wait for company */
    void begin(boolean patient) {
        stopped = false;
        this.patient = patient;
        restUntil = Long.MIN_VALUE;
        pollPause = minPoll;
        notBefore = Long.MIN_VALUE;
    }

    /** Forgets all feeds, at the end of processing. */
    void clear() {
        shared.clear();
        lanes.all()
                .forEach(lane -> lane.feed = lane.paused && lane.feed != null ? new Feed(lane, Set.of(), null) : null);
        settledMeanwhile.clear();
    }

    boolean isBusy() {
        return busy;
    }

    // ---- what it does

    int tick(long now) {
        if (stopped || busy) {
            return 0;
        }
        if (now >= nextPoll) {
            nextPoll = Long.MAX_VALUE;
            wake();
        }
        if (now < notBefore) {
            return 0;
        }
        if (memory.hasReloads()) {
            reload();
            return 1;
        }
        rearrange(now);
        List<Feed> feeds = new ArrayList<>(shared);
        feeds.addAll(feedsOfLanes());
        for (int i = 0; i < feeds.size(); i++) {
            Feed feed = feeds.get((turn + i) % feeds.size());
            if (feed.isDue() && canRead(feed)) {
                turn = turn + i + 1;
                read(feed);
                return 1;
            }
        }
        return 0;
    }

    long nextDeadline(long now) {
        if (stopped || busy) {
            return Long.MAX_VALUE;
        }
        long next = nextPoll;
        if (memory.hasReloads() || notBefore > now) {
            next = now;
        }
        if (lanes.several() && !shared.isEmpty()) {
            for (Lane lane : lanes.all()) {
                if (lane.feed == null && lane.fullSince(now) != Long.MAX_VALUE) {
                    next = Math.min(next, Math.max(now, lane.fullSince(now) + PATIENCE.toNanos()));
                }
            }
        }
        return Math.max(next, notBefore);
    }

    /** Lets lanes fall behind and catch up, and joins feeds that have arrived. */
    private void rearrange(long now) {
        for (Lane lane : lanes.all()) {
            Feed own = lane.feed;
            if (own == null) {
                boolean full = lane.fullSince(now) != Long.MAX_VALUE;
                boolean hopeless = !lane.destination.isAvailable() || now - lane.fullSince(now) >= PATIENCE.toNanos();
                if (lanes.several() && full && hopeless && !shared.isEmpty()) {
                    ReadPosition from = shared.get(0).position();
                    for (Feed feed : shared) {
                        from = Positions.older(from, feed.position());
                    }
                    detach(lane, from);
                }
            } else if (own.isAtEnd() && !lane.paused && lane.hasRoom()) {
                lane.feed = null;
                shared.forEach(feed -> feed.rewind(own.position()));
                lanes.rejoin(lane);
            }
        }
        lanes.retire();
        joinShared();
    }

    private void joinShared() {
        if (shared.size() < 2) {
            return;
        }
        Feed first = shared.get(0);
        for (Feed other : List.copyOf(shared.subList(1, shared.size()))) {
            boolean arrived = first.isAtEnd() && other.isAtEnd();
            boolean bothAtStart = first.position() == null && other.position() == null;
            if (arrived || bothAtStart) {
                ReadPosition position = Positions.older(first.position(), other.position());
                first.partitions.addAll(other.partitions);
                first.rewind(position);
                shared.remove(other);
            }
        }
    }

    private boolean canRead(Feed feed) {
        Lane lane = feed.lane;
        if (lane != null) {
            return !lane.paused && lane.hasRoom();
        }
        for (Lane each : lanes.all()) {
            if (each.feed == null && !each.hasRoom()) {
                return false;
            }
        }
        return true;
    }

    private void read(Feed feed) {
        int room = environment.settings().maxInFlightEntries();
        long bytes = environment.settings().maxInFlightBytes();
        for (Lane lane : lanes.all()) {
            if (feed.lane == lane || (feed.lane == null && lane.feed == null)) {
                room = Math.min(room, lane.room());
                bytes = Math.min(bytes, lane.byteRoom());
            }
        }
        Lane lane = feed.lane;
        NamespaceFilter namespaces =
                lane != null ? NamespaceFilter.only(lane.namespaces) : NamespaceFilter.except(lanes.withOwnFeed());
        ReadRequest request = new ReadRequest(
                feed.partitions,
                namespaces,
                feed.position(),
                Math.min(room, environment.settings().readSize()),
                bytes);
        int version = feed.version();
        long start = environment.clock().nanoTime();
        feed.reading();
        busy = true;
        calls.start(
                "read",
                () -> environment.storage().read(request),
                page -> {
                    busy = false;
                    rest(start);
                    backoff.reset();
                    if (feed.version() == version) {
                        take(feed, request, page);
                    }
                    settledMeanwhile.clear();
                },
                failure -> failed());
    }

    private void rest(long start) {
        if (patient) {
            long now = environment.clock().nanoTime();
            restUntil = now + Math.min((now - start) * REST, LONGEST_REST.toNanos());
        }
    }

    /** Perhaps the database failed over to one that knows less: what was read so far says nothing any more. */
    private void failed() {
        busy = false;
        settledMeanwhile.clear();
        notBefore = environment.clock().nanoTime() + backoff.next();
        shared.forEach(Feed::restart);
        feedsOfLanes().forEach(Feed::restart);
    }

    private void take(Feed feed, ReadRequest request, ReadPage page) {
        long now = environment.clock().nanoTime();
        feed.advance(page.next(), page.more());
        if (feed.lane == null) {
            pollPause = page.entries().isEmpty() ? Math.min(maxPoll, pollPause + pollPause / 2) : minPoll;
            nextPoll = now + pollPause;
        }
        for (StoredEntry stored : page.entries()) {
            accept(feed, request, stored, now);
        }
    }

    private void accept(Feed feed, ReadRequest request, StoredEntry stored, long now) {
        long id = stored.entry().id();
        Claim claim = claims.claimOn(stored.partition());
        if (claim == null || memory.contains(id) || settledMeanwhile.contains(id)) {
            return;
        }
        Lane lane = lanes.of(stored.entry().namespace());
        Feed own = lane.feed;
        if (own != null && own != feed) { // a namespace not met before, of a lane that has its own feed
            own.rewind(request.position());
            return;
        }
        Tracked tracked = memory.accept(stored, lane, claim, request.position(), now);
        String defect = stored.defect();
        if (tracked == null) {
            return;
        }
        if (defect != null) {
            tracked.state = Tracked.State.SETTLING;
            memory.activate(tracked);
            memory.forgetIfUnused(tracked.key);
            log.warn(
                    "processor {}: entry {} goes to the dead letters, since nobody could publish it: {}",
                    environment.processorId(),
                    id,
                    defect);
            environment.listener().deadLettered(stored.entry(), defect);
            settler.dead(tracked, stored.entry().attempt(), defect, now);
        } else {
            memory.enqueue(tracked, now);
        }
    }

    private void reload() {
        List<KeyQueue> keys = memory.takeReloads(environment.settings().readSize());
        Map<Long, KeyQueue> byId = new HashMap<>();
        for (KeyQueue key : keys) {
            Tracked first = key.waiting.peekFirst();
            if (first == null) {
                key.reloading = false; // dropped meanwhile
            } else {
                byId.put(first.id, key);
            }
        }
        if (byId.isEmpty()) {
            return;
        }
        List<Long> ids = byId.keySet().stream().sorted().toList();
        busy = true;
        calls.start(
                "read again",
                () -> environment.storage().reload(ids),
                found -> {
                    busy = false;
                    settledMeanwhile.clear();
                    backoff.reset();
                    long now = environment.clock().nanoTime();
                    Map<Long, StoredEntry> again = new HashMap<>();
                    found.forEach(stored -> again.put(stored.entry().id(), stored));
                    byId.forEach((id, key) -> memory.reloaded(key, id, again.get(id), now));
                },
                failure -> {
                    memory.reloadFailed(List.copyOf(byId.values()));
                    failed();
                });
    }

    private List<Feed> feedsOfLanes() {
        List<Feed> feeds = new ArrayList<>();
        for (Lane lane : lanes.all()) {
            if (lane.feed != null) {
                feeds.add(lane.feed);
            }
        }
        return feeds;
    }
}
