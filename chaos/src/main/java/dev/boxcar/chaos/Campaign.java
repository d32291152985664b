package dev.boxcar.chaos;

import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.OutboxWriter;
import dev.boxcar.chaos.Faults.Fault;
import dev.boxcar.chaos.Faults.Target;
import dev.boxcar.chaos.Journal.Entry;
import dev.boxcar.chaos.Writer.Plan;
import dev.boxcar.chaos.Writer.Style;
import dev.boxcar.examples.support.RelayEvent;
import dev.boxcar.examples.support.RelayProcess.Launch;
import dev.boxcar.examples.support.TopicReader;
import dev.boxcar.spi.StorageStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One campaign from the first message to the verdict. Used once, by one thread; closing it ends all that it started. */
final class Campaign implements AutoCloseable {

    private static final int RELAYS = 3;
    private static final String PICKY = "picky";
    private static final String DOOMED = "doomed";
    private static final List<String> USUAL = List.of("orders", "payments", "audit");
    /** More than the 64 KiB that a relay sends at once, which the client would otherwise split in vain. */
    private static final Map<String, String> PICKY_SETTINGS = Map.of("max.message.bytes", "70000");

    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(60);
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(3);

    /** How long nothing arrives, with an empty outbox, until what is missing counts as lost. */
    private static final Duration QUIET = Duration.ofSeconds(5);

    /** Events after which a relay may send again what it has sent. */
    private static final Set<String> FAILURES = Set.of("claims-lost", "destination-unavailable", "storage-failed");

    private final CampaignSettings settings;
    private final Progress progress;
    private final Random random;
    private final Journal journal = new Journal();
    private final FaultLog log = new FaultLog();
    private final Sabotage arrivals;
    private final World world;
    private final RelayFleet relays;
    private final Writers writers;
    private final TopicReader reader;
    private TopicReader doomedReader;
    private volatile boolean over;

    /** @param folder where the relays' logs go */
    Campaign(CampaignSettings settings, Path folder, Progress progress) throws Exception {
        this.settings = settings;
        this.progress = progress;
        this.random = new Random(settings.seed());
        this.arrivals = new Sabotage(settings.sabotage(), this::arrived);
        this.world = new World(settings.database());
        progress.event(
                "%s and %s are running", world.database().name(), world.kafka().name());
        for (String topic : USUAL) {
            world.createTopic(topic, Map.of());
        }
        world.createTopic(PICKY, PICKY_SETTINGS);
        world.createTopic(DOOMED, Map.of());
        List<String> options = new ArrayList<>(RelayFleet.BOUNDED);
        if (settings.transactional()) {
            options.addAll(List.of("--kafka-transactional-id-prefix", "chaos"));
        }
        this.relays = new RelayFleet(world, folder, options, Launch.SHORT_LIFE, this::relayEvent);
        this.writers = new Writers(world.writersUrl(), OutboxWriter.create(world.storage()), journal);
        List<String> topics = new ArrayList<>(USUAL);
        topics.add(PICKY);
        this.reader = newReader(topics);
        this.doomedReader = newReader(List.of(DOOMED));
    }

    private TopicReader newReader(List<String> topics) {
        return new TopicReader(
                        world.kafka().bootstrapServers(),
                        topics,
                        World.TOPIC_PARTITIONS,
                        settings.transactional(),
                        (id, payload) -> arrivals.arrived(Payload.of(payload), id))
                .start();
    }

    private void arrived(Payload message, String id) {
        if (journal.arrived(message.entry(), id)) {
            log.delivered();
        } else {
            log.duplicate();
        }
    }

    private void relayEvent(RelayEvent event) {
        if (FAILURES.contains(event.name())) {
            log.relayFailed();
        }
    }

    Verdict run() throws Exception {
        for (int slot = 0; slot < RELAYS; slot++) {
            relays.start(slot);
        }
        relays.awaitShares(RECOVERY_LIMIT);
        startWriter("java-1", Style.JAVA, List.of("orders", "payments"), 30);
        startWriter("java-2", Style.JAVA, List.of("orders", "audit"), 30);
        startWriter("java-3", Style.JAVA, USUAL, 30);
        startWriter("sql-1", Style.SQL, List.of("payments", "audit"), 30);
        Writer picky = writers.start(new Plan("picky", Style.JAVA, List.of(PICKY), 15, false), random.nextLong());
        Writer doomed = writers.start(new Plan("doomed", Style.JAVA, List.of(DOOMED), 10, false), random.nextLong());
        await("the first messages", RECOVERY_LIMIT, () -> journal.deliveredCount() > 500);
        Thread ticker = new Thread(this::tick, "progress");
        ticker.setDaemon(true);
        ticker.start();
        Faults faults = new Faults(
                world,
                relays,
                log,
                RELAYS,
                new Faults.Settings(settings.takeoverLimit(), settings.longestOutageSeconds()));
        List<Fault> all = new ArrayList<>(faults.all());
        all.add(new Fault("broker-rejects", Target.WRITERS, some -> {
            picky.refusedShare(0.2);
            Faults.hold(some, 2, 3);
            picky.refusedShare(0);
        }));
        all.add(new Fault("topic-deleted", Target.BROKER, some -> deleteTopic(doomed, some)));
        all.removeIf(fault -> !fault.kind().matches(settings.only()));
        // On a machine that is busy with starting all this a record may wait for too long: a failure that nobody
        // injected.
        for (long each = relays.unanswered(); each > 0; each--) {
            log.relayFailed();
        }
        inject(all);
        arrivals.arm();
        Faults.hold(random, 1, 1);
        progress.event("no more faults; the writers stop, and everything has to arrive");
        writers.stop();
        return settle(Duration.ofNanos((long) (progress.seconds() * 1e9)));
    }

    private void startWriter(String name, Style style, List<String> namespaces, double rate) {
        writers.start(new Plan(name, style, namespaces, rate, true), random.nextLong());
    }

    private void inject(List<Fault> all) throws Exception {
        long end = System.nanoTime() + (long) (settings.minutes() * 60e9);
        boolean first = true;
        while (first || System.nanoTime() < end) {
            List<Fault> order = new ArrayList<>(all);
            Collections.shuffle(order, random);
            for (int i = 0; i < order.size() && (first || System.nanoTime() < end); i++) {
                Fault fault = order.get(i);
                Fault second = order.get(random.nextInt(order.size()));
                boolean both = !first && fault.target() != second.target() && random.nextInt(3) == 0;
                inject(both ? List.of(fault, second) : List.of(fault), random.nextLong());
            }
            first = false;
        }
    }

    /** Faults at the same time, and then a moment in which everything that waits has to arrive. */
    private void inject(List<Fault> some, long seed) throws Exception {
        String names = String.join(" and ", some.stream().map(Fault::kind).toList());
        progress.event("* %s", names);
        long duplicates = journal.duplicateCount();
        double start = progress.seconds();
        some.forEach(fault -> log.begin(
                fault.kind(),
                fault.target() == Target.RELAYS ? World.SLOTS : relays.slots().size()));
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Fault fault = some.get(i);
            Random own = new Random(seed + i);
            running.add(
                    CompletableFuture.runAsync(() -> run(fault, own), task -> new Thread(task, fault.kind()).start()));
        }
        running.forEach(CompletableFuture::join);
        double healed = progress.seconds();
        repair();
        Set<Long> waiting = journal.waiting();
        long limit = System.nanoTime() + RECOVERY_LIMIT.toNanos();
        while (!journal.haveArrived(waiting) && System.nanoTime() < limit) {
            pauseMillis(20);
        }
        if (!waiting.isEmpty()) {
            log.notRecovered(names, waiting.size() + " messages still waited a minute later");
        }
        some.forEach(fault -> log.end(fault.kind()));
        progress.event(
                "  over after %.1f s, recovered %.1f s later, %d duplicates",
                healed - start, progress.seconds() - healed, journal.duplicateCount() - duplicates);
        writers.check();
        reader.check();
        doomedReader.check();
        Faults.hold(random, 0.2, 0.6);
    }

    /** What fails here is the system's fault unless it is ours; either way the campaign must not be green. */
    private void run(Fault fault, Random own) {
        try {
            fault.body().run(own);
        } catch (Exception e) {
            log.notRecovered(fault.kind(), e.toString());
            progress.event("  %s: %s", fault.kind(), e);
        }
    }

    /** Brings back what a fault that failed has left behind, and notes relays that ended by themselves. */
    private void repair() {
        world.healAll();
        if (!world.database().isRunning()) {
            world.database().restart();
        }
        if (!world.kafka().isRunning()) {
            world.kafka().restart();
        }
        for (int slot = 0; slot < RELAYS; slot++) {
            if (!relays.slots().contains(slot)) {
                relays.start(slot);
            } else if (!relays.relay(slot).process().isAlive()) {
                log.notRecovered(
                        relays.relay(slot).name(),
                        "ended by itself: " + relays.relay(slot).process().lastWords());
                relays.start(slot);
            }
        }
    }

    /**
     * A topic vanishes that everybody has read to its end, and comes back while messages for it are being written. What would
     * still have been in it is lost by whoever deletes it, not by Boxcar; therefore nothing is.
     */
    private void deleteTopic(Writer writer, Random own) throws Exception {
        writer.pause();
        try {
            await("the topic's messages", RECOVERY_LIMIT, () -> journal.complete(writer.keys()));
            doomedReader.close();
            world.deleteTopic(DOOMED);
            // The broker tells of it before all of it has gone.
            Faults.hold(own, 0.5, 1);
        } finally {
            writer.resume();
        }
        Faults.hold(own, 1, 2.5);
        recreateTopic();
        doomedReader = newReader(List.of(DOOMED));
    }

    private void recreateTopic() throws InterruptedException, ExecutionException {
        for (int attempt = 1; ; attempt++) {
            try {
                world.createTopic(DOOMED, Map.of());
                return;
            } catch (ExecutionException e) {
                if (attempt == 20) {
                    throw e;
                }
                pauseMillis(250);
            }
        }
    }

    private Verdict settle(Duration time) throws Exception {
        repair();
        // Ends what writers left open; the database needs a moment to notice.
        world.writersProxy().close();
        pauseMillis(1_500);
        journal.resolve(world::isMarked);
        long quietSince = System.nanoTime();
        long end = quietSince + DRAIN_LIMIT.toNanos();
        long delivered = -1;
        while (journal.waitingCount() > 0
                && System.nanoTime() - quietSince < QUIET.toNanos()
                && System.nanoTime() - end < 0) {
            if (journal.deliveredCount() != delivered
                    || world.storage().status().pending() > 0) {
                delivered = journal.deliveredCount();
                quietSince = System.nanoTime();
            }
            pauseMillis(50);
        }
        boolean empty =
                waitFor(Duration.ofSeconds(30), () -> world.storage().status().pending() == 0);
        // For duplicates and ghosts that are still on their way.
        pauseMillis(1_000);
        relays.stopAll();
        bury();
        StorageStatus outbox = world.storage().status();
        over = true;
        reader.check();
        doomedReader.check();
        return new Verdict(settings, journal.findings(), log.summary(), outbox, empty, time);
    }

    private void bury() {
        DeadLetterQuery query = DeadLetterQuery.all();
        List<DeadLetter> page = world.storage().deadLetters().list(query);
        while (!page.isEmpty()) {
            for (DeadLetter letter : page) {
                Entry entry = Payload.parse(letter.entry().payload())
                        .map(Payload::entry)
                        .orElse(new Entry(-1, (int) letter.id()));
                journal.buried(entry);
            }
            page = world.storage()
                    .deadLetters()
                    .list(query.after(page.get(page.size() - 1).id()));
        }
    }

    private void tick() {
        while (!over) {
            progress.standing(
                    "written %,d   delivered %,d   on the way %,d   duplicates %,d   relays %d",
                    journal.committedCount(),
                    journal.deliveredCount(),
                    journal.waitingCount(),
                    journal.duplicateCount(),
                    relays.slots().size());
            pauseMillis(5_000);
        }
    }

    private static void await(String what, Duration limit, BooleanSupplier condition) {
        if (!waitFor(limit, condition)) {
            throw new IllegalStateException("waited " + limit.toSeconds() + " s in vain for " + what);
        }
    }

    private static boolean waitFor(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            pauseMillis(20);
        }
        return true;
    }

    private static void pauseMillis(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Override
    public void close() {
        over = true;
        writers.close();
        relays.close();
        reader.close();
        doomedReader.close();
        world.close();
    }
}
