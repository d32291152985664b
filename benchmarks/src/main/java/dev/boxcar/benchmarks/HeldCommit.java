package dev.boxcar.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that has written messages in a contestant's own way, and whose commit is held back: the contestant writes through
 * a data source whose connections wait before they commit.
 */
final class HeldCommit implements AutoCloseable {

    private final CountDownLatch written = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final Deployment deployment;
    private final Thread thread;
    private volatile boolean armed;
    private volatile @Nullable Throwable failure = new IllegalStateException("the transaction has not ended");

    /** Writes these messages in one transaction with a snapshot of its own; returns when only the commit is missing. */
    HeldCommit(Contestant contestant, Place place, List<Load.Item> items) throws Exception {
        this.deployment = contestant.deploy(place.through(holding(place.dataSource())));
        this.armed = true;
        this.thread = new Thread(() -> write(items), "held-commit");
        thread.start();
        written.await();
    }

    private void write(List<Load.Item> items) {
        try {
            deployment.write(
                    connection -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("set transaction isolation level repeatable read");
                        }
                        Strangers.business(connection);
                    },
                    items);
            failure = null;
        } catch (Exception e) {
            failure = e;
        } finally {
            written.countDown();
        }
    }

    /** Lets it commit, and returns when that is done: the time at which it was. */
    long commit() throws Exception {
        released.countDown();
        thread.join();
        if (failure != null) {
            throw new IllegalStateException("the transaction that was to stay open failed", failure);
        }
        return System.nanoTime();
    }

    private DataSource holding(DataSource real) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = invoke(method, real, arguments);
            return result instanceof Connection connection && armed ? holding(connection) : result;
        });
    }

    private Connection holding(Connection real) {
        return proxy(Connection.class, (method, arguments) -> {
            if (method.getName().equals("commit")) {
                written.countDown();
                released.await();
            }
            return invoke(method, real, arguments);
        });
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                HeldCommit.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> handler.handle(method, arguments)));
    }

    /** What a proxy does. */
    @FunctionalInterface
    private interface Handler {
        Object handle(Method method, Object[] arguments) throws Throwable;
    }

    @Override
    public void close() throws Exception {
        released.countDown();
        thread.join();
        deployment.close();
    }
}
