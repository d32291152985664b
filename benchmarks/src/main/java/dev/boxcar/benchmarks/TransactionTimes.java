package dev.boxcar.benchmarks;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Runs business transactions of one contestant, some at a time, and times them. Nothing is delivered before the end. */
final class TransactionTimes implements AutoCloseable {

    private final Contestant contestant;
    private final Load load;
    private final Bench.Room room;
    private final Orders orders;
    private final Deployment deployment;
    private final Writers writers;
    private LongStream times = LongStream.empty();
    private int next;
    private int transactions;

    /** Deploys the contestant in a room, which is closed with this. */
    TransactionTimes(Bench.Room room, Contestant contestant, Load load) throws Exception {
        this.contestant = contestant;
        this.load = load;
        this.room = room;
        this.orders = new Orders(room.dataSource());
        this.deployment = contestant.deploy(room.place());
        this.writers = new Writers(deployment, orders, new Probe(room.dataSource()), load);
    }

    Contestant contestant() {
        return contestant;
    }

    /** Transactions of one message each. */
    void single(int count, int threads) throws Exception {
        int from = next;
        writers.write(from, from + count, threads, 0);
        next += count;
        transactions += count;
        add(IntStream.range(from, next).mapToLong(number -> writers.ended[number] - writers.began[number]));
    }

    /** Transactions of many messages each. */
    void bulk(int count, int messages) throws Exception {
        for (int i = 0; i < count; i++) {
            List<Load.Item> items = List.copyOf(load.items(next, next + messages));
            long began = System.nanoTime();
            deployment.write(orders, items);
            add(LongStream.of(System.nanoTime() - began));
            next += messages;
            transactions++;
        }
    }

    private void add(LongStream more) {
        times = LongStream.concat(times, more);
    }

    /** The times since this was last asked. */
    Quantiles take() {
        Quantiles taken = new Quantiles(times);
        times = LongStream.empty();
        return taken;
    }

    /** Delivers all that was written, and checks that the whole load arrives. */
    void deliver(Bench bench) throws Exception {
        Drain.seconds(deployment, room.topic(), load.size());
        Drain.check(bench, contestant, room.topic(), load);
        orders.check(transactions);
    }

    /** Checks that so many messages lie where they were written. */
    void check(long messages) throws Exception {
        if (deployment.done() != messages) {
            throw new IllegalStateException(
                    contestant.name() + " wrote " + deployment.done() + " messages, not " + messages);
        }
        orders.check(transactions);
    }

    @Override
    public void close() throws Exception {
        writers.close();
        deployment.close();
        room.close();
    }
}
