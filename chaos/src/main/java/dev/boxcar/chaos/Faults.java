package dev.boxcar.chaos;

import dev.boxcar.chaos.TcpProxy.Direction;
import dev.boxcar.testservers.JavaProcess;
import dev.boxcar.testservers.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Everything that is done to a running system. Each fault is over, and all is there again, when its body returns. */
final class Faults {

    /** What a fault touches: two that touch the same are never there at once. */
    enum Target {
        RELAYS,
        DATABASE,
        BROKER,
        NETWORK,
        WRITERS
    }

    /** Does it and undoes it. */
    @FunctionalInterface
    interface Body {
        void run(Random random) throws Exception;
    }

    /**
     * One kind of fault.
     *
     * @param kind its name
     * @param target what it touches
     * @param body what it does
     */
    record Fault(String kind, Target target, Body body) {}

    private static final Duration SHARES_LIMIT = Duration.ofSeconds(60);
    private static final Duration TAKEOVER_PATIENCE = Duration.ofSeconds(30);
    private static final int SLOW_BYTES_PER_SECOND = 96 * 1024;
    private static final int SLOW_LATENCY_MILLIS = 40;

    private final World world;
    private final RelayFleet relays;
    private final FaultLog log;
    private final int usualRelays;
    private final Duration takeoverLimit;
    private final double longest;

    /** @param usualRelays how many relays there are */
    Faults(World world, RelayFleet relays, FaultLog log, int usualRelays, Settings settings) {
        this.world = world;
        this.relays = relays;
        this.log = log;
        this.usualRelays = usualRelays;
        this.takeoverLimit = settings.takeoverLimit();
        this.longest = settings.longestOutageSeconds();
    }

    /**
     * How faults are.
     *
     * @param takeoverLimit how long others may take until they have what a dead relay held
     * @param longestOutageSeconds how long the broker is away at most
     */
    record Settings(Duration takeoverLimit, double longestOutageSeconds) {}

    /** All that touch relays, servers and the network. */
    List<Fault> all() {
        List<Fault> all = new ArrayList<>(List.of(
                new Fault("relay-kill", Target.RELAYS, this::killRelay),
                new Fault("relay-pause", Target.RELAYS, this::pauseRelay),
                new Fault("relay-rolling-restart", Target.RELAYS, random -> rollingRestart()),
                new Fault("relay-scale", Target.RELAYS, this::scale),
                new Fault("relay-clock", Target.RELAYS, this::skewedClock),
                new Fault("database-kill", Target.DATABASE, random -> killed(world.database(), random)),
                new Fault(
                        "database-restart",
                        Target.DATABASE,
                        random -> world.database().restart()),
                new Fault("database-pause", Target.DATABASE, random -> paused(world.database(), random)),
                new Fault("database-connections-ended", Target.DATABASE, this::endConnections),
                new Fault("database-full", Target.DATABASE, this::takeAllConnections),
                new Fault("broker-kill", Target.BROKER, random -> killed(world.kafka(), random)),
                new Fault(
                        "broker-restart", Target.BROKER, random -> world.kafka().restart()),
                new Fault("broker-pause", Target.BROKER, random -> paused(world.kafka(), random)),
                new Fault("broker-down", Target.BROKER, this::brokerDown),
                new Fault("writers-cut", Target.WRITERS, this::cutWriters)));
        all.addAll(network("database", world::databaseProxy));
        all.addAll(network("broker", world::brokerProxy));
        return all;
    }

    private List<Fault> network(String link, Function<Integer, TcpProxy> proxies) {
        return List.of(
                networkFault(link + "-cut", proxies, TcpProxy::cut),
                networkFault(link + "-slow", proxies, p -> p.slow(SLOW_BYTES_PER_SECOND, SLOW_LATENCY_MILLIS)),
                networkFault(link + "-stalled-in", proxies, p -> p.stall(Direction.TO_CLIENT)),
                networkFault(link + "-stalled-out", proxies, p -> p.stall(Direction.TO_SERVER)),
                networkFault(link + "-half-open", proxies, p -> {
                    p.swallow(Direction.TO_SERVER);
                    p.swallow(Direction.TO_CLIENT);
                }));
    }

    /** Of one relay, or of all. */
    private Fault networkFault(String kind, Function<Integer, TcpProxy> proxies, Consumer<TcpProxy> fault) {
        return new Fault(kind, Target.NETWORK, random -> {
            int one = random.nextInt(usualRelays);
            int[] slots = random.nextBoolean()
                    ? new int[] {one}
                    : IntStream.range(0, World.SLOTS).toArray();
            for (int slot : slots) {
                fault.accept(proxies.apply(slot));
            }
            try {
                hold(random, 2, 3.5);
            } finally {
                for (int slot : slots) {
                    proxies.apply(slot).heal();
                }
            }
        });
    }

    private int someSlot(Random random) {
        List<Integer> slots = relays.slots();
        return slots.get(random.nextInt(slots.size()));
    }

    private void killRelay(Random random) throws SQLException {
        int slot = someSlot(random);
        String sessions = sessionsToWatch(slot);
        long start = System.nanoTime();
        relays.kill(slot);
        measureTakeover("relay-kill", sessions, start, random);
        relays.start(slot);
    }

    private void pauseRelay(Random random) throws SQLException {
        int slot = someSlot(random);
        String sessions = sessionsToWatch(slot);
        JavaProcess process = relays.relay(slot).process();
        long start = System.nanoTime();
        process.pause();
        try {
            measureTakeover("relay-pause", sessions, start, random);
            hold(random, 0.5, 2);
        } finally {
            process.resume();
        }
    }

    /** Null when others cannot be expected to take over in time. */
    private @Nullable String sessionsToWatch(int slot) throws SQLException {
        return log.isAlone() && relays.slots().size() > 1 ? relays.sessions(slot) : null;
    }

    private void measureTakeover(String kind, @Nullable String sessions, long start, Random random)
            throws SQLException {
        if (sessions == null) {
            hold(random, 3, 4);
        } else if (relays.awaitTakeover(sessions, TAKEOVER_PATIENCE)) {
            log.takeover(kind, Duration.ofNanos(System.nanoTime() - start), takeoverLimit);
        } else {
            log.notRecovered(kind, "nobody took over within " + TAKEOVER_PATIENCE.toSeconds() + " s");
        }
    }

    private void rollingRestart() {
        for (int slot : relays.slots()) {
            relays.terminate(slot);
            relays.start(slot);
            relays.awaitShares(SHARES_LIMIT);
        }
    }

    private void scale(Random random) {
        while (relays.slots().size() > 1) {
            relays.terminate(someSlot(random));
        }
        hold(random, 0.5, 1.5);
        for (int slot = 0; slot < World.SLOTS; slot++) {
            if (!relays.slots().contains(slot)) {
                relays.start(slot);
            }
        }
        relays.awaitShares(SHARES_LIMIT);
        hold(random, 0.5, 1.5);
        for (int slot = usualRelays; slot < World.SLOTS; slot++) {
            relays.terminate(slot);
        }
    }

    private void skewedClock(Random random) {
        int slot = someSlot(random);
        relays.terminate(slot);
        long hours = (random.nextBoolean() ? 1 : -1) * (2L + random.nextInt(40));
        relays.startSkewed(slot, Duration.ofHours(hours));
        relays.awaitShares(SHARES_LIMIT);
        hold(random, 2, 3);
        relays.kill(slot);
        relays.start(slot);
    }

    private void killed(TestServer server, Random random) {
        server.kill();
        hold(random, 0.5, 2);
        server.restart();
    }

    private void paused(TestServer server, Random random) {
        server.pause();
        try {
            hold(random, 2, 3.5);
        } finally {
            server.resume();
        }
    }

    private void brokerDown(Random random) {
        world.kafka().stop();
        hold(random, longest / 2, longest);
        world.kafka().restart();
    }

    private void endConnections(Random random) throws SQLException {
        for (int i = 0; i < 3; i++) {
            for (long number : world.numbers(world.kind().relayConnections())) {
                try {
                    world.execute(world.kind().endConnection(number));
                } catch (SQLException e) {
                    // It has ended by itself.
                }
            }
            hold(random, 0.2, 1);
        }
    }

    private void takeAllConnections(Random random) throws Exception {
        List<Connection> taken = new ArrayList<>();
        String url = world.kind().asGreedy(world.url());
        long end = System.nanoTime() + (long) ((3 + random.nextDouble()) * 1e9);
        try {
            takeRest(url, taken);
            endConnections(random);
            while (System.nanoTime() < end) {
                takeRest(url, taken);
                hold(random, 0.05, 0.1);
            }
        } finally {
            for (Connection each : taken) {
                each.close();
            }
        }
    }

    private static void takeRest(String url, List<Connection> taken) {
        try {
            while (taken.size() < 2 * DatabaseKind.CONNECTIONS) {
                taken.add(DriverManager.getConnection(url));
            }
        } catch (SQLException e) {
            // No more are left.
        }
    }

    private void cutWriters(Random random) {
        for (int i = 0; i < 25; i++) {
            world.writersProxy().resetAll();
            hold(random, 0.02, 0.12);
        }
        // A commit whose answer does not come within the writers' time-out.
        world.writersProxy().swallow(Direction.TO_CLIENT);
        hold(random, 1, 2);
        world.writersProxy().heal();
    }

    static void hold(Random random, double from, double to) {
        long end = System.nanoTime() + (long) ((from + random.nextDouble() * (to - from)) * 1e9);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }
}
