package dev.boxcar.testservers;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Servers that all tests of a JVM use, each started when it is first asked for. */
final class SharedServers {

    private static final Map<String, TestServer> SERVERS = new HashMap<>();

    static {
        // Servers of this JVM end by themselves; what remains is to tidy up on somebody else's.
        Runtime.getRuntime().addShutdownHook(new Thread(SharedServers::closeAll, "shared-test-servers-end"));
    }

    private SharedServers() {}

    static synchronized <S extends TestServer> S get(Class<S> type, String key, Supplier<S> start) {
        TestServer server = SERVERS.get(key);
        if (server == null) {
            server = start.get();
            SERVERS.put(key, server);
        }
        return type.cast(server);
    }

    private static synchronized void closeAll() {
        SERVERS.values().forEach(TestServer::close);
        SERVERS.clear();
    }
}
