package dev.boxcar.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/** Looks at what is done with the connections of a data source: when a thread commits, and how many statements there are. */
final class Probe {

    /**
     * When a thread last committed, as {@link System#nanoTime()} tells it.
     *
     * @param before just before it asked for it
     * @param after just after it was told
     */
    record Commit(long before, long after) {}

    private final DataSource dataSource;
    private final LongAdder statements = new LongAdder();
    private final LongAdder selects = new LongAdder();
    private final Map<Thread, Commit> commits = new ConcurrentHashMap<>();

    Probe(DataSource real) {
        this.dataSource = watch(real);
    }

    /** Looks at another data source, too: this is to be used instead of it. */
    DataSource watch(DataSource another) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = invoke(method, another, arguments);
            return result instanceof Connection connection ? watched(connection) : result;
        });
    }

    /** What is to be used instead of the real one. */
    DataSource dataSource() {
        return dataSource;
    }

    /** How many prepared statements there were. One that is executed several times, in a batch for example, counts once. */
    long statements() {
        return statements.sum();
    }

    /** How many of them only read. */
    long selects() {
        return selects.sum();
    }

    /** This thread's last commit since it last asked, or else this moment: the contestant commits where nobody looks. */
    Commit takeCommit() {
        Commit last = commits.remove(Thread.currentThread());
        long now = System.nanoTime();
        return last == null ? new Commit(now, now) : last;
    }

    private Connection watched(Connection real) {
        return proxy(Connection.class, (method, arguments) -> {
            switch (method.getName()) {
                case "commit" -> {
                    long before = System.nanoTime();
                    Object result = invoke(method, real, arguments);
                    commits.put(Thread.currentThread(), new Commit(before, System.nanoTime()));
                    return result;
                }
                case "prepareStatement" -> {
                    statements.increment();
                    String sql = arguments[0].toString().stripLeading();
                    if (sql.startsWith("select") || sql.startsWith("begin")) { // with its transaction around it
                        selects.increment();
                    }
                }
                default -> {}
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
                type.getClassLoader() == null ? Probe.class.getClassLoader() : type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> handler.handle(method, arguments)));
    }

    /** What a proxy does. */
    @FunctionalInterface
    private interface Handler {
        Object handle(Method method, Object[] arguments) throws Throwable;
    }
}
